"""Templates: what is filled in reads back; lists, notes, stars and the example row."""

import io
from collections.abc import Callable

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from mengkeju.kernel.exchange import Kind, Table, TemplateField, build_template, suggest
from mengkeju.kernel.exchange.headers import How
from tests.kernel.exchange.sheets import saved

Read = Callable[..., Table]
MANY = tuple(f"第{number}领域，含{number}项" for number in range(40))
FIELDS = (
    TemplateField("title", "需求名称", required=True, hint="一句话说清楚要解决什么。", example="气化细渣脱碳"),
    TemplateField("budget", "投入", Kind.MONEY, unit="万元", example="200-300"),
    TemplateField("due", "截止日期", Kind.DATE, example="2026-12-31"),
    TemplateField("mode", "合作方式", Kind.LIST, choices=("技术转让", "技术服务"), several=True),
    TemplateField("field", "所属领域", choices=MANY, required=True),
    TemplateField("open", "是否公开", Kind.YES_NO),
)
KNOWN = {field.key: (field.heading,) for field in FIELDS}


def filled(*rows: list[str]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(build_template("技术需求/导入模板", FIELDS)))
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    for number, row in enumerate(rows, start=3):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    return saved(book)


def test_what_is_filled_in_reads_back_and_maps_perfectly(table_of: Read) -> None:
    table = table_of(filled(["脱碳", "200", "2026-12-31", "技术转让、技术服务", MANY[3], "是"]))
    assert table.sheets == ("技术需求 导入模板", "填写说明")
    mapping = suggest(table.headings, KNOWN)
    assert [(found.field, found.how, found.confidence) for found in mapping] == [
        (field.key, How.EXACT, 1.0) for field in FIELDS
    ]
    assert [found.unit for found in mapping] == ["", "万元", "", "", "", ""]
    assert [list(row.cells.values()) for row in table.rows] == [
        ["脱碳", "200", "2026-12-31", "技术转让、技术服务", MANY[3], "是"]
    ]
    assert table.rows[0].number == 3
    assert "第 2 行是填写示例，没有读入" in table.notices


def test_an_empty_template_has_no_rows(table_of: Read) -> None:
    assert table_of(build_template("需求", FIELDS)).rows == ()


def test_lists_notes_and_stars_stand_in_the_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(build_template("需求", FIELDS)))
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    assert [cell.value for cell in sheet[1]] == [
        "需求名称*",
        "投入（万元）",
        "截止日期",
        "合作方式",
        "所属领域*",
        "是否公开",
    ]
    note = sheet["A1"].comment
    assert note is not None
    assert note.text == "必填。一句话说清楚要解决什么。"
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["D3"].formula1 == '"技术转让,技术服务"'
    assert not rules["D3"].showErrorMessage  # several may be written
    assert rules["E3"].formula1 == "'选项'!$E$1:$E$40"
    assert rules["E3"].showErrorMessage
    assert rules["F3"].formula1 == '"是,否"'
    assert book["选项"].sheet_state == "hidden"
    assert [book["选项"].cell(row, 5).value for row in (1, 40)] == [MANY[0], MANY[39]]
    assert sheet["A2"].value == "【示例】气化细渣脱碳"


def test_choices_that_look_like_formulas_stay_words() -> None:
    field = TemplateField("a", "甲", choices=("=1,5", "@x"), example="=2")
    book = openpyxl.load_workbook(io.BytesIO(build_template("表", [TemplateField("b", "乙"), field])))
    assert book["选项"]["B1"].data_type == book.worksheets[0]["B2"].data_type == "s"
