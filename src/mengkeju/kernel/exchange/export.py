"""Lists as files: typed .xlsx and CSV, written row by row so that their length does not matter.

Text stays text: nothing that begins with = + - @ is ever calculated by the program that opens the file. Amounts are
numbers in the unit of the heading, dates are dates, times are those of Asia/Shanghai.
"""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from mengkeju.kernel.clock import ZONE
from mengkeju.kernel.exchange.lines import MAX_CELL, letter
from mengkeju.kernel.exchange.text import FORMULA, guarded

CHUNK = 1 << 16
MAX_TITLE = 31  # characters of a sheet's name
MAX_LINKS = 65_000  # a spreadsheet holds 65,530 links per sheet; the rest stay readable text
MAX_URL = 2_079
FIRST_EXCEL_YEAR = 1900
SERIAL_EPOCH, LEAP_DAY_1900 = datetime.combine(date(1899, 12, 30), time()), 60
DAY_SECONDS = 86_400
MAX_SHEET_ROWS = 1_048_576
HEADINGS = 4  # the row of the headings: title, filter and source stand above
LEVEL = 3  # of compression: a third of the time of the usual 6 for a file a fifth larger
SHEET, SHEET_LINKS = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DIMENSION = re.compile(rb"<dimension [^>]*/>")
EMPTY_ROW = re.compile(rb'<row r="5"[^>]*>(?:<c [^>]*/>)*</row>')
UNITS = {"": Decimal(1), "元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
# Control characters, halves of surrogate pairs and non-characters: XML 1.0 cannot hold them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN_IN_TITLE = re.compile(r"[\\/*?:\[\]]")
HEAD_FILL = "E8EEF7"


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    YES_NO = "yesno"
    LINK = "link"
    LIST = "list"


WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 12, Kind.MONEY: 14, Kind.DATE: 12, Kind.DATETIME: 17, Kind.YES_NO: 8,
          Kind.LINK: 36, Kind.LIST: 24}  # fmt: skip
FORMATS = {Kind.MONEY: "#,##0.00", Kind.DATE: "yyyy-mm-dd", Kind.DATETIME: "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class Column:
    """A column of an export. `key` of the row; `unit` stands in the heading, and amounts (Decimal 元) are shown in it.

    Values by kind: text anything; number int or Decimal; money Decimal 元; date a date; datetime an aware datetime;
    yesno bool; link an address or (text, address); list an iterable. None is an empty cell. A value of another type is
    written as text, so that nothing is lost.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    width: int = 0

    @property
    def title(self) -> str:
        """The heading with its unit: 投入（万元）."""
        unit = self.unit or ("元" if self.kind is Kind.MONEY else "")
        return f"{self.heading}（{unit}）" if unit else self.heading


@dataclass(frozen=True)
class About:
    """What the file says of itself. `filters`: the list's filter in words; `exported_at` aware."""

    title: str
    source: str
    exported_at: datetime
    filters: str = ""

    @property
    def source_line(self) -> str:
        """来源：… 导出时间：…"""
        moment = self.exported_at.astimezone(ZONE)
        return _("来源：{source}　导出时间：{time}").format(source=self.source, time=f"{moment:%Y-%m-%d %H:%M}")

    @property
    def filter_line(self) -> str:
        """筛选条件：…, or that there is none."""
        return _("筛选条件：{filters}").format(filters=self.filters or _("全部"))


Row = Mapping[str, Any]


# ---- Values ------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Text that a cell can hold: unwritable characters removed, cut with a mark beyond 32,767 characters."""
    text = UNWRITABLE.sub("", text)
    if len(text) <= MAX_CELL:
        return text
    mark = _("……（已截断，全文 {length} 字）").format(length=len(text))
    return text[: MAX_CELL - len(mark)] + mark


def _number(value: Any, column: Column) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(value)
    if column.kind is not Kind.MONEY:
        return number
    scaled = number / UNITS.get(column.unit, Decimal(1))
    return scaled.quantize(Decimal("0.01")) if scaled == scaled.quantize(Decimal("0.01")) else scaled.normalize()


def _day(value: Any, column: Column) -> Any:
    if isinstance(value, datetime):
        moment = value.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
        return moment if column.kind is Kind.DATETIME else moment.date()
    return value if isinstance(value, date) else str(value)


def typed(value: Any, column: Column) -> Any:
    """The value as the file writes it: None, Decimal, date, naive local datetime or text."""
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.NUMBER | Kind.MONEY:
            return _number(value, column)
        case Kind.DATE | Kind.DATETIME:
            return _day(value, column)
        case Kind.YES_NO:
            return (_("是") if value else _("否")) if isinstance(value, bool) else str(value)
        case Kind.LIST if not isinstance(value, str):
            return "、".join(str(part) for part in value) or None
        case Kind.LINK if isinstance(value, tuple):
            return str(value[0])
    return str(value)


def _target(value: Any) -> str:
    address = str(value[1] if isinstance(value, tuple) else value or "")
    return address if address.startswith(("https://", "http://")) and len(address) <= MAX_URL else ""


# ---- CSV ---------------------------------------------------------------------------------------------


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else guarded(clean(str(value)))


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """The list as CSV: UTF-8 with mark, CRLF, headings first, one last line on source, filter and time.

    A link is written as its address.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([guarded(clean(column.title)) for column in columns])
    for row in rows:
        writer.writerow([_csv_text(_csv_value(row.get(column.key), column)) for column in columns])
        if buffer.tell() >= CHUNK:
            yield _drained(buffer)
    writer.writerow([clean(f"{about.source_line}　{about.filter_line}")])
    yield _drained(buffer)


def _csv_value(value: Any, column: Column) -> Any:
    return value[1] if column.kind is Kind.LINK and isinstance(value, tuple) else typed(value, column)


def _drained(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


# ---- Excel -------------------------------------------------------------------------------------------


def _serial(day: date) -> Decimal:
    """The day number of a spreadsheet, which believes in a 29 February 1900; the time is its fraction."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    passed = moment - SERIAL_EPOCH
    days = passed.days - (passed.days <= LEAP_DAY_1900)
    return days + (Decimal(passed.seconds) / DAY_SECONDS).quantize(Decimal("1e-10"))


class _Cells:
    """XML of the cells of one row at a time; `links` (place, address) are collected for the end of the sheet."""

    def __init__(self, columns: Sequence[Column], styles: Mapping[str, int]) -> None:
        self._columns = [(letter(index), column) for index, column in enumerate(columns, start=1)]
        self._styles = styles
        self.links: list[tuple[str, str]] = []

    def row(self, number: int, row: Row) -> str:
        """One row; empty cells are left out."""
        cells = (self._cell(f"{name}{number}", row.get(column.key), column) for name, column in self._columns)
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _cell(self, place: str, value: Any, column: Column) -> str:
        shown = typed(value, column)
        if shown is None:
            return ""
        if isinstance(shown, Decimal):
            return f'<c r="{place}" s="{self._styles[column.kind]}"><v>{shown:f}</v></c>'
        if isinstance(shown, date):
            if shown.year < FIRST_EXCEL_YEAR:
                return self._text(place, shown.isoformat(), column)
            return f'<c r="{place}" s="{self._styles[column.kind]}"><v>{_serial(shown)}</v></c>'
        if column.kind is Kind.LINK and len(self.links) < MAX_LINKS:
            target = _target(value)
            if target:
                self.links.append((place, target))
        return self._text(place, shown, column)

    def _text(self, place: str, text: str, column: Column) -> str:
        """Text that stays text whatever it begins with; the second style keeps it so when someone edits the cell."""
        style = self._styles[f"{column.kind}-quoted" if FORMULA.match(text) else column.kind]
        kept = escape(ESCAPE.sub("_x005F_", clean(text)))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'


def _plain_text(sheet: Worksheet, row: int, column: int, value: str) -> Cell | MergedCell:
    cell = sheet.cell(row, column)
    cell.value = ESCAPE.sub("_x005F_", clean(value))
    cell.data_type = "s"
    return cell


def _skeleton(columns: Sequence[Column], about: About) -> tuple[Workbook, dict[str, int]]:
    """The workbook without its rows, and the number of each style."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = FORBIDDEN_IN_TITLE.sub(" ", clean(about.title)).strip("' ")[:MAX_TITLE] or "Sheet1"
    for row, line in enumerate((about.title, about.filter_line, about.source_line), start=1):
        _plain_text(sheet, row, 1, line)
    sheet["A1"].font = Font(bold=True, size=14)
    for index, column in enumerate(columns, start=1):
        cell = _plain_text(sheet, HEADINGS, index, column.title)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=HEAD_FILL)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.column_dimensions[letter(index)].width = column.width or WIDTHS[column.kind]
    sheet.freeze_panes = f"A{HEADINGS + 1}"
    sheet.auto_filter.ref = f"A{HEADINGS}:{letter(len(columns))}{HEADINGS}"
    styles: dict[str, int] = {}
    for kind in Kind:
        for name in (kind.value, f"{kind}-quoted"):
            place = sheet.cell(HEADINGS + 1, len(styles) + 1)  # each its own: a style is kept by reference
            place.number_format = FORMATS.get(kind, "General")
            place.alignment = Alignment(vertical="top", wrap_text=kind not in FORMATS and kind is not Kind.NUMBER)
            place.quotePrefix = name != kind
            styles[name] = place.style_id
    return book, styles


def write_xlsx(columns: Sequence[Column], rows: Iterable[Row], about: About, target: IO[bytes]) -> int:
    """Write the list into `target` and give the number of rows. Title, filter, source and time stand above it.

    The headings are bold, frozen and filtered. openpyxl makes the workbook around the rows; the rows themselves are
    written as they come, six times as fast as through its cells, and memory does not grow with their number. Raises
    ValueError beyond the 1,048,576 rows of a sheet.
    """
    book, styles = _skeleton(columns, about)
    kept = io.BytesIO()
    book.save(kept)
    cells = _Cells(columns, styles)
    number = HEADINGS
    with zipfile.ZipFile(kept) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as out:
        head, tail = DIMENSION.sub(b"", made.read(SHEET)).split(b"</sheetData>")
        head = EMPTY_ROW.sub(b"", head)
        with out.open(SHEET, "w") as member:
            member.write(head)
            for number, row in enumerate(rows, start=HEADINGS + 1):
                if number > MAX_SHEET_ROWS:
                    raise ValueError(_("超过 Excel 一张表的行数，请缩小筛选范围，或导出 CSV"))
                member.write(cells.row(number, row).encode())
            last = f"{letter(len(columns))}{number}"
            member.write(b"</sheetData>" + _tail(tail, columns, last, cells.links))
        for name in made.namelist():
            if name == "xl/workbook.xml":
                old = f"${letter(len(columns))}${HEADINGS}<"
                out.writestr(name, made.read(name).replace(old.encode(), f"${letter(len(columns))}${number}<".encode()))
            elif name != SHEET:
                out.writestr(name, made.read(name))
        if cells.links:
            out.writestr(SHEET_LINKS, _relations(cells.links))
    return number - HEADINGS


def _tail(tail: bytes, columns: Sequence[Column], last: str, links: Sequence[tuple[str, str]]) -> bytes:
    """What stands below the rows: the filter over all of them, and the links."""
    old = f'ref="A{HEADINGS}:{letter(len(columns))}{HEADINGS}"'
    tail = tail.replace(old.encode(), f'ref="A{HEADINGS}:{last}"'.encode())
    if not links:
        return tail
    inside = "".join(f'<hyperlink r:id="rId{n}" ref="{place}"/>' for n, (place, _url) in enumerate(links, start=1))
    block = f'<hyperlinks xmlns:r="{OFFICE}/relationships">{inside}</hyperlinks>'
    return tail.replace(b"<pageMargins", block.encode() + b"<pageMargins", 1)


def _relations(links: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/relationships/hyperlink" TargetMode="External"'
        f" Target={quoteattr(clean(url))}/>"
        for n, (_place, url) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def xlsx_chunks(columns: Sequence[Column], rows: Iterable[Row], about: About) -> Iterator[bytes]:
    """The same as an iterator of bytes; the file lies on disk while it is sent, and is removed afterwards."""
    with tempfile.TemporaryFile() as file:
        write_xlsx(columns, rows, about, file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
