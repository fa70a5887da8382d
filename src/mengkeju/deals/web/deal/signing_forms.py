"""The form of an event's list of signings: one row, one signed paper."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.actions import PartyInput, Signing
from mengkeju.deals.kinds import in_order
from mengkeju.deals.web.deal.forms import DATE
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel.forms.fields import unmark
from mengkeju.kernel.forms.spec import FieldSpec, FieldType
from mengkeju.kernel.forms.table import Rows, TableField, TableInput
from mengkeju.kernel.money import parse_amount
from mengkeju.kernel.words import mark, word

MOST = 40
TEXT, CHOICE = FieldType.TEXT, FieldType.CHOICE
CELL = re.compile(r"rows\.\d+\.\w+")
"""How an act names a cell of the table it refuses."""
_BETWEEN = re.compile(r"[;；、\n]+")


def _spec() -> FieldSpec:
    """The table, its choices in the reader's language."""
    said = tuple((kind.key, word(kind)) for kind in in_order())
    names = directory.area_names([REGION, *directory.outside_codes()])
    places = tuple(sorted(names.items(), key=lambda pair: (pair[0] != REGION, pair[0])))
    columns = (
        FieldSpec("kind", CHOICE, "类型", "Kind", choices=said, required=True),
        FieldSpec(
            "title", TEXT, "名称", "Title", example=mark("例如：稀土永磁材料联合攻关"), max_length=200, required=True
        ),
        FieldSpec("seller", TEXT, "高校院所方（卖方）", "Research side (seller)", max_length=500, required=True),
        FieldSpec("buyer", TEXT, "企业方（买方）", "Firm side (buyer)", max_length=500, required=True),
        FieldSpec("amount", TEXT, "金额", "Amount", example=mark("例如：200万"), max_length=40),
        FieldSpec("place", CHOICE, "未入驻的在哪里", "Where those not here are", choices=places),
    )
    return FieldSpec("rows", FieldType.TABLE, "签约清单", "Signed", columns=columns, most=MOST)


class SigningsForm(forms.Form):
    """Which event, which day, what was signed. A wrong row is named and marked."""

    event = forms.CharField(label=_("签约活动"), max_length=120, help_text=_("活动的全名，记为签约渠道"))
    day = forms.DateField(label=_("签约日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    rows = forms.Field()

    def __init__(self, *args: Any, **options: Any) -> None:
        """The table with the kinds and places of the day."""
        super().__init__(*args, **options)
        self.fields["rows"] = TableField(
            _spec(),
            label=_("签约清单"),
            required=False,
            help_text=_(
                "一行一项。一方有几家的用“；”隔开，第一家为牵头；写单位全称或信用代码，没有入驻的只记名称。"
                "金额照公布的写，没有公布的空着"
            ),
        )
        unmark(self, "rows")
        self.unknown: list[str] = []

    @staticmethod
    def typed_so_far(data: QueryDict) -> "SigningsForm":
        """The form with what was typed and more empty rows, nothing checked."""
        blank = SigningsForm()
        given = {name: f.widget.value_from_datadict(data, {}, name) for name, f in blank.fields.items()}
        return SigningsForm(initial=given)

    def clean_rows(self) -> list[Signing]:
        """The rows as signings; names that are not in the directory are kept in `unknown`."""
        rows = cast("Rows", self.cleaned_data["rows"])
        amounts: list[Decimal | None] = []
        wrong: dict[str, str] = {}
        for at, row in enumerate(rows):
            try:
                amounts.append(parse_amount(row.get("amount", "")))
            except ValueError as error:
                wrong[f"rows.{at}.amount"] = str(error)
        if wrong:
            raise ValidationError(self.said(wrong))
        return [
            Signing(
                row["title"],
                row["kind"],
                self._parties("seller", row["seller"], row.get("place", "")),
                self._parties("buyer", row["buyer"], row.get("place", "")),
                amount,
            )
            for row, amount in zip(rows, amounts, strict=True)
        ]

    def _parties(self, side: str, text: str, place: str) -> tuple[PartyInput, ...]:
        found = []
        for name in (part.strip() for part in _BETWEEN.split(text)):
            if not name:
                continue
            organisation = directory.organisation_called(name)
            if organisation is None:
                self.unknown.append(name)
            found.append(PartyInput(side, organisation, "" if organisation else name[:120], area=place))
        return tuple(found)

    def said(self, found: dict[str, str]) -> list[str]:
        """Sentences that name row and column of `rows.2.title`; the cells are marked."""
        widget = cast("TableInput", self.fields["rows"].widget)
        columns = {column.key: word(column) for column in widget.spec.columns}
        sentences = []
        for place, message in found.items():
            _rows, row, column = place.split(".")
            widget.wrong |= {(int(row), column)}
            names = {"row": int(row) + 1, "column": columns.get(column, column), "said": message}
            sentences.append(gettext("第 %(row)s 行“%(column)s”：%(said)s") % names)
        return sentences

    def refuse(self, error: ValidationError) -> None:
        """Put an action's refusal where it was made."""
        told = {key: " ".join(said) for key, said in error.message_dict.items()}
        cells = {key: said for key, said in told.items() if CELL.fullmatch(key)}
        for key, said in told.items():
            if key not in cells:
                self.add_error(key, said)
        if cells:
            self.add_error("rows", self.said(cells))


def listed_names(names: Sequence[str]) -> str:
    """Names in one line."""
    return gettext("、").join(dict.fromkeys(names))
