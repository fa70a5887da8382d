"""Proposals whose two sides lie in different cities."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from mengkeju.kernel.access import Actor
from mengkeju.kernel.funnel import Asked, CrossingRow
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.matching.engine import bands
from mengkeju.matching.models import Proposal


def pairs(asked: Asked) -> QuerySet[Proposal]:
    """Those that came about in the period with a side in the reader's scope, the newest first."""
    scope = asked.listings.order_by().values("pk")
    rows = Proposal.objects.filter(Q(need__in=scope) | Q(achievement__in=scope), **listings.moments(asked))
    rows = rows.filter(listings.across(asked, "need__area", "achievement__area"), archived_at=None).exclude(band="")
    return rows.select_related("need", "achievement").order_by("-created_at", "-pk")


def rows(actor: Actor, portion: Sequence[Any]) -> Iterable[CrossingRow]:
    """A side the reader may not open stays without its title."""
    keys = {pk for row in portion for pk in (row.need_id, row.achievement_id)}
    readable = set(listings.listings(actor).filter(pk__in=keys).values_list("pk", flat=True))
    side = partial(listings.pair_side, readable=readable)
    for row in portion:
        band = bands.find(row.band)
        yield CrossingRow(
            row.created_at, *side(row.need), *side(row.achievement), note=word(band) if band is not None else ""
        )
