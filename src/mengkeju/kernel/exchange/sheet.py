"""One sheet: the events of its XML become lines, block by block."""

import re
from collections.abc import Callable, Iterator

from mengkeju.kernel.exchange.cells import Styles, unescaped
from mengkeju.kernel.exchange.lines import MAX_CELL, NO_FAULTS, Line, Merge, column_of, too_long
from mengkeju.kernel.exchange.text import MARKED_NUMBER
from mengkeju.kernel.words import gettext as _

DIGITS = "0123456789"
BLOCK = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
TEXT_TYPES = frozenset({"str", "inlineStr"})


class SheetReader:
    """Iterate it for the lines with content; `merges` is complete when the iteration has ended.

    Damaged numbers and references raise ValueError or IndexError while iterating.
    """

    def __init__(self, feed: Callable[["SheetReader"], Iterator[None]], strings: list[str], styles: Styles) -> None:
        """`feed` parses the sheet block by block and calls start, end and text."""
        self.merges: list[Merge] = []
        self._feed, self._strings, self._styles = feed, strings, styles
        self._ready: list[Line] = []
        self._number = self._column = 0
        self._cells: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._hidden = self._taking = self._phonetic = self._formula = self._in_cell = False
        self._type = ""
        self._style: str | None = None
        self._pieces: list[str] = []
        self._length = 0

    def __iter__(self) -> Iterator[Line]:
        """The lines that hold something, in order."""
        for _block in self._feed(self):
            yield from self._ready
            self._ready.clear()

    # ---- called by the parser ------------------------------------------------------------------------

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element opens."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._open_cell(attrs)
        elif name == "row":
            self._number = int(attrs.get("r") or self._number + 1)
            self._column = 0
            self._cells, self._faults = {}, {}
            self._hidden = attrs.get("hidden") in {"1", "true"}
        elif name == "mergeCell":
            block = merge_of(attrs.get("ref", ""))
            if block:
                self.merges.append(block)
        elif self._in_cell:
            if name in {"v", "t"}:
                self._taking = not self._phonetic
            elif name == "f":
                self._formula = True
            elif name == "rPh":
                self._phonetic = True

    def end(self, tag: str) -> None:
        """An element closes."""
        name = tag.rpartition(":")[2]
        if name in {"v", "t"}:
            self._taking = False
        elif name == "c":
            self._in_cell = False
            self._close_cell()
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and (self._cells or self._faults):
            width = max((*self._cells, *self._faults))
            self._ready.append(Line(self._number, self._cells, self._faults or NO_FAULTS, width, self._hidden))

    def text(self, data: str) -> None:
        """Characters; more than a cell may hold are counted and dropped."""
        if self._taking:
            self._length += len(data)
            if self._length - len(data) <= MAX_CELL:
                self._pieces.append(data)

    # ---- cells ---------------------------------------------------------------------------------------

    def _open_cell(self, attrs: dict[str, str]) -> None:
        reference = attrs.get("r")
        self._column = column_of(reference.rstrip(DIGITS)) if reference else self._column + 1
        self._type, self._style = attrs.get("t", "n"), attrs.get("s")
        self._pieces.clear()
        self._length = 0
        self._formula, self._in_cell = False, True

    def _close_cell(self) -> None:
        raw = "".join(self._pieces)
        if not raw:
            if self._formula and self._type not in TEXT_TYPES:
                self._faults[self._column] = _("公式没有保存结果，请在 Excel 里打开后另存")
            return
        value, fault = self._value(raw)
        if len(value) > MAX_CELL or self._length > MAX_CELL:
            value, fault = value[:MAX_CELL], too_long(max(self._length, len(value)))
        if fault:
            self._faults[self._column] = fault
        if value and not value.isspace():
            self._cells[self._column] = value

    def _value(self, raw: str) -> tuple[str, str]:
        match self._type:
            case "s":
                return _without_mark(self._strings[int(raw)]), ""
            case "b":
                return ("是" if raw.strip() in {"1", "true"} else "否"), ""
            case "e":
                return "", _("这一格是错误值 {value}，请在 Excel 里改正").format(value=raw.strip())
            case "d":
                return raw.strip().replace("T", " ").removesuffix(" 00:00:00"), ""
            case kind if kind in TEXT_TYPES:
                return _without_mark(unescaped(raw)), ""
        return self._styles.text(raw, self._style)


def merge_of(reference: str) -> Merge | None:
    """`B5:B8` as a block; None for what names no block of cells."""
    found = BLOCK.fullmatch(reference)
    if not found:
        return None
    return Merge(int(found[2]), column_of(found[1]), int(found[4]), column_of(found[3]))


def _without_mark(value: str) -> str:
    """`'007` written by another program is 007; an apostrophe before words belongs to the words."""
    return value[1:] if value[:1] == "'" and MARKED_NUMBER.match(value) else value
