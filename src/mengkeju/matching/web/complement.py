"""两市互补: needs of one city that another could answer, and firms of different cities that could help each other."""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission
from mengkeju.matching.access import Perm
from mengkeju.matching.queries import complement, complement_firms
from mengkeju.matching.web import complement_pages as pages
from mengkeju.matching.web import complement_sheets as sheets
from mengkeju.matching.web.complement_forms import ComplementForm

PER_PAGE = 20
FIRMS_PER_PAGE = 10


@require_safe
@permission(Perm.COMPLEMENT)
def page(request: Request) -> HttpResponseBase:
    """How the needs stand by city and by field or cluster, and the ranked list behind one of the numbers."""
    known = complement.cities()
    form = ComplementForm(request.GET, known)
    asked, found = form.asked(), complement.survey(request.actor, form.asked().of(city=""), known)
    rows = found.of(asked.answer, asked.city)
    if exports.wanted(request):
        return exports.answer(request, sheets.NEEDS, rows, pages.said(asked, known))
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = pages.overview(request, form, found, known) | pages.needs(request, shown, known)
    return render(request, "matching/complement.html", context)


@require_safe
@permission(Perm.COMPLEMENT)
def firms(request: Request) -> HttpResponseBase:
    """Pairs of firms of different cities where one's need meets the other's offer; mutual ones first."""
    known = complement.cities()
    form = ComplementForm(request.GET, known, answers=False)
    rows = complement_firms.firm_pairs(request.actor, form.asked(), known)
    if exports.wanted(request):
        return exports.answer(request, sheets.firms(form.asked()), rows, pages.said(form.asked(), known, firms=True))
    shown = Paginator(rows, FIRMS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "matching/complement_firms.html", pages.firms(request, form, shown, known))


def sees(request: HttpRequest) -> bool:
    """A navigation entry for those who may."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.COMPLEMENT)
