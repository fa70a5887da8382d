"""A listing outside its page: data for search engines, text to pass on, its chain to follow.

Search engines and the text to pass on get what a visitor is presented, whoever is reading.
"""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.sharing import Public, excerpt, linked_data, share_text
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented

DESCRIPTION = 150


def public_view(listing: Listing, actor: Actor, shown: Presented) -> Public | None:
    """What anybody may read of it; None when it is not for everybody. A visitor's own view is taken as it is."""
    if not may(ANONYMOUS, Perm.READ, listing):
        return None
    it = queries.present(listing, ANONYMOUS) if actor.is_authenticated else shown
    keys = {field.key for field in it.fields}
    priced = keys >= queries.PRICES
    return Public(
        url=absolute(listing.get_absolute_url()),
        site=_("蒙科聚"),
        side=it.kind.side,
        kind=word(it.kind),
        number=it.number,
        title=it.title,
        summary=it.summary,
        owner=it.owner_name,
        owner_url=absolute(reverse("organisation", args=[it.owner_uid])) if it.owner_uid else "",
        place=it.area_name,
        budget=it.budget,
        low=listing.price_low if priced else None,
        high=listing.price_high if priced else None,
        deadline=listing.deadline if "deadline" in keys else None,
        published_at=listing.published_at,
        source_note=it.source_note,
        fictional=it.fictional,
    )


def head(listing: Listing, it: Public | None) -> dict[str, Any]:
    """For mk/social.html: the one address, and what may be told to everybody."""
    if it is None:
        return {"url": absolute(listing.get_absolute_url()), "public": False}
    return {
        "url": it.url,
        "public": True,
        "title": it.title,
        "text": excerpt(it.summary, DESCRIPTION),
        "linked": linked_data(it),
    }


def share(actor: Actor, listing: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """The panel: print, and text to pass on; of what is not for everybody only the address is passed on."""
    if not listing.published_at:
        return None
    it = shown["public"] if "public" in shown else public_view(listing, actor, shown["shown"])
    return {
        "print_url": reverse("listing-print", args=[listing.uid]),
        "text": share_text(it) if it is not None else absolute(listing.get_absolute_url()),
        "public": it is not None,
    }


def chain(_actor: Actor, listing: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """The panel: follow the chain this one belongs to, as far as the reader sees to which."""
    field = next((f for f in shown["shown"].fields if f.key == "cluster" and f.value), None)
    if field is None:
        return None
    return {"label": field.value, "url": f"{reverse('saved-search-new')}?{urlencode({'chain': listing.cluster})}"}
