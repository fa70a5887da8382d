"""仍然有效: asking the owner, taking off the shelf what nobody confirmed, and the one click that confirms.

The nightly task finds everything by date and treats each listing in a transaction of its own, with the row locked and
read afresh: a task that was killed goes on where it stopped, two at once do nothing twice, and a click that comes
first wins. Organisations are told at the end, each once of all that is theirs (`kernel.bundles`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import advance, lock
from mengkeju.kernel.models import Duty
from mengkeju.kernel.notices import announce_bundle
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.definitions.freshness import CONFIRM, CONFIRM_KEY, FRESHNESS
from mengkeju.listings.engine.workflow import RESTORE_KEY
from mengkeju.listings.models import Listing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What a night did: listings given a date, owners asked, listings taken off the shelf."""

    dated: int
    asked: int
    hidden: int


def renew(listing: Listing, *, by: str, now: datetime) -> None:
    """It holds as of now: its last confirmation, the day of its next review, its duty done. In a transaction.

    What comes from a public source has nobody who could confirm it and gets no day.
    """
    if listing.from_source:
        return
    today = clock.today(now)
    listing.confirmed_at, listing.review_by = now, FRESHNESS.review_by(listing.kind, today)
    Listing.objects.filter(pk=listing.pk).update(confirmed_at=now, review_by=listing.review_by)
    duties.close_duties(listing, by=by, now=now, key=CONFIRM_KEY)


@transaction.atomic
def confirm_listing(listing: Listing, *, by: Actor, now: datetime, revision: int | None = None) -> bool:
    """Its owner says that it still holds: its time starts anew, and from off the shelf it comes back.

    Returns whether anything changed: the second click of a day does nothing. Raises RefusedError, StaleRevisionError,
    and TransitionRefusedError where there is nothing to confirm or its text was changed off the shelf.
    """
    require(by, Perm.CONFIRM, listing)
    fresh = lock(listing, revision)
    require(by, Perm.CONFIRM, fresh)
    if fresh.state == "dormant":
        advance(fresh, "restore", by=by, now=now, data={"changed": queries.changed_off_the_shelf(fresh)})
    elif fresh.state != "published":
        raise TransitionRefusedError(_("只有发布中或已下架待确认的信息需要确认"), "wrong_state")
    elif not _is_news(fresh, now):
        return False
    else:
        audit.record("listing.confirmed", fresh, by=by, now=now, payload={"review_by": fresh.review_by})
    renew(fresh, by="confirm", now=now)
    for name in ("state", "state_at", "state_by_id", "revision", "confirmed_at", "review_by"):
        setattr(listing, name, getattr(fresh, name))
    return True


def _is_news(listing: Listing, now: datetime) -> bool:
    today = clock.today(now)
    confirmed = listing.confirmed_at is not None and clock.today(listing.confirmed_at) == today
    return not confirmed or listing.review_by != FRESHNESS.review_by(listing.kind, today)


@dataclass(frozen=True)
class Confirmed:
    """What came of confirming many: how many hold anew, and why each of the others does not."""

    done: int
    refused: tuple[tuple[str, str], ...]


def confirm_listings(uids: Iterable[UUID], *, by: Actor, now: datetime) -> Confirmed:
    """Confirm many, each by itself; what may not be or need not be confirmed is told, never half done."""
    done, refused = 0, []
    wanted = Listing.objects.filter(uid__in=list(uids), owner__uid__in=by.organisations, archived_at=None)
    for listing in wanted.select_related("owner").order_by("pk"):
        try:
            done += confirm_listing(listing, by=by, now=now)
        except TransitionRefusedError as problem:
            refused.append((listing.title, problem.reason))
        except RefusedError as problem:
            refused.append((listing.title, problem.rule))
    return Confirmed(done, tuple(refused))


# ---- The night ------------------------------------------------------------------------------------------


def keep_fresh(*, now: datetime) -> Kept:
    """Date what has no day yet, ask whom the day comes near, take off the shelf what nobody confirmed; tell them."""
    kept = Kept(
        dated=_each(_undated(), lambda row: date_listing(row, now=now)),
        asked=_each(_to_ask(now), lambda row: ask_owner(row, now=now)),
        hidden=_each(_overdue(now), lambda row: hide_listing(row, now=now)),
    )
    for key in (CONFIRM_KEY, RESTORE_KEY):
        announce_bundle(key, now=now)
    return kept


def _each(rows: Iterable[Listing], act: Callable[[Listing], bool]) -> int:
    """One transaction for each; a failing one is logged and left for the next night."""
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                done += act(row)
        except Exception:
            log.exception("listing %s could not be kept fresh", row.uid)
    return done


def _owned() -> QuerySet[Listing]:
    rows = Listing.objects.filter(state="published", archived_at=None, owner__isnull=False)
    return rows.exclude(origin="source").select_related("owner").order_by("pk")


def _undated() -> Iterator[Listing]:
    return _owned().filter(review_by=None).iterator(chunk_size=200)


def _to_ask(now: datetime) -> Iterator[Listing]:
    asked = Duty.objects.filter(subject_type="listing", key=CONFIRM_KEY, closed_at=None)
    due = _owned().filter(review_by__lte=FRESHNESS.asked_until(clock.today(now)))
    return due.exclude(uid__in=asked.values("subject_uid")).iterator(chunk_size=200)


def _overdue(now: datetime) -> Iterator[Listing]:
    return _owned().filter(review_by__lt=clock.today(now)).iterator(chunk_size=200)


def date_listing(listing: Listing, *, now: datetime) -> bool:
    """Count the time of what was published before there was a day of review. In a transaction."""
    fresh = lock(listing)
    if fresh.state != "published" or fresh.review_by is not None:
        return False
    since = fresh.confirmed_at or fresh.published_at or now
    day = FRESHNESS.review_by(fresh.kind, clock.today(since))
    Listing.objects.filter(pk=fresh.pk).update(confirmed_at=since, review_by=day)
    return True


def ask_owner(listing: Listing, *, now: datetime) -> bool:
    """Open the owner's duty to confirm, once; its people are told when the night is over. In a transaction."""
    fresh, today = lock(listing), clock.today(now)
    if fresh.state != "published" or fresh.review_by is None or fresh.review_by > FRESHNESS.asked_until(today):
        return False
    if duties.open_on(fresh).filter(key=CONFIRM_KEY).exists():
        return False
    audit.record("listing.confirm_asked", fresh, by=SYSTEM, now=now, payload={"review_by": fresh.review_by})
    duties.open_duty(fresh, CONFIRM, now=now, due_on=FRESHNESS.due_on(fresh.review_by, today))
    return True


def hide_listing(listing: Listing, *, now: datetime) -> bool:
    """Take it off the shelf when its owner was asked and let the time pass. In a transaction.

    The row is read again under its lock: what was confirmed since the task found it stays on the shelf.
    """
    fresh = lock(listing)
    asked = duties.open_on(fresh).filter(key=CONFIRM_KEY).first()
    if fresh.state != "published" or fresh.review_by is None or asked is None:
        return False
    if clock.today(now) <= FRESHNESS.last_day(fresh.review_by, clock.today(asked.opened_at)):
        return False
    advance(fresh, "hide", by=SYSTEM, now=now, data={"review_by": fresh.review_by})
    return True
