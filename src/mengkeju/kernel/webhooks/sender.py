"""Sends deliveries: one at a time to each endpoint, several endpoints at once, in threads of their own.

A delivery is taken under a lease in one transaction, so that two workers never send one at once; a worker that dies
leaves a lease that ends, and another takes the delivery. At least once, therefore: the receiver knows a message it has
had by its webhook-id. Order: per endpoint the one due longest goes first; what is tried again comes later than what
happened after it. Endpoints that are failing get their slots after the others and never all of them.
"""

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID, uuid4

from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.notices import notify
from mengkeju.kernel.webhooks import signing
from mengkeju.kernel.webhooks.deliveries import body_of, subject_of
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import PING
from mengkeju.kernel.webhooks.transport import Answer, post
from mengkeju.kernel.webhooks.workflow import GIVEN_UP, GONE

log = logging.getLogger(__name__)
STATUS_GONE = 410
LOOK_AT = 50
MOST = 32_767
Post = Callable[[str, dict[str, str], str], Answer]
_random = secrets.SystemRandom()


@dataclass(frozen=True)
class Claim:
    """A delivery taken by this attempt. `failing`: its endpoint has failed since it last succeeded."""

    delivery: int
    holder: UUID
    failing: bool


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(outcome="waiting", next_at__lte=now)


def _candidates(now: datetime, *, healthy_only: bool) -> list[tuple[int, bool]]:
    """Endpoints with something due and nothing under way: healthy ones first, then who has waited longest."""
    here = {"endpoint": OuterRef("pk")}
    due, busy = _due(now).filter(**here), WebhookDelivery.objects.filter(**here, lease_until__gt=now)
    rows = WebhookEndpoint.objects.filter(Exists(due), ~Exists(busy), state="active", archived_at=None)
    if healthy_only:
        rows = rows.filter(failing_since=None)
    longest = Subquery(due.order_by("next_at").values("next_at")[:1])
    rows = rows.annotate(longest=longest).order_by(F("failing_since").asc(nulls_first=True), "longest")
    return [(pk, since is not None) for pk, since in rows.values_list("pk", "failing_since")[:LOOK_AT]]


@transaction.atomic
def _take(endpoint: int, now: datetime) -> tuple[int, UUID] | None:
    """The lease of the next delivery of an endpoint; None when another worker was quicker."""
    free = WebhookEndpoint.objects.select_for_update(skip_locked=True).filter(pk=endpoint, state="active")
    if free.first() is None:
        return None
    mine = WebhookDelivery.objects.filter(endpoint_id=endpoint)
    if mine.filter(lease_until__gt=now).exists():
        return None
    pk = _due(now).filter(endpoint_id=endpoint).order_by("next_at", "id").values_list("pk", flat=True).first()
    if pk is None:
        return None
    holder = uuid4()
    # The try is counted before it is made: a delivery that kills its worker does not come for ever.
    mine.filter(pk=pk).update(
        lease_until=now + FIGURES.lease, lease_holder=holder, attempts=F("attempts") + 1, attempted_at=now
    )
    return pk, holder


def claim(*, now: datetime, healthy_only: bool = False) -> Claim | None:
    """Take the next delivery that is due, or None."""
    for endpoint, failing in _candidates(now, healthy_only=healthy_only):
        taken = _take(endpoint, now)
        if taken is not None:
            return Claim(*taken, failing)
    return None


def _default_post(url: str, headers: dict[str, str], body: str) -> Answer:
    return post(url, headers, body)


def send(claimed: Claim, *, send_by: Post = _default_post) -> None:
    """Make the attempt and note its end."""
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=claimed.delivery)
    subject = subject_of(delivery)
    if subject is None and delivery.type != PING:
        _end(claimed, "dropped", clock.now())
        return
    body, now = body_of(delivery, subject), clock.now()
    try:
        headers = signing.headers(delivery.message, body, at=now, stored=delivery.endpoint.secrets(now))
    except signing.LostSecretError:
        answer = Answer(None, "secret")
    else:
        answer = send_by(delivery.endpoint.url, headers, body)
    settle(claimed, answer, now=clock.now())


def _held(claimed: Claim) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=claimed.delivery, lease_holder=claimed.holder)


def _end(claimed: Claim, outcome: str, now: datetime) -> None:
    _held(claimed).update(outcome=outcome, ended_at=now, lease_until=None, lease_holder=None)


def patience_asked(text: str, now: datetime) -> timedelta:
    """Retry-After, in seconds or as a date; nothing sensible counts as none, and a day is the most."""
    longest = FIGURES.longest_retry_after
    try:
        if text.isascii() and text.isdigit():
            return timedelta(seconds=min(int(text), longest.total_seconds()))
        asked = parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return timedelta()
    return min(max(asked, timedelta()), longest)


def next_wait(attempts: int, answer: Answer, now: datetime) -> timedelta | None:
    """How long to wait after so many attempts; None to give up."""
    if attempts > len(FIGURES.delays):
        return None
    wait = FIGURES.delays[attempts - 1] * (1 + FIGURES.jitter * _random.random())
    return max(wait, patience_asked(answer.retry_after, now))


@transaction.atomic
def settle(claimed: Claim, answer: Answer, *, now: datetime) -> None:
    """Note how an attempt ended; does nothing when the lease has gone to another attempt."""
    delivery = _held(claimed).select_for_update().first()
    if delivery is None:
        log.warning("webhook delivery %d was taken by another worker meanwhile", claimed.delivery)
        return
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    delivery.status, delivery.error, delivery.answer = answer.status, answer.error, answer.text
    delivery.took = min(round(answer.took * 1000), MOST)
    delivery.lease_until = delivery.lease_holder = None
    wait = None if delivery.type == PING else next_wait(delivery.attempts, answer, now)
    if answer.is_success:
        delivery.outcome, delivery.ended_at = "delivered", now
    elif wait is None or answer.status == STATUS_GONE:
        delivery.outcome, delivery.ended_at = "failed", now
    else:
        delivery.next_at = now + wait
    delivery.save()
    _note_health(endpoint, delivery, answer, now)


def _note_health(endpoint: WebhookEndpoint, delivery: WebhookDelivery, answer: Answer, now: datetime) -> None:
    """Failing since when; disabled on 410, or when a delivery is given up and none has arrived for days."""
    if answer.is_success:
        if endpoint.failing_since is not None:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
        return
    gone = answer.status == STATUS_GONE
    if delivery.type != PING and endpoint.failing_since is None:
        endpoint.failing_since = now
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=now)
    given_up = delivery.outcome == "failed" and delivery.type != PING
    hopeless = given_up and now - (endpoint.failing_since or now) >= FIGURES.disable_after
    if endpoint.state == "active" and (gone or hopeless):
        _disable(endpoint, GONE if gone else GIVEN_UP, now)


def _disable(endpoint: WebhookEndpoint, note: str, now: datetime) -> None:
    event = advance(endpoint, "fail", by=SYSTEM, now=now, note=note)
    notify(
        provider().keepers_of(endpoint.organisation),
        "webhook.failed",
        format_lazy(_("事件推送已停用：{endpoint}（{why}）"), endpoint=endpoint.description, why=_(note)),
        subject_type="webhook",
        subject_uid=endpoint.uid,
        now=now,
        event=event,
    )


class Sender:
    """The sending half of a worker. `turn` is called again and again by one thread and never waits for a receiver."""

    def __init__(self, *, slots: int = FIGURES.slots, failing_slots: int = FIGURES.failing_slots) -> None:
        """So many deliveries at once, of them so many for endpoints that are failing."""
        self.slots, self.failing_slots = slots, failing_slots
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="webhook")
        self._running: dict[Future[None], bool] = {}

    def turn(self) -> bool:
        """Start what is due and fits; True when something was started."""
        self._running = {job: failing for job, failing in self._running.items() if not job.done()}
        if len(self._running) >= self.slots:
            return False
        healthy_only = sum(self._running.values()) >= self.failing_slots
        claimed = claim(now=clock.now(), healthy_only=healthy_only)
        if claimed is None:
            return False
        self._running[self._pool.submit(self._send, claimed)] = claimed.failing
        return True

    def _send(self, claimed: Claim) -> None:
        try:
            send(claimed)
        except Exception:  # the lease ends, and the delivery is tried again
            log.exception("webhook delivery %d", claimed.delivery)
        finally:
            connections.close_all()

    def close(self) -> None:
        """Wait for what is under way, each at most one time-out."""
        self._pool.shutdown(wait=True)


def send_due() -> int:
    """Send everything due here, one after the other; returns how many attempts were made."""
    made = 0
    while (claimed := claim(now=clock.now())) is not None:
        send(claimed)
        made += 1
    return made
