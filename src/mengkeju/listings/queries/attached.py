"""Listings that hang on a weak link, a bottleneck or a direction of an agenda, for one reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel import funnel
from mengkeju.kernel.access import Actor
from mengkeju.listings.engine.weak_links import LINK_WORDS
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.reading import SHOWN_STATES, Presented, listings, present_many

INTENTION = "intention"
PUBLIC = Q(listing__state__in=SHOWN_STATES, listing__tier="public", listing__archived_at=None)
"""Of rows of Attached: what everybody may open. Figures count nothing else, so that they are the same for all."""


@dataclass(frozen=True)
class AttachedListing:
    """A listing as the reader may see it, and what it is there; `role` is need or answer."""

    role: str
    word: str
    listing: Presented
    state: str
    at: datetime


def attached_to(links: "QuerySet[Any]", actor: Actor) -> list[AttachedListing]:
    """What hangs there and the reader may read, needs first; a constant number of queries."""
    found = list(links.order_by("-role", "pk").values_list("listing_id", "role", "attached_at"))
    rows = {row.pk: row for row in listings(actor).filter(pk__in=[pk for pk, _role, _at in found])}
    shown = dict(zip(rows, present_many(rows.values(), actor), strict=True))
    return [
        AttachedListing(role, _(LINK_WORDS[role]), shown[pk], rows[pk].state, at)
        for pk, role, at in found
        if pk in rows
    ]


def with_intention(needs: Iterable[int]) -> frozenset[int]:
    """Of these listings the public needs on which an intention was agreed or declared, as the 转化线 counts them."""
    stage, asked = funnel.stages.get(INTENTION), list(needs)
    if stage is None or stage.needs is None or not asked:
        return frozenset()
    return frozenset(stage.needs().filter(pk__in=asked).values_list("pk", flat=True))


def find_by_reference(actor: Actor, reference: str) -> Listing | None:
    """A listing the reader may see, by its number, its uid or the address of its page."""
    said = reference.strip()
    parts: Sequence[str] = [part for part in said.split("/") if part]
    for part in reversed(parts):
        try:
            return listings(actor).filter(uid=UUID(part.partition("?")[0])).first()
        except ValueError:
            continue
    return listings(actor).filter(number__iexact=said).exclude(number="").first() if said else None
