"""One listing as a sheet of paper."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.kernel import clock, figures
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.web.request import object_permission as on_object
from mengkeju.kernel.web.sheets import absolute
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.web import pages
from mengkeju.listings.web.views import load


@require_safe
@on_object(Perm.READ)
def printed(request: Request, uid: UUID) -> HttpResponse:
    """What this reader may see, where it comes from, when it was printed."""
    listing = load(request, uid)
    it = queries.present(listing, request.actor)
    actions.note_reads([it], channel="page", by=request.actor, now=clock.now())
    at = clock.now()
    context = {
        "listing": listing,
        "it": it,
        "state": pages.state_label(listing),
        "url": absolute(listing.get_absolute_url()),
        "at": figures.full_date(clock.today(at)) + at.strftime(" %H:%M"),
        "published": figures.full_date(clock.today(listing.published_at)) if listing.published_at else "",
        "closed": bool(it.closed_tiers()),
        "sections": [(label, pages.fact_rows(fields, it.budget)) for label, fields in it.sections if fields],
    }
    return render(request, "listings/print.html", context)
