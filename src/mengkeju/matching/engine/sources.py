"""A table as rows of text by column heading, whichever reader it came from.

`plain` reads CSV in UTF-8 as the protocol writes it. Other files (Excel, GBK, titles above the headings) are read by
whoever calls the engine; headings may be mapped to the protocol's columns.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_ROWS = 8  # row numbers listed for one and the same problem
SHOWN_PROBLEMS = 40  # problems listed at once
MAPPING = re.compile(r"(?:^|[,，;；])\s*(need_id|title|content|achievement_id|achievement_title|level)\s*=")


class ProtocolError(ValueError):
    """Input that cannot be used; the message says in Chinese which file, row and why, one problem a line."""


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a file that are not blank: number as a spreadsheet counts (the first line is 1), and cells.

    A row that ends before a heading has no cell for it. `problems` are rows that cannot be read: (number, why).
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    problems: tuple[tuple[int, str], ...] = ()


class Problems:
    """Everything that is wrong, collected and said at once: the same reason on several rows is one line."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self._rows: dict[tuple[str, str], list[int]] = {}

    def add(self, name: str, reason: str, row: int | None = None) -> None:
        """Something about a file, or about one of its rows."""
        rows = self._rows.setdefault((name, reason), [])
        if row is not None:
            rows.append(row)

    def lines(self) -> list[str]:
        """One line per file and reason, in the order they were met."""
        return [_line(name, reason, rows) for (name, reason), rows in self._rows.items()]

    def refuse(self) -> None:
        """ProtocolError with all of it, when there is anything."""
        lines = self.lines()
        more = len(lines) - SHOWN_PROBLEMS
        if more > 0:
            lines = [*lines[:SHOWN_PROBLEMS], f"另有{more}类问题，改正以上各行后再看"]
        if lines:
            raise ProtocolError("\n".join(lines))


def _line(name: str, reason: str, rows: Sequence[int]) -> str:
    if not rows:
        return f"{name}：{reason}"
    listed = "、".join(str(row) for row in rows[:SHOWN_ROWS])
    more = f" 等{len(rows)}行" if len(rows) > SHOWN_ROWS else "行"
    return f"{name} 第{listed}{more}：{reason}"


def mapping(options: Iterable[str]) -> dict[str, str]:
    """Heading in the file by column of the protocol, from “need_id=需求编号,title=需求名称”. ProtocolError."""
    found: dict[str, str] = {}
    for option in options:
        parts = MAPPING.split(option)
        if parts[0].strip() or len(parts) < 3:
            raise ProtocolError(
                f"--columns “{option}”看不懂，请写成 need_id=需求编号；可以指定的列："
                "need_id、title、content、achievement_id、achievement_title、level"
            )
        for column, heading in zip(parts[1::2], parts[2::2], strict=True):
            if not heading.strip():
                raise ProtocolError(f"--columns 没有写明 {column} 对应哪一列")
            found[column] = heading.strip()
    return found


def same(heading: str) -> str:
    """A heading as it is compared: half width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", heading).lower().split())


def plain(path: Path) -> Source | None:
    """A CSV in UTF-8 whose first line are its headings; None when it is in another form. ProtocolError if broken."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            headings = tuple(cell.strip() for cell in next(reader, []))
            lines = [(number, cells) for number, cells in enumerate(reader, 2) if any(cells)]
    except UnicodeDecodeError:
        return None
    except csv.Error as error:
        raise ProtocolError(f"{path.name}：不是有效的 CSV 文件（{error}）") from error
    except OSError as error:
        raise ProtocolError(f"{path.name}：无法读取文件") from error
    return Source(
        path.name, headings, tuple((number, dict(zip(headings, cells, strict=False))) for number, cells in lines)
    )


def chosen(source: Source, columns: Sequence[str], names: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Heading in the file by wanted column, and the wanted columns it does not have."""
    there = {same(heading): heading for heading in reversed(source.headings)}
    found = {column: there[same(names.get(column, column))] for column in columns
             if same(names.get(column, column)) in there}  # fmt: skip
    return found, [column for column in columns if column not in found]
