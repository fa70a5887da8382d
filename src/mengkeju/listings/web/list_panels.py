"""What the lists show on other pages, and where they stand in the navigation. Bottlenecks show nowhere but here."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.listings import queries
from mengkeju.listings.access.lists import BottleneckPerm, WeakLinkPerm
from mengkeju.listings.models import Listing


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On which public lists a listing stands: weak links and directions; never the 卡脖子 list."""
    links, items = queries.weak_links_of(listing, actor), queries.agendas_of(listing)
    if not links and not items:
        return None
    chains = directory.term_labels("cluster") if links else {}
    rows = [
        {
            "word": _("产业链短板"),
            "title": link.title,
            "url": link.get_absolute_url(),
            "note": chains.get(link.chain, ""),
        }
        for link in links
    ]
    rows += [
        {
            "word": _("攻关方向"),
            "title": item.title,
            "url": item.agenda.get_absolute_url(),
            "note": item.agenda.organisation.name,
        }
        for item in items
    ]
    return {"rows": rows}


def to_confirm(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer of a bureau: how many nominations wait for him. It takes the place of a duty."""
    if not actor.has_role("officer") or not actor.organisations:
        return None
    count = queries.bottlenecks_to_confirm(actor).count()
    if not count:
        return None
    url = f"{reverse('bottlenecks')}?state=nominated"
    return {"label": _("待确认的卡脖子提名"), "count": count, "url": url, "tone": "wait"}


def _actor(request: HttpRequest) -> Actor:
    return getattr(request, "actor", ANONYMOUS)


def keeps_weak_links(request: HttpRequest) -> bool:
    """Officers keep them."""
    return may(_actor(request), WeakLinkPerm.KEEP)


def sees_bottlenecks(request: HttpRequest) -> bool:
    """Officers in a government organisation, and the auditor."""
    actor = _actor(request)
    return may(actor, BottleneckPerm.LIST) and (actor.has_role("auditor") or queries.is_of_a_bureau(actor))


def has_organisation(request: HttpRequest) -> bool:
    """Whoever may nominate and has somebody to speak for."""
    actor = _actor(request)
    return bool(actor.memberships) and may(actor, BottleneckPerm.NOMINATE)
