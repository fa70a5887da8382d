"""A table file as rows of text: CSV (UTF-8, GB18030, UTF-16) or .xlsx, told apart by content, not by name."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 2_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
DELIMITERS = ",\t;，"
OLE, ZIP, PROGRAM = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"MZ"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


class TableRefusedError(ValueError):
    """The file cannot be read as a table; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row of data. `number` as the spreadsheet counts (the heading is 1); `problem` when it is malformed."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """The headings in order and the rows, blank ones left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """Read a whole file of at most 100,000 rows. Raises TableRefusedError."""
    size = path.stat().st_size
    if size == 0:
        raise TableRefusedError(f"“{path.name}”是空文件")
    if size > MAX_BYTES:
        raise TableRefusedError(f"“{path.name}”超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件")
    content = path.read_bytes()
    _refuse_other_kinds(path.name, content)
    lines = _workbook_lines(path.name, content) if content.startswith(ZIP) else _text_lines(path.name, content)
    return _table(path.name, lines)


def _refuse_other_kinds(name: str, content: bytes) -> None:
    if content.startswith(PROGRAM):
        raise TableRefusedError(f"“{name}”的内容是程序（.exe），不是表格。请上传 .csv 或 .xlsx")
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise TableRefusedError(f"“{name}”设了打开密码，读不了。请在 Excel 里去掉密码后另存，再导入")
        raise TableRefusedError(f"“{name}”是旧版 Excel（.xls）格式，请另存为 .xlsx 再导入")
    if name.lower().endswith((".xlsx", ".xlsm")) and not content.startswith(ZIP):
        raise TableRefusedError(f"“{name}”的内容不是 Excel 工作簿，请确认没有改过扩展名")


# ---- Excel -------------------------------------------------------------------------------------------


def _check_archive(name: str, content: bytes) -> None:
    """Refuse what would unpack to far more than it is, before anything is unpacked.

    The sizes an archive declares can be trusted here: Python's zipfile never yields more than declared.
    """
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TableRefusedError(f"“{name}”已损坏，打不开。请重新另存一份") from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise TableRefusedError(f"“{name}”是压缩包，里面没有 Excel 工作簿。请上传 .csv 或 .xlsx")
    if any(member.flag_bits & 1 for member in members):
        raise TableRefusedError(f"“{name}”设了密码，读不了。请去掉密码后再导入")
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > max(len(content), 1_000_000) * MAX_RATIO:
        raise TableRefusedError(f"“{name}”解压后过大（{unpacked // 1024 // 1024} MB），可能是压缩炸弹，已拒绝")


def _workbook_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_archive(name, content)
    if not openpyxl.DEFUSEDXML:  # without it openpyxl would expand entities without limit
        raise TableRefusedError("缺少 defusedxml，不能安全读取 Excel；请改用 .csv")
    try:
        sheet = _first_sheet(name, content)
        sheet.reset_dimensions()  # a wrong declared size would cut rows off
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_text(value) for value in cells]
    except TableRefusedError:
        raise
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError) as error:
        # openpyxl passes some of defusedxml's refusals on as the cause of its own error
        if DefusedXmlException in {*type(error).__mro__, *type(error.__cause__).__mro__}:
            raise TableRefusedError(f"“{name}”含有不安全的 XML 内容，已拒绝") from error
        raise TableRefusedError(f"“{name}”已损坏，打不开。请用 Excel 打开后重新另存一份") from error


def _first_sheet(name: str, content: bytes) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
    if sheet is None:
        raise TableRefusedError(f"“{name}”里没有可见的工作表")
    return sheet


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---- Text --------------------------------------------------------------------------------------------


def decode(name: str, content: bytes) -> str:
    """The text of a CSV file, whatever of UTF-8, UTF-16 and GB18030 it is in. Raises TableRefusedError."""
    if content.startswith(UTF16):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise TableRefusedError(f"“{name}”含有空字节，不是文本表格。请另存为 CSV UTF-8 或 .xlsx 再导入")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableRefusedError(f"“{name}”的文字编码认不出来。请在 Excel 里另存为“CSV UTF-8”再导入")


def _delimiter(text: str) -> str:
    head = text.lstrip("\r\n").partition("\n")[0]
    outside = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _text_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = decode(name, content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield number, cells
    except csv.Error as error:
        raise TableRefusedError(
            f"“{name}”第 {number + 1} 行（文件第 {reader.line_num} 行）的引号或分隔符不完整，请检查后再导入"
        ) from error


# ---- Both --------------------------------------------------------------------------------------------


def _table(name: str, lines: Iterable[tuple[int, list[str]]]) -> Table:
    stream = iter(lines)
    headings = next((cells for _number, cells in stream if any(c.strip() for c in cells)), None)
    if headings is None:
        raise TableRefusedError(f"“{name}”没有内容")
    names = [heading.strip() for heading in headings]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise TableRefusedError(f"“{name}”超过 {MAX_COLUMNS} 列")
    repeated = sorted({n for n in names if n and names.count(n) > 1})
    if repeated:
        raise TableRefusedError(f"“{name}”的表头有重复的列：{'、'.join(repeated)}")
    rows = tuple(_rows(name, names, stream))
    return Table(tuple(n for n in names if n), rows)


def _rows(name: str, names: list[str], lines: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    count = 0
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise TableRefusedError(f"“{name}”超过 {MAX_ROWS} 行，请分成几个文件")
        yield _row(names, number, cells)


def _row(names: list[str], number: int, cells: list[str]) -> Row:
    surplus = [cell for cell in cells[len(names) :] if cell.strip()]
    problem = f"这一行有 {len(cells)} 格，表头只有 {len(names)} 列，可能缺引号" if surplus else ""
    return Row(number, {n: c for n, c in zip(names, cells, strict=False) if n}, problem)
