"""Forms of cooperations: packages, funding, yearly results, renewal, what carries what."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import FUNDING_SOURCES, ContractText, Deal, DealParty, FundingLine, WorkPackage, YearResult
from mengkeju.deals.queries import sides_of_deal
from mengkeju.deals.web.deal.forms import DATE
from mengkeju.deals.web.intentions.forms import OneTimeForm
from mengkeju.kernel.forms.build import MoneyField
from mengkeju.kernel.forms.fields import set_choices
from mengkeju.kernel.words import chosen, word

MONEY_HELP = _("可以写 50万、1.5亿元、300000")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs=DATE, format="%Y-%m-%d")


def _rows(lines: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": lines})


def party_choices(deal: Deal) -> tuple[dict[str, DealParty], list[tuple[str, str]]]:
    """The parties that stand by their uid, and as choices with the word of their side."""
    said = gettext("%(side)s：%(party)s")
    found: dict[str, DealParty] = {}
    choices = []
    for side, rows in sides_of_deal(deal):
        for party in rows:
            found[str(party.uid)] = party
            choices.append((str(party.uid), said % {"side": word(deal.kind_spec.sides[side]), "party": party.name}))
    return found, choices


class PackageForm(OneTimeForm):
    """One package of work."""

    title = forms.CharField(label=_("任务名称"), max_length=200)
    lead = forms.ChoiceField(label=_("由谁牵头"))
    content = forms.CharField(label=_("任务内容"), required=False, max_length=2000, widget=_rows(4))
    begins_on = forms.DateField(label=_("开始日期"), required=False, widget=_day())
    ends_on = forms.DateField(label=_("完成日期"), required=False, widget=_day())
    budget = MoneyField(label=_("经费"), required=False, max_length=40, help_text=MONEY_HELP)

    def __init__(self, *args: Any, deal: Deal, package: WorkPackage | None = None, **options: Any) -> None:
        """The deal's parties; the package as it stands."""
        if package is not None:
            shown = {name: getattr(package, name) for name in ("title", "content", "begins_on", "ends_on", "budget")}
            options["initial"] = shown | {"lead": str(package.lead.uid)}
        super().__init__(*args, **options)
        self.parties, choices = party_choices(deal)
        set_choices(self, "lead", choices)

    def given(self) -> dict[str, Any]:
        """What `write_package` takes."""
        said = {key: value for key, value in self.cleaned_data.items() if key != "one_time_key"}
        return said | {"lead": self.parties[said["lead"]]}


class FundingForm(OneTimeForm):
    """One line of funding."""

    source = forms.ChoiceField(label=_("经费来源"), choices=list(FUNDING_SOURCES.items()))
    amount = MoneyField(label=_("金额"), max_length=40, help_text=MONEY_HELP)
    year = forms.IntegerField(label=_("年份"), required=False, min_value=1990, max_value=2100)
    giver = forms.CharField(label=_("拨款或出资单位"), required=False, max_length=120)
    party = forms.ChoiceField(label=_("给哪一方"), required=False)
    said_by_plan = forms.CharField(
        label=_("计划或文号"), required=False, max_length=120, help_text=_("财政资金写计划项目编号或下达文号")
    )

    def __init__(self, *args: Any, deal: Deal, line: FundingLine | None = None, **options: Any) -> None:
        """The deal's parties; the line as it stands."""
        if line is not None:
            shown = {name: getattr(line, name) for name in ("source", "amount", "year", "giver", "said_by_plan")}
            options["initial"] = shown | {"party": str(line.party.uid) if line.party else ""}
        super().__init__(*args, **options)
        self.parties, choices = party_choices(deal)
        set_choices(self, "party", [("", gettext("没有写明")), *choices])

    def clean_amount(self) -> Decimal:
        """An amount, not “面议”."""
        amount: Decimal | None = self.cleaned_data["amount"]
        if amount is None:
            raise ValidationError(gettext("请写明金额"))
        return amount

    def given(self) -> dict[str, Any]:
        """What `write_funding` takes."""
        said = {key: value for key, value in self.cleaned_data.items() if key != "one_time_key"}
        return said | {"party": self.parties.get(said["party"])}


class YearForm(forms.Form):
    """What a year brought."""

    year = forms.TypedChoiceField(label=_("年份"), coerce=int)
    summary = forms.CharField(
        label=_("年度成果"),
        max_length=4000,
        widget=_rows(6),
        help_text=_("做了什么、取得什么成果；没有进展也照实写"),
    )
    projects = forms.IntegerField(label=_("开展项目（项）"), required=False, min_value=0, max_value=2_000_000_000)
    patents = forms.IntegerField(label=_("申请专利（件）"), required=False, min_value=0, max_value=2_000_000_000)
    people_trained = forms.IntegerField(label=_("联合培养（人）"), required=False, min_value=0, max_value=2_000_000_000)
    spent = MoneyField(label=_("投入经费"), required=False, max_length=40, help_text=MONEY_HELP)
    next_year = forms.CharField(label=_("下一年计划"), required=False, max_length=2000, widget=_rows(4))

    def __init__(
        self,
        *args: Any,
        years: Iterable[int],
        result: YearResult | None = None,
        year: int | None = None,
        **options: Any,
    ) -> None:
        """`years` to choose from; the result as it stands, if one is corrected."""
        names = ("year", "summary", "projects", "patents", "people_trained", "spent", "next_year")
        options["initial"] = {name: getattr(result, name) for name in names} if result is not None else {"year": year}
        super().__init__(*args, **options)
        set_choices(self, "year", [(one, gettext("%(year)d 年") % {"year": one}) for one in years])


class RenewForm(forms.Form):
    """Until when, by which addendum."""

    addendum = forms.ChoiceField(label=_("凭哪一份补充协议"), help_text=_("各方都已确认、还没有用来续签过的"))
    until = forms.DateField(label=_("新的有效期止"), widget=_day())

    def __init__(self, *args: Any, texts: Iterable[ContractText], **options: Any) -> None:
        """The addenda that may prolong it."""
        super().__init__(*args, **options)
        self.texts = {str(text.uid): text for text in texts}
        said = gettext("补充协议第 %(version)s 版：%(name)s")
        shown = [(uid, said % {"version": t.version, "name": t.file.name}) for uid, t in self.texts.items()]
        set_choices(self, "addendum", shown)


class ParentForm(forms.Form):
    """Below what it belongs."""

    parent = forms.ChoiceField(label=_("归入"), required=False, help_text=_("只列出本单位参加的、还没有结束的"))

    def __init__(self, *args: Any, fitting: Iterable[Deal], **options: Any) -> None:
        """The deals it may hang below."""
        super().__init__(*args, **options)
        self.found = {str(deal.uid): deal for deal in fitting}
        said = gettext("%(kind)s %(number)s %(title)s")
        shown = [
            (uid, said % {"kind": word(d.kind_spec), "number": d.number, "title": d.title})
            for uid, d in self.found.items()
        ]
        set_choices(self, "parent", [("", gettext("不归入")), *shown])


class PartForm(OneTimeForm):
    """A deal below another: which kind, between whom."""

    kind = forms.ChoiceField(label=_("类型"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("合同或项目名称"), max_length=200)
    parties = forms.MultipleChoiceField(
        label=_("由哪几家订立"), widget=forms.CheckboxSelectMultiple, help_text=_("两边都要有，本单位要在其中")
    )

    def __init__(self, *args: Any, deal: Deal, below: Iterable[str], **options: Any) -> None:
        """The parent's parties, all of them chosen, and its title."""
        found, choices = party_choices(deal)
        offered = [(key, gettext("%(kind)s：%(about)s") % _said(key)) for key in below]
        first = {"title": deal.title, "parties": list(found), "kind": offered[0][0] if offered else ""}
        options["initial"] = first | options.get("initial", {})
        super().__init__(*args, **options)
        set_choices(self, "parties", choices)
        set_choices(self, "kind", offered)

    def chosen(self) -> list[UUID]:
        """The parties that were chosen."""
        return [UUID(uid) for uid in self.cleaned_data["parties"]]


def _said(key: str) -> dict[str, str]:
    kind = kinds[key]
    return {"kind": word(kind), "about": chosen(kind.about, kind.about_en)}


def years_of(deal: Deal, today: date) -> list[int]:
    """The years that can be reported now, the newest first."""
    first = deal.signed_on.year if deal.signed_on else today.year
    return list(range(today.year, first - 1, -1))
