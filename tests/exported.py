"""What a downloaded list holds, for tests of every capability."""

import csv
import io
from typing import Any
from urllib.parse import unquote

from openpyxl import load_workbook

HEADINGS = 4  # the row of the headings of an .xlsx: title, filter and source stand above


def content(answer: Any) -> bytes:
    """The file, from what the test client answers."""
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)  # the client closes the file behind its last byte


def name(answer: Any) -> str:
    """The file's name as a browser saves it."""
    return unquote(answer["Content-Disposition"].rpartition("''")[2])


def xlsx(answer: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """The lines above the headings, and the rows by heading."""
    sheet = load_workbook(io.BytesIO(content(answer))).worksheets[0]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    headings = [str(heading) for heading in lines[HEADINGS - 1]]
    return (
        [str(line[0]) for line in lines[: HEADINGS - 1]],
        [dict(zip(headings, line, strict=True)) for line in lines[HEADINGS:]],
    )


def table(answer: Any) -> tuple[list[dict[str, str]], str]:
    """The rows of a .csv by heading, and the line on its source at the end."""
    lines = list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:-1]], lines[-1][0]
