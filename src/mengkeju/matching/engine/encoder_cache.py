"""Vectors once asked for, kept by a digest of encoder and text, so that a text is encoded once.

One SQLite file in the data folder, opened for each use: the worker and the command line may use it at once. It can
always be made anew: a damaged file is, and one that cannot be written only costs time.
"""

import fcntl
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import numpy as np

from mengkeju.matching.engine.encoder import (
    Circuit,
    Encoder,
    EncoderError,
    EncoderUnfitError,
    Floats,
    figures,
)

log = logging.getLogger(__name__)
T = TypeVar("T")
VERSION = 1
AT_ONCE = 500
WAIT = 10.0  # seconds for another process's write
SLACK = 0.01  # by which a kept vector's length may miss 1
ROOM = 0.9  # of the bound is left when it was reached
TABLE = """
CREATE TABLE IF NOT EXISTS vectors (
  digest BLOB PRIMARY KEY, encoder TEXT NOT NULL, used INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS vectors_used ON vectors (used);
"""


def _digest(name: str, text: str) -> bytes:
    return hashlib.sha256(f"{name}\0{text}".encode()).digest()


class VectorStore:
    """The file of vectors. `folder` is made when first written."""

    def __init__(self, folder: Path, most_bytes: int | None = None) -> None:
        """`most_bytes` bounds the file; the longest unused vectors go first."""
        self._folder, self._path = folder, folder / "vectors.sqlite3"
        self._most = most_bytes or figures().cache_megabytes * 1_000_000
        self._turn = 0  # vectors used in this process bear its number: later processes have larger ones

    def get(self, name: str, texts: Sequence[str]) -> dict[str, Floats]:
        """The kept vectors of those texts that have one."""
        wanted = {_digest(name, text): text for text in texts}

        def read(db: sqlite3.Connection) -> dict[str, Floats]:
            keys, found = list(wanted), {}
            for part in (keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)):
                marks = ",".join("?" * len(part))
                sql = f"SELECT digest, used, vector FROM vectors WHERE digest IN ({marks})"  # noqa: S608 - only ?
                rows = db.execute(sql, part).fetchall()
                found.update({wanted[key]: row for key, _used, kept in rows if (row := _row(kept)) is not None})
                old = [(self._turn, key) for key, used, _kept in rows if used < self._turn]
                if old:
                    db.executemany("UPDATE vectors SET used = ? WHERE digest = ?", old)
            return found

        return (self._with(read) or {}) if wanted else {}

    def put(self, name: str, texts: Sequence[str], rows: Floats) -> None:
        """Keep the vectors of texts."""
        kept = [(_digest(name, text), name, row.astype("<f4").tobytes()) for text, row in zip(texts, rows, strict=True)]

        def write(db: sqlite3.Connection) -> None:
            given = [(key, name, self._turn, vector) for key, name, vector in kept]
            db.executemany("INSERT OR REPLACE INTO vectors (digest, encoder, used, vector) VALUES (?, ?, ?, ?)", given)
            self._make_room(db)

        self._with(write)

    def counts(self) -> dict[str, int]:
        """How many vectors there are of each encoder."""
        found = self._with(lambda db: db.execute("SELECT encoder, count(*) FROM vectors GROUP BY 1").fetchall())
        return dict(found or [])

    def size(self) -> int:
        """Bytes of the file."""
        return self._path.stat().st_size if self._path.exists() else 0

    def clear(self) -> None:
        """Forget all vectors."""
        with self._locked(fcntl.LOCK_EX):
            self._unlink()

    def _make_room(self, db: sqlite3.Connection) -> None:
        size, = db.execute("SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count p, "
                           "pragma_freelist_count f, pragma_page_size s").fetchone()  # fmt: skip
        if size <= self._most:
            return
        (count,) = db.execute("SELECT count(*) FROM vectors").fetchone()
        gone = int(np.ceil(count * (1 - ROOM * self._most / size)))
        db.execute(
            "DELETE FROM vectors WHERE digest IN (SELECT digest FROM vectors ORDER BY used, rowid LIMIT ?)", [gone]
        )

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What `work` finds in one transaction; None when the file cannot be used. A damaged one is made anew."""
        for _attempt in range(2):
            try:
                with self._locked(fcntl.LOCK_SH), self._open() as db:
                    return work(db)
            except (sqlite3.OperationalError, OSError) as error:
                log.warning("编码器的缓存 %s 用不了，不影响匹配：%s", self._path, error)
                return None
            except sqlite3.DatabaseError as error:
                self._make_anew(error)
        return None

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Nobody takes the file away while another uses it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=NORMAL")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                _prepare(db)
            db.execute("BEGIN IMMEDIATE")
            if not self._turn:
                self._turn = db.execute("SELECT coalesce(max(used), 0) + 1 FROM vectors").fetchone()[0]
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # without COMMIT nothing was written

    def _make_anew(self, error: Exception) -> None:
        with self._locked(fcntl.LOCK_EX):
            try:
                with self._open() as db:
                    if db.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",):
                        return  # another process has made it anew already
            except sqlite3.DatabaseError:
                pass
            log.warning("编码器的缓存 %s 已损坏，重新建立：%s", self._path, error)
            self._unlink()

    def _unlink(self) -> None:
        for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
            path.unlink(missing_ok=True)


def _prepare(db: sqlite3.Connection) -> None:
    """Tables in an empty file; DatabaseError for a file of another make."""
    db.execute("BEGIN IMMEDIATE")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version != VERSION:  # no other process was quicker
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            raise sqlite3.DatabaseError("不是本版本的缓存")
        for statement in TABLE.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")


def _row(kept: bytes) -> Floats | None:
    """A kept vector, None for one that is none: it is asked for again."""
    if not isinstance(kept, bytes) or len(kept) % 4 or not kept:
        return None
    row = np.frombuffer(kept, dtype="<f4").astype(np.float32)
    return row if abs(float(np.linalg.norm(row)) - 1) < SLACK else None


class KeptEncoder:
    """An encoder whose vectors are kept, and which is left alone for a while after a failure."""

    def __init__(self, encoder: Encoder, store: VectorStore, circuit: Circuit | None = None, batch: int = 0) -> None:
        """`batch` texts are asked for, and kept, at once (0: the shipped figure)."""
        self._encoder, self._store = encoder, store
        self.circuit = circuit or Circuit()
        self._batch = batch or figures().batch
        self.hits = self.asked = 0

    @property
    def name(self) -> str:
        """The encoder's."""
        return self._encoder.name

    @property
    def is_remote(self) -> bool:
        """The encoder's."""
        return self._encoder.is_remote

    def encode(
        self, texts: Sequence[str], *, seconds: float | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Floats:  # fmt: skip
        """One unit row per text, kept ones first. EncoderError when the others cannot be had now.

        After `seconds` no further batch is begun; what was encoded is kept, so the next call goes on from there.
        `progress(texts that have a vector, all)` is told after each batch.
        """
        wanted = list(dict.fromkeys(texts))
        found = self._store.get(self.name, wanted)
        rest = [text for text in wanted if text not in found]
        self.hits += len(found)
        tell = progress or (lambda _done, _all: None)
        tell(len(found), len(wanted))
        ends = None if seconds is None else time.monotonic() + seconds
        for at in range(0, len(rest), self._batch):
            part = rest[at : at + self._batch]
            if ends is not None and time.monotonic() >= ends:
                self._fail(
                    EncoderError(f"还有 {len(rest) - at} 段文字没有编码，下次接着做；也可以运行 mengkeju encoder fill")
                )
            found.update(zip(part, self._ask(part, found), strict=True))
            tell(len(found), len(wanted))
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        rows = [found[text] for text in texts]
        if len({len(row) for row in rows}) > 1:
            self._fail(EncoderUnfitError("缓存里有维数不同的向量。请运行 mengkeju encoder clear"))
        return np.stack(rows)

    def _ask(self, texts: Sequence[str], found: dict[str, Floats]) -> Floats:
        if not self.circuit.is_closed:
            raise EncoderError(self.circuit.reason)
        self.asked += len(texts)
        try:
            rows = self._encoder.encode(texts)
        except EncoderError as error:
            self._fail(error)
        known = next(iter(found.values()), None)
        if known is not None and len(known) != rows.shape[1]:
            self._fail(
                EncoderUnfitError(
                    f"编码器以前给出 {len(known)} 维的向量，现在是 {rows.shape[1]} 维：换了模型却没有改名称？"
                    "请运行 mengkeju encoder clear"
                )
            )
        self._store.put(self.name, texts, rows)
        self.circuit.worked()
        return rows

    def _fail(self, error: EncoderError) -> NoReturn:
        self.circuit.failed(str(error))
        raise error
