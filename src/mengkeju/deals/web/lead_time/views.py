"""The clock (转化周期): the medians, and the deals behind each number."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.deals.access import StatPerm
from mengkeju.deals.engine.lead_time import STAGES
from mengkeju.deals.queries import conversions
from mengkeju.deals.queries.conversions import ConversionsAsked
from mengkeju.deals.web.lead_time import pages as lead_time_pages
from mengkeju.deals.web.lead_time import sheets as lead_time_sheets
from mengkeju.kernel import clock
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission


@require_safe
@permission(StatPerm.READ)
def index(request: Request) -> HttpResponse:
    """The medians of a year and area beside the promise."""
    form = lead_time_pages.form_of(request)
    return render(request, "deals/lead_time.html", lead_time_pages.page(request, form))


def asked_row(request: Request) -> ConversionsAsked:
    """The year and area with the number that is opened; 404 for one that no page has."""
    given = request.GET
    cut, shelf, stage = given.get("cut", ""), given.get("shelf", "all"), given.get("stage", "")
    known = not cut or cut in conversions.CONVERSION_CUTS
    staged = shelf != "stage" or (set(stage.split("-", 1)) <= STAGES.keys() and stage.count("-") == 1)
    if not known or shelf not in conversions.SHELVES or not staged:
        raise Http404
    asked = lead_time_pages.form_of(request).asked()
    return ConversionsAsked(asked.year, asked.area, cut, given.get("code", "") if cut else "", shelf, stage)


@require_safe
@permission(StatPerm.READ)
def deals(request: Request) -> HttpResponseBase:
    """The deals behind one number."""
    asked = asked_row(request)
    if exports.wanted(request):
        rows = conversions.behind(asked, clock.today())
        return exports.answer(request, lead_time_sheets.LEAD_TIMES, rows)
    return render(request, "deals/lead_time_deals.html", lead_time_pages.deals_page(request, asked))
