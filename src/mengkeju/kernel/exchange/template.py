"""An empty workbook to fill in: headings, an example row, drop-down lists, notes; what is filled in reads back.

The reader knows the example row by its mark and leaves it out, and the headings by their own words.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from mengkeju.kernel.exchange.export import FORBIDDEN_IN_TITLE, HEAD_FILL, MAX_TITLE, WIDTHS, Kind, clean
from mengkeju.kernel.exchange.lines import letter

MARK = "【示例】"
HEADING_ROW, EXAMPLE_ROW, FIRST_ROW, LAST_ROW = 1, 2, 3, 10_002
MAX_INLINE = 255  # characters of a list inside a validation; longer ones come from a hidden sheet
MAX_PROMPT, MAX_PROMPT_TITLE = 255, 32
REQUIRED_FILL, EXAMPLE_COLOUR = "FDE9E7", "808080"
NOTE_SIZE = (320, 120)  # points: wide enough for two or three sentences


@dataclass(frozen=True)
class TemplateField:
    """A column to fill in. `choices` labels offered in a drop-down list; with `several` they are only suggested.

    `hint` is a sentence or two; `example` stands in the example row.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    required: bool = False
    unit: str = ""
    hint: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    several: bool = False
    width: int = 0

    @property
    def title(self) -> str:
        """The heading as written: 投入（万元）*."""
        return self.heading + (f"（{self.unit}）" if self.unit else "") + ("*" if self.required else "")


def hint_of(field: TemplateField) -> str:
    """What the note of a column says."""
    parts = [
        _("必填。") if field.required else _("选填。"),
        field.hint,
        _("可填多项，用顿号“、”隔开。") if field.several else "",
        "" if field.choices else _way(field.kind),
        _("单位：{unit}。").format(unit=field.unit) if field.unit else "",
    ]
    return "".join(part for part in parts if part)


def _way(kind: Kind) -> str:
    match kind:
        case Kind.MONEY:
            return _("可写 200、200-300、约50、面议；另写单位也行，例如 1.5亿。")
        case Kind.DATE:
            return _("写成 2024-03-05 或 2024年3月。")
        case Kind.DATETIME:
            return _("写成 2024-03-05 09:30。")
        case Kind.YES_NO:
            return _("填 是 或 否。")
        case Kind.NUMBER:
            return _("只填数字。")
        case Kind.LIST:
            return _("可填多项，用顿号“、”隔开。")
    return ""


def build_template(title: str, fields: Sequence[TemplateField]) -> bytes:
    """The workbook as bytes: the sheet to fill in, 填写说明, and a hidden sheet with long lists."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = FORBIDDEN_IN_TITLE.sub(" ", clean(title)).strip("' ")[:MAX_TITLE] or "Sheet1"
    lists = book.create_sheet(_("选项"))
    lists.sheet_state = "hidden"
    for index, field in enumerate(fields, start=1):
        _head(sheet, index, field)
        _example(sheet, index, field)
        _validate(sheet, lists, index, field)
    sheet.freeze_panes = f"A{FIRST_ROW}"
    _explain(book.create_sheet(_("填写说明"), 1), title, fields)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _head(sheet: Worksheet, index: int, field: TemplateField) -> None:
    cell = sheet.cell(HEADING_ROW, index)
    cell.value = field.title
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.fill = PatternFill("solid", fgColor=REQUIRED_FILL if field.required else HEAD_FILL)
    note = Comment(hint_of(field), "Mengkeju")
    note.width, note.height = NOTE_SIZE
    cell.comment = note
    sheet.column_dimensions[letter(index)].width = field.width or WIDTHS[field.kind]
    if field.kind in {Kind.TEXT, Kind.DATE, Kind.MONEY}:
        # As text: a telephone number keeps its zeros, 2024.10 stays October, a long code keeps its digits.
        sheet.column_dimensions[letter(index)].number_format = "@"


def _example(sheet: Worksheet, index: int, field: TemplateField) -> None:
    cell = sheet.cell(EXAMPLE_ROW, index)
    cell.value = (MARK if index == 1 else "") + (field.example or (field.choices[0] if field.choices else ""))
    cell.data_type = "s"
    cell.font = Font(italic=True, color=EXAMPLE_COLOUR)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _validate(sheet: Worksheet, lists: Worksheet, index: int, field: TemplateField) -> None:
    choices = field.choices or ((_("是"), _("否")) if field.kind is Kind.YES_NO else ())
    place = f"{letter(index)}{FIRST_ROW}:{letter(index)}{LAST_ROW}"
    if choices:
        rule = DataValidation("list", formula1=_source(lists, index, choices), allow_blank=True)
        rule.showErrorMessage = not field.several
        rule.error, rule.errorTitle = _("请从下拉列表里选"), clean(field.heading)[:MAX_PROMPT_TITLE]
    else:
        rule = DataValidation(allow_blank=True, showErrorMessage=False)
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = field.heading[:MAX_PROMPT_TITLE], hint_of(field)[:MAX_PROMPT]
    rule.add(place)
    sheet.add_data_validation(rule)


def _source(lists: Worksheet, index: int, choices: Sequence[str]) -> str:
    """The list itself when it is short and without commas or quotes, else a reference to the hidden sheet."""
    joined = ",".join(choices)
    if len(joined) <= MAX_INLINE and not any(sign in choice for choice in choices for sign in ',"'):
        return f'"{joined}"'
    for row, choice in enumerate(choices, start=1):
        cell = lists.cell(row, index)
        cell.value = choice
        cell.data_type = "s"
    return f"'{lists.title}'!${letter(index)}$1:${letter(index)}${len(choices)}"


def _explain(sheet: Worksheet, title: str, fields: Sequence[TemplateField]) -> None:
    for line in _explanation(title, fields):
        sheet.append(line)
    for row in (1, 3):
        for cell in sheet[row]:
            cell.font = Font(bold=True)
    for column, width in (("A", 24), ("B", 8), ("C", 60), ("D", 40)):
        sheet.column_dimensions[column].width = width


def _explanation(title: str, fields: Sequence[TemplateField]) -> Iterator[list[str]]:
    yield [_("{title} · 填写说明").format(title=title)]
    yield [_("带 * 的列必填。从第 {row} 行填起，一行一条；第 2 行是示例，导入时自动跳过。").format(row=FIRST_ROW)]
    yield [_("列"), _("必填"), _("怎么填"), _("可以填")]
    for field in fields:
        offered = "、".join(field.choices[:50]) + ("……" if len(field.choices) > 50 else "")  # noqa: PLR2004 - as listed
        yield [field.title, _("是") if field.required else "", hint_of(field), offered]
