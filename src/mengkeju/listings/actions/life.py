"""Submitting, reviewing, closing: thin verbs over `advance`."""

from datetime import datetime

from django.db import transaction

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import advance, lock
from mengkeju.listings.actions.diagnosis import cancel_running, open_round
from mengkeju.listings.actions.freshness import renew
from mengkeju.listings.actions.outcomes import end_outcome
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.workflow import PUBLIC_LEVEL
from mengkeju.listings.models import Listing, ListingNumber
from mengkeju.listings.queries import was_refined


def next_number(kind_prefix: str, kind: str, year: int) -> str:
    """The next number of a kind in a year, e.g. MK-N-2026-0417. Call inside a transaction."""
    return next_numbers(kind_prefix, kind, year, 1)[0]


def next_numbers(kind_prefix: str, kind: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of a kind in a year, taken at once. Call inside a transaction."""
    series, _made = ListingNumber.objects.select_for_update().get_or_create(kind=kind, year=year)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    return [f"{kind_prefix}-{year}-{number:04d}" for number in range(first, first + count)]


def give_number(listing: Listing, now: datetime) -> None:
    """Its number, once for all its life; the caller's copy may be older than the number. In a transaction."""
    listing.number = Listing.objects.values_list("number", flat=True).get(pk=listing.pk)
    if not listing.number:
        spec = listing.kind_spec
        listing.number = next_number(spec.number_prefix, spec.key, clock.today(now).year)
        Listing.objects.filter(pk=listing.pk).update(number=listing.number)


def mark_published(listing: Listing, *, by: Actor, now: datetime) -> None:
    """When it was published the first time; published again, it keeps that day. Its time to hold starts anew.

    What is disclosed with it is noted as a version.
    """
    Listing.objects.filter(pk=listing.pk, published_at=None).update(published_at=now)
    listing.published_at = Listing.objects.values_list("published_at", flat=True).get(pk=listing.pk)
    renew(listing, by="publish", now=now)
    note_version(listing, by=by, now=now)


def _mark_secrecy(listing: Listing, by: Actor, now: datetime) -> None:
    if by.account_id is not None:
        Listing.objects.filter(pk=listing.pk).update(secrecy_reviewed_at=now, secrecy_reviewed_by_id=by.account_id)


@transaction.atomic
def submit_listing(
    listing: Listing,
    *,
    by: Actor,
    now: datetime,
    secrecy_level: str,
    secrecy_reviewed: bool,
    revision: int | None = None,
) -> Listing:
    """Hand a draft to the officer, or to a broker first when it says too little (待凝练).

    `secrecy_level` other than 公开 is refused; the review must be confirmed. Who had a need refined and confirmed the
    wording is not sent to a broker again.
    """
    fresh = lock(listing)
    measured = completeness.measure(fresh.kind, fresh.values)
    refined = was_refined(fresh)
    vague = measured is not None and not measured.is_enough and not refined
    data = {"secrecy_level": secrecy_level, "secrecy_reviewed": secrecy_reviewed}
    if refined:
        data["refined"] = True
    advance(listing, "refine" if vague else "submit", by=by, now=now, revision=revision, data=data)
    _mark_secrecy(listing, by, now)
    give_number(listing, now)
    if vague:
        open_round(listing, by=by, now=now)
    return listing


@transaction.atomic
def review_listing(
    listing: Listing,
    *,
    approve: bool,
    by: Actor,
    now: datetime,
    note: str = "",
    revision: int | None = None,
    hold: bool = False,
) -> Listing:
    """The officer publishes, or returns with a reason. `hold`: approved, published with a joint release later."""
    step = ("hold" if hold else "approve") if approve else "return"
    advance(listing, step, by=by, now=now, note=note, revision=revision)
    if step == "approve":
        mark_published(listing, by=by, now=now)
    return listing


@transaction.atomic
def publish_import(listing: Listing, *, by: Actor, now: datetime) -> Listing:
    """An officer publishes an imported draft, having confirmed 已作保密审查 for the batch."""
    advance(listing, "publish_import", by=by, now=now, data={"secrecy_level": PUBLIC_LEVEL, "secrecy_reviewed": True})
    _mark_secrecy(listing, by, now)
    give_number(listing, now)
    mark_published(listing, by=by, now=now)
    return listing


@transaction.atomic
def move_listing(
    listing: Listing, transition: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Listing:
    """Close (what asks for no outcome), withdraw, reopen, or take back from a broker; its diagnosis ends with it."""
    advance(listing, transition, by=by, now=now, note=note, revision=revision)
    cancel_running(listing, by=by, now=now)
    if transition == "reopen":
        end_outcome(listing, now=now)
    return listing
