"""Pairs in hand: capabilities above say when an intention on a pair begins and when none is left."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mengkeju.listings.models import Listing
from mengkeju.matching.models import Running, sides


@transaction.atomic
def mark_running(
    one: Listing, other: Listing, *, running: bool, now: datetime, introduced_by: UUID | None = None
) -> None:
    """Whether an intention runs between two listings: while one does, the pair is no open proposal.

    For a pair that is not proposed (yet) too. `introduced_by`: the person uid of the broker, who sees it run.
    Said again it changes nothing; listings that are not a need and an achievement are ignored.
    """
    pair = {sides(listing)[0]: listing for listing in (one, other)}
    if pair.keys() != {"need", "achievement"}:
        return
    if running:
        Running.objects.update_or_create(
            **pair,
            defaults={"introduced_by": introduced_by},
            create_defaults={"introduced_by": introduced_by, "since": now},
        )
    else:
        Running.objects.filter(**pair).delete()
