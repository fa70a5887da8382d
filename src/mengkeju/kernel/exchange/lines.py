"""What every reader of tables gives: lines of text by column, what is wrong with a cell, and how cells are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mengkeju.kernel.words import gettext as _

MAX_CELL = 32_767  # characters; no spreadsheet program keeps more in one cell
LETTERS = 26
NO_FAULTS: Mapping[int, str] = MappingProxyType({})


class TableRefusedError(ValueError):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(slots=True)
class Line:
    """One line of a file with something in it.

    `number` as the spreadsheet counts; `cells` column (A is 1) → text, only where there is some; `faults` column →
    what is wrong with a cell whose value cannot be used; `width` the columns up to the last one.
    """

    number: int
    cells: dict[int, str]
    faults: Mapping[int, str] = field(default_factory=lambda: NO_FAULTS)
    width: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells, edges included; its value stands in the upper left cell."""

    top: int
    left: int
    bottom: int
    right: int


def letter(column: int) -> str:
    """1 → A, 27 → AA, as spreadsheets name columns."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def column_of(name: str) -> int:
    """A → 1, AA → 27. `name` must be upper case letters."""
    number = 0
    for char in name:
        number = number * LETTERS + ord(char) - ord("A") + 1
    return number


def too_long(length: int) -> str:
    """The sentence for a cell beyond MAX_CELL."""
    return _("这一格有 {length} 个字，超过表格软件一格 {most} 个字的上限").format(length=length, most=MAX_CELL)
