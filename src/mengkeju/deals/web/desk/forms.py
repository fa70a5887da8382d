"""Forms of the registrar's desk. Each act has its own; all carry the revision they were made from."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals import queries
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import Registration
from mengkeju.deals.queries import DeskFilter
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.forms.fields import set_choices, unmark
from mengkeju.kernel.words import word

DATE = {"type": "date"}
WORDS = (
    ("seller_kind", "seller_kinds"),
    ("field", "technical_fields"),
    ("ip_kind", "ip_kinds"),
    ("plan_source", "plan_sources"),
)
"""Statistics columns and the lists their codes come from."""


def type_choices() -> list[tuple[str, str]]:
    """The five types."""
    return [("", gettext("请选择")), *((key, word(kind)) for key, kind in TYPES.items())]


def subtype_choices() -> list[tuple[str, str]]:
    """The kinds of development."""
    return [("", gettext("不是技术开发")), *((key, word(kind)) for key, kind in SUBTYPES.items())]


class DeskFilterForm(forms.Form):
    """What the queue is narrowed by."""

    text = forms.CharField(label=_("合同名称、受理号、登记编号或单位"), required=False, max_length=100)
    area = forms.ChoiceField(label=_("地区"), required=False)
    kind = forms.ChoiceField(
        label=_("合同类型"),
        required=False,
        choices=lambda: [("", gettext("全部")), *type_choices()[1:]],
    )
    expert = forms.BooleanField(label=_("只看要专家评审的"), required=False)
    overdue = forms.BooleanField(label=_("只看超期的"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Places from the directory."""
        super().__init__(*args, **options)
        set_choices(self, "area", [("", gettext("全部")), *directory.area_choices()])

    def asked(self, tab: str) -> DeskFilter:
        """The filter with the tab; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        return DeskFilter(
            tab if tab in queries.DESK_TABS else "filed",
            given.get("text", "").strip(),
            given.get("area", ""),
            given.get("kind", ""),
            bool(given.get("expert")),
            bool(given.get("overdue")),
        )


class LaterField(forms.CharField):
    """Needed in some cases only, so neither required nor marked 选填."""

    sometimes = True


class DeskForm(forms.Form):
    """One act on a case."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, registration: Registration, **options: Any) -> None:
        """`registration` is what the act is about: first values come from it."""
        first = self.first(registration) | {"revision": registration.revision}
        options["initial"] = first | (options.get("initial") or {})
        super().__init__(*args, **options)

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:  # noqa: ARG003 - for those that show what is known
        """What the fields show at first."""
        return {}


def _amount(label: Any) -> forms.DecimalField:
    """An amount in 元."""
    return forms.DecimalField(label=label, max_digits=16, decimal_places=2, min_value=0)


class AcceptForm(DeskForm):
    """Nothing to write."""


def _text(label: Any, help_text: Any, *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


class SupplementForm(DeskForm):
    """Everything that is missing, in one notice."""

    note = _text(_("要补正什么"), _("一次写全，申请人照此补正"))
    until = forms.DateField(label=_("补正期限"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:
        """Everything to be mended according to the pre-check, and the platform's working days."""
        wrong = [one for one in queries.checked(registration) if one.result == "fix"]
        lines = [
            gettext("%(n)d. %(what)s：%(said)s")
            % {"n": n, "what": word(one.dimension), "said": gettext("；").join(one.messages)}
            for n, one in enumerate(wrong, 1)
        ]
        last = clock.add_working_days(clock.today(), DEADLINES["supply_registration"]).day
        return {"note": "\n".join(lines)[:2000], "until": last}


class ExpertForm(DeskForm):
    """Why it goes to the experts, unless its size says so."""

    expert_reason = LaterField(
        label=_("送审的理由"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("技术交易额达到标准的不用写；有争议的要写"),
    )


class OpinionForm(DeskForm):
    """What the experts found."""

    opinion = _text(_("专家评审意见"), _("写明结论和理由，随登记保存"))

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:
        """The opinion so far."""
        return {"opinion": registration.expert_opinion}


class NumberField(forms.CharField):
    """The registration number: read in every spelling, shown back in its groups."""

    def clean(self, value: Any) -> str:
        """The sixteen characters."""
        said = super().clean(value)
        try:
            return registration_number.read(said)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class StatisticsForm(DeskForm):
    """Columns the statistics count by; a list that is not published yet is not asked for."""

    contract_type = forms.ChoiceField(label=_("合同类型"), choices=type_choices)
    contract_subtype = forms.ChoiceField(label=_("技术开发的方式"), required=False, choices=subtype_choices)
    seller_kind = forms.ChoiceField(label=_("卖方类别"), required=False)
    field = forms.ChoiceField(label=_("技术领域"), required=False)
    ip_kind = forms.ChoiceField(label=_("涉及的知识产权"), required=False)
    plan_source = forms.ChoiceField(label=_("科技计划来源"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Words of the codes from the dated document; the number typed comes back in its groups."""
        super().__init__(*args, **options)
        for name, key in WORDS:
            choices = queries.choices(key)
            if choices:
                kept = self.initial.get(name) or ""
                old = [(kept, kept)] if kept and kept not in dict(choices) else []
                set_choices(self, name, [("", gettext("未填")), *choices, *old])
            else:
                del self.fields[name]
        unmark(self, "contract_subtype")
        if self.is_bound:
            self._show_number()

    def _show_number(self) -> None:
        typed = self.data.get("number", "")
        try:
            shown = registration_number.show(registration_number.read(typed))
        except ValueError:
            return
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["number"] = shown
        self.data = sent

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:
        """As applied for, or as registered; statistics columns from the deal where the record has none."""
        deal = registration.deal
        seller = deal.parties.filter(side="seller", role="lead", archived_at=None).first()
        return {
            "contract_type": registration.contract_type,
            "contract_subtype": registration.contract_subtype,
            "seller_kind": registration.seller_kind or (seller.seller_kind if seller else ""),
            "field": registration.field or deal.field,
            "ip_kind": registration.ip_kind or deal.ip_kind,
            "plan_source": registration.plan_source or deal.plan_source,
        }


class RegisterForm(StatisticsForm):
    """What the 登记证明 says."""

    number = NumberField(
        label=_("合同登记编号"),
        max_length=60,
        help_text=_("全国系统给的 16 位编号，空格、横线、大小写都可以"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    registered_on = forms.DateField(label=_("登记日期"), widget=forms.DateInput(DATE, "%Y-%m-%d"))
    body_name = forms.CharField(label=_("登记机构"), max_length=120)
    contract_value = _amount(_("核定的合同成交额（元）"))
    technology_value = _amount(_("核定的技术交易额（元）"))
    type_reason = LaterField(
        label=_("改判类型的理由"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("与申报的类型或者按问题判断的类型不同时必填"),
    )
    scan = forms.FileField(label=_("登记证明扫描件"), required=False)
    field_order = (
        "number",
        "registered_on",
        "body_name",
        "contract_value",
        "technology_value",
        "contract_type",
        "contract_subtype",
        "type_reason",
        "seller_kind",
        "field",
        "ip_kind",
        "plan_source",
        "scan",
    )

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:
        """What was applied for, or certified before an objection was upheld; today's date."""
        return super().first(registration) | {
            "number": registration_number.show(registration.number),
            "registered_on": registration.registered_on or clock.today(),
            "body_name": registration.body_name,
            "contract_value": _either(registration.certified_value, registration.applied_value),
            "technology_value": _either(registration.certified_technology, registration.applied_technology),
            "type_reason": registration.type_reason,
        }


def _either(certified: Any, applied: Any) -> Any:
    return applied if certified is None else certified


class RefuseForm(DeskForm):
    """Why not."""

    note = _text(_("不予登记的理由"), _("申请人看得到，写明依据和可以怎样补救"))


class ChangeForm(StatisticsForm):
    """What is changed of a registration, and why."""

    number = NumberField(
        label=_("合同登记编号"),
        max_length=60,
        help_text=_("只在全国系统改了编号时改"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    registered_on = forms.DateField(label=_("登记日期"), widget=forms.DateInput(DATE, "%Y-%m-%d"))
    body_name = forms.CharField(label=_("登记机构"), max_length=120)
    certified_value = _amount(_("核定的合同成交额（元）"))
    certified_technology = _amount(_("核定的技术交易额（元）"))
    note = forms.CharField(
        label=_("变更的理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明依据，例如补充协议；改前改后都留存"),
    )
    field_order = (
        "number",
        "registered_on",
        "body_name",
        "certified_value",
        "certified_technology",
        "contract_type",
        "contract_subtype",
        "seller_kind",
        "field",
        "ip_kind",
        "plan_source",
        "note",
    )

    @classmethod
    def first(cls, registration: Registration) -> dict[str, Any]:
        """As it is registered; the record's own columns only, so that opening the form changes nothing."""
        names = ("registered_on", "body_name", "certified_value", "certified_technology", *(n for n, _k in WORDS))
        own = {name: getattr(registration, name) for name in names}
        return super().first(registration) | own | {"number": registration_number.show(registration.number)}

    def changes(self) -> dict[str, Any]:
        """The values without reason and revision."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"note", "revision"}}


class CancelForm(DeskForm):
    """Why it is cancelled."""

    note = _text(_("注销的理由"), _("例如合同解除、撤销；写明依据"), rows=3)


class ObjectionForm(DeskForm):
    """What becomes of an objection."""

    upheld = forms.ChoiceField(
        label=_("异议"),
        widget=forms.RadioSelect,
        choices=[("yes", _("成立，重新核对")), ("no", _("不成立，维持原结论"))],
    )
    note = _text(_("处理意见"), _("各方看得到，写明理由"), rows=3)
