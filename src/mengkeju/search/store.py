"""The index folder of this node: one writer, many readers, and nothing in it that cannot be built again.

`INDEX_DIR/current.json` names the generation in use and its schema version; each generation is a folder of
its own with tantivy's files and `cursor.json`, the place in the event record it has reached. A new
generation is built beside the old one and becomes the current one by renaming the pointer, so a kill at
any moment leaves either the old or the new one whole. What a kill can lose is work after the cursor, and
that is read again.

Who writes holds tantivy's own lock on the generation. Readers open the generation the pointer names and
reload when its `meta.json` changes.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from uuid import UUID, uuid4

import tantivy
from django.conf import settings

from mengkeju.kernel import clock
from mengkeju.kernel.search import SearchDocument
from mengkeju.search.engine.text import bigrams, default_tokeniser

log = logging.getLogger(__name__)

VERSION = 2
"""Rises when the schema or the way text becomes tokens changes: every node then rebuilds."""
HEAP = 30_000_000
LEFTOVER_SECONDS = 3600.0
KIND = "kind"
TEXT_FIELDS = ("title", "public", "members", "parties")
GRAMS = "_grams"


class IndexUnavailableError(RuntimeError):
    """There is no readable index at this moment; the worker is about to build one."""


class IndexBusyError(RuntimeError):
    """Another process of this node writes the index."""


@dataclass(frozen=True)
class Cursor:
    """A place in the event record: its reading order, and the event's uid to recognise the record by."""

    xact: int = 0
    position: int = 0
    event: str = ""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("url", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field(name + GRAMS, tokenizer_name="whitespace", index_option="position")
    for name in ("audience", "owner", "party", "area"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(KIND, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_json_field("facets", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("at", stored=True, fast=True)
    builder.add_integer_field("amount", fast=True)
    return builder.build()


SCHEMA = _schema()


def key_of(subject_type: str, uid: UUID) -> str:
    """How an object is named in the index."""
    return f"{subject_type}:{uid}"


def city_of(areas: Iterable[str]) -> str:
    """The prefecture among the codes above an area, else the province, else empty (GB/T 2260)."""
    codes = [code for code in areas if len(code) == 6 and code.isdigit() and code.endswith("00")]  # noqa: PLR2004 - GB/T 2260 codes have six digits
    cities = [code for code in codes if not code.endswith("0000")]
    return (cities or codes or [""])[-1]


def _document(found: SearchDocument) -> tantivy.Document:
    words = default_tokeniser()
    made = tantivy.Document()
    made.add_text("key", key_of(found.subject_type, found.uid))
    made.add_text("url", found.url)
    for name, text in (("title", found.title), *((tier, found.text.get(tier, "")) for tier in TEXT_FIELDS[1:])):
        made.add_text(name, " ".join(words.words(text)))
        made.add_text(name + GRAMS, " ".join(bigrams(text)))
    made.add_text("audience", found.audience)
    for name, values in (("owner", found.owners), ("party", found.parties), ("area", found.areas)):
        for value in values:
            made.add_text(name, str(value))
    made.add_text(KIND, found.kind)
    city = city_of(found.areas)
    facets = {key: list(values) for key, values in found.facets.items() if values}
    # Who knows better than the codes (a place outside the region) states the city himself.
    made.add_json("facets", {"city": [city], **facets} if city else facets)
    made.add_integer("at", int(found.at.timestamp()))
    amount = found.price_high if found.price_high is not None else found.price_low
    if amount is not None:
        made.add_integer("amount", int(amount))
    return made


# the pointer


def folder() -> Path:
    """Where this node keeps its index."""
    return Path(settings.INDEX_DIR)


def current() -> Path | None:
    """The generation in use; None when there is none of this schema version."""
    try:
        pointer = json.loads((folder() / "current.json").read_text(encoding="utf-8"))
        generation = folder() / str(pointer["folder"])
        fits = pointer["version"] == VERSION and (generation / "meta.json").is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return generation if fits else None


def _write(path: Path, content: object) -> None:
    """Replace a small file at once: after a kill it holds the old or the new content."""
    draft = path.with_name(f"{path.name}.{uuid4().hex[:8]}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def report_damage(generation: Path, reason: str) -> None:
    """A reader met unreadable files: the writer builds a new generation at its next step."""
    log.error("search index %s is damaged: %s", generation.name, reason)
    if folder().is_dir():
        _write(folder() / "damaged.json", generation.name)


def is_damaged(generation: Path) -> bool:
    """Whether a reader has reported this generation."""
    try:
        reported = json.loads((folder() / "damaged.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(reported == generation.name)


@contextmanager
def reading(generation: Path) -> Iterator[None]:
    """Turn tantivy's errors over broken files into IndexUnavailableError, and report them.

    On a broken file tantivy raises ValueError or panics; a panic is a BaseException of its own.
    """
    try:
        yield
    except IndexUnavailableError:
        raise
    except (ValueError, OSError) as error:
        report_damage(generation, str(error))
        raise IndexUnavailableError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        report_damage(generation, str(error))
        raise IndexUnavailableError(str(error)) from error


# writing


class Writer:
    """The one writer of a generation. Nothing is visible before `commit`."""

    def __init__(self, generation: Path) -> None:
        """Take tantivy's lock. Raises IndexBusyError, or IndexUnavailableError when the files are broken."""
        self.generation = generation
        try:
            index = tantivy.Index(SCHEMA, path=str(generation))
            self._writer = index.writer(heap_size=HEAP, num_threads=1)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise IndexBusyError(str(error)) from error
            raise IndexUnavailableError(str(error)) from error
        self.cursor = _read_cursor(generation)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add documents in place of what stood under their keys."""
        for document in documents:
            self.remove(document.subject_type, [document.uid])
            self._writer.add_document(_document(document))

    def remove(self, subject_type: str, uids: Iterable[UUID]) -> None:
        """Take objects out."""
        for uid in uids:
            self._writer.delete_documents_by_term("key", key_of(subject_type, uid))

    def commit(self, cursor: Cursor) -> None:
        """Make the changes visible, then note how far they go: a kill in between repeats them, no more."""
        self._writer.commit()
        _write(self.generation / "cursor.json", asdict(cursor))
        self.cursor = cursor

    def discard(self) -> None:
        """Forget what was not committed."""
        self._writer.rollback()

    def close(self) -> None:
        """Let go of the lock after running merges."""
        self._writer.wait_merging_threads()
        del self._writer


def _read_cursor(generation: Path) -> Cursor:
    """Where a generation has got to; the beginning when the file is missing or broken."""
    try:
        return Cursor(**json.loads((generation / "cursor.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Cursor()


def new_generation() -> Path:
    """An empty folder for a build. It counts for nothing until `switch_to`."""
    made = folder() / f"generation-{uuid4().hex}"
    made.mkdir(parents=True)
    return made


def drop(generation: Path) -> None:
    """Remove a generation nobody uses."""
    shutil.rmtree(generation, ignore_errors=True)


def switch_to(generation: Path) -> None:
    """Make a finished, committed build the current one, and clear what older builds left."""
    _write(folder() / "current.json", {"folder": generation.name, "version": VERSION})
    (folder() / "damaged.json").unlink(missing_ok=True)
    now = clock.now().timestamp()
    for other in folder().glob("generation-*"):
        if other != generation and (other.stat().st_mtime < now - LEFTOVER_SECONDS or not _being_built(other)):
            drop(other)


def _being_built(generation: Path) -> bool:
    """A build writes its cursor last; one without may still be under way in another process."""
    return not (generation / "cursor.json").exists()


# reading


@dataclass(frozen=True)
class Opened:
    """A generation open for reading, as of its last commit."""

    generation: Path
    index: tantivy.Index
    signature: tuple[int, int, int]

    @property
    def cursor(self) -> Cursor:
        """The place in the event record it has reached."""
        return _read_cursor(self.generation)


_opened: dict[Path, Opened] = {}
_opening = Lock()


def opened() -> Opened:
    """The current generation, reloaded when it has changed. Raises IndexUnavailableError."""
    generation = current()
    if generation is None:
        raise IndexUnavailableError("no index yet")
    with _opening, reading(generation):
        stat = (generation / "meta.json").stat()
        signature = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        known = _opened.get(generation)
        if known is not None and known.signature == signature:
            return known
        if known is not None:
            index = known.index
        else:
            index = tantivy.Index.open(str(generation))
            index.config_reader("manual")
            _opened.clear()
        index.reload()
        _opened[generation] = Opened(generation, index, signature)
        return _opened[generation]


def total(found: tantivy.SearchResult) -> int:
    """How many documents a search found in all."""
    return int(found.count)  # type: ignore[attr-defined]  # missing in tantivy's own stub
