"""产业链伙伴: the partners of one capability, up- and downstream, and the capabilities whose partners one may see."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.kernel.access import ANONYMOUS, Actor, may, require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import queries as matches
from mengkeju.matching.access import Perm
from mengkeju.matching.queries import partners
from mengkeju.matching.web import partner_pages as pages
from mengkeju.matching.web import partner_sheets as sheets

PER_PAGE = 20
ON_A_PAGE = 4


@require_safe
@permission(Perm.PARTNERS)
def index(request: Request) -> HttpResponseBase:
    """The capabilities whose partners the reader may see, each with how many stand up- and downstream."""
    rows = partners.capabilities(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "matching/partners_index.html", pages.index(request, page))


@require_safe
@signed_in_object_permission(Perm.PARTNERS_OF)
def of_listing(request: Request, uid: UUID) -> HttpResponseBase:
    """The partners of one capability."""
    listing = listings.find(request.actor, uid)
    if listing is None:
        raise Http404
    require(request.actor, Perm.PARTNERS_OF, listing)
    cards = partners.partners(request.actor, [listing])[listing.pk] if listing.state == "published" else []
    cards = pages.only(cards, request.GET.get("relation", ""))
    if exports.wanted(request):
        return exports.answer(request, sheets.PARTNERS, cards, listing.title)
    waiting = matches.is_waiting(listing)
    return render(request, "matching/partners.html", pages.of_listing(request, listing, cards, waiting=waiting))


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the page of a published capability: its nearest partners, for those who may see them."""
    if listing.state != "published" or not partners.may_see(actor, listing):
        return None
    cards = partners.partners(actor, [listing])[listing.pk]
    pages.note(actor, cards[:ON_A_PAGE])
    return {
        "rows": [pages.row(card) for card in cards[:ON_A_PAGE]],
        "count": len(cards),
        "waiting": not cards and matches.is_waiting(listing),
        "all_url": reverse("listing-partners", args=[listing.uid]),
        "empty": _("写明产业链环节、想找什么样的上下游，找得更准；有新的企业能力登记时会自动再算。"),
    }


def sees(request: HttpRequest) -> bool:
    """A navigation entry for those who may."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.PARTNERS)
