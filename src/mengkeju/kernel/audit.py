"""The append-only record: write an event, seal the chain, verify it.

Sealing is done by a task, not inside the user's transaction: one chain head would serialise all writes.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel import digests, horizon
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Event, EventPayload, FollowerCursor, Seal
from mengkeju.kernel.subjects import type_of

GENESIS = "0" * 64
BATCH = 500
SEALER = "audit.seals"


def canonical(body: Any) -> str:
    """One spelling of a JSON value, so that a digest can be computed again."""
    return json.dumps(body, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def payload_digest(salt: str, body: Any) -> str:
    """Salted SHA-256 of a payload. Once salt and payload are erased it tells nothing."""
    return digests.payload(salt, canonical(body))


def record(
    kind: str,
    subject: Model,
    *,
    by: Actor,
    now: datetime,
    payload: dict[str, Any] | None = None,
    organisation: UUID | None = None,
    version: int = 1,
) -> Event:
    """Write one event about a registered subject, inside the caller's transaction."""
    if not connection.in_atomic_block:
        msg = "an event is written in the transaction of the act it records"
        raise RuntimeError(msg)
    body = json.loads(canonical(payload or {}))
    salt = secrets.token_hex(16)
    event = Event.objects.create(
        type=kind,
        version=version,
        actor_account=by.account_uid,
        actor_organisation=organisation or by.primary_organisation,
        subject_type=type_of(subject).key,
        subject_uid=subject.uid,  # type: ignore[attr-defined]  # every subject is a Record
        area=getattr(subject, "area", ""),
        node=settings.NODE,
        at=now,
        digest=payload_digest(salt, body),
        xact=horizon.number(),
    )
    EventPayload.objects.create(event=event, salt=salt, body=body)
    return event


def settled(events: QuerySet[Event]) -> QuerySet[Event]:
    """Events below the safe horizon, in reading order (xact, id).

    On PostgreSQL an id may be given before an earlier one commits; only events of transactions older
    than every running one are safe to read. SQLite has one writer: id order is commit order.
    """
    below = horizon.safe_below()
    if below is not None:
        events = events.filter(xact__lt=below)
    return events.order_by("xact", "id")


def after(events: QuerySet[Event], xact: int, position: int) -> QuerySet[Event]:
    """Events that follow a reading position."""
    return events.filter(Q(xact__gt=xact) | Q(xact=xact, id__gt=position))


def fields_of(event: Event) -> list[str]:
    """Every field of an event row as the seals bind it, in the order of digests.EVENT_FIELDS."""
    fields = [
        event.pk,
        event.xact,
        event.uid,
        event.type,
        event.version,
        event.actor_account,
        event.actor_organisation,
        event.subject_type,
        event.subject_uid,
        event.area,
        event.node,
        event.at.timestamp(),
        event.digest,
    ]
    return [str(f) for f in fields]


def link_hash(previous: str, sequence: int, event: Event, sealed_at: datetime, scheme: int = digests.SCHEME) -> str:
    """The hash of one link over the previous one, every field of the event row and the time of sealing."""
    at, fields = str(sealed_at.timestamp()), fields_of(event)
    if scheme == 1:
        return digests.link_first(previous, sequence, at, fields)
    return digests.link(previous, sequence, at, digests.event(fields))


@transaction.atomic
def seal_pending(*, now: datetime, limit: int = BATCH) -> int:
    """Chain the settled events that have no seal yet; returns how many. One sealer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mengkeju.seal'))")
    sequence, previous = head()
    seals = []
    for event in settled(Event.objects.filter(seal__isnull=True))[:limit]:
        sequence += 1
        made = link_hash(previous, sequence, event, now)
        seals.append(
            Seal(
                sequence=sequence,
                event=event,
                previous=previous,
                hash=made,
                sealed_at=now,
                scheme=digests.SCHEME,
            )
        )
        previous = made
    Seal.objects.bulk_create(seals)
    if seals:  # how long the chain is stands in a second place, so that a cut tail is noticed
        FollowerCursor.objects.update_or_create(name=SEALER, defaults={"position": sequence, "moved_at": now})
    return len(seals)


def head() -> tuple[int, str]:
    """Number and hash of the last seal; (0, GENESIS) while there is none. To be kept by somebody else."""
    last = Seal.objects.order_by("-sequence").first()
    return (last.sequence, last.hash) if last else (0, GENESIS)


@dataclass(frozen=True)
class Finding:
    """One thing `verify` found. `broken` False is information (e.g. a lawfully erased payload)."""

    broken: bool
    sequence: int
    text: str


def verify() -> Iterator[Finding]:
    """Walk chain and digests; yields what is wrong and which payloads were lawfully erased.

    Finds any row changed, removed, inserted or swapped, and a tail cut off, by whoever writes to the
    database and leaves the rest as it is. Who rewrites everything after his change with fresh hashes, and the
    noted length with it, is not found from inside: for that the heads must lie with somebody else.
    """
    yield from _verify_chain()
    yield from _verify_payloads()
    yield from _verify_unsealed()


def _verify_chain() -> Iterator[Finding]:
    # Read first: the chain may grow while it is walked, never shrink.
    noted = FollowerCursor.objects.filter(name=SEALER).values_list("position", flat=True).first() or 0
    previous, expected = GENESIS, 1
    for seal, event in _links():
        if seal.sequence != expected:
            yield Finding(
                True,
                expected,
                _("缺少第 %(number)s 号封条（下一条是 %(next)s 号）") % {"number": expected, "next": seal.sequence},
            )
        if seal.previous != previous:
            yield Finding(True, seal.sequence, _("与前一封条不相连"))
        if event is None:
            yield Finding(True, seal.sequence, _("封条所指的事件不见了"))
        elif seal.hash != link_hash(seal.previous, seal.sequence, event, seal.sealed_at, seal.scheme):
            yield Finding(True, seal.sequence, _("事件 %(event)s 的行被改动") % {"event": event.uid})
        previous, expected = seal.hash, seal.sequence + 1
    if expected <= noted:
        yield Finding(
            True,
            expected,
            _("已封存到第 %(noted)s 号，现在只剩到第 %(left)s 号的封条") % {"noted": noted, "left": expected - 1},
        )


def _links() -> Iterator[tuple[Seal, Event | None]]:
    """Seals in order with their events; joined here, because a seal whose event is gone must be met too."""
    seals = Seal.objects.order_by("sequence").iterator(chunk_size=BATCH)
    while batch := list(islice(seals, BATCH)):
        events = Event.objects.in_bulk([seal.event_id for seal in batch])
        yield from ((seal, events.get(seal.event_id)) for seal in batch)


def _verify_payloads() -> Iterator[Finding]:
    erased = _erased_events()
    for event in Event.objects.select_related("payload").order_by("id").iterator(chunk_size=BATCH):
        payload = getattr(event, "payload", None)
        if payload is None:
            lawful = event.uid in erased
            text = _("事件 %(event)s 的内容已依法删除") if lawful else _("事件 %(event)s 的内容不见了，没有删除记录")
            yield Finding(not lawful, event.pk, text % {"event": event.uid})
        elif payload_digest(payload.salt, payload.body) != event.digest:
            yield Finding(True, event.pk, _("事件 %(event)s 的内容被改动") % {"event": event.uid})
    for payload in EventPayload.objects.exclude(event_id__in=Event.objects.values("pk")):
        yield Finding(True, payload.pk, _("内容所属的事件不见了"))


def _verify_unsealed() -> Iterator[Finding]:
    unsealed = Event.objects.filter(seal__isnull=True)
    last = Seal.objects.select_related("event").order_by("-sequence").first()
    if last is not None:
        for event in unsealed.exclude(pk__in=after(unsealed, last.event.xact, last.event.pk).values("pk")):
            yield Finding(
                True, last.sequence, _("事件 %(event)s 排在已封存的事件之前，却没有封条") % {"event": event.uid}
            )
    if waiting := unsealed.count():
        yield Finding(False, last.sequence if last else 0, _("%(count)s 条事件尚未封存") % {"count": waiting})


def _erased_events() -> set[UUID]:
    """Uids named by erasure events, which list the payloads they removed; an altered list counts for nothing."""
    named: set[UUID] = set()
    for event in Event.objects.filter(type="person.erased", payload__isnull=False).select_related("payload"):
        if payload_digest(event.payload.salt, event.payload.body) == event.digest:
            named |= {UUID(uid) for uid in event.payload.body.get("events", [])}
    return named
