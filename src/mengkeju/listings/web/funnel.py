"""The funnel, the records behind each of its numbers, the portfolio of achievements, and what crosses the city line."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mengkeju.kernel import clock, funnel
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.web import funnel_pages as pages
from mengkeju.listings.web import funnel_sheets as sheets
from mengkeju.listings.web.funnel_forms import FilterForm

PER_PAGE = 50
PORTFOLIO = "achievement"


@require_safe
@permission(Perm.FUNNEL_PAGE)
def overview(request: Request) -> HttpResponseBase:
    """Listed → viewed → matched → … of the reader's scope, and the same cut by city, field, kind or organisation."""
    form = FilterForm(request.GET)
    asked, cut = form.asked(), form.cut()
    if exports.wanted(request):
        groups, _left = queries.groups(request.actor, asked, cut)
        return exports.answer(request, sheets.funnel_sheet(cut), groups, pages.said(asked))
    return render(request, "listings/funnel.html", pages.overview_context(request, form, asked, cut))


@require_safe
@permission(Perm.FUNNEL_PAGE)
def records(request: Request) -> HttpResponseBase:
    """The listings behind one number of the funnel."""
    form = FilterForm(request.GET)
    asked, stage = form.asked(), funnel.stages.get(request.GET.get("stage", "listed"))
    if stage is None or stage.of is None:
        raise Http404
    rows = queries.at_stage(queries.counted(request.actor, asked), stage)
    rows = rows.select_related("owner").order_by("-published_at", "-pk")
    if exports.wanted(request):
        return exports.answer(request, sheets.RECORDS, rows, pages.said(asked, stage))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "stage": stage, "said": pages.said(asked), "nav_key": "funnel"}
    back = reverse("funnel") + asked.address()
    return render(
        request, "listings/funnel_records.html", context | _listed(request, page, one_kind=False) | {"back": back}
    )


@require_safe
@permission(Perm.FUNNEL_PAGE)
def portfolio(request: Request) -> HttpResponseBase:
    """Achievements of the reader's scope by lead sector, and how far each has come."""
    form = FilterForm({**request.GET.dict(), "kind": PORTFOLIO})
    asked, stage = form.asked(), funnel.stages.get(request.GET.get("stage", ""))
    rows = queries.counted(request.actor, asked)
    rows = queries.at_stage(rows, stage) if stage is not None and stage.of is not None else rows
    rows = rows.select_related("owner").order_by("-published_at", "-pk")
    if exports.wanted(request):
        return exports.answer(request, sheets.RECORDS, rows, pages.said(asked, stage))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = pages.portfolio_context(request, form, asked, stage) | {"page": page, "nav_key": "portfolio"}
    return render(request, "listings/portfolio.html", context | _listed(request, page, one_kind=True))


@require_safe
@permission(Perm.FUNNEL_PAGE)
def crossings(request: Request) -> HttpResponseBase:
    """Pairs whose two sides lie in different cities, counted and listed."""
    form = FilterForm(request.GET)
    asked = queries.crossing_asked(request.actor, form.day("first"), form.day("last"))
    known = funnel.crossings_in_order()
    chosen = next((c for c in known if c.key == request.GET.get("of")), known[0] if known else None)
    if chosen is None:
        raise Http404
    rows = chosen.pairs(asked)
    if exports.wanted(request):
        return exports.answer(request, sheets.crossing_sheet(chosen), rows, pages.said(form.asked()))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = pages.crossings_context(request, form, asked, chosen, page)
    return render(request, "listings/crossings.html", context | {"page": page, "at": clock.now()})


def _listed(request: Request, page: Any, *, one_kind: bool) -> dict[str, Any]:
    """The page's rows as a table; what of closed tiers is shown is noted as read."""
    context, shown = pages.records_table(request.actor, list(page), one_kind=one_kind)
    actions.note_reads(shown, channel="list", by=request.actor, now=clock.now(), keys=())
    return context
