"""Deliveries: written from settled events, said in JSON, sent again by hand, forgotten."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, clock, subjects
from mengkeju.kernel.access import ANONYMOUS, Actor, require
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Event, WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import PING, api_path, offers
from mengkeju.kernel.webhooks.workflow import MANAGE

FOLLOWER = "webhooks"
LISTENING = ("active", "paused")  # a paused one is told later what it missed


def readers(organisations: Iterable[UUID | None]) -> dict[UUID | None, Actor]:
    """With whose eyes deliveries are chosen: each organisation's as a plain member, the platform's as a visitor.

    An organisation whose programs may not act (archived, suspended) is left out.
    """
    asked = set(organisations)
    named = provider().programs_of([uid for uid in asked if uid is not None])
    found: dict[UUID | None, Actor] = {uid: actor for uid, actor in named.items()}  # noqa: C416 - widens the key
    return {**found, None: ANONYMOUS} if None in asked else found


def _wanted(events: Sequence[Event], endpoints: Sequence[WebhookEndpoint]) -> dict[int, list[Event]]:
    """Events each endpoint has chosen, of those that happened since it exists."""
    on_offer = {f"{offer.subject}.{verb}" for offer in offers.values() for verb in offer.verbs}
    chosen = {e.pk: on_offer & set(e.types) for e in endpoints}
    found = {
        e.pk: [v for v in events if v.type in chosen[e.pk] and v.at >= e.created_at and v.subject_type in offers]
        for e in endpoints
    }
    return {pk: rows for pk, rows in found.items() if rows}


def _visible(wanted: Mapping[int, list[Event]], owners: Mapping[int, UUID | None]) -> dict[UUID | None, set[UUID]]:
    """Subjects each owner may read now; one query for each owner and type of subject, whatever the number of events."""
    asked: dict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
    for pk, events in wanted.items():
        for event in events:
            asked[owners[pk], event.subject_type].add(event.subject_uid)
    actors = readers({owner for owner, _kind in asked})
    seen: dict[UUID | None, set[UUID]] = defaultdict(set)
    for (owner, kind), uids in asked.items():
        if owner in actors:
            seen[owner] |= set(subjects.visible_many(actors[owner], kind, uids))
    return seen


def note(events: Sequence[Event]) -> None:
    """What the follower does with events: a delivery for every endpoint that chose them and may see their subjects."""
    endpoints = list(WebhookEndpoint.objects.filter(state__in=LISTENING, archived_at=None))
    wanted = _wanted(events, endpoints)
    if not wanted:
        return
    owners = {e.pk: e.organisation for e in endpoints}
    seen, now = _visible(wanted, owners), clock.now()
    rows = [
        WebhookDelivery(
            endpoint_id=pk,
            event=event.uid,
            type=event.type,
            subject_type=event.subject_type,
            subject_uid=event.subject_uid,
            area=event.area,
            happened_at=event.at,
            created_at=now,
            queued_at=now,
            next_at=now,
        )
        for pk, chosen in wanted.items()
        for event in chosen
        if event.subject_uid in seen[owners[pk]]
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)  # the follower may repeat itself


def subject_of(delivery: WebhookDelivery) -> Any | None:
    """The subject, if the endpoint's owner may read it now."""
    if delivery.subject_uid is None or delivery.subject_type not in offers:
        return None
    actor = readers([delivery.endpoint.organisation]).get(delivery.endpoint.organisation)
    if actor is None:
        return None
    return subjects.find_visible(actor, delivery.subject_type, delivery.subject_uid)


def body_of(delivery: WebhookDelivery, subject: Any | None) -> str:
    """The JSON: what happened to what, where to read it. No content and nothing about people."""
    data: dict[str, Any] = {}
    if subject is not None:
        kind, uid = delivery.subject_type, str(delivery.subject_uid)
        page = subjects.subject_types[kind].url(subject)
        data = {
            "subject_type": kind,
            "uid": uid,
            "url": settings.SITE_URL + page,
            "api_url": settings.SITE_URL + api_path(kind, uid),
            "area": delivery.area,
        }
    payload = {"type": delivery.type, "timestamp": delivery.happened_at.isoformat(), "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


@transaction.atomic
def ping(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> WebhookDelivery:
    """Queue a test event: tried once. RefusedError unless the actor keeps it; ValidationError when it rests."""
    require(by, MANAGE, endpoint)
    if endpoint.state != "active":
        raise ValidationError(_("请先恢复推送，再发测试事件"))
    audit.record("webhook.pinged", endpoint, by=by, now=now)
    return WebhookDelivery.objects.create(
        endpoint=endpoint, type=PING, happened_at=now, created_at=now, queued_at=now, next_at=now
    )


def _again(rows: QuerySet[WebhookDelivery], now: datetime) -> int:
    return rows.exclude(outcome="waiting").update(
        outcome="waiting", attempts=0, queued_at=now, next_at=now, ended_at=None, lease_until=None, lease_holder=None
    )


@transaction.atomic
def replay(delivery: WebhookDelivery, *, by: Actor, now: datetime) -> bool:
    """Send one again under its old message id; False when it is waiting anyway."""
    require(by, MANAGE, delivery.endpoint)
    count = _again(WebhookDelivery.objects.filter(pk=delivery.pk), now)
    if count:
        payload = {"message": delivery.message, "type": delivery.type}
        audit.record("webhook.replayed", delivery.endpoint, by=by, now=now, payload=payload)
    return bool(count)


@transaction.atomic
def replay_failed(endpoint: WebhookEndpoint, *, since: datetime, by: Actor, now: datetime) -> int:
    """Send again what failed and happened since then, the oldest first, so many at once (figures); returns how many."""
    require(by, MANAGE, endpoint)
    failed = endpoint.deliveries.filter(outcome="failed", happened_at__gte=since).exclude(type=PING)
    chosen = list(failed.order_by("happened_at", "id").values_list("pk", flat=True)[: FIGURES.replay_at_once])
    count = _again(WebhookDelivery.objects.filter(pk__in=chosen), now)
    if count:
        payload = {"since": since.isoformat(), "count": count}
        audit.record("webhook.replayed", endpoint, by=by, now=now, payload=payload)
    return count


def tidy(*, now: datetime) -> tuple[int, int]:
    """Nightly: give up what waits longer than any schedule (a long pause), forget what ended long ago, and old secrets.

    Returns (given up, forgotten).
    """
    stale = Q(queued_at__lt=now - FIGURES.longest_life) & (Q(lease_until=None) | Q(lease_until__lt=now))
    given_up = WebhookDelivery.objects.filter(stale, outcome="waiting").update(
        outcome="failed", ended_at=now, lease_until=None, lease_holder=None
    )
    forgotten = WebhookDelivery.objects.filter(ended_at__lt=now - FIGURES.kept).delete()[0]
    WebhookEndpoint.objects.filter(previous_until__lt=now).update(previous_secret="", previous_until=None)
    return given_up, forgotten
