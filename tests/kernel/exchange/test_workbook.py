"""Sheets of other programs: formats, formulas, errors, phonetic marks, missing references, a million empty rows."""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from mengkeju.kernel.exchange import Table, TableRefusedError, read_table, rows
from mengkeju.kernel.exchange.workbook import without_empty
from tests.kernel.exchange.sheets import cell, raw_workbook, saved, workbook

Read = Callable[..., Table]
HEAD = f"<row r='1'>{cell('编号', 'A1')}{cell('值', 'B1')}</row>"
STYLES = """<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;;@"/>
<numFmt numFmtId="177" formatCode="0.00&quot;度 d&quot;"/><numFmt numFmtId="178" formatCode="[DBNum1]yyyy/m/d"/>
</numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="57"/>
<xf numFmtId="31"/><xf numFmtId="9"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="178"/>
<xf numFmtId="22"/></cellXfs></styleSheet>"""


def one(read: Read, inside: str, *, styles: str = STYLES, strings: str = "", properties: str = "") -> Table:
    """A table whose only row has `inside` as its second cell."""
    row = f"<row r='2'>{cell('1', 'A2')}{inside}</row>"
    return read(raw_workbook(HEAD + row, styles=styles, strings=strings, properties=properties))


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<c r='B2'><v>200</v></c>", "200"),
        ("<c r='B2'><v>2.5E2</v></c>", "250"),
        ("<c r='B2'><v>0.30000000000000004</v></c>", "0.3"),
        ("<c r='B2'><v>1234567.1</v></c>", "1234567.1"),
        ("<c r='B2'><v>0.0000001</v></c>", "0.0000001"),
        ("<c r='B2' s='1'><v>45352</v></c>", "2024-03-01"),
        ("<c r='B2' s='2'><v>45352</v></c>", "2024-03"),
        ("<c r='B2' s='2'><v>45353</v></c>", "2024-03-02"),
        ("<c r='B2' s='3'><v>45352</v></c>", "2024-03-01"),
        ("<c r='B2' s='4'><v>0.155</v></c>", "15.5%"),
        ("<c r='B2' s='4'><v>1</v></c>", "100%"),
        ("<c r='B2' s='5'><v>45352</v></c>", "2024-03"),
        ("<c r='B2' s='6'><v>36.5</v></c>", "36.5"),
        ("<c r='B2' s='7'><v>45352</v></c>", "2024-03-01"),
        ("<c r='B2' s='8'><v>45352.5</v></c>", "2024-03-01 12:00:00"),
        ("<c r='B2' s='99'><v>5</v></c>", "5"),
        ("<c r='B2' t='b'><v>1</v></c>", "是"),
        ("<c r='B2' t='d'><v>2024-03-05T00:00:00</v></c>", "2024-03-05"),
        ("<c r='B2' t='str'><f>A2</f><v>结果</v></c>", "结果"),
        ("<c r='B2' t='str'><f>IF(1,\"\")</f><v></v></c>", ""),
        ("<c r='B2'><f t='shared' si='0'/><v>7</v></c>", "7"),
        ("<c r='B2' t='s'><v>0</v></c>", "汉字"),
        ("<c r='B2' t='s'><v>1</v></c>", "甲\n乙"),
        ("<c r='B2' t='inlineStr'><is><r><t>粗</t></r><r><t>细</t></r><rPh><t>cu</t></rPh></is></c>", "粗细"),
        (cell("'0471", "B2"), "0471"),
        (cell("'八零后", "B2"), "'八零后"),
        (cell("=1+1", "B2"), "=1+1"),
        ("<c r='B2' s='1'/>", ""),
    ],
)
def test_a_cell_says_what_a_person_reads_in_it(table_of: Read, inside: str, text: str) -> None:
    strings = "<si><t>汉字</t><rPh><t>hanzi</t></rPh></si><si><t xml:space='preserve'>甲_x000D_\n乙</t></si>"
    table = one(table_of, inside, strings=strings)
    assert table.rows[0].cells.get("值", "") == text
    assert table.rows[0].errors == {}


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("<c r='B2'><f>SUM(A1)</f></c>", "公式没有保存结果，请在 Excel 里打开后另存"),
        ("<c r='B2'><f>SUM(A1)</f><v/></c>", "公式没有保存结果，请在 Excel 里打开后另存"),
        ("<c r='B2' t='e'><v>#REF!</v></c>", "这一格是错误值 #REF!，请在 Excel 里改正"),
        ("<c r='B2' t='e'><f>1/0</f><v>#DIV/0!</v></c>", "这一格是错误值 #DIV/0!，请在 Excel 里改正"),
        ("<c r='B2'><v>911500001234567890</v></c>", "15 位"),
        ("<c r='B2' s='1'><v>99999999</v></c>", "不是日期"),
        ("<c r='B2'><v>1E999</v></c>", "太大"),
    ],
)
def test_what_cannot_be_used_is_an_error_at_its_cell(table_of: Read, inside: str, sentence: str) -> None:
    table = one(table_of, inside)
    assert sentence in table.rows[0].errors["值"]
    assert table.rows[0].cells["值"] == ""
    assert table.place(table.rows[0], "值") == "B2"


def test_dates_counted_from_1904_are_those_days(table_of: Read) -> None:
    table = one(table_of, "<c r='B2' s='1'><v>43890</v></c>", properties='<workbookPr date1904="1"/>')
    assert table.rows[0].cells["值"] == "2024-03-01"


def test_rows_and_cells_without_references_stand_in_their_order(table_of: Read) -> None:
    data = f"<row>{cell('a')}{cell('b')}</row><row/><row>{cell('1')}<c/>{cell('3')}</row>"
    table = table_of(raw_workbook(data))
    assert [(row.number, row.cells["a"]) for row in table.rows] == [(3, "1")]
    assert "3 格" in table.rows[0].problem


def test_prefixed_elements_are_the_same_elements(table_of: Read) -> None:
    data = "<x:row xmlns:x='u' r='1'><x:c r='A1' t='inlineStr'><x:is><x:t>题</x:t></x:is></x:c></x:row>"
    more = "<x:row xmlns:x='u' r='2'><x:c r='A2'><x:v>5</x:v></x:c></x:row>"
    assert table_of(raw_workbook(data + more)).rows[0].cells == {"题": "5"}


def test_a_cell_longer_than_any_program_keeps_is_an_error_and_cut(table_of: Read) -> None:
    table = one(table_of, cell("长" * 40_000, "B2"))
    assert len(table.rows[0].cells["值"]) == 32_767
    assert "40000 个字" in table.rows[0].errors["值"]


@pytest.mark.parametrize("inside", ["<c r='B2'><v>12a</v></c>", "<c r='B2' t='s'><v>9</v></c>", "<c r='B2'><v>"])
def test_a_broken_sheet_is_refused(table_of: Read, inside: str) -> None:
    with pytest.raises(TableRefusedError, match="已损坏"):
        one(table_of, inside)


# ---- Sheets ------------------------------------------------------------------------------------------


def three_sheets() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "空表"
    book.create_sheet("需求").append(["题目"])
    book["需求"].append(["脱碳"])
    book.create_sheet("成果").append(["成果名称"])
    hidden = book.create_sheet("选项")
    hidden.append(["x"])
    hidden.sheet_state = "veryHidden"
    return saved(book)


def test_the_first_visible_sheet_with_content_is_read_and_the_others_offered(table_of: Read) -> None:
    table = table_of(three_sheets())
    assert (table.sheet, table.sheets) == ("需求", ("空表", "需求", "成果"))
    assert table.headings == ("题目",)


def test_a_sheet_can_be_named(table_of: Read) -> None:
    assert table_of(three_sheets(), sheet="成果").headings == ("成果名称",)
    with pytest.raises(TableRefusedError, match="可以选：空表、需求、成果"):
        table_of(three_sheets(), sheet="选项")
    with pytest.raises(TableRefusedError, match="没有内容"):
        table_of(three_sheets(), sheet="空表")


# ---- Size --------------------------------------------------------------------------------------------


def test_cells_and_rows_without_content_never_reach_the_parser() -> None:
    data = b'<row r="1"><c r="A1" s="3"/><c r="B1"><v>1</v></c></row>'
    data += b'<row r="2" ht="15"><c r="A2" s="3"/></row><row r="3"/>'
    whole = b"".join(without_empty(iter([data])))
    assert whole == b'<row r="1"><c r="B1"><v>1</v></c></row>'
    assert b"".join(without_empty(data[n : n + 1] for n in range(len(data)))) == whole
    quoted = b'<row r="1"><c r="A1"><is><t><![CDATA[<row r="9"/>]]></t></is></c></row>'
    assert b"".join(without_empty(iter([quoted]))) == quoted


def test_a_million_formatted_empty_rows_are_passed_over_quickly(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    empty = b"".join(b'<row r="%d" ht="14.25"><c r="A%d" s="1"/></row>' % (n, n) for n in range(3, 1_048_576))
    last = f"<row r='1048576'>{cell('末行', 'A1048576')}</row>"
    path.write_bytes(raw_workbook(f"{HEAD}<row r='2'>{cell('1', 'A2')}</row>".encode() + empty + last.encode()))
    started = time.monotonic()
    table = read_table(path)
    assert [row.number for row in table.rows] == [2, 1_048_576]
    assert time.monotonic() - started < 20  # 2 s alone on one core; parsing every empty cell takes far longer


def test_too_many_filled_cells_are_refused_while_reading(table_of: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_CELLS", 10)
    with pytest.raises(TableRefusedError, match="超过 10 个"):
        table_of(workbook([["a", "b"]] * 6))


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(raw_workbook(HEAD))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].flag_bits & 1 == 0
    start = content.rfind(b"PK\x01\x02")
    content[start + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(TableRefusedError, match="密码"):
        read_table(path)
