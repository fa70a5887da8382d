"""Intentions whose two organisations lie in different cities.

An officer may count them and see which listing of which city each is about; whom it is between he is not told, for
that he may not read the intention.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.models import Intention
from mengkeju.kernel.access import Actor
from mengkeju.kernel.funnel import Asked, CrossingRow
from mengkeju.kernel.models import Event
from mengkeju.listings import queries as listings


def pairs(asked: Asked, *steps: str) -> QuerySet[Intention]:
    """Those declared in the period with a side in the reader's scope; that have made one of the steps, if any."""
    scope = asked.listings.order_by().values("pk")
    rows = Intention.objects.filter(Q(target__in=scope) | Q(counter__in=scope), **listings.moments(asked))
    rows = rows.filter(listings.across(asked, "declaring__area", "answering__area"), archived_at=None)
    if steps:
        made = Event.objects.filter(subject_type="intention", type__in=[f"intention.{step}" for step in steps])
        rows = rows.filter(uid__in=made.values("subject_uid"))
    return rows.select_related("target", "counter", "declaring", "answering").order_by("-created_at", "-pk")


def after(*steps: str) -> Callable[[Asked], QuerySet[Intention]]:
    """`pairs` of what has made one of the steps."""

    def found(asked: Asked) -> QuerySet[Intention]:
        return pairs(asked, *steps)

    return found


def rows(actor: Actor, portion: Sequence[Any]) -> Iterable[CrossingRow]:
    """The target on the answering side, the counter on the declaring side; both only where the reader may open them."""
    keys = {pk for row in portion for pk in (row.target_id, row.counter_id) if pk is not None}
    readable = set(listings.listings(actor).filter(pk__in=keys).values_list("pk", flat=True))
    known = set(queries.intentions(actor).filter(pk__in=[row.pk for row in portion]).values_list("pk", flat=True))
    side = partial(listings.pair_side, readable=readable)
    for row in portion:
        # Who declared is told to nobody who may not read the intention, not even by the title of his listing.
        declared = side(row.counter if row.pk in known else None, area=row.declaring.area)
        yield CrossingRow(
            row.created_at, *declared, *side(row.target, area=row.answering.area), note=row.number or _("意向")
        )
