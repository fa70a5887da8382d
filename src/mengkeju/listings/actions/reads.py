"""Keeping who read what is not open to everybody (谁看过受限内容).

A record per organisation, listing, tier, channel and day: a page read a hundred times writes once. A reader of the
owner leaves none, nor does who was shown public content only: then nothing is asked of the database either.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock, consent
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries
from mengkeju.listings.engine.reads import CHANNELS, CLOSED_TIERS, CONSENT, KEPT
from mengkeju.listings.models import FileRead, Listing, ReadRecord
from mengkeju.listings.queries import Presented


def note_reads(
    shown: Iterable[Presented], *, channel: str, by: Actor, now: datetime, keys: Collection[str] | None = None
) -> int:
    """Note what of closed tiers was shown to `by`; returns how many records are new.

    `keys`: the fields that were shown of each, if not all of them. The person is noted only with consent; a reader
    without organisation by his role. ValueError for an unknown channel.
    """
    if channel not in CHANNELS:
        msg = f"no channel {channel!r}; known: {', '.join(CHANNELS)}"
        raise ValueError(msg)
    if not by.is_authenticated or by.system:
        return 0
    seen = {(p.uid, tier) for p in shown if p.owner_uid not in by.organisations for tier in p.closed_tiers(keys)}
    return _write(seen, channel, by=by, now=now) if seen else 0


def note_parts(listing: Listing, tiers: Iterable[str], *, channel: str, by: Actor, now: datetime) -> int:
    """Note that something of these tiers that hangs on a listing was shown (evidence, a case of use, a file)."""
    own = listing.owner is not None and listing.owner.uid in by.organisations
    closed = {(listing.uid, tier) for tier in tiers if tier in CLOSED_TIERS}
    if own or not closed or not by.is_authenticated or by.system:
        return 0
    return _write(closed, channel, by=by, now=now)


def reader_of(by: Actor) -> tuple[Organisation | None, str]:
    """As whom a reader is noted: his organisation, or his role when he acts for none."""
    acts_for = by.primary_organisation
    if acts_for is not None:
        return Organisation.objects.filter(uid=acts_for).first(), ""
    return None, by.grants[0].role if by.grants else ""


def unnamed(by: Actor, *, agreed: bool) -> Actor:
    """The reader as the sealed record names him: without his login unless he agreed."""
    return by if agreed else Actor(memberships=by.memberships, grants=by.grants)


@transaction.atomic
def _seal(rows: list[ReadRecord], *, by: Actor, agreed: bool, now: datetime) -> None:
    """What was shown of the parties' tier stands in the sealed record: it is what evidence is made of."""
    for row in rows:
        if row.tier == "parties":
            version = queries.last_version(row.listing)
            payload = {
                "organisation": str(row.organisation.uid) if row.organisation is not None else None,
                "role": row.role,
                "tier": row.tier,
                "channel": row.channel,
                "number": version.number if version is not None else None,
            }
            audit.record("listing.opened", row.listing, by=unnamed(by, agreed=agreed), now=now, payload=payload)


def _write(seen: set[tuple[UUID, str]], channel: str, *, by: Actor, now: datetime) -> int:
    day, acts_for = clock.today(now), by.primary_organisation
    role = "" if acts_for is not None or not by.grants else by.grants[0].role
    today = ReadRecord.objects.filter(day=day, channel=channel, role=role, listing__uid__in={uid for uid, _t in seen})
    known = today.filter(organisation__uid=acts_for) if acts_for is not None else today.filter(organisation=None)
    fresh = seen - set(known.values_list("listing__uid", "tier"))
    if not fresh:
        return 0
    keys = dict(Listing.objects.filter(uid__in={uid for uid, _tier in fresh}).values_list("uid", "pk"))
    organisation = Organisation.objects.filter(uid=acts_for).first() if acts_for is not None else None
    agreed = by.person_uid is not None and consent.has("person", by.person_uid, CONSENT)
    rows = [
        ReadRecord(
            listing_id=keys[uid],
            organisation=organisation,
            role=role,
            account=by.account_uid if agreed else None,
            tier=tier,
            channel=channel,
            day=day,
            at=now,
        )
        for uid, tier in sorted(fresh)
        if uid in keys
    ]
    ReadRecord.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.tier == "parties" for row in rows):
        _seal(rows, by=by, agreed=agreed, now=now)
    return len(rows)


def search_rows_noted(actor: Actor, uids: Collection[UUID]) -> list[dict[str, object]]:
    """Result rows of search, with what of closed tiers stands in them noted."""
    rows, shown, keys = queries.shown_rows(actor, uids)
    note_reads(shown, channel="search", by=actor, now=clock.now(), keys=keys)
    return rows


def prune_reads(*, now: datetime) -> int:
    """Delete the records that were kept long enough; returns how many."""
    gone, _per_model = ReadRecord.objects.filter(day__lt=clock.today(now) - KEPT).delete()
    old, _per_model = FileRead.objects.filter(at__lt=clock.end_of(clock.today(now)) - KEPT - clock.DAY).delete()
    return gone + old


def forget_reader(account: UUID) -> None:
    """Take a login (its uid) out of what is noted of reads: he no longer agrees to stand there."""
    ReadRecord.objects.filter(account=account).update(account=None)
    FileRead.objects.filter(account=account).update(account=None)
