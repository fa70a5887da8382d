"""What the pages of 成果转化与合同台账 show. Nothing here writes."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.contract_account import Item, Proof
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.deals.engine.statistics import Figures
from mengkeju.deals.models import DEDUCTIONS, Landing, Registration
from mengkeju.deals.queries import claim_basis, contract_account
from mengkeju.deals.web.claim_basis.pages import columns, source_shown
from mengkeju.deals.web.statistics.pages import contract_columns, contract_rows
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.policy import queries as policy

FIRST_YEAR = 1985
PER_PAGE = 50
TITLE = gettext_lazy("成果转化与合同台账")
MEASURES = {
    "sold": gettext_lazy("作为卖方登记的技术合同"),
    "bought": gettext_lazy("作为买方登记的技术合同"),
}


class AccountForm(forms.Form):
    """Of which year, and over how many years the mean is taken."""

    year = forms.IntegerField(label=gettext_lazy("年份"), required=False, min_value=FIRST_YEAR, max_value=9998)
    years = forms.IntegerField(
        label=gettext_lazy("年均数按几年算"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("经营不满规定年数的单位，填实际年数"),
    )

    def __init__(self, data: Any) -> None:
        """The most years are those of the document."""
        super().__init__(data or None)
        self.most = contract_account.mean_years(clock.today())
        years = self.fields["years"]
        if isinstance(years, forms.IntegerField):
            years.widget.attrs["max"] = self.most

    def clean_years(self) -> int | None:
        """At most as the document says."""
        years: int | None = self.cleaned_data["years"]
        if years is not None and years > self.most:
            raise forms.ValidationError(_("最多按 %(most)s 年算") % {"most": self.most})
        return years

    def asked(self) -> tuple[int, int]:
        """Year and number of years; what makes no sense falls back to this year and the document's number."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return given.get("year") or clock.today().year, given.get("years") or self.most


def _crumbs(holder: Organisation, title: str = "") -> list[tuple[str, str]]:
    account = reverse("contract-account", args=[holder.uid])
    own = [(holder.name, holder.get_absolute_url())]
    return [*own, (str(TITLE), account), (title, "")] if title else [*own, (str(TITLE), "")]


def account_context(holder: Organisation, form: AccountForm) -> dict[str, Any]:
    """The page of one organisation and year."""
    (year, years), today = form.asked(), clock.today()
    found = contract_account.conversion_items(holder, year, years, today)
    sums = contract_account.contract_sums(holder, year)
    rows = contract_account.research(holder, year, today)
    return {
        "o": holder,
        "year": year,
        "form": form if form.is_bound else AccountForm({"year": year, "years": years}),
        "conversions": _conversions(found),
        "score": [_sum(holder, measure, year, one) for measure, one in sums.items()],
        "research_count": len(rows),
        "research_missing": sum(1 for row in rows if row.registration is None),
        "research_url": f"{reverse('contract-account-research', args=[holder.uid])}?{urlencode({'year': year})}",
        "sources": [source_shown(claim_basis.figure_kept(one)) for one in contract_account.account_sources(today)],
        "nav_key": "contract-accounts",
        "crumbs": _crumbs(holder),
    }


def _sum(holder: Organisation, measure: str, year: int, one: Figures) -> dict[str, Any]:
    query = urlencode({"measure": measure, "year": year})
    return {
        "label": str(MEASURES[measure]),
        "value": figures.amount(one.contract_value),
        "technology": figures.amount(one.technology_value),
        "count": one.count,
        "unstated": one.unstated,
        "url": f"{reverse('contract-account-contracts', args=[holder.uid])}?{query}",
    }


def _conversions(found: contract_account.Conversions) -> dict[str, Any]:
    ways = {item.key: word(item) for item in policy.amount("gaoqi-conversion.ways", clock.today()).items or ()}
    points = found.points
    return {
        "count": len(found.items),
        "first": found.first,
        "last": found.last,
        "years": found.years,
        "mean": f"{found.mean.quantize(Decimal('0.01')).normalize():f}",
        "points": points_in_words(points) if points is not None else "",
        "rows": [_item(item, ways) for item in found.items],
    }


def points_in_words(step: Any) -> str:
    """“7–12 分”."""
    low, high = (f"{number.normalize():f}" for number in (step.low, step.high))
    return _("%(low)s–%(high)s 分") % {"low": low, "high": high} if low != high else _("%(low)s 分") % {"low": low}


def _item(item: Item, ways: dict[str, str]) -> dict[str, Any]:
    deal = item.proofs[0].thing.deal
    return {
        "title": deal.title,
        "demo": deal.fictional,
        "on": item.on,
        "ways": _("、").join(ways.get(way, way) for way in item.ways),
        "proofs": [
            {"label": _proof(proof), "url": proof.thing.get_absolute_url(), "on": proof.on} for proof in item.proofs
        ],
    }


def _proof(proof: Proof) -> str:
    if isinstance(proof.thing, Landing):
        return _("落地投产：%(name)s") % {"name": proof.thing.name}
    return _("登记合同 %(number)s") % {"number": number_of(proof.thing)}


def number_of(registration: Registration) -> str:
    """The number of the national system, else the one here."""
    return registration_number.show(registration.number) or registration.number_here


def contracts_context(request: Request, holder: Organisation, measure: str, year: int) -> dict[str, Any]:
    """The contracts behind one number, and that they add up to it."""
    rows = contract_account.registered_in(holder, year, year, contract_account.SIDES[measure])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    title = str(MEASURES[measure])
    return {
        "o": holder,
        "year": year,
        "title": title,
        "page": page,
        "sum": queries.figures_of(rows.order_by()),
        "columns": contract_columns(),
        "rows": contract_rows(request.actor, list(page)),
        "nav_key": "contract-accounts",
        "crumbs": _crumbs(holder, title),
    }


def research_context(holder: Organisation, year: int) -> dict[str, Any]:
    """The ledger of research contracts of a year."""
    found = contract_account.research(holder, year, clock.today())
    labels = (_("合同"), _("登记编号"), _("谁加计扣除"), _("本年付款"), _("其中技术费用"), _("可以加计的基数"))
    return {
        "o": holder,
        "year": year,
        "columns": columns(*labels, numeric=(3, 4, 5)),
        "rows": [{"cells": _research_cells(row, labels)} for row in found],
        "missing": sum(1 for row in found if row.registration is None),
        "sources": [
            source_shown(claim_basis.figure_kept(one)) for one in contract_account.account_sources(clock.today())[-2:]
        ],
        "nav_key": "contract-accounts",
        "crumbs": _crumbs(holder, _("研发支出辅助账：委托和合作开发")),
    }


def _research_cells(row: contract_account.ResearchRow, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    registration = row.registration
    number: dict[str, Any] = {"state": {"kind": "over", "label": _("缺登记编号")}}
    if registration is not None:
        number = {"value": number_of(registration), "url": registration.get_absolute_url()}
    unsaid = _("%(n)s 笔没有写明技术部分") % {"n": row.unsaid} if row.unsaid else ""
    return [
        {
            "value": row.deal.title,
            "url": row.deal.get_absolute_url(),
            "header": True,
            "demo": row.deal.fictional,
            "note": f"{row.deal.number} · {subtype_word(row.subtype)} · {side_word(row)}",
        },
        {**number, "label": labels[1]},
        {"value": deducts_of(row), "label": labels[2]},
        {"value": figures.amount(row.paid), "numeric": True, "label": labels[3]},
        {"value": figures.amount(row.technical), "numeric": True, "label": labels[4], "note": unsaid},
        {"value": base_in_words(row), "numeric": True, "label": labels[5]},
    ]


def base_in_words(row: contract_account.ResearchRow) -> str:
    """What counts for the deduction by this record; why nothing is said."""
    if row.base is not None:
        return figures.amount(row.base)
    if row.subtype == "joint":
        return _("按各方实际承担的费用")
    return _("由委托方计算") if row.party.side == "seller" else _("不能由本记录得出")


def subtype_word(subtype: str) -> str:
    """委托开发, 合作开发, or that nobody said."""
    return word(SUBTYPES[subtype]) if subtype in SUBTYPES else _("没有写明委托还是合作")


def side_word(row: contract_account.ResearchRow) -> str:
    """On which side the organisation stands."""
    side = row.deal.kind_spec.sides.get(row.party.side)
    return word(side) if side is not None else row.party.side


def deducts_of(row: contract_account.ResearchRow) -> str:
    """Who deducts what, of every party; that nobody wrote it."""
    said = _("%(who)s：%(what)s")
    told = [said % {"who": party.name, "what": DEDUCTIONS[party.deducts]} for party in row.parties if party.deducts]
    return _("；").join(told) or _("没有写明，请在合同各方的约定里补上")


def type_word(contract_type: str) -> str:
    """The word of a contract type."""
    return word(TYPES[contract_type]) if contract_type in TYPES else contract_type


def organisation_panel(actor: Actor, holder: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an organisation, for its people: where its account is."""
    return {"organisation": holder} if may(actor, ClaimBasisPerm.ACCOUNT, holder) else None


def index_context(actor: Actor) -> dict[str, Any]:
    """The reader's organisations."""
    return {"organisations": directory.my_organisations(actor), "nav_key": "contract-accounts"}
