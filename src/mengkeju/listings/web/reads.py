"""Pages of who read what is not open to everybody."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.web import readers, sheets
from mengkeju.listings.web.views import load

PER_PAGE = 50


@require_safe
@signed_in_object_permission(Perm.READS)
def of_listing(request: Request, uid: UUID) -> HttpResponseBase:
    """Of one listing, for its owner and the auditor."""
    listing = load(request, uid)
    require(request.actor, Perm.READS, listing)
    rows = queries.reads_of(request.actor, listing)
    if exports.wanted(request):
        return exports.answer(request, sheets.READS, rows, listing.title)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/reads.html", readers.context(page, listing) | {"nav_key": "listing-mine"})


@require_safe
@permission(Perm.READS_ALL)
def everything(request: Request) -> HttpResponseBase:
    """All of them, for the auditor."""
    rows = queries.reads(request.actor)
    if exports.wanted(request):
        return exports.answer(request, sheets.READS, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/reads.html", readers.context(page, None) | {"nav_key": "reads"})
