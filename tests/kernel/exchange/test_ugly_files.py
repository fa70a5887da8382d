"""The three files of tests/data/exchange: each value that can be used is read, each that cannot stands at its cell."""

import contextlib
import io
import random
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.exchange import Table, TableRefusedError, ValueRefusedError, read_table, suggest
from mengkeju.kernel.exchange.values import parse_date, parse_money_range, parse_phone
from tests.kernel.exchange.sheets import cell, raw_workbook

Read = Callable[..., Table]
DATA = Path(__file__).parents[2] / "data" / "exchange"
KNOWN = {
    "title": ("需求名称", "成果名称"),
    "owner": ("单位名称",),
    "contact": ("联系人姓名", "完成人姓名"),
    "phone": ("联系人电话", "完成人电话", "联系电话", "电话"),
    "budget": ("投入", "拟投入资金合计", "报价"),
    "due": ("完成时间", "期限"),
}


def fields(table: Table) -> dict[str, str]:
    return {found.field: found.heading for found in suggest(table.headings, KNOWN) if found.field}


def parse(field: str, text: str, unit: str) -> object:
    if field == "budget":
        return parse_money_range(text, unit)
    if field == "due":
        return parse_date(text)
    return parse_phone(text) if field == "phone" else text


def problems(table: Table) -> dict[str, str]:
    """Place → sentence, for the columns with a type."""
    found: dict[str, str] = {}
    headings = fields(table)
    for row in table.rows:
        found.update({table.place(row, heading): fault for heading, fault in row.errors.items()})
        for field, heading in headings.items():
            try:
                parse(field, row.cells.get(heading, ""), table.column(heading).unit or table.unit)
            except ValueRefusedError as error:
                found[table.place(row, heading)] = str(error)
    return found


def test_a_summary_with_merged_headings() -> None:
    table = read_table(DATA / "needs_merged.xlsx")
    assert [row.number for row in table.rows] == [6, 7, 8, 11, 12]
    assert fields(table) == {
        "owner": "单位名称",
        "title": "需求名称",
        "contact": "联系人/姓名",
        "phone": "联系人/电话",
        "budget": "拟投入资金/合计",
        "due": "完成时间",
    }
    assert [row.cells["单位名称"] for row in table.rows[:3]] == ["甲机械厂（演示）"] * 3
    first = parse_money_range(table.rows[0].cells["拟投入资金/合计"], table.unit)
    assert first is not None
    assert first.low == Decimal(2_000_000)
    assert sorted(problems(table)) == ["E11", "H11", "I7"]


def test_a_list_in_gbk() -> None:
    table = read_table(DATA / "achievements_gbk.csv")
    assert [row.cells["编号"] for row in table.rows] == ["001", "002", "003", "=004"]
    assert table.rows[0].cells["成果名称"].split() == ["煤矸石制", "陶粒"]
    assert fields(table)["contact"] == "完成人/姓名"
    assert sorted(problems(table)) == ["D8", "F6"]
    assert "分不清是元还是万元" in problems(table)["F6"]
    assert "科学计数" in problems(table)["D8"]


def test_a_workbook_with_a_hidden_list_and_formulas() -> None:
    table = read_table(DATA / "needs_sheets.xlsx")
    assert (table.sheet, table.sheets) == ("需求表（演示）", ("封面", "需求表（演示）"))
    assert [row.number for row in table.rows] == [3, 4, 5, 6]
    assert sorted(problems(table)) == ["A5", "C4", "C5", "C6", "D5", "D6", "E5", "E6", "G3", "H3", "H4"]


# ---- Hostile -----------------------------------------------------------------------------------------

WHOLE = (DATA / "needs_sheets.xlsx").read_bytes()


def test_damaged_bytes_are_read_or_refused_never_anything_else(table_of: Read) -> None:
    chance = random.Random(7)  # noqa: S311 - the same damage each time
    for _ in range(150):
        content = bytearray(WHOLE)
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(TableRefusedError):
            table_of(bytes(content[: chance.choice([len(content), chance.randrange(len(content))])]) or b"x")


def test_damage_inside_the_sheets_is_read_or_refused(table_of: Read) -> None:
    chance = random.Random(8)  # noqa: S311 - the same damage each time
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(150):
        name = chance.choice([name for name in members if name.endswith((".xml", ".rels"))])
        content = bytearray(members[name])
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(min(len(content), 5000))] = chance.choice(b'<>"/0a9 ')
        kept = io.BytesIO()
        with zipfile.ZipFile(kept, "w") as file:
            for other, data in members.items():
                file.writestr(other, bytes(content) if other == name else data)
        with contextlib.suppress(TableRefusedError):
            table_of(kept.getvalue())


@given(
    st.binary(min_size=1, max_size=200) | st.text(alphabet=",;\t\"\n甲a1='", min_size=1, max_size=80).map(str.encode)
)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with contextlib.suppress(TableRefusedError):
        table = read_table(path)
        assert len(table.headings) == len(set(table.headings)) > 0


def test_a_sheet_of_forty_megabytes_is_read_or_refused_within_seconds(table_of: Read) -> None:
    row = cell("很长的说明" * 8_000)
    head = f"<row r='1'>{cell('说明')}</row>".encode()
    data = head + b"".join(b"<row r='%d'>" % n + row.encode() + b"</row>" for n in range(2, 352))
    assert len(data) > 40_000_000
    table = table_of(raw_workbook(data))
    assert {len(row.cells["说明"]) for row in table.rows} == {32_767}  # cut while reading, and said at each cell
    assert all("40000 个字" in row.errors["说明"] for row in table.rows)
    lines = ["编号,说明", *(f"{n},{'很长的说明' * 270}" for n in range(10_000))]
    table = table_of("\n".join(lines))
    assert len(table.rows) == 10_000
