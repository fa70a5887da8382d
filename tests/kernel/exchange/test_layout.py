"""Where the headings stand and which lines are data, in tables as offices send them."""

from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from mengkeju.kernel.exchange import Table
from tests.kernel.exchange.sheets import workbook

Read = Callable[..., Table]


def cells(table: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in table.rows]


def test_title_unit_note_and_two_rows_of_merged_headings(table_of: Read) -> None:
    lines: list[list[Any]] = [
        ["2026年技术需求汇总表（演示）"],
        ["填报单位：科技局（演示）", None, None, None, None, "单位：万元"],
        ["序号", "需求名称", "联系人", None, "投入", "备注"],
        [None, None, "姓名", "电话", None, None],
        [1, "脱碳", "甲", "13800138000", 200, "急"],
    ]
    merges = ["A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4"]
    table = table_of(workbook(lines, merges))
    assert table.headings == ("序号", "需求名称", "联系人/姓名", "联系人/电话", "投入", "备注")
    assert table.rows[0].number == 5
    assert table.unit == "万元"
    assert table.place(table.rows[0], "联系人/电话") == "D5"
    assert any("单位：万元" in notice for notice in table.notices)
    assert any("第 3–4 行" in notice for notice in table.notices)


def test_three_levels_and_groups_without_headings_merged_down(table_of: Read) -> None:
    lines: list[list[Any]] = [
        ["名称", "经费", None, None],
        [None, "合计", "其中", None],
        [None, None, "自筹", "财政"],
        ["甲", 3, 1, 2],
    ]
    table = table_of(workbook(lines, ["A1:A3", "B1:D1", "B2:B3", "C2:D2"]))
    assert table.headings == ("名称", "经费/合计", "经费/其中/自筹", "经费/其中/财政")
    assert len(table.rows) == 1
    both = table_of(workbook([["甲", None, "乙", None], ["一", "二", "三", "四"], [1, 2, 3, 4]], ["A1:B1", "C1:D1"]))
    assert both.headings == ("甲/一", "甲/二", "乙/三", "乙/四")


def test_a_merged_heading_over_merged_data_has_no_second_level(table_of: Read) -> None:
    lines: list[list[Any]] = [["名称", None, "说明", None], ["脱碳", None, "长", None], ["浮选", None, "短", None]]
    table = table_of(workbook(lines, ["A1:B1", "C1:D1", "A2:B2", "C2:D2", "A3:B3", "C3:D3"]))
    assert table.headings == ("名称", "说明")
    assert [row.cells["名称"] for row in table.rows] == ["脱碳", "浮选"]


def test_two_rows_of_headings_without_merged_cells(table_of: Read) -> None:
    table = table_of("汇总表,,,,\n序号,需求名称,联系人,,备注\n,,姓名,电话,\n1,脱碳,甲,138,\n")
    assert table.headings == ("序号", "需求名称", "联系人/姓名", "联系人/电话", "备注")
    assert [row.number for row in table.rows] == [4]


def test_a_column_without_heading_is_no_group_and_is_named(table_of: Read) -> None:
    table = table_of("编号,题目,,备注\n1,脱碳,多余,x\n2,浮选,,y\n")
    assert table.headings == ("编号", "题目", "备注")
    assert cells(table)[0] == {"编号": "1", "题目": "脱碳", "备注": "x"}
    assert "C 列没有表头，没有读入" in table.notices


@pytest.mark.parametrize("second", ["1,脱碳,200", "N1,题目,（万元）", "（1）,（2）,x"])
def test_a_first_row_of_data_is_not_taken_for_headings(table_of: Read, second: str) -> None:
    assert len(table_of(f"编号,题目,投入\n{second}\n").rows) == 1


def test_rows_of_units_and_of_column_numbers_are_no_data(table_of: Read) -> None:
    table = table_of("名称,投入,周期,占比\n,（万元）,月,%\n脱碳,200,6,3\n")
    assert [column.unit for column in table.columns] == ["", "万元", "月", "%"]
    assert [row.number for row in table.rows] == [3]
    assert len(table_of("名称,投入,周期\n1,2,3\n脱碳,200,6\n").rows) == 1


def test_a_unit_in_the_heading_belongs_to_its_column(table_of: Read) -> None:
    table = table_of("名称,投入(万元),产值（单位：亿元）,规模/元,人数（含外聘）\na,1,2,3,4\n")
    assert [column.unit for column in table.columns] == ["", "万元", "亿元", "元", ""]


def test_a_value_merged_down_applies_to_each_row_and_blank_rows_stay_blank(table_of: Read) -> None:
    lines: list[list[Any]] = [
        ["单位", "题目", "电话"], ["甲公司（演示）", "a", 1], [None, "b", 2], [None, None, None], ["乙", "c", 3],
    ]  # fmt: skip
    table = table_of(workbook(lines, ["A2:A4"]))
    assert [(row.number, row.cells["单位"]) for row in table.rows] == [
        (2, "甲公司（演示）"),
        (3, "甲公司（演示）"),
        (5, "乙"),
    ]


def test_an_error_merged_down_is_an_error_of_each_row(table_of: Read) -> None:
    table = table_of(workbook([["单位", "题目"], ["=A9", "a"], [None, "b"]], ["A2:A3"]))
    assert ["单位" in row.errors for row in table.rows] == [True, True]


def test_totals_groups_remarks_examples_and_repeated_headings_are_left_out_and_said(table_of: Read) -> None:
    lines: list[list[Any]] = [
        ["序号", "题目", "投入", "备注"],
        ["例", "脱碳示例", 1, None],
        ["一、装备制造（演示）"],
        [1, "合计算法", 5, "标题里的词不是合计行"],
        ["小 计", None, 5],
        ["序号", "题目", "投入", "备注"],
        [2, "浮选", 7, None],
        [3],
        ["合计（2项）：", None, 12],
        ["注：金额为估计"],
        ["填表人：甲", None, "审核人：乙"],
    ]
    table = table_of(workbook(lines, ["A3:D3"]))
    assert [row.cells["题目"] for row in table.rows] == ["合计算法", "浮选"]
    said = "\n".join(table.notices)
    for words in ("第 5、9 行是合计", "第 2 行是填写示例", "第 3 行只有一个横向合并的格", "第 6 行重复了表头",
                  "第 8 行只有序号", "第 10、11 行是表下的说明"):  # fmt: skip
        assert words in said


def test_a_title_that_begins_like_a_remark_is_data(table_of: Read) -> None:
    table = table_of("题目,简介,电话\n注塑机改造,x,1\n说明书自动生成,,\n")
    assert len(table.rows) == 2


def test_duplicate_headings_get_a_suffix_and_are_offered(table_of: Read) -> None:
    table = table_of("备注,题目,备注,备注（2）,备注\na,b,c,d,e\n")
    assert table.headings == ("备注", "题目", "备注（3）", "备注（2）", "备注（4）")
    assert list(cells(table)[0].values()) == list("abcde")
    assert [column.duplicate_of for column in table.columns] == ["", "", "备注", "", "备注"]
    assert any("C 列的表头与前面的“备注”相同" in notice for notice in table.notices)


def test_hidden_rows_are_read_and_said(table_of: Read) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    table = table_of(workbook([["题目"], ["a"], ["b"]], change=hide))
    assert len(table.rows) == 2
    assert "有 1 行在表格里被隐藏或筛掉，也已读入" in table.notices


def test_one_column_has_its_heading_on_top_and_totals_are_data(table_of: Read) -> None:
    table = table_of("题目\n脱碳\n合计\n注：x\n")
    assert [row.cells["题目"] for row in table.rows] == ["脱碳", "合计", "注：x"]


def test_a_plain_table_needs_no_notice(table_of: Read) -> None:
    assert table_of("编号,题目,投入\n1,a,2\n").notices == ()
