"""The lists of deals as tables: one for all kinds, one of its own for a kind that asks for other columns."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.deals import queries
from mengkeju.deals.access import CooperationPerm, DealPerm
from mengkeju.deals.kinds import in_order, kinds
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries import cooperation
from mengkeju.deals.web.deal.forms import DealFilterForm
from mengkeju.deals.web.deal.pages import between, deal_badge, value_in_words
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.web.said import filters_of
from mengkeju.kernel.words import chosen, word

Cells = list[dict[str, Any]]
SHORT = 60


def list_context(request: Request, form: DealFilterForm) -> dict[str, Any]:
    """The list of deals as a table, with the columns and words of the kind it is narrowed to."""
    asked = form.asked()
    page = Paginator(queries.filtered_deals(request.actor, asked), 30).get_page(request.GET.get("page"))
    kind = kinds.get(asked.kind)
    labels, rows = TABLES.get(asked.kind, (DEALS, deal_cells))
    return {
        "page": page,
        "form": form if form.is_bound else DealFilterForm(),
        "said": _narrowed(form) if form.is_bound else "",
        "heading": word(kind) if kind else _("合作项目"),
        "lead": chosen(kind.about, kind.about_en) if kind else _("从意向到合同、登记、履行和收益，一条记录走到底。"),
        "kind": asked.kind,
        "tabs": [{"label": _("全部"), "key": "", "on": not asked.kind}]
        + [{"label": word(one), "key": one.key, "on": one.key == asked.kind} for one in in_order()],
        "columns": [{"label": str(label), "numeric": label in AMOUNTS} for label in labels],
        "rows": [{"cells": cells} for cells in rows(request.actor, list(page))],
        "may_start": may(request.actor, DealPerm.START),
        "may_record": may(request.actor, CooperationPerm.RECORD_SIGNING),
        "nav_key": "deals",
    }


def _narrowed(form: DealFilterForm) -> str:
    """What the filter asks for beside the kind, which the heading says; empty when it asks for nothing more."""
    rest = {name: value for name, value in form.data.items() if name != "kind"}
    return filters_of(DealFilterForm(rest))


def _title(deal: Deal) -> dict[str, Any]:
    return {
        "value": deal.title,
        "url": deal.get_absolute_url(),
        "header": True,
        "demo": deal.fictional,
        "note": deal.number,
    }


def _day(day: Any, label: str) -> dict[str, Any]:
    return {"at": day, "form": "day", "label": label} if day else {"value": "", "label": label}


AMOUNTS = (gettext_lazy("成交额"), gettext_lazy("经费"))
"""Columns of money, set to the right and never broken."""
DEALS = (
    gettext_lazy("名称"), gettext_lazy("双方"), gettext_lazy("状态"), gettext_lazy("成交额"), gettext_lazy("签订日期"),
)  # fmt: skip


def deal_cells(_actor: Actor, found: Sequence[Deal]) -> list[Cells]:
    """One query for the parties of all."""
    parties = queries.parties_of(list(found))
    return [
        [
            _title(d),
            {"value": between(parties[d.pk]), "note": word(d.kind_spec)},
            {"state": deal_badge(d)},
            {"value": value_in_words(d), "label": _("成交额"), "numeric": True},
            _day(d.signed_on, _("签订日期")),
        ]
        for d in found
    ]


PROJECTS = (
    gettext_lazy("名称"), gettext_lazy("各方"), gettext_lazy("合作方所在地"), gettext_lazy("经费"),
    gettext_lazy("状态"), gettext_lazy("签订日期"),
)  # fmt: skip


def project_cells(actor: Actor, found: Sequence[Deal]) -> list[Cells]:
    """合作项目登记册: where the partners are and what the project lives on. Two queries."""
    parties = queries.parties_of(list(found))
    sums = cooperation.funding_sums(actor, found)
    return [
        [
            _title(d),
            {"value": between(parties[d.pk]), "label": _("各方")},
            {"value": places(parties[d.pk]), "label": _("合作方所在地")},
            _funds(sums, d),
            {"state": deal_badge(d)},
            _day(d.signed_on, _("签订日期")),
        ]
        for d in found
    ]


def places(parties: Sequence[DealParty]) -> str:
    """How many of the parties are in the region, outside it, and where nobody said."""
    inside, outside, unknown = cooperation.origin_counts(parties)
    said = [(inside, _("区内 %(n)d 家")), (outside, _("区外 %(n)d 家")), (unknown, _("所在地未填 %(n)d 家"))]
    return _("，").join(words % {"n": n} for n, words in said if n)


def _funds(sums: dict[int, tuple[Any, Any]], deal: Deal) -> dict[str, Any]:
    if deal.pk not in sums:
        return {"value": "", "label": _("经费"), "numeric": True}
    whole, public = sums[deal.pk]
    note = _("其中财政 %(sum)s") % {"sum": figures.amount(public)} if public else ""
    return {"value": figures.amount(whole), "note": note, "label": _("经费"), "numeric": True}


AGREEMENTS = (
    gettext_lazy("名称"), gettext_lazy("各方"), gettext_lazy("合作范围"), gettext_lazy("有效期止"),
    gettext_lazy("状态"),
)  # fmt: skip


def agreement_cells(actor: Actor, found: Sequence[Deal]) -> list[Cells]:
    """Scope, term and how long it still runs; the scope for those inside. Two queries."""
    parties, inside = queries.parties_of(list(found)), cooperation.readable_inside(actor, found)
    return [
        [
            _title(d),
            {"value": between(parties[d.pk]), "label": _("各方")},
            {"value": shortened(d.summary) if d.pk in inside else "", "label": _("合作范围")},
            _until(d),
            {"state": deal_badge(d)},
        ]
        for d in found
    ]


def shortened(text: str) -> str:
    """The beginning of a text."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else f"{plain[:SHORT]}…"


def _until(deal: Deal) -> dict[str, Any]:
    if deal.effective_until is None:
        return {"value": "", "label": _("有效期止")}
    return {"value": figures.full_date(deal.effective_until), "note": days_left(deal), "label": _("有效期止")}


def days_left(deal: Deal) -> str:
    """“还有 30 天”, “已到期” of a running deal with a term; empty for the others."""
    today = clock.today()
    if cooperation.has_expired(deal, today):
        return _("已到期")
    if deal.effective_until is None or deal.state not in cooperation.RUNNING:
        return ""
    left = (deal.effective_until - today).days
    return ngettext("还有 %(n)d 天", "还有 %(n)d 天", left) % {"n": left}


CENTRES = (
    gettext_lazy("名称"), gettext_lazy("共建方"), gettext_lazy("有效期止"), gettext_lazy("最近的年度成果"),
    gettext_lazy("状态"),
)  # fmt: skip


def centre_cells(actor: Actor, found: Sequence[Deal]) -> list[Cells]:
    """Parents and what the last year brought. Two queries."""
    parties, results = queries.parties_of(list(found)), cooperation.last_results(actor, found)
    return [
        [
            _title(d),
            {"value": between(parties[d.pk]), "label": _("共建方")},
            _until(d),
            _result(results.get(d.pk)),
            {"state": deal_badge(d)},
        ]
        for d in found
    ]


def _result(result: Any) -> dict[str, Any]:
    if result is None:
        return {"value": "", "label": _("最近的年度成果")}
    year = _("%(year)d 年") % {"year": result.year}
    return {"value": year, "note": shortened(result.summary), "label": _("最近的年度成果")}


Table = tuple[Sequence[Any], Callable[[Actor, Sequence[Deal]], list[Cells]]]
TABLES: dict[str, Table] = {
    "joint_project": (PROJECTS, project_cells),
    "agreement": (AGREEMENTS, agreement_cells),
    "joint_centre": (CENTRES, centre_cells),
}
