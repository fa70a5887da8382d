"""Forms of landings, production and benefits. Amounts are typed as people write them."""

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.actions import Expected, Made, Site
from mengkeju.deals.models import BOUNDS, MEASURES, PRODUCTION_KINDS, Deal, Landing
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.deals.web.performance.forms import EVIDENCE_HINT, day, long_text
from mengkeju.deals.web.row_forms import ManyFilesField, RowsForm
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.build import MoneyField
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.forms.spec import FieldSpec, FieldType
from mengkeju.kernel.forms.table import Rows, TableField
from mengkeju.kernel.words import mark

TEXT, CHOICE = FieldType.TEXT, FieldType.CHOICE
MOST = 24
YEARS = (1990, 2100)
AMOUNT_HINT = _("可以写 50万、1.5亿元、300000；不清楚就空着")


class SignedMoneyField(MoneyField):
    """An amount that may be negative: a loss."""

    def clean(self, value: Any) -> Decimal | None:
        """The amount without its sign, then the sign."""
        text = str(value or "").strip()
        amount = super().clean(text.lstrip("-\u2212－"))
        return -amount if amount is not None and text != text.lstrip("-\u2212－") else amount

    def prepare_value(self, value: Any) -> Any:
        """As an amount, with its sign."""
        if isinstance(value, Decimal) and value < 0:
            return f"-{super().prepare_value(-value)}"
        return super().prepare_value(value)


def volume_of(text: str) -> Decimal:
    """A volume as people write it: 20,000 or 1.5万. ValueError with a message for the reader."""
    plain = text.replace(",", "").replace("，", "").strip()
    times = Decimal(10_000) if plain.endswith("万") else Decimal(1)
    try:
        found = Decimal(plain.removesuffix("万").strip()) * times
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0 or found != found.quantize(Decimal("0.001")):
        raise ValueError(gettext("请写成 20000 或 1.5万，最多三位小数"))
    return found


class VolumeField(forms.CharField):
    """A volume; None when empty."""

    def clean(self, value: Any) -> Decimal | None:
        """Parse after the text checks."""
        text = super().clean(value)
        try:
            return volume_of(text) if text else None
        except (ValueError, InvalidOperation) as error:
            raise ValidationError(gettext("请写成 20000 或 1.5万，最多三位小数")) from error

    def prepare_value(self, value: Any) -> Any:
        """Without the zeros of the database."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class LandingForm(OneTimeForm):
    """Where the result is put to use; `own` are the parties of whose site the reader may speak."""

    party = forms.ChoiceField(label=_("落地单位"))
    name = forms.CharField(label=_("项目或产线"), max_length=200, help_text=_("例如：气化渣母粒填料生产线"))
    area = forms.ChoiceField(label=_("所在地区"), required=False, help_text=_("空着就按落地单位的所在地"))
    address = forms.CharField(label=_("落地地点"), max_length=200, required=False, help_text=_("园区、厂区"))
    investment = MoneyField(label=_("投资"), max_length=40, required=False, help_text=AMOUNT_HINT)
    product = forms.CharField(label=_("产品"), max_length=120, required=False)
    capacity = VolumeField(label=_("设计年产能"), max_length=30, required=False, help_text=_("例如：20000、2万"))
    unit = forms.CharField(label=_("计量单位"), max_length=20, required=False, help_text=_("例如：吨、套、平方米"))
    jobs_planned = forms.IntegerField(label=_("计划用工（人）"), min_value=0, max_value=10_000_000, required=False)
    began_on = day(_("开工日期"), required=False, hint=_("已经开工的才填"))
    produced_on = day(_("投产日期"), required=False, hint=_("已经投产的才填；投产以后每年会提醒填写上一年的产量和收益"))
    evidence = ManyFilesField(label=_("证明材料"), required=False, help_text=EVIDENCE_HINT)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, deal: Deal, **options: Any) -> None:
        """The reader's own parties first."""
        super().__init__(*args, **options)
        own = queries.sites_open_to(actor, deal)
        self.parties = {str(party.uid): party for party in own}
        set_choices(self, "party", [(str(party.uid), party.name) for party in own])
        set_choices(self, "area", [("", gettext("按落地单位的所在地")), *directory.area_choices()])

    @staticmethod
    def of(row: Landing) -> dict[str, Any]:
        """The form's values as the landing stands."""
        names = ("name", "area", "address", "investment", "product", "capacity", "unit", "jobs_planned", "revision")
        return {**{name: getattr(row, name) for name in names}, "party": str(row.party.uid)}

    def site(self) -> Site:
        """What `record_landing` takes."""
        skipped = {"party", "evidence", "revision", "one_time_key"}
        given = {name: value for name, value in self.cleaned_data.items() if name not in skipped}
        return Site(party=self.parties[self.cleaned_data["party"]], **given)


class LandingEditForm(LandingForm):
    """What is said of a landing, without what its steps say."""

    def __init__(self, *args: Any, actor: Actor, deal: Deal, **options: Any) -> None:
        """Without days, files and the party, which stays."""
        super().__init__(*args, actor=actor, deal=deal, **options)
        for name in ("party", "began_on", "produced_on", "evidence", "one_time_key"):
            del self.fields[name]

    def changed(self, row: Landing) -> Site:
        """What `edit_landing` takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "revision"}
        return Site(party=row.party, began_on=row.began_on, produced_on=row.produced_on, **given)


class LandingStepForm(forms.Form):
    """The day of a step, and its reason."""

    on = day(_("日期"))
    note = long_text(_("说明"), 300, required=False)

    def __init__(self, *args: Any, reason: bool, **options: Any) -> None:
        """`reason`: the step asks for one."""
        super().__init__(*args, **options)
        self.fields["note"].required = reason


def _volume_columns() -> tuple[FieldSpec, ...]:
    kinds = tuple((key, str(label)) for key, label in PRODUCTION_KINDS.items())
    return (
        FieldSpec("kind", CHOICE, "计划还是实际", "Plan or actual", choices=kinds, required=True),
        FieldSpec("year", TEXT, "年份", "Year", example=mark("例如：2027"), max_length=4, required=True),
        FieldSpec("month", TEXT, "月份", "Month", example=mark("全年的空着"), max_length=2),
        FieldSpec("volume", TEXT, "产量", "Volume", example=mark("例如：1800"), max_length=30, required=True),
        FieldSpec("note", TEXT, "说明", "Note", max_length=200),
    )


class ProductionForm(RowsForm, OneTimeForm):
    """Volumes planned and made, by year or month."""

    rows = forms.Field()
    evidence = ManyFilesField(label=_("证明材料"), required=False, help_text=EVIDENCE_HINT)

    def __init__(self, *args: Any, landing: Landing, **options: Any) -> None:
        """In the unit of the landing."""
        super().__init__(*args, **options)
        spec = FieldSpec("rows", FieldType.TABLE, "产量", "Volumes", columns=_volume_columns(), most=MOST)
        hint = gettext("单位：%(unit)s。按年填的，月份空着；同一期再填一次，以后填的为准") % {"unit": landing.unit}
        self.fields["rows"] = TableField(spec, label=_("计划和实际产量"), help_text=hint)
        self.order_fields(["rows", "evidence"])

    def clean_rows(self) -> list[Made]:
        """The rows as volumes; what cannot be read is named with its row."""
        wrong, made = {}, []
        for at, row in enumerate(cast("Rows", self.cleaned_data["rows"])):
            try:
                volume = volume_of(row["volume"])
            except (ValueError, InvalidOperation):
                wrong[f"{at}.volume"] = gettext("请写成 20000 或 1.5万，最多三位小数")
                continue
            year, month = row["year"], row.get("month", "")
            if not (year.isascii() and year.isdigit()):
                wrong[f"{at}.year"] = gettext("请写四位的年份")
            elif month and not (month.isascii() and month.isdigit()):
                wrong[f"{at}.month"] = gettext("请写 1 到 12")
            else:
                made.append(Made(row["kind"], int(year), volume, int(month) if month else None, row.get("note", "")))
        if wrong:
            raise ValidationError(self.said_of_rows("rows", wrong.items()))
        return made


class FiguresForm(OneTimeForm):
    """Amounts of one year with their basis."""

    year = forms.IntegerField(label=_("年份"), required=False, min_value=YEARS[0], max_value=YEARS[1])
    revenue = MoneyField(label=_("新增销售收入"), max_length=40, required=False, help_text=AMOUNT_HINT)
    profit = SignedMoneyField(
        label=_("新增利润"), max_length=40, required=False, help_text=_("亏损写负数，例如：-50万")
    )
    tax = MoneyField(label=_("新增税收"), max_length=40, required=False)
    jobs = forms.IntegerField(label=_("新增就业（人）"), min_value=0, required=False)
    basis = long_text(
        _("测算依据或数据来源"),
        500,
        hint=_("预计的写怎样算出来，例如：年产 2 万吨 × 单价；实际的写出自哪里，例如：审计报告、纳税申报表"),
    )
    evidence = ManyFilesField(label=_("证明材料"), required=False, help_text=EVIDENCE_HINT)

    def expected(self, kind: str, landing: Landing | None) -> Expected:
        """What `record_benefit` takes."""
        names = ("year", "basis", "revenue", "profit", "tax", "jobs")
        given = {name: self.cleaned_data[name] for name in names}
        bounds = {name: self.cleaned_data.get(name, "") for name in ("bound", "profit_bound")}
        return Expected(kind=kind, landing=landing, **given, **bounds)


class BenefitForm(FiguresForm):
    """Expected or realised, of the deal as a whole or of one landing."""

    kind = forms.ChoiceField(
        label=_("预计还是实际"),
        choices=lambda: list(MEASURES.items()),
        widget=forms.RadioSelect,
        help_text=_("预计和实际分开记，任何合计都不混在一起"),
    )
    landing = forms.ChoiceField(label=_("哪一处落地"), required=False)
    bound = forms.ChoiceField(label=_("预计数是"), required=False)
    profit_bound = forms.ChoiceField(label=_("预计利润是"), required=False, help_text=_("与上面不同时才选"))

    def __init__(self, *args: Any, landings: list[Landing], **options: Any) -> None:
        """Landings of which the reader may speak."""
        super().__init__(*args, **options)
        self.landings = {str(row.uid): row for row in landings}
        set_choices(self, "landing", [("", gettext("整个合作项目")), *((str(r.uid), r.name) for r in landings)])
        for name in ("bound", "profit_bound"):
            set_choices(self, name, [(key, str(label) or gettext("就是这个数")) for key, label in BOUNDS.items()])
        self.fields["year"].help_text = _("预计年均的空着；实际收益填过完的年份")
        self.order_fields(["kind", "landing", "year", "revenue", "profit", "tax", "jobs", "bound", "profit_bound"])

    def clean(self) -> dict[str, Any]:
        """Bounds speak of a forecast only."""
        given = super().clean() or {}
        if given.get("kind") == "actual":
            given["bound"] = given["profit_bound"] = ""
        return given

    def given(self) -> Expected:
        """What `record_benefit` takes."""
        return self.expected(self.cleaned_data["kind"], self.landings.get(self.cleaned_data["landing"]))


class YearForm(FiguresForm):
    """The yearly report of a landing: what was made, what it brought."""

    volume = VolumeField(label=_("全年产量"), max_length=30, required=False)

    def __init__(self, *args: Any, landing: Landing, **options: Any) -> None:
        """The volume in the unit of the landing; a landing without unit is not asked for it."""
        super().__init__(*args, **options)
        self.fields["year"].required = True
        self.fields["volume"].help_text = gettext("单位：%(unit)s") % {"unit": landing.unit}
        if not landing.unit:
            del self.fields["volume"]
        self.order_fields(["year", "volume", "revenue", "profit", "tax", "jobs", "basis", "evidence"])
