"""Forms of prices and payments. Amounts are typed as people write them: 200万, 1.5亿元."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.actions import Part
from mengkeju.deals.engine.price import KINDS, MODES, Line
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.web.deal.forms import DATE
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.deals.web.row_forms import DAYS, ManyFilesField, RowsForm
from mengkeju.kernel import figures
from mengkeju.kernel.forms.build import MoneyField
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.forms.spec import FieldSpec, FieldType
from mengkeju.kernel.forms.table import Rows, TableField
from mengkeju.kernel.money import parse_amount
from mengkeju.kernel.words import chosen, mark, word

MOST = 20
TEXT, CHOICE = FieldType.TEXT, FieldType.CHOICE
LABEL = FieldSpec("label", TEXT, "内容", "For what", example=mark("例如：工艺包开发"))
AMOUNT = FieldSpec("amount", TEXT, "金额", "Amount", example=mark("例如：200万"), max_length=40)
PARTS = FieldSpec(
    "instalments",
    FieldType.TABLE,
    "分期",
    "Instalments",
    columns=(
        FieldSpec("due_on", TEXT, "约定日期", "Due on", example=mark("例如：2027-06-30"), max_length=20),
        FieldSpec("condition", TEXT, "付款条件", "Upon", example=mark("例如：验收合格后")),
        AMOUNT,
    ),
    most=MOST,
)


def _lines() -> FieldSpec:
    """The table of lines, its kinds in the reader's language."""
    kinds = tuple((key, word(kind)) for key, kind in KINDS.items())
    kind = FieldSpec("kind", CHOICE, "归哪一类", "Kind", choices=kinds, required=True)
    return FieldSpec("lines", FieldType.TABLE, "价款明细", "Price lines", columns=(kind, LABEL, AMOUNT), most=MOST)


def _modes() -> list[tuple[str, str]]:
    said = gettext("%(mode)s：%(hint)s")
    return [(key, said % {"mode": word(mode), "hint": chosen(mode.hint, mode.hint_en)}) for key, mode in MODES.items()]


def typed(amount: Decimal | None) -> str:
    """An amount as it would be typed."""
    return "" if amount is None else str(MoneyField().prepare_value(amount))


class PriceForm(RowsForm):
    """The price in lines; carries the revision it was made from. A wrong row is named and marked."""

    mode = forms.ChoiceField(label=_("付款方式"), choices=_modes, widget=forms.RadioSelect)
    lines = forms.Field()
    instalments = TableField(
        PARTS,
        label=_("分期"),
        required=False,
        help_text=_("分期支付时填写；各期合计要等于价款"),
    )
    royalty_rate = forms.DecimalField(
        label=_("提成比例（%）"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("提成支付时填写比例；按别的办法提成的，写在“付款约定”里"),
    )
    terms = forms.CharField(
        label=_("付款约定"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    said_total = MoneyField(
        label=_("合同写明的总价"),
        required=False,
        max_length=40,
        help_text=_("填了就与各行合计核对；不保存"),
    )
    reason = forms.CharField(
        label=_("更正的理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如：订立时金额待定，现已确定。理由和改前改后的金额都会记下来，并通知另一方"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, correcting: bool, **options: Any) -> None:
        """`correcting`: the deal is signed, a reason is asked for."""
        super().__init__(*args, **options)
        self.fields["lines"] = TableField(
            _lines(),
            label=_("价款明细"),
            required=False,
            help_text=_("一行一项，技术和非技术分开写。金额可以写 200万、1.5亿元，待定的空着。清空一行就是删掉它"),
        )
        self.stale = False
        unmark(self, "lines", "instalments", "royalty_rate")  # which of them is needed hangs on the mode
        if not correcting:
            del self.fields["reason"]

    @staticmethod
    def of(deal: Deal) -> dict[str, Any]:
        """The form's values as the deal stands."""
        return {
            "mode": deal.price_mode,
            "lines": [
                {"kind": row.kind, "label": row.label, "amount": typed(row.amount)} for row in queries.price_lines(deal)
            ],
            "instalments": [
                {
                    "due_on": row.due_on.isoformat() if row.due_on else "",
                    "condition": row.condition,
                    "amount": typed(row.amount),
                }
                for row in queries.instalments(deal)
            ],
            "royalty_rate": deal.royalty_rate,
            "terms": deal.price_terms,
            "revision": deal.revision,
        }

    @staticmethod
    def typed_so_far(data: QueryDict, *, correcting: bool) -> "PriceForm":
        """The form with what was typed and two more empty rows, nothing checked."""
        blank = PriceForm(correcting=correcting)
        given = {name: f.widget.value_from_datadict(data, {}, name) for name, f in blank.fields.items()}
        return PriceForm(initial=given, correcting=correcting)

    def clean_lines(self) -> list[Line]:
        """The rows as lines; a row without amount is open."""
        rows = cast("Rows", self.cleaned_data["lines"])
        amounts = self._amounts("lines", rows)
        return [Line(row["kind"], amount, row.get("label", "")) for row, amount in zip(rows, amounts, strict=True)]

    def clean_instalments(self) -> list[Part]:
        """The rows as instalments, each with its amount."""
        rows = cast("Rows", self.cleaned_data["instalments"])
        wrong: dict[str, str] = {}
        days, reader = [], forms.DateField(required=False, input_formats=DAYS)
        for at, row in enumerate(rows):
            try:
                days.append(reader.clean(row.get("due_on", "")))
            except ValidationError:
                wrong[f"{at}.due_on"] = gettext("请写成 2027-06-30")
            if not row.get("amount"):
                wrong[f"{at}.amount"] = gettext("请写明这一期的金额")
        amounts = self._amounts("instalments", rows, wrong)
        return [
            Part(amount or Decimal(0), day, row.get("condition", ""))
            for row, day, amount in zip(rows, days, amounts, strict=True)
        ]

    def _amounts(self, field: str, rows: Rows, wrong: dict[str, str] | None = None) -> list[Decimal | None]:
        wrong, amounts = dict(wrong or {}), []
        for at, row in enumerate(rows):
            try:
                amounts.append(parse_amount(row.get("amount", "")))
            except ValueError as error:
                wrong[f"{at}.amount"] = str(error)
        if wrong:
            raise ValidationError(self.said_of_rows(field, wrong.items()))
        return amounts

    def go_on_from(self, current: Deal) -> None:
        """The deal changed meanwhile: say what stands now; sent again, what was typed takes its place."""
        self.stale = True
        sent = cast("QueryDict", self.data).copy()
        sent["revision"] = str(current.revision)
        self.data = sent
        stands = sum_in_words(current.contract_value) or gettext("未写明")
        said = gettext("您填写时，有人改过这个合作项目；现在的成交额是：%(value)s。核对以后再保存，就以您填的为准")
        self.add_error(None, said % {"value": stands})


class PaymentForm(OneTimeForm):
    """What one side paid the other, with its vouchers."""

    payer = forms.ChoiceField(label=_("付款方"))
    payee = forms.ChoiceField(label=_("收款方"))
    paid_on = forms.DateField(label=_("付款日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    amount = MoneyField(label=_("金额"), max_length=40, help_text=_("可以写 50万、1.5亿元、300000"))
    technical_amount = MoneyField(
        label=_("其中技术费用"),
        required=False,
        max_length=40,
        help_text=_("不清楚就空着；核算技术性收入时，按价款里技术所占的比例估算并注明"),
    )
    voucher_number = forms.CharField(
        label=_("凭证号"), required=False, max_length=80, help_text=_("银行回单或发票上的号码")
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=300)
    vouchers = ManyFilesField(
        label=_("付款凭证"),
        required=False,
        help_text=_(
            "可以一次选几个，最多 5 个；PDF、图片、Word、Excel 等，内容会被核对。只有合同各方、促成机构和登记机构能看"
        ),
    )

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """Payers and payees as the deal has them; one that is the only one is chosen."""
        sides = queries.sides_of_deal(deal)
        takes = {side for side, _rows in sides if side == "seller"} or {side for side, _rows in sides}
        gives = {side for side, _rows in sides if side != "seller"}
        self.parties: dict[str, DealParty] = {str(p.uid): p for _side, rows in sides for p in rows}
        payers, payees = self._choices(deal, gives), self._choices(deal, takes)
        first = {name: rows[0][0] for name, rows in (("payer", payers), ("payee", payees)) if rows}
        options["initial"] = first | options.get("initial", {})
        super().__init__(*args, **options)
        set_choices(self, "payer", payers)
        set_choices(self, "payee", payees)

    def _choices(self, deal: Deal, sides: set[str]) -> list[tuple[str, str]]:
        said = gettext("%(side)s：%(party)s")
        named = {key: word(side) for key, side in deal.kind_spec.sides.items()}
        return [
            (uid, said % {"party": party.name, "side": named[party.side]})
            for uid, party in self.parties.items()
            if party.side in sides
        ]

    def clean_amount(self) -> Decimal:
        """An amount, not “面议”."""
        amount: Decimal | None = self.cleaned_data["amount"]
        if amount is None:
            raise ValidationError(gettext("请写明付了多少"))
        return amount

    def given(self) -> dict[str, Any]:
        """What `record_payment` takes."""
        said = {key: value for key, value in self.cleaned_data.items() if key != "one_time_key"}
        parties = {name: self.parties[said[name]] for name in ("payer", "payee")}
        return said | parties


def sum_in_words(amount: Decimal | None) -> str:
    """An amount in the reader's words; empty for none."""
    return "" if amount is None else figures.amount(amount)
