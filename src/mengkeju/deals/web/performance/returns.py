"""落地与收益: the sums of what one may read, and the rows behind each number."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.deals.queries import returns
from mengkeju.deals.web.performance import returns_pages, returns_sheets
from mengkeju.kernel.exports import Sheet
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponse:
    """Sums: of the place for its officers, of their own deals for everybody else."""
    form = returns_pages.filter_of(request, "state", "kind")
    return render(request, "deals/returns.html", returns_pages.page(request, form))


def _rows(
    request: Request, form: returns_pages.ReturnsForm, sheet: Sheet, found: Any, page: Callable[..., dict[str, Any]]
) -> HttpResponseBase:
    if exports.wanted(request):
        return exports.answer(request, sheet, found)
    return render(request, "deals/returns_rows.html", page(request, form))


@require_safe
@permission("signed-in")
def landings(request: Request) -> HttpResponseBase:
    """The landings behind a number, also as a file."""
    form = returns_pages.filter_of(request, "kind", "period")
    rows = returns.landings(request.actor, form.asked())
    return _rows(request, form, returns_sheets.LANDINGS, rows, returns_pages.landings_page)


@require_safe
@permission("signed-in")
def benefits(request: Request) -> HttpResponseBase:
    """The figures behind a number, also as a file."""
    form = returns_pages.filter_of(request, "state")
    rows = returns.benefits(request.actor, form.asked())
    return _rows(request, form, returns_sheets.BENEFITS, rows, returns_pages.benefits_page)


@require_safe
@permission("signed-in")
def arrivals(request: Request) -> HttpResponseBase:
    """The counts of people behind a number, also as a file."""
    form = returns_pages.filter_of(request, "state", "kind", "period")
    rows = returns.arrivals(request.actor, form.asked())
    return _rows(request, form, returns_sheets.ARRIVALS, rows, returns_pages.arrivals_page)
