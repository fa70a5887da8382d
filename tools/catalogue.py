"""The English catalogue: keeps `src/mengkeju/locale/en/LC_MESSAGES/django.po` in step with the code.

    python -m tools.catalogue               add new messages (empty), keep the unused as `#~`, compile the .mo
    python -m tools.catalogue --prune       the same, and drop the unused
    python -m tools.catalogue --missing     print what waits for a translation, as JSON
    python -m tools.catalogue --merge FILE  take translations from such a JSON file, then update
    python -m tools.catalogue --check       change nothing; exit 1 when the catalogue is not complete

The source language is Chinese: a message id is the Chinese sentence in the code. A message without a Chinese
character or punctuation mark reads the same in both languages or belongs to a library, so it is left out.
The JSON maps message id (with a context: `context` + U+0004 + id) to the translation, for plurals to
[singular, plural].
GNU gettext is not needed; Babel reads Python, and Django itself says what its template tags ask for.
"""

import argparse
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools.sources import ROOT, report, tracked

HOME = Path("src/mengkeju")
PO = HOME / "locale/en/LC_MESSAGES/django.po"
# Django's lazy and marking variants of gettext, and `mark` of kernel.words; a number says which argument is a
# message, "c" its context.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(("gettext_lazy", "gettext_noop", "mark")),
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Ideographs, and the full-width punctuation that English has no use for.
CHINESE = re.compile(r"[\u3001\u3002\u3008-\u3011\u3400-\u9fff\uff01-\uff1f]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
HEADER = "English for 蒙科聚 Mengkeju. Kept by `python -m tools.catalogue`; terms: docs/glossary.md."
# Header lines that change with every run, or that nobody fills in.
UNWANTED = re.compile(rb'^"(POT-|PO-|Project-|Report-|Last-|Language-Team|Generated-).*\n', re.MULTILINE)
Key = tuple[str | None, str | tuple[str, str]]


def python_source(path: Path) -> bytes:
    """What Babel's Python extractor should read: the file itself, or a template's messages as calls."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    # The blanked-out rest of the template is indented at will; Python's tokenizer would stumble over that.
    return "\n".join(line.strip() for line in templatize(text).splitlines()).encode()


def messages_of(path: Path) -> Iterator[Key]:
    """Every message the file asks for that has a Chinese character."""
    found = extract("python", io.BytesIO(python_source(path)), KEYWORDS, (), {"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        key = (message[0], message[1]) if isinstance(message, tuple | list) else message
        if CHINESE.search("".join(key)):
            yield context, key


def asked_for(root: Path) -> set[Key]:
    """Every message of the project's Python files and templates."""
    paths = [p for s in ("py", "html", "txt") for p in tracked(root, f"{HOME.as_posix()}/*.{s}")]
    return {key for path in paths if "/migrations/" not in path.as_posix() for key in messages_of(path)}


def read(path: Path) -> dict[Key, Message]:
    """The messages of a catalogue, the unused among them; nothing where there is none yet."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {(m.context, m.id): m for m in [*catalogue, *catalogue.obsolete.values()] if m.id}


def first(key: Key) -> str:
    """The message id as one text, which sorts and names the message."""
    context, ident = key
    text = ident if isinstance(ident, str) else ident[0]
    return f"{context}\x04{text}" if context else text


def parts(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Singular and plural of an id or a translation; one element where there is no plural."""
    return [text] if isinstance(text, str) else list(text or ("",))


def faults(key: Key, message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    source, target = parts(key[1]), parts(message.string)
    if not all(target) or len(target) != len(source):
        yield "not translated"
        return
    if message.fuzzy:
        yield "marked fuzzy"
    if CHINESE.search("".join(target)):
        yield "Chinese left in the translation"
    wanted = sorted(set(PLACEHOLDER.findall(source[-1])))
    for number, text in enumerate(target):
        given = sorted(set(PLACEHOLDER.findall(text)))
        # “one file” needs no number; the plural does.
        spared = len(target) > 1 and number == 0
        if given != wanted and not (spared and set(given) <= set(wanted)):
            yield f"placeholders {given} where the source has {wanted}"


def problems(root: Path = ROOT) -> list[str]:
    """One line per gap between code and catalogue."""
    known, wanted = read(root / PO), asked_for(root)
    lines = [f"{PO}: {first(key)!r}: not in the catalogue" for key in wanted - known.keys()]
    for key, message in known.items():
        if key not in wanted:
            lines.append(f"{PO}: {first(key)!r}: nothing asks for it any more")
        else:
            lines += [f"{PO}: {first(key)!r}: {fault}" for fault in faults(key, message)]
    return sorted(lines)


def translation(key: Key, known: dict[Key, Message], given: dict[str, str | list[str]]) -> str | tuple[str, ...]:
    """The translation handed in, else the one already there, else an empty one of the right shape."""
    empty = "" if isinstance(key[1], str) else ("", "")
    old = given.get(first(key)) or (known[key].string if key in known else "")
    return tuple(old) if isinstance(old, list) else (old or empty)


def update(root: Path, given: dict[str, str | list[str]], *, prune: bool) -> None:
    """Write the catalogue anew, sorted and without dates, so that it diffs well; compile it."""
    wanted, known = asked_for(root), read(root / PO)
    catalogue = Catalog(locale="en", header_comment=f"# {HEADER}", fuzzy=False)
    for key in sorted(wanted, key=first):
        catalogue.add(key[1], translation(key, known, given), context=key[0])
    unused = [] if prune else sorted((k for k in known.keys() - wanted if any(parts(known[k].string))), key=first)
    for key in unused:
        catalogue.obsolete[first(key)] = Message(key[1], known[key].string, context=key[0])
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, no_location=True)
    target = root / PO
    target.parent.mkdir(parents=True, exist_ok=True)
    # Replaced at once: a reader meets the old or the new catalogue, never half of one.
    fresh = target.with_suffix(".po.new")
    fresh.write_bytes(UNWANTED.sub(b"", buffer.getvalue()))
    fresh.replace(target)
    with target.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, catalogue)


def missing(root: Path) -> dict[str, str | list[str]]:
    """What waits for a translation, in the form `--merge` takes."""
    known = read(root / PO)
    return {
        first(key): "" if isinstance(key[1], str) else ["", ""]
        for key in sorted(asked_for(root), key=first)
        if key not in known or not all(parts(known[key].string))
    }


def main() -> int:
    """Run the command of the module's docstring."""
    parser = argparse.ArgumentParser(description="the English catalogue")
    parser.add_argument("--check", action="store_true", help="exit 1 when the catalogue is not complete")
    parser.add_argument("--missing", action="store_true", help="print what waits for a translation, as JSON")
    parser.add_argument("--merge", type=Path, metavar="FILE", help="take translations from a JSON file")
    parser.add_argument("--prune", action="store_true", help="drop what nothing asks for any more")
    chosen = parser.parse_args()
    if chosen.check:
        return report(problems())
    if chosen.missing:
        print(json.dumps(missing(ROOT), ensure_ascii=False, indent=1))
        return 0
    given = json.loads(chosen.merge.read_text(encoding="utf-8")) if chosen.merge else {}
    update(ROOT, given, prune=chosen.prune)
    print(f"{PO}: {len(missing(ROOT))} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
