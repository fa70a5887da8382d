"""CSV and other separated text: encoding, delimiter and lines."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from mengkeju.kernel.exchange.lines import MAX_CELL, Line, TableRefusedError, too_long
from mengkeju.kernel.words import gettext as _

UTF16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",\t;"
CHINESE_COMMA = "，"
CHUNK = 1 << 20
HEAD = 10  # lines looked at for the delimiter
# What a person or `export` put an apostrophe before so that no program reads it as a formula or drops its zeros.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
MARKED_NUMBER = re.compile(r"'+\d[\d.,/ -]*$")


def encoding_of(name: str, content: bytes) -> str:
    """The first of UTF-8, GB18030 (UTF-16 by its mark) in which all of it can be read. Raises TableRefusedError."""
    if content.startswith(UTF16):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise TableRefusedError(
            _("“{name}”含有空字节，不是文本表格。请另存为 CSV UTF-8 或 .xlsx 再导入").format(name=name)
        )
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        if _readable(content, encoding):
            return encoding
    raise TableRefusedError(_("“{name}”的文字编码认不出来。请在 Excel 里另存为“CSV UTF-8”再导入").format(name=name))


def _readable(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), CHUNK):
            if "\x00" in decoder.decode(content[start : start + CHUNK]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(head: str) -> str:
    """The delimiter of the first line that has one outside quotes; a title above the table often has none."""
    for line in head.lstrip("\r\n").splitlines()[:HEAD]:
        outside = "".join(line.split('"')[::2])
        best = max(DELIMITERS, key=outside.count)
        if best in outside:
            return best
        if CHINESE_COMMA in outside and len(outside.split(CHINESE_COMMA)) > 2:  # noqa: PLR2004 - a heading of ≥ 3
            return CHINESE_COMMA
    return CHINESE_COMMA if CHINESE_COMMA in head.partition("\n")[0] else ","


def unguarded(value: str) -> str:
    """The text without the apostrophe that keeps spreadsheets from calculating it: `'=1` is `=1`, `'007` is `007`."""
    return value[1:] if value[:1] == "'" and (FORMULA.match(value) or MARKED_NUMBER.match(value)) else value


def guarded(value: str) -> str:
    """The text as it is safe in a CSV cell; `unguarded` gives it back unchanged."""
    return f"'{value}" if FORMULA.match(value) or MARKED_NUMBER.match(value) else value


def text_lines(name: str, content: bytes) -> Iterator[Line]:
    """The lines of a CSV file that are not blank. Raises TableRefusedError."""
    encoding = encoding_of(name, content)
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    delimiter = delimiter_of(stream.read(CHUNK))
    stream.seek(0)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    number = 0
    try:
        for values in reader:
            number += 1
            line = _line(number, values)
            if line is not None:
                yield line
    except csv.Error as error:
        raise TableRefusedError(
            _("“{name}”第 {number} 行（文件第 {line} 行）的引号或分隔符不完整，请检查后再导入").format(
                name=name, number=number + 1, line=reader.line_num
            )
        ) from error


def _line(number: int, values: list[str]) -> Line | None:
    cells = {column: unguarded(value) for column, value in enumerate(values, start=1) if value.strip()}
    if not cells:
        return None
    long = {column: too_long(len(value)) for column, value in cells.items() if len(value) > MAX_CELL}
    return Line(number, cells, long, len(values)) if long else Line(number, cells, width=len(values))
