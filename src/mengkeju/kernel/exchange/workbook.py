"""The sheets of an .xlsx as lines of text, in one pass and within bounded memory.

openpyxl's reader for large files knows neither merged cells nor a formula without a stored result (it looks like an
empty cell), and needs 40 s for a sheet whose million rows are only formatted (3 s here). So the four parts that
matter are read here with expat: document types are refused, so no entity can expand, and cells without content are
dropped from the bytes before they are parsed. Numbers keep the digits that the file states.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from mengkeju.kernel.exchange.cells import Style, Styles, unescaped
from mengkeju.kernel.exchange.sheet import SheetReader

CHUNK = 1 << 20
LONGEST_ROW = 1 << 23  # bytes kept back to see a row as a whole
BOOK = "xl/workbook.xml"
HIDDEN = frozenset({"hidden", "veryHidden"})
# Cells and rows without content; only where the file numbers them, because their places must not shift.
EMPTY_CELL = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: [\w:]+="[^"<>]*")*\s*/>')
EMPTY_ROW = re.compile(rb'<row r="[0-9]+"(?: [\w:]+="[^"<>]*")*\s*(?:/>|>\s*</row>)')
CDATA = b"<![CDATA["


class UnsafeXmlError(ValueError):
    """The file brings a document type with it: the way to entity bombs and outside references."""


class DamagedError(ValueError):
    """The file is no workbook, or a part is missing or broken."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its name, whether people see it, and where it lies in the archive."""

    name: str
    visible: bool
    path: str


Start = Callable[[str, dict[str, str]], None]


def local(name: str) -> str:
    """The name of an element without its prefix."""
    return name.rpartition(":")[2]


def _parser(start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise UnsafeXmlError

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def without_empty(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same sheet without cells and rows that hold nothing."""
    carry, stripping = b"", True
    for chunk in chunks:
        block = carry + chunk
        stripping = stripping and CDATA not in block
        if not stripping:
            carry = b""
            yield block
            continue
        cut = block.rfind(b"<row")
        if cut <= 0 and len(block) < LONGEST_ROW:
            carry = block
            continue
        if cut <= 0:
            cut = max(block.rfind(b"<"), 0)
        head, carry = block[:cut], block[cut:]
        if head:
            yield EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", head))
    yield EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", carry)) if stripping else carry


class Workbook:
    """An open .xlsx whose archive was already checked for size."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Read the list of sheets; raises DamagedError or UnsafeXmlError."""
        self.archive = archive
        self.mac_dates = False
        self.sheets: tuple[SheetPart, ...] = ()
        self._strings: list[str] | None = None
        self._styles: Styles | None = None
        self._targets: dict[str, str] = {}
        self._read_book()

    def lines(self, part: SheetPart) -> SheetReader:
        """A reader of the sheet; iterate it, then ask it for its merged cells."""
        if self._strings is None or self._styles is None:
            self._strings, self._styles = self._read_strings(), self._read_styles()
        return SheetReader(self._feed(part.path), self._strings, self._styles)

    def has_content(self, part: SheetPart) -> bool:
        """Whether any cell of the sheet holds something; stops at the first."""
        return next(iter(self.lines(part)), None) is not None

    def _feed(self, path: str) -> Callable[[SheetReader], Iterator[None]]:
        def feed(reader: SheetReader) -> Iterator[None]:
            parser = _parser(reader.start, reader.end, reader.text)
            with self._open(path) as stream:
                for block in without_empty(_chunks(stream)):
                    self._parse(parser, block, last=False)
                    yield
                self._parse(parser, b"", last=True)
                yield

        return feed

    @staticmethod
    def _parse(parser: expat.XMLParserType, block: bytes, *, last: bool) -> None:
        try:
            parser.Parse(block, last)
        except expat.ExpatError as error:
            raise DamagedError from error

    def _open(self, path: str) -> IO[bytes]:
        try:
            return self.archive.open(path)
        except KeyError as error:
            raise DamagedError from error

    def _walk(self, path: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        parser = _parser(start, end, text)
        with self._open(path) as stream:
            for chunk in _chunks(stream):
                self._parse(parser, chunk, last=False)
            self._parse(parser, b"", last=True)

    def _elements(self, path: str) -> list[tuple[str, Mapping[str, str]]]:
        """All elements of a small part with their attributes."""
        found: list[tuple[str, Mapping[str, str]]] = []
        self._walk(path, lambda tag, attrs: found.append((local(tag), attrs)), lambda _tag: None, lambda _text: None)
        return found

    def _read_book(self) -> None:
        book = self._elements(BOOK)
        relations = "xl/_rels/workbook.xml.rels"
        if relations in self.archive.namelist():
            for tag, attrs in self._elements(relations):
                if tag == "Relationship":
                    self._targets[attrs.get("Id", "")] = posixpath.normpath(
                        posixpath.join("/xl", attrs.get("Target", ""))
                    ).lstrip("/")
        sheets = []
        for tag, attrs in book:
            if tag == "workbookPr":
                self.mac_dates = attrs.get("date1904") in {"1", "true"}
            if tag == "sheet":
                identity = next((value for key, value in attrs.items() if local(key) == "id"), "")
                path = self._targets.get(identity, "")
                if "worksheets/" in path:  # charts and dialogs are sheets too
                    sheets.append(SheetPart(attrs.get("name", ""), attrs.get("state") not in HIDDEN, path))
        if not sheets:
            raise DamagedError
        self.sheets = tuple(sheets)

    def _part(self, ending: str) -> str:
        """The part whose name ends so, wherever the writing program put it."""
        named = (target for target in self._targets.values() if target.lower().endswith(ending))
        return next((target for target in named if target in self.archive.namelist()), "")

    def _read_strings(self) -> list[str]:
        path = self._part("sharedstrings.xml")
        if not path:
            return []
        strings: list[str] = []
        pieces: list[str] = []
        inside = {"t": False, "rPh": False}  # phonetic marks are no text

        def start(tag: str, _attrs: dict[str, str]) -> None:
            name = local(tag)
            if name == "si":
                pieces.clear()
            elif name in inside:
                inside[name] = True

        def end(tag: str) -> None:
            name = local(tag)
            if name == "si":
                strings.append(unescaped("".join(pieces)))
            elif name in inside:
                inside[name] = False

        def text(data: str) -> None:
            if inside["t"] and not inside["rPh"]:
                pieces.append(data)

        self._walk(path, start, end, text)
        return strings

    def _read_styles(self) -> Styles:
        path = self._part("styles.xml")
        formats: dict[int, str] = {}
        used: list[int] = []
        inside = {"cellXfs": False}

        def start(tag: str, attrs: dict[str, str]) -> None:
            name = local(tag)
            if name == "numFmt":
                formats[int(attrs.get("numFmtId", "0"))] = attrs.get("formatCode", "")
            elif name == "cellXfs":
                inside[name] = True
            elif name == "xf" and inside["cellXfs"]:
                used.append(int(attrs.get("numFmtId", "0")))

        def end(tag: str) -> None:
            if local(tag) == "cellXfs":
                inside["cellXfs"] = False

        if path:
            self._walk(path, start, end, lambda _text: None)
        return Styles(tuple(Style.of(number, formats.get(number)) for number in used), mac_dates=self.mac_dates)
