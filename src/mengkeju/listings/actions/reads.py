"""Keeping who read what is not open to everybody (谁看过受限内容).

A record per organisation, listing, tier, channel and day: a page read a hundred times writes once. A reader of the
owner leaves none, nor does who was shown public content only: then nothing is asked of the database either.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, consent
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries
from mengkeju.listings.engine.reads import CHANNELS, CONSENT, KEPT
from mengkeju.listings.models import Listing, ReadRecord
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
    return len(rows)


def search_rows_noted(actor: Actor, uids: Collection[UUID]) -> list[dict[str, object]]:
    """Result rows of search, with what of closed tiers stands in them noted."""
    rows, shown, keys = queries.shown_rows(actor, uids)
    note_reads(shown, channel="search", by=actor, now=clock.now(), keys=keys)
    return rows


def prune_reads(*, now: datetime) -> int:
    """Delete the records that were kept long enough; returns how many."""
    gone, _per_model = ReadRecord.objects.filter(day__lt=clock.today(now) - KEPT).delete()
    return gone


def forget_reader(account: UUID) -> None:
    """Take a login (its uid) out of what is noted of reads: he no longer agrees to stand there."""
    ReadRecord.objects.filter(account=account).update(account=None)
