"""A table file as rows of text: CSV (UTF-8, GB18030, UTF-16) or .xlsx, told apart by content, not by name."""

import io
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from mengkeju.kernel.exchange.layout import Body, TableColumn, find_layout
from mengkeju.kernel.exchange.lines import Line, Merge, TableRefusedError, letter
from mengkeju.kernel.exchange.text import text_lines
from mengkeju.kernel.exchange.workbook import DamagedError, SheetPart, UnsafeXmlError, Workbook
from mengkeju.kernel.words import gettext as _

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 2_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
OLE, ZIP, PROGRAM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"MZ"
# What Python's zipfile and the readers raise on damaged or hostile archives.
DAMAGE = (
    DamagedError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
NO_ERRORS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data. `number` as the spreadsheet counts (A1 is row 1); `problem` when the row is malformed.

    `errors` heading → why the cell there cannot be used (its text in `cells` is then empty or cut).
    """

    number: int
    cells: dict[str, str]
    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=lambda: NO_ERRORS, compare=False)


@dataclass(frozen=True)
class Table:
    """The headings in order and the rows, blank ones left out.

    `columns` say where each heading stands and its unit; `unit` is the note above the table for money columns;
    `notices` what was understood or left out, in words; `sheet` the sheet read, `sheets` those offered.
    """

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[TableColumn, ...] = ()
    unit: str = ""
    notices: tuple[str, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def place(self, row: Row | int, heading: str) -> str:
        """Where a value stands: C17. Only the row number when the table has no such heading."""
        number = row if isinstance(row, int) else row.number
        return f"{self.column(heading).letter}{number}" if heading in self.headings else str(number)

    def column(self, heading: str) -> TableColumn:
        """The column of a heading. KeyError when there is none."""
        found = next((column for column in self.columns if column.heading == heading), None)
        if found is None:
            raise KeyError(heading)
        return found


def read_table(path: Path, *, sheet: str = "", name: str = "") -> Table:
    """Read a whole file of at most 100,000 rows and 2,000,000 filled cells. Raises TableRefusedError.

    `sheet` names a visible sheet; without it the first visible one with content is read. `name` is what messages call
    the file, when it is stored under another.
    """
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise TableRefusedError(_("“{name}”是空文件").format(name=name))
    if size > MAX_BYTES:
        raise TableRefusedError(
            _("“{name}”超过 {most} MB，请分成几个文件").format(name=name, most=MAX_BYTES // 1024 // 1024)
        )
    content = path.read_bytes()
    _refuse_other_kinds(name, content)
    if content.startswith(ZIP):
        return _read_workbook(name, content, sheet)
    return _table(name, deque(_limited(name, text_lines(name, content))), [])


def _refuse_other_kinds(name: str, content: bytes) -> None:
    if content.startswith(PROGRAM):
        raise TableRefusedError(_("“{name}”的内容是程序（.exe），不是表格。请上传 .csv 或 .xlsx").format(name=name))
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise TableRefusedError(
                _("“{name}”设了打开密码，读不了。请在 Excel 里去掉密码后另存，再导入").format(name=name)
            )
        raise TableRefusedError(
            _("“{name}”是旧版 Excel（.xls）或 WPS（.et）格式，请另存为 .xlsx 再导入").format(name=name)
        )
    if content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise TableRefusedError(
            _("“{name}”的内容是网页或 XML，只是扩展名像表格。请用 Excel 打开后另存为 .xlsx 再导入").format(name=name)
        )
    if name.lower().endswith((".xlsx", ".xlsm")) and not content.startswith(ZIP):
        raise TableRefusedError(_("“{name}”的内容不是 Excel 工作簿，请确认没有改过扩展名").format(name=name))


# ---- Excel -------------------------------------------------------------------------------------------


def _open_archive(name: str, content: bytes) -> zipfile.ZipFile:
    """Refuse what would unpack to far more than it is, before anything is unpacked.

    The sizes an archive declares can be trusted here: Python's zipfile never yields more than declared.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE as error:
        raise TableRefusedError(_("“{name}”已损坏，打不开。请重新另存一份").format(name=name)) from error
    members = archive.infolist()
    names = {member.filename for member in members}
    if "xl/workbook.bin" in names:
        raise TableRefusedError(_("“{name}”是二进制工作簿（.xlsb），请另存为 .xlsx 再导入").format(name=name))
    if "xl/workbook.xml" not in names:
        raise TableRefusedError(_("“{name}”是压缩包，里面没有 Excel 工作簿。请上传 .csv 或 .xlsx").format(name=name))
    if any(member.flag_bits & 1 for member in members):
        raise TableRefusedError(_("“{name}”设了密码，读不了。请去掉密码后再导入").format(name=name))
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > max(len(content), 1_000_000) * MAX_RATIO:
        raise TableRefusedError(
            _("“{name}”解压后过大（{size} MB），可能是压缩炸弹，已拒绝").format(
                name=name, size=unpacked // 1024 // 1024
            )
        )
    return archive


def _read_workbook(name: str, content: bytes, sheet: str) -> Table:
    try:
        book = Workbook(_open_archive(name, content))
        offered = [part for part in book.sheets if part.visible]
        part = _chosen(name, book, offered, sheet)
        reader = book.lines(part)
        lines = deque(_limited(name, reader))
    except TableRefusedError:
        raise
    except UnsafeXmlError as error:
        raise TableRefusedError(_("“{name}”含有不安全的 XML 内容，已拒绝").format(name=name)) from error
    except DAMAGE as error:
        raise TableRefusedError(_("“{name}”已损坏，打不开。请用 Excel 打开后重新另存一份").format(name=name)) from error
    return _table(name, lines, reader.merges, part.name, tuple(other.name for other in offered))


def _chosen(name: str, book: Workbook, offered: list[SheetPart], sheet: str) -> SheetPart:
    if not offered:
        raise TableRefusedError(_("“{name}”里没有可见的工作表").format(name=name))
    if sheet:
        named = next((part for part in offered if part.name == sheet), None)
        if named is None:
            raise TableRefusedError(
                _("“{name}”里没有工作表“{sheet}”，可以选：{names}").format(
                    name=name, sheet=sheet, names="、".join(part.name for part in offered)
                )
            )
        return named
    return next((part for part in offered if book.has_content(part)), offered[0])


# ---- Both --------------------------------------------------------------------------------------------


def _limited(name: str, lines: Iterable[Line]) -> Iterable[Line]:
    count = 0
    for line in lines:
        count += len(line.cells)
        if count > MAX_CELLS:
            raise TableRefusedError(
                _("“{name}”有内容的格超过 {most} 个，请分成几个文件").format(name=name, most=MAX_CELLS)
            )
        yield line


def _table(
    name: str, lines: deque[Line], merges: Sequence[Merge], sheet: str = "", sheets: tuple[str, ...] = ()
) -> Table:
    head = [line for line in list(lines)[:100] if line.cells]
    if not head:
        raise TableRefusedError(_("“{name}”没有内容").format(name=name))
    layout = find_layout(head, merges)
    if max(column.index for column in layout.columns) > MAX_COLUMNS:
        raise TableRefusedError(_("“{name}”超过 {most} 列").format(name=name, most=MAX_COLUMNS))
    body = Body(lines, merges, layout)
    names = {column.index: column.heading for column in layout.columns}
    rows: list[Row] = []
    for line in body:
        if len(rows) == MAX_ROWS:
            raise TableRefusedError(_("“{name}”超过 {most} 行，请分成几个文件").format(name=name, most=MAX_ROWS))
        rows.append(_row(names, line))
    notices = (*layout.notices, *body.notices())
    return Table(tuple(names.values()), tuple(rows), layout.columns, layout.unit, notices, sheet, sheets)


def _row(names: Mapping[int, str], line: Line) -> Row:
    last = max(names)
    problem = ""
    if any(column > last for column in line.cells):
        problem = _("这一行有 {count} 格，表头只有 {columns} 列，可能缺引号或多了分隔符（从 {letter} 列起）").format(
            count=max(line.cells), columns=last, letter=letter(last + 1)
        )
    cells = {name: line.cells.get(column, "") for column, name in names.items() if column <= line.width}
    errors = {names[column]: fault for column, fault in line.faults.items() if column in names}
    return Row(line.number, cells, problem, errors or NO_ERRORS)
