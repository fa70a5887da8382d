"""The append-only record: write an event, seal the chain, verify it.

Sealing is done by a task, not inside the user's transaction: one chain head would serialise all writes.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Event, EventPayload, Seal
from mengkeju.kernel.subjects import type_of

GENESIS = "0" * 64
BATCH = 500


def canonical(body: Any) -> str:
    """One spelling of a JSON value, so that a digest can be computed again."""
    return json.dumps(body, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def payload_digest(salt: str, body: Any) -> str:
    """Salted SHA-256 of a payload. Once salt and payload are erased it tells nothing."""
    return hashlib.sha256(f"{salt}\n{canonical(body)}".encode()).hexdigest()


def _transaction_number() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


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
        type=kind, version=version, actor_account=by.account_uid,
        actor_organisation=organisation or by.primary_organisation,
        subject_type=type_of(subject).key, subject_uid=subject.uid,  # type: ignore[attr-defined]  # every subject is a Record
        area=getattr(subject, "area", ""), node=settings.NODE, at=now,
        digest=payload_digest(salt, body), xact=_transaction_number(),
    )
    EventPayload.objects.create(event=event, salt=salt, body=body)
    return event


def settled(events: QuerySet[Event]) -> QuerySet[Event]:
    """Events below the safe horizon, in reading order (xact, id).

    On PostgreSQL an id may be given before an earlier one commits; only events of transactions older
    than every running one are safe to read. SQLite has one writer: id order is commit order.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            events = events.filter(xact__lt=int(cursor.fetchone()[0]))
    return events.order_by("xact", "id")


def after(events: QuerySet[Event], xact: int, position: int) -> QuerySet[Event]:
    """Events that follow a reading position."""
    return events.filter(Q(xact__gt=xact) | Q(xact=xact, id__gt=position))


def link_hash(previous: str, sequence: int, event: Event) -> str:
    """The hash of one link over the previous one and every field of the event row."""
    fields = [
        previous, sequence, event.uid, event.type, event.version, event.actor_account, event.actor_organisation,
        event.subject_type, event.subject_uid, event.area, event.node, event.at.timestamp(), event.digest,
    ]
    return hashlib.sha256(canonical([str(f) for f in fields]).encode()).hexdigest()


@transaction.atomic
def seal_pending(*, now: datetime, limit: int = BATCH) -> int:
    """Chain the settled events that have no seal yet; returns how many. One sealer at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mengkeju.seal'))")
    last = Seal.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    seals = []
    for event in settled(Event.objects.filter(seal__isnull=True))[:limit]:
        sequence += 1
        made = link_hash(previous, sequence, event)
        seals.append(Seal(sequence=sequence, event=event, previous=previous, hash=made, sealed_at=now))
        previous = made
    Seal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Finding:
    """One thing `verify` found. `broken` False is information (e.g. a lawfully erased payload)."""

    broken: bool
    sequence: int
    text: str


def verify() -> Iterator[Finding]:
    """Walk chain and digests; yields what is wrong and which payloads were lawfully erased."""
    previous, expected = GENESIS, 1
    erased = _erased_events()
    for seal in Seal.objects.select_related("event").order_by("sequence").iterator(chunk_size=BATCH):
        if seal.sequence != expected:
            yield Finding(True, expected, f"缺少第 {expected} 号封条（下一条是 {seal.sequence} 号）")
        if seal.previous != previous:
            yield Finding(True, seal.sequence, "与前一封条不相连")
        if seal.hash != link_hash(seal.previous, seal.sequence, seal.event):
            yield Finding(True, seal.sequence, f"事件 {seal.event.uid} 的行被改动")
        previous, expected = seal.hash, seal.sequence + 1
    for event in Event.objects.select_related("payload").order_by("id").iterator(chunk_size=BATCH):
        payload = getattr(event, "payload", None)
        if payload is None:
            lawful = event.uid in erased
            text = "的内容已依法删除" if lawful else "的内容不见了，没有删除记录"
            yield Finding(not lawful, event.pk, f"事件 {event.uid} {text}")
        elif payload_digest(payload.salt, payload.body) != event.digest:
            yield Finding(True, event.pk, f"事件 {event.uid} 的内容被改动")
    if Event.objects.filter(seal__isnull=True).exists():
        yield Finding(False, expected, f"{Event.objects.filter(seal__isnull=True).count()} 条事件尚未封存")


def _erased_events() -> set[UUID]:
    """Uids named by erasure events, which list the payloads they removed."""
    named: set[UUID] = set()
    for event in Event.objects.filter(type="person.erased").select_related("payload"):
        named |= {UUID(uid) for uid in event.payload.body.get("events", [])}
    return named
