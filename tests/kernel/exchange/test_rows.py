"""Tables are told apart by content; what cannot be read is refused with what to do about it."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mengkeju.kernel.exchange import Row, Table, TableRefusedError, read_table, rows

WORKBOOK = "xl/workbook.xml"
HALF_PAST_NINE = datetime.combine(date(2026, 11, 20), time(9, 30))  # Excel knows no zones
Make = Callable[[str, bytes], Table]


@pytest.fixture
def read(tmp_path: Path) -> Make:
    def read(name: str, content: bytes) -> Table:
        path = tmp_path / name
        path.write_bytes(content)
        return read_table(path)

    return read


def workbook(*lines: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def archive(**members: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_every_usual_encoding_and_delimiter(read: Make, encoding: str, delimiter: str) -> None:
    text = f'编号{delimiter}题目\r\n1{delimiter}"气化{delimiter}细渣\n脱碳"\r\n'
    table = read("t.csv", text.encode(encoding))
    assert table.headings == ("编号", "题目")
    assert table.rows == (Row(2, {"编号": "1", "题目": f"气化{delimiter}细渣\n脱碳"}),)


def test_a_delimiter_inside_a_quoted_heading_does_not_count(read: Make) -> None:
    assert read("t.csv", b'"a,b,c";d\n1;2\n').headings == ("a,b,c", "d")


def test_rows_are_counted_as_the_spreadsheet_does_and_blank_ones_left_out(read: Make) -> None:
    table = read("t.csv", b"title\n\nfirst\n , \nsecond\n".replace(b" , ", b'""'))
    assert [(row.number, row.cells["title"]) for row in table.rows] == [(3, "first"), (5, "second")]


def test_a_row_with_surplus_cells_is_a_problem_of_that_row_alone(read: Make) -> None:
    table = read("t.csv", b"id,title\n1,a,b,c\n2,d\n")
    assert "4 格" in table.rows[0].problem
    assert table.rows[1].problem == ""


def test_short_rows_simply_lack_cells(read: Make) -> None:
    assert read("t.csv", b"id,title\n1\n").rows == (Row(2, {"id": "1"}),)


def test_a_workbook_gives_text_for_every_kind_of_cell(read: Make) -> None:
    line = [7, 7.0, 7.5, date(2026, 11, 20), HALF_PAST_NINE, True, None, "文字"]
    table = read("t.xlsx", workbook(list("abcdefgh"), line))
    assert list(table.rows[0].cells.values()) == [
        "7",
        "7",
        "7.5",
        "2026-11-20",
        "2026-11-20 09:30:00",
        "是",
        "",
        "文字",
    ]


def test_a_workbook_is_known_by_content_whatever_its_name(read: Make) -> None:
    assert read("t.csv", workbook(["title"], ["a"])).rows == (Row(2, {"title": "a"}),)


def test_the_first_visible_sheet_is_read(read: Make) -> None:
    book = openpyxl.Workbook()
    hidden, shown = book.worksheets[0], book.create_sheet("second")
    hidden.append(["hidden"])
    hidden.sheet_state = "hidden"
    shown.append(["title"])
    kept = io.BytesIO()
    book.save(kept)
    assert read("t.xlsx", kept.getvalue()).headings == ("title",)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
REFUSED = [
    ("empty.csv", b"", "空文件"),
    ("blank.csv", b"\n\n", "没有内容"),
    ("virus.xlsx", b"MZ\x90\x00\x03" + bytes(200), "程序（.exe）"),
    ("virus.csv", b"MZ\x90\x00\x03" + bytes(200), "程序（.exe）"),
    ("text.xlsx", b"title\na\n", "不是 Excel 工作簿"),
    ("old.xls", OLE, "旧版 Excel"),
    ("locked.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    ("cut.xlsx", workbook(["title"], ["a"])[:900], "已损坏"),
    ("photos.xlsx", archive(a=b"1"), "没有 Excel 工作簿"),
    ("hollow.xlsx", archive(**{WORKBOOK: b"<workbook/>"}), "已损坏"),
    ("nul.csv", b"title\na\x00b\n", "空字节"),
    ("latin.csv", b"title\n\xff\xfe\xfd\xff\n", "编码"),
    ("quote.csv", b'title\n"never closed\n', "引号"),
    ("page.xls", b"<html><table><tr><td>title</td></tr></table></html>", "网页或 XML"),
    ("binary.xlsb", archive(**{"xl/workbook.bin": b"1"}), "二进制工作簿"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_cannot_be_read_is_refused_with_a_reason(read: Make, name: str, content: bytes, message: str) -> None:
    with pytest.raises(TableRefusedError, match=message) as refused:
        read(name, content)
    assert name in str(refused.value)


def test_a_bomb_is_refused_by_what_it_declares_before_it_is_unpacked(
    read: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "MAX_UNPACKED", 3_000_000)
    bomb = archive(**{WORKBOOK: b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(rows.MAX_UNPACKED + 1)})
    assert len(bomb) < 10_000
    with pytest.raises(TableRefusedError, match="解压后过大"):
        read("bomb.xlsx", bomb)


@pytest.mark.parametrize("part", [WORKBOOK, "xl/worksheets/sheet1.xml"])
def test_expanding_entities_are_refused(read: Make, part: str) -> None:
    content = workbook(["title"], ["a"])
    members = {}
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            members[name] = file.read(name)
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    lol = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><x>&l9;</x>'
    members[part] = lol.encode()
    with pytest.raises(TableRefusedError, match="不安全的 XML"):
        read("laughs.xlsx", archive(**members))


def test_limits_are_said_in_the_message(read: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    monkeypatch.setattr(rows, "MAX_COLUMNS", 3)
    monkeypatch.setattr(rows, "MAX_BYTES", 60)
    with pytest.raises(TableRefusedError, match="超过 2 行"):
        read("long.csv", b"title\na\nb\nc\n")
    with pytest.raises(TableRefusedError, match="超过 3 列"):
        read("wide.csv", b"a,b,c,d\n1,2,3,4\n")
    with pytest.raises(TableRefusedError, match="请分成几个文件"):
        read("large.csv", b"title\n" + b"a" * 60)


def test_formulas_give_their_stored_value_never_a_calculation(read: Make) -> None:
    table = read("t.xlsx", workbook(["title", "x"], ["=1+1", "b"]))
    assert table.rows[0].cells == {"title": "", "x": "b"}  # openpyxl stores no result: nothing is made up
    assert table.rows[0].errors == {"title": "公式没有保存结果，请在 Excel 里打开后另存"}
    assert table.place(table.rows[0], "title") == "A2"
