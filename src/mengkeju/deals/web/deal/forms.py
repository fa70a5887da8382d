"""Forms of deals."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.engine.steps import Ask, Step
from mengkeju.deals.kinds import DealKind, in_order, kinds
from mengkeju.deals.models import DEDUCTIONS, Deal, DealParty
from mengkeju.deals.queries import DealFilter, choices
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.words import chosen, word

DATE = {"type": "date"}


class DealFilterForm(forms.Form):
    """What the list of deals is narrowed by."""

    text = forms.CharField(label=_("名称、编号或单位"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=lambda: [("", gettext("全部")), *((key, word(state)) for key, state in DEAL.states.items())],
    )
    kind = forms.ChoiceField(
        label=_("类型"),
        required=False,
        choices=lambda: [("", gettext("全部")), *((kind.key, word(kind)) for kind in in_order())],
    )
    year = forms.IntegerField(label=_("签订年份"), required=False, min_value=1990, max_value=2100)
    place = forms.ChoiceField(
        label=_("合作方所在地"),
        required=False,
        choices=lambda: [
            ("", gettext("全部")),
            ("outside", gettext("有区外单位")),
            ("region", gettext("没有区外单位")),
        ],
    )
    mine = forms.BooleanField(label=_("只看本单位和我促成的"), required=False)

    def asked(self) -> DealFilter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return DealFilter(
            given.get("text", "").strip(),
            given.get("state", ""),
            given.get("kind", ""),
            given.get("year"),
            bool(given.get("mine")),
            given.get("place", ""),
        )


def title_word(kind: DealKind) -> str:
    """What the title of a deal of the kind is called."""
    return gettext("%(kind)s名称") % {"kind": word(kind)}


class DealForm(forms.Form):
    """Particulars of a deal; carries the revision it was made from."""

    title = forms.CharField(label=_("合同或项目名称"), max_length=200)
    summary = forms.CharField(
        label=_("技术内容"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写清做什么、达到什么指标；登记时照此核对技术内容是否真实具体"),
    )
    field = forms.ChoiceField(label=_("技术领域"), required=False)
    ip_kind = forms.ChoiceField(label=_("涉及的知识产权"), required=False)
    ip_terms = forms.CharField(
        label=_("知识产权归属与成果分享"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    plan_source = forms.ChoiceField(label=_("科技计划来源"), required=False)
    effective_from = forms.DateField(
        label=_("有效期起"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    effective_until = forms.DateField(
        label=_("有效期止"), required=False, widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    channel = forms.CharField(
        label=_("签约渠道"), required=False, max_length=120, help_text=_("例如：平台对接、路演现场、经纪人促成")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: DealKind, **options: Any) -> None:
        """Choices come from the dated document of the registration; words and particulars are the kind's."""
        super().__init__(*args, **options)
        self.fields["title"].label = title_word(kind)
        for name, key in (("field", "technical_fields"), ("ip_kind", "ip_kinds"), ("plan_source", "plan_sources")):
            set_choices(self, name, [("", gettext("未填")), *choices(key)])
        self.fields["summary"].label = chosen(kind.scope, kind.scope_en)
        if not kind.has(Step.REGISTRATION):
            self.fields["summary"].help_text = ""
        if Ask.IP_SHARES in kind.asks:
            self.fields["ip_terms"].help_text = gettext(
                "各方份额写在各方的“约定”里，合计 100%；暂不约定份额的，在这里写明理由"
            )
        if kind.has(Step.TERM):
            self.fields["effective_until"].help_text = gettext("签约前要写明；到期前提醒续签或终止")
        for name in kind.leaves_out:
            del self.fields[name]

    @staticmethod
    def of(deal: Deal) -> dict[str, Any]:
        """The form's values as the deal stands."""
        return {name: getattr(deal, name) for name in DealForm.base_fields}


class NewDealForm(OneTimeForm):
    """A deal of a kind by hand: a call, a meeting. The page offers the other kinds."""

    kind = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=lambda: [(kind.key, word(kind)) for kind in in_order()]
    )
    title = forms.CharField(label=_("合同或项目名称"), max_length=200)
    own = forms.ChoiceField(label=_("本单位"))
    side = forms.ChoiceField(label=_("本单位是哪一方"), widget=forms.RadioSelect)
    other = forms.CharField(
        label=_("对方"),
        max_length=120,
        help_text=_("单位全称或统一社会信用代码；没有入驻的照写名称，个人写姓名"),
    )
    individual = forms.BooleanField(label=_("对方是个人"), required=False)
    listing = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, kind: str, **options: Any) -> None:
        """Own organisations and the sides of the kind."""
        options["initial"] = {"kind": kind} | options.get("initial", {})
        super().__init__(*args, **options)
        self.spec = kinds[kind]
        self.fields["title"].label = title_word(self.spec)
        set_choices(self, "own", [(str(m.organisation), m.name) for m in actor.memberships])
        set_choices(self, "side", [(key, word(side)) for key, side in self.spec.sides.items()])

    def other_side(self) -> str:
        """The side on which the other one stands."""
        return next(key for key in self.spec.sides if key != self.cleaned_data["side"])


class PartyForm(OneTimeForm):
    """One more party on a side."""

    side = forms.ChoiceField(label=_("站在哪一方"))
    name = forms.CharField(
        label=_("单位或姓名"),
        max_length=120,
        help_text=_("单位全称或统一社会信用代码；没有入驻的照写名称，个人写姓名"),
    )
    individual = forms.BooleanField(label=_("是个人"), required=False)
    area = forms.ChoiceField(
        label=_("所在地"), required=False, help_text=_("没有入驻的单位和个人才填；入驻的以单位登记的为准")
    )

    def __init__(self, *args: Any, deal: Deal, **options: Any) -> None:
        """The sides of the deal's kind; places by division, the other provinces among them."""
        super().__init__(*args, **options)
        set_choices(self, "area", [("", gettext("未填")), *directory.area_choices()])
        set_choices(self, "side", [(key, word(side)) for key, side in deal.kind_spec.sides.items()])

    def organisation(self) -> Organisation | None:
        """The organisation of the directory that was named, unless it is a human being."""
        if self.cleaned_data["individual"]:
            return None
        return directory.organisation_called(self.cleaned_data["name"])


class PartyTermsForm(forms.Form):
    """What is agreed about one party."""

    ip_share = forms.DecimalField(
        label=_("知识产权份额（%）"), required=False, min_value=0, max_value=100, decimal_places=2
    )
    deducts = forms.ChoiceField(
        label=_("研发费用加计扣除"),
        required=False,
        choices=lambda: [("", gettext("未填")), *DEDUCTIONS.items()],
        help_text=_("谁扣除什么，由双方商定；非官方结论，以税务机关意见为准"),
    )
    seller_kind = forms.ChoiceField(label=_("卖方类别（统计用）"), required=False)

    def __init__(self, *args: Any, party: DealParty, **options: Any) -> None:
        """What is agreed so far."""
        options.setdefault("initial", {name: getattr(party, name) for name in PartyTermsForm.base_fields})
        super().__init__(*args, **options)
        if party.side == "seller":
            set_choices(self, "seller_kind", [("", gettext("未填")), *choices("seller_kinds")])
        else:
            del self.fields["seller_kind"]


class HelperForm(OneTimeForm):
    """The broker or the agency that brought the deal about."""

    name = forms.CharField(
        label=_("经纪人登录名，或机构名称、信用代码"), max_length=120, help_text=_("写上以后，由合同另一方确认")
    )
    share = forms.DecimalField(label=_("服务费份额（%）"), required=False, min_value=0, max_value=100, decimal_places=2)
    note = forms.CharField(label=_("做了什么"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """`person` or `organisation` in the place of the name."""
        given = super().clean() or {}
        name = given.pop("name", "")
        given["person"] = directory.broker_called(name)
        given["organisation"] = None if given["person"] is not None else directory.organisation_called(name)
        if name and given["person"] is None and given["organisation"] is None:
            self.add_error("name", _("没有找到这位经纪人或这家机构，请写登录名、全称或信用代码"))
        return given


class SignForm(forms.Form):
    """When it was signed."""

    signed_on = forms.DateField(label=_("签订日期"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
