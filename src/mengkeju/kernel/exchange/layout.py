"""Where the headings of a table stand and which lines below them are data.

What offices send: a title and “单位：万元” above, headings over two or three rows with groups merged across columns, a
row of units or of column numbers below, group titles, totals and remarks between the data, cells merged down several
rows. Nothing is left out silently: every rule that skips a line says so in a notice.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mengkeju.kernel.exchange.lines import Line, Merge, letter
from mengkeju.kernel.exchange.units import UNIT_NOTE, split_unit, unit_in
from mengkeju.kernel.words import gettext as _

HEAD_LINES = 40  # lines looked at for the headings
MOST_PREAMBLE = 12
MOST_LEVELS = 4
LONGEST_HEADING = 60
WIDE = 3  # from so many columns on, one lone cell above cannot be the heading row
SHOWN = 20  # characters of a line repeated in a notice, and row numbers listed in one
TITLE = re.compile(
    r"(?:汇总|登记|统计|申报|征集|调查|明细|一览)?(?:表|清单|名单|目录|台账|结果)(?:[(（].*)?$|导出|[:：]"
)
TOTAL = re.compile(r"(?:合计|总计|小计|共计|总合计|本页小计|累计)(?:[(（].*[)）]|\d*[项条个])?[:：]?")
EXAMPLE = re.compile(r"[【\[(（]?(?:示例|样例|填写示例|例)(?:[】\])）:：]|$)")
REMARK = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|注意事项?|来源|数据来源|填表人|填报人|制表人?|审核人?|负责人|经办人|单位负责人)"
    r"(?:[(（].*?[)）])?\s*[:：]"
)
SERIAL = frozenset({"序号", "序", "行号", "no", "no.", "#"})
NUMBERING = re.compile(r"[(（]?\d{1,3}[)）]?")


@dataclass(frozen=True)
class TableColumn:
    """A column with a heading.

    `unit` from the heading or a row of units; `duplicate_of`: its words, when another column
    had them first.
    """

    heading: str
    index: int
    unit: str = ""
    duplicate_of: str = ""

    @property
    def letter(self) -> str:
        """As the spreadsheet names it: C."""
        return letter(self.index)


@dataclass
class Layout:
    """The headings of a table; `first`–`last` are their row numbers, `unit` the note above (“单位：万元”)."""

    columns: tuple[TableColumn, ...]
    first: int
    last: int
    unit: str = ""
    notices: list[str] = field(default_factory=list)


class Grid:
    """The first lines of a file with their merged blocks spread out."""

    def __init__(self, lines: Sequence[Line], merges: Sequence[Merge]) -> None:
        """Only blocks that start in these lines count."""
        self.lines = lines
        rows = {line.number: line for line in lines}
        self.blocks: dict[tuple[int, int], Merge] = {}
        for block in merges:
            for row in range(block.top, min(block.bottom, block.top + HEAD_LINES) + 1):
                if block.top in rows:
                    self.blocks.update(((row, column), block) for column in range(block.left, block.right + 1))
        self.rows = rows

    def text(self, row: int, column: int) -> str:
        """What stands at a place, also inside a merged block."""
        block = self.blocks.get((row, column))
        if block is not None:
            row, column = block.top, block.left
        line = self.rows.get(row)
        return " ".join(line.cells.get(column, "").split()) if line else ""

    def across(self, row: int, column: int) -> bool:
        """Whether the place lies in a block merged over several columns and one row."""
        block = self.blocks.get((row, column))
        return block is not None and block.right > block.left

    def reaches(self, row: int, below: int) -> bool:
        """Whether a block that starts in `row` is merged down to the row `below`."""
        line = self.rows[row]
        blocks = (self.blocks.get((row, column)) for column in line.cells)
        return any(block is not None and block.bottom >= below for block in blocks)


def find_layout(lines: Sequence[Line], merges: Sequence[Merge]) -> Layout:
    """The headings among the first lines of a table. `lines` must not be empty."""
    head = lines[:HEAD_LINES]
    grid = Grid(head, merges)
    width = max(len(line.cells) for line in head)
    top = _preamble(grid, width)
    above = head[:top]
    bottom = top
    while bottom + 1 < len(head) and bottom + 1 - top < MOST_LEVELS and _continues(grid, top, bottom):
        bottom += 1
    rows = [line.number for line in head[top : bottom + 1]]
    names = _names(grid, rows)
    units, skipped = _row_of_units(head[bottom + 1 : bottom + 3], names)
    note = next((found[1] for line in above for text in line.cells.values() if (found := UNIT_NOTE.search(text))), "")
    layout = Layout(_columns(names, units), rows[0], rows[-1] + skipped, note)
    layout.notices.extend(_header_notices(layout, above, rows))
    return layout


def _header_notices(layout: Layout, above: Sequence[Line], rows: Sequence[int]) -> Iterator[str]:
    if above:
        text = next(iter(above[0].cells.values())).strip()
        yield _("表头上方的 {count} 行（“{text}”等）当作标题和说明，没有当作数据").format(
            count=len(above), text=text if len(text) <= SHOWN else text[:SHOWN] + "…"
        )
    if len(rows) > 1:
        yield _("表头占第 {first}–{last} 行，已合成一行，例如“{example}”").format(
            first=rows[0], last=rows[-1], example=next((c.heading for c in layout.columns if "/" in c.heading), "")
        )
    if layout.unit:
        yield _("表上写着“单位：{unit}”：没有另写单位的金额列按{unit}读").format(unit=layout.unit)
    for column in layout.columns:
        if column.duplicate_of:
            yield _("{letter} 列的表头与前面的“{heading}”相同，改称“{renamed}”").format(
                letter=column.letter, heading=column.duplicate_of, renamed=column.heading
            )


def _preamble(grid: Grid, width: int) -> int:
    """How many lines stand above the headings."""
    count = 0
    while count < min(MOST_PREAMBLE, len(grid.lines) - 1) and _is_preamble(grid, grid.lines[count], width):
        count += 1
    return count


def _is_preamble(grid: Grid, line: Line, width: int) -> bool:
    column, text = next(iter(line.cells.items()))
    if width == 1:
        return False
    if len(line.cells) == 1:
        titled = width >= WIDE or TITLE.search(text.strip()) is not None
        return titled or grid.across(line.number, column) or len(text) > LONGEST_HEADING
    if any(UNIT_NOTE.search(value) for value in line.cells.values()):
        return len(line.cells) < max(width, WIDE)
    return len(line.cells) * 2 <= width and (":" in text or "：" in text)


def _continues(grid: Grid, top: int, bottom: int) -> bool:
    """Whether the line below `bottom` still belongs to the headings."""
    here, below = grid.lines[bottom], grid.lines[bottom + 1]
    if below.number != here.number + 1:
        return False
    if any(grid.reaches(line.number, below.number) for line in grid.lines[top : bottom + 1]):
        return True
    if any(len(text) > LONGEST_HEADING for text in below.cells.values()):
        return False
    across = any(grid.across(here.number, column) for column in here.cells)
    return _under_blocks(grid, here, below) if across else _under_gaps(here, below)


def _under_blocks(grid: Grid, here: Line, below: Line) -> bool:
    """Every cell below stands under a heading merged over columns, and one not under its first column."""
    blocks = {column: grid.blocks.get((here.number, column)) for column in below.cells}
    if not all(block is not None and block.right > block.left for block in blocks.values()):
        return False
    return any(block is not None and column > block.left for column, block in blocks.items())


def _under_gaps(here: Line, below: Line) -> bool:
    """The same where the file knows no merged cells: the group's words stand above its first column only."""
    last = max(here.width, below.width)
    gaps = {column for column in range(min(here.cells), last + 1) if column not in here.cells}
    starters = {column for column in here.cells if column + 1 in gaps}
    under = set(below.cells)
    headings_alone = set(here.cells) - starters
    return (
        under <= gaps | starters
        and len(under & gaps) > 0
        and len(under & starters) > 0
        and len(headings_alone) > 0
        and not any(NUMBERING.fullmatch(text.strip()) for text in below.cells.values())
    )


def _names(grid: Grid, rows: Sequence[int]) -> dict[int, str]:
    """Column → its heading, levels joined by “/”."""
    last = max(max(grid.rows[row].cells) for row in rows if row in grid.rows)
    blocks = (grid.blocks.get((row, column)) for row in rows for column in grid.rows[row].cells)
    last = max((last, *(block.right for block in blocks if block is not None and len(rows) > 1)))
    names: dict[int, str] = {}
    levels = {row: _level(grid, row, rows, last) for row in rows}
    for column in range(1, last + 1):
        lowest = grid.blocks.get((rows[-1], column))
        if lowest is not None and lowest.left < column:
            continue  # merged across to the last level: one column, not several
        parts: list[str] = []
        for row in rows:
            text = levels[row].get(column, "")
            if text and text not in parts:
                parts.append(text)
        if parts:
            names[column] = "/".join(parts)
    return names


def _level(grid: Grid, row: int, rows: Sequence[int], last: int) -> dict[int, str]:
    """One level of the headings by column; a group without merged cells reaches to the next word of its level."""
    deeper = [later for later in rows if later > row]
    level: dict[int, str] = {}
    group = ""
    for column in range(1, last + 1):
        text = grid.text(row, column)
        leaf = any(grid.text(later, column) for later in deeper)
        spread = (row, column) in grid.blocks
        if text:
            group = text if leaf and not spread else ""
            if spread or leaf or not deeper or row == grid.lines[0].number or column in grid.rows[row].cells:
                level[column] = text
        elif leaf and group:
            level[column] = group
        else:
            group = ""
    return level


def _row_of_units(below: Sequence[Line], names: dict[int, str]) -> tuple[dict[int, str], int]:
    """(column → unit, 1) when the line below the headings holds only units; ({}, 1) when only column numbers."""
    if not below or len(names) < 2:  # noqa: PLR2004 - one cell shows no pattern
        return {}, 0
    cells = {column: text.strip() for column, text in below[0].cells.items() if text.strip()}
    units = {column: unit_in(text) for column, text in cells.items()}
    if cells and all(units.values()) and set(cells) <= set(names):
        return units, 1
    numbers = [text.strip("()（）") for text in cells.values()]
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    numbered = len(numbers) >= WIDE and numbers == counted and set(cells) == set(names)
    return {}, 1 if numbered and len(below) > 1 else 0


def _columns(names: dict[int, str], units: dict[int, str]) -> tuple[TableColumn, ...]:
    found: list[TableColumn] = []
    taken: dict[str, int] = {}
    all_names = set(names.values())
    for index, name in names.items():
        heading, original = name, ""
        if name in taken:
            original = name
            while heading in all_names or heading in taken:
                taken[name] += 1
                heading = f"{name}（{taken[name]}）"
        taken.setdefault(heading, 1)
        found.append(TableColumn(heading, index, units.get(index) or split_unit(name)[1], original))
    return tuple(found)


class Body:
    """The lines of data below the headings, with merged cells filled; `notices` is complete after iterating."""

    def __init__(self, lines: deque[Line], merges: Sequence[Merge], layout: Layout) -> None:
        """`lines` is emptied while iterating, so that a large file lies in memory once."""
        self._lines, self._layout = lines, layout
        self._blocks: dict[int, list[Merge]] = {}
        for block in merges:
            if block.top > layout.last:
                self._blocks.setdefault(block.top, []).append(block)
        self._names = {column.index: column.heading.rpartition("/")[2] for column in layout.columns}
        self._skipped: dict[str, list[int]] = {}
        self._hidden = 0
        self._unnamed: set[int] = set()

    def __iter__(self) -> Iterator[Line]:
        """Lines of data only."""
        active: list[tuple[Merge, str, str]] = []
        right = max((column.index for column in self._layout.columns), default=0)
        while self._lines:
            line = self._lines.popleft()
            if line.number <= self._layout.last:
                continue
            reason = self._reason(line)
            if reason:
                self._skipped.setdefault(reason, []).append(line.number)
                continue
            active = [entry for entry in active if entry[0].bottom >= line.number]
            for block, text, fault in active:
                _fill(line, block.left, text, fault)
            for block in self._blocks.get(line.number, ()):
                if block.bottom > block.top:
                    active.append((block, line.cells.get(block.left, ""), line.faults.get(block.left, "")))
            self._hidden += line.hidden
            self._unnamed.update(c for c in line.cells if c <= right and c not in self._names)
            yield line

    def notices(self) -> Iterator[str]:
        """What was left out and why, in words."""
        for reason, rows in self._skipped.items():
            shown = "、".join(map(str, rows[:SHOWN])) + ("……" if len(rows) > SHOWN else "")
            yield _("第 {rows} 行{reason}，没有读入").format(rows=shown, reason=reason)
        for column in sorted(self._unnamed):
            yield _("{letter} 列没有表头，没有读入").format(letter=letter(column))
        if self._hidden:
            yield _("有 {count} 行在表格里被隐藏或筛掉，也已读入").format(count=self._hidden)

    def _only_serial(self, line: Line, column: int) -> bool:
        """Numbers are often filled in far below the last entry."""
        alone = {*line.cells, *line.faults} == {column} and self._names.get(column, "").lower() in SERIAL
        return alone and line.cells.get(column, "0").strip().isdigit()

    def _reason(self, line: Line) -> str:
        """Why a line is no data; empty when it is."""
        column = min((*line.cells, *line.faults))
        if len(self._names) > 1 and self._only_serial(line, column):
            return _("只有序号")
        if column not in line.cells:
            return ""
        first = unicodedata.normalize("NFKC", "".join(line.cells[column].split()))
        if TOTAL.fullmatch(first) and len(self._names) > 1:
            return _("是合计或小计")
        if EXAMPLE.match(first):
            return _("是填写示例")
        if len(self._names) < WIDE - 1:
            return ""
        block = next((b for b in self._blocks.get(line.number, ()) if b.left == column), None)
        if len(line.cells) == 1 and block is not None and (block.right - block.left + 1) * 2 >= len(self._names):
            return _("只有一个横向合并的格，当作分组标题或说明")
        if REMARK.match(line.cells[column].strip()) and len(line.cells) * 2 <= max(len(self._names), WIDE + 1):
            return _("是表下的说明或签名")
        if line.cells == {c: name for c, name in self._names.items() if c in line.cells} and len(line.cells) >= WIDE:
            return _("重复了表头")
        return ""


def _fill(line: Line, column: int, text: str, fault: str) -> None:
    """What stands in the first cell of a block merged down applies to every row of it."""
    if text:
        line.cells.setdefault(column, text)
    if fault:
        line.faults = {**line.faults, column: fault}
    line.width = max(line.width, column)
