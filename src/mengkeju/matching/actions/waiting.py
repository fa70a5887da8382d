"""What the record changes for matching: who leaves the lists at once, and who waits to be matched."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from mengkeju.kernel.jobs import defer
from mengkeju.kernel.models import Event
from mengkeju.kernel.search import matchables
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import words
from mengkeju.matching.definitions import FORGOTTEN, WITHOUT_EFFECT, limits
from mengkeju.matching.models import Partner, Proposal, Waiting

AT_ONCE = 1000
TASK, KEY = "mengkeju.matching.tasks.compute_waiting", "matching.compute"


def note_changes(events: Iterable[Event], *, now: datetime) -> int:
    """What the record says of listings: those off the shelf lose their proposals at once, the others wait.

    A change of terms makes those listings wait whose match it may change. However many wait, one task is
    queued. Returns how many wait because of these events.
    """
    events = list(events)
    uids = {e.subject_uid for e in events if e.subject_type == "listing" and e.type not in WITHOUT_EFFECT}
    uids |= words.concerned([e for e in events if e.subject_type == "term"])
    ordered, portion = sorted(uids), limits().portion
    return sum(_note(ordered[start : start + portion], now) for start in range(0, len(ordered), portion))


@transaction.atomic
def match_again(*, now: datetime) -> int:
    """Everything of technology published waits to be matched: another model is live. Returns how many wait.

    No other market is matched with it.
    """
    sided = [kind.key for kind in matchables.values() if kind.market == TECHNOLOGY]
    rows = Listing.objects.filter(kind__in=sided, state="published", archived_at=None).order_by("pk")
    found = [Waiting(listing_id=pk, since=now) for pk in rows.values_list("pk", flat=True)]
    Waiting.objects.bulk_create(
        found, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["listing"], update_fields=["since"]
    )
    defer(TASK, key=KEY)
    return len(found)


def _note(uids: Collection[UUID], now: datetime) -> int:
    rows = list(Listing.objects.filter(uid__in=uids))
    published = [r for r in rows if r.state == "published" and r.archived_at is None and r.kind_spec.side]
    retire_for([r.uid for r in rows if r not in published], now=now)
    if published:
        wait_for(published, now=now)
    return len(published)


@transaction.atomic
def wait_for(published: Sequence[Listing], *, now: datetime) -> None:
    """Let published listings wait to be matched by the next task."""
    Waiting.objects.bulk_create(
        [Waiting(listing=row, since=now) for row in published],
        update_conflicts=True,
        unique_fields=["listing"],
        update_fields=["since"],
    )
    defer(TASK, key=KEY)


def retire_for(uids: Iterable[UUID], *, now: datetime) -> int:
    """Take the proposals of listings that left the shelf off both lists."""
    gone = list(uids)
    Waiting.objects.filter(listing__uid__in=gone).delete()
    Partner.objects.filter(Q(seeker__uid__in=gone) | Q(offer__uid__in=gone)).delete()
    live = Proposal.objects.filter(Q(need__uid__in=gone) | Q(achievement__uid__in=gone), retired_at=None)
    return retire(list(live.values_list("pk", flat=True)), now=now)


def retire(ids: Sequence[int], *, now: datetime) -> int:
    """Take proposals off both lists and forget what they quote, in portions; returns how many were live."""
    gone = 0
    for start in range(0, len(ids), limits().portion):
        gone += Proposal.objects.filter(pk__in=ids[start : start + limits().portion], retired_at=None).update(
            retired_at=now, need_rank=None, achievement_rank=None, reasons=FORGOTTEN
        )
    return gone
