"""Lists as files: types, text that stays text, limits; read back by openpyxl, by our own reader and by LibreOffice."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from mengkeju.kernel.clock import ZONE
from mengkeju.kernel.exchange import About, Column, Kind, Table, csv_chunks, export, read_table, write_xlsx, xlsx_chunks
from mengkeju.kernel.exchange.export import clean
from mengkeju.kernel.exchange.text import guarded, unguarded

Read = Callable[..., Table]
AT = datetime(2026, 11, 21, 9, 30, tzinfo=ZONE)
ABOUT = About("技术需求清单", "蒙科聚（演示）", AT, "领域：装备制造；地区：昆区")
COLUMNS = (
    Column("title", "需求名称"),
    Column("budget", "投入", Kind.MONEY, "万元"),
    Column("price", "价格", Kind.MONEY),
    Column("count", "人数", Kind.NUMBER, "人"),
    Column("due", "截止日期", Kind.DATE),
    Column("at", "发布时间", Kind.DATETIME),
    Column("open", "公开", Kind.YES_NO),
    Column("fields", "领域", Kind.LIST),
    Column("url", "网址", Kind.LINK),
)
ROW = {
    "title": "气化细渣脱碳",
    "budget": Decimal("2000000.00"),
    "price": Decimal("1234.50"),
    "count": 12,
    "due": date(2026, 12, 31),
    "at": AT,
    "open": True,
    "fields": ("化工", "环保"),
    "url": ("查看", "https://example.org/a?b=1&c=2"),
}
FORMULAS = ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")', "'=1"]
DANGEROUS = [*FORMULAS, "#REF!", "00123", "1E5", "TRUE"]


def xlsx(rows: list[dict[str, Any]], columns: tuple[Column, ...] = COLUMNS) -> bytes:
    kept = io.BytesIO()
    assert write_xlsx(columns, rows, ABOUT, kept) == len(rows)
    return kept.getvalue()


def sheet_of(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def csv_text(rows: list[dict[str, Any]], columns: tuple[Column, ...] = COLUMNS) -> str:
    return b"".join(csv_chunks(columns, rows, ABOUT)).decode("utf-8")


# ---- Excel -------------------------------------------------------------------------------------------


def test_a_workbook_says_what_it_is_above_its_headings() -> None:
    sheet = sheet_of(xlsx([ROW]))
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == [
        "技术需求清单",
        "筛选条件：领域：装备制造；地区：昆区",
        "来源：蒙科聚（演示）　导出时间：2026-11-21 09:30",
    ]
    assert [cell.value for cell in sheet[4]] == [
        "需求名称", "投入（万元）", "价格（元）", "人数（人）", "截止日期", "发布时间", "公开", "领域", "网址",
    ]  # fmt: skip
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:I5"
    assert sheet["A4"].font.bold
    assert sheet.column_dimensions["A"].width == 24


def test_values_keep_their_types() -> None:
    sheet = sheet_of(xlsx([ROW]))
    due, at = datetime.combine(date(2026, 12, 31), time()), datetime.combine(date(2026, 11, 21), time(9, 30))
    assert [cell.value for cell in sheet[5]] == [
        *("气化细渣脱碳", 200, 1234.5, 12, due, at, "是", "化工、环保", "查看"),
    ]
    assert sheet["B5"].number_format == "#,##0.00"
    assert sheet["E5"].number_format == "yyyy-mm-dd"
    assert sheet["F5"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["I5"].hyperlink is not None
    assert sheet["I5"].hyperlink.target == "https://example.org/a?b=1&c=2"


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_is_never_a_formula_in_a_workbook(text: str) -> None:
    cell = sheet_of(xlsx([{"title": text}]))["A5"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix == (text in FORMULAS)


def test_headings_and_titles_are_never_formulas() -> None:
    kept = io.BytesIO()
    write_xlsx([Column("a", "=1+1")], [], About("=2/[a]*'", "=3", AT, "=4"), kept)
    sheet = sheet_of(kept.getvalue())
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value)
    assert sheet.title == "=2  a"


def test_unwritable_characters_go_and_long_text_is_cut_with_a_mark() -> None:
    sheet = sheet_of(xlsx([{"title": "a\x00\x0b\ud800\uffffb_x0041_\n第二行"}, {"title": "长" * 40_000}]))
    cut = sheet["A6"].value
    assert isinstance(cut, str)
    assert len(cut) == 32_767
    assert cut.endswith("……（已截断，全文 40000 字）")
    assert clean("a\x00\x0b\ud800\uffffb\t") == "ab\t"


def test_values_of_another_type_are_written_as_text() -> None:
    sheet = sheet_of(
        xlsx([{"budget": "面议", "count": True, "due": "2026年底", "open": "不详", "fields": "化工", "url": "见附件"}])
    )
    assert [cell.value for cell in sheet[5]][1:] == ["面议", None, "True", "2026年底", None, "不详", "化工", "见附件"]
    assert sheet_of(xlsx([{"due": date(1850, 1, 1), "count": Decimal("NaN")}]))["E5"].value == "1850-01-01"


def test_only_web_addresses_become_links() -> None:
    assert sheet_of(xlsx([{"url": ("x", "javascript:alert(1)")}]))["I5"].hyperlink is None


def test_our_own_reader_reads_an_export_back(table_of: Read) -> None:
    table = table_of(xlsx([ROW, {**ROW, "title": "=1+1_x0041_"}, {**ROW, "title": "a"}]))
    assert table.headings[:2] == ("需求名称", "投入（万元）")
    assert table.columns[1].unit == "万元"
    assert [row.cells["需求名称"] for row in table.rows] == ["气化细渣脱碳", "=1+1_x0041_", "a"]
    assert table.rows[0].cells["投入（万元）"] == "200"
    assert table.rows[0].cells["截止日期"] == "2026-12-31"
    assert table.rows[0].cells["发布时间"] == "2026-11-21 09:30:00"


def test_a_streamed_workbook_is_the_same_and_rows_are_taken_one_by_one() -> None:
    taken: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(3):
            taken.append(number)
            yield {"title": f"第{number}"}

    content = b"".join(xlsx_chunks(COLUMNS, rows(), ABOUT))
    assert taken == [0, 1, 2]
    assert [sheet_of(content).cell(row, 1).value for row in (5, 6, 7)] == ["第0", "第1", "第2"]


# ---- CSV ---------------------------------------------------------------------------------------------


def test_csv_has_a_mark_windows_lines_and_its_source_last() -> None:
    text = csv_text([ROW])
    assert text.startswith("\ufeff需求名称,投入（万元）,")
    lines = text.split("\r\n")
    assert (
        lines[1]
        == "气化细渣脱碳,200.00,1234.50,12,2026-12-31,2026-11-21 09:30,是,化工、环保,https://example.org/a?b=1&c=2"
    )
    assert lines[2].startswith("来源：蒙科聚（演示）　导出时间：2026-11-21 09:30")
    assert lines[3:] == [""]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_SHEET_ROWS", 5)
    assert xlsx([ROW])
    with pytest.raises(ValueError, match="超过 Excel 一张表的行数"):
        xlsx([ROW, ROW])


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_is_never_a_formula_in_csv_and_comes_back(table_of: Read, text: str) -> None:
    written = csv_text([{"title": text, "fields": "x"}])
    cell = next(iter(list(csv.reader(io.StringIO(written)))[1]))
    assert cell[0] not in "=+-@\t＝"
    table = table_of(written)
    assert table.rows[0].cells["需求名称"] == text
    assert len(table.rows) == 1


def test_csv_comes_in_portions() -> None:
    chunks = list(csv_chunks(COLUMNS, ({"title": "字" * 1000} for _ in range(200)), ABOUT))
    assert len(chunks) > 2
    assert max(map(len, chunks)) < 300_000


@given(st.text(max_size=40))
def test_the_guard_of_any_text_can_be_taken_off(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=30)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(PLAIN, st.decimals(0, 10**9, places=2), st.dates(date(1950, 1, 1))), max_size=8))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, entries: list[Any]) -> None:
    columns = (
        Column("n", "次序号码", Kind.NUMBER),
        Column("t", "题目"),
        Column("m", "金额", Kind.MONEY),
        Column("d", "日期", Kind.DATE),
    )
    rows = [{"n": n, "t": f"题{t}", "m": m, "d": d} for n, (t, m, d) in enumerate(entries)]
    path = tmp_path_factory.mktemp("export")
    with (path / "a.xlsx").open("wb") as file:
        write_xlsx(columns, rows, ABOUT, file)
    (path / "a.csv").write_bytes(b"".join(csv_chunks(columns, rows, ABOUT)))
    for name in ("a.xlsx", "a.csv"):
        read = read_table(path / name).rows if rows else ()
        assert [(r.cells["题目"], Decimal(r.cells["金额（元）"]), r.cells["日期"]) for r in read] == [
            (r["t"], r["m"], r["d"].isoformat()) for r in rows
        ]


# ---- LibreOffice -------------------------------------------------------------------------------------


def test_libreoffice_opens_the_export(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("没有 LibreOffice（apt-get install libreoffice-calc-nogui），不能验证它打得开")
    (tmp_path / "export.xlsx").write_bytes(xlsx([{**ROW, "title": "=1+1"}, {**ROW, "title": "多行\n文字"}]))
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", form]
    command += ["--outdir", str(tmp_path), str(tmp_path / "export.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = list(csv.reader(io.StringIO((tmp_path / "export.csv").read_text("utf-8"))))
    assert lines[0][0] == "技术需求清单"
    assert lines[4][:2] == ["=1+1", "200.00"]
    assert lines[4][4:7] == ["2026-12-31", "2026-11-21 09:30", "是"]
    assert lines[5][0] == "多行\n文字"
