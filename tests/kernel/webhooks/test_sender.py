"""Sending, against a real receiver: signed, retried, never twice at once, and never in each other's way."""

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from mengkeju.directory import actions
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, jobs, worker
from mengkeju.kernel.actions import advance
from mengkeju.kernel.followers import Follower
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Event, Notice, WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.webhooks import deliveries, sender
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.sender import Claim, Sender, claim, next_wait, patience_asked, send, send_due
from mengkeju.kernel.webhooks.transport import Answer
from tests import factories as f
from tests.kernel.sample_tasks import HERE
from tests.kernel.webhooks.receiver import Receiver, answering, endpoint, hanging, listening
from tests.listings import samples

SECOND = timedelta(seconds=1)


def wait_for(true: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def pinged(of: WebhookEndpoint) -> WebhookDelivery:
    assert of.organisation is not None
    by = f.actor(f.manager(Organisation.objects.get(uid=of.organisation)))
    return deliveries.ping(of, by=by, now=clock.now())


def waiting(of: WebhookEndpoint, listing: Any = None) -> WebhookDelivery:
    """A delivery that is due, about a published listing."""
    listing, now = listing or samples.published(), clock.now()
    return WebhookDelivery.objects.create(
        endpoint=of,
        type="listing.approve",
        subject_type="listing",
        subject_uid=listing.uid,
        area=listing.area,
        happened_at=now,
        created_at=now,
        queued_at=now,
        next_at=now,
    )


def again(delivery: WebhookDelivery) -> WebhookDelivery:
    delivery.refresh_from_db()
    return delivery


def test_a_delivery_arrives_signed(db: None, receiver: Receiver) -> None:
    owner = f.organisation()
    made, secret = endpoint(owner, receiver.url)
    delivery = waiting(made)
    assert send_due() == 1
    got = receiver.got[0]
    body = Webhook(secret).verify(got.body, got.headers)
    assert body["data"]["uid"] == str(delivery.subject_uid)
    assert got.headers["webhook-id"] == delivery.message
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint(f.organisation(), receiver.url)[1]).verify(got.body, got.headers)
    again(delivery)
    assert (delivery.outcome, delivery.status, delivery.attempts, delivery.lease_until) == ("delivered", 204, 1, None)
    assert delivery.took is not None
    assert send_due() == 0


def test_a_500_is_tried_again_by_the_schedule_under_the_same_id(db: None, receiver: Receiver) -> None:
    receiver.behaviours = [answering(500, "<b>坏了</b>"), answering(204)]
    made, secret = endpoint(f.organisation(), receiver.url)
    delivery = waiting(made)
    began = clock.now()
    assert send_due() == 1
    again(delivery)
    assert (delivery.outcome, delivery.status, delivery.answer) == ("waiting", 500, "<b>坏了</b>")
    first = FIGURES.delays[0]
    assert began + first <= delivery.next_at <= clock.now() + first * (1 + FIGURES.jitter)
    assert WebhookEndpoint.objects.get(pk=made.pk).failing_since is not None

    assert claim(now=delivery.next_at - SECOND) is None
    claimed = claim(now=delivery.next_at)
    assert claimed is not None
    assert claimed.failing
    send(claimed)
    assert again(delivery).outcome == "delivered"
    assert WebhookEndpoint.objects.get(pk=made.pk).failing_since is None
    one, two = receiver.got
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    Webhook(secret).verify(two.body, two.headers)


def test_the_schedule_is_the_specifications_and_ends() -> None:
    now, failure = clock.now(), Answer(500)
    waits = [next_wait(number, failure, now) for number in range(1, len(FIGURES.delays) + 2)]
    assert waits[-1] is None
    for wait, least in zip(waits[:-1], FIGURES.delays, strict=True):
        assert wait is not None
        assert least <= wait <= least * (1 + FIGURES.jitter)
    assert timedelta(days=2) < sum(FIGURES.delays, timedelta()) < timedelta(days=5)
    assert {next_wait(9, failure, now) for _draw in range(20)} != {next_wait(9, failure, now)}  # jitter


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("99999999999999", 86_400), ("-5", 0), ("soon", 0), ("", 0), ("Wed, 01 Jan 2020 00:00:00 GMT", 0)],
)
def test_patience_asked_for_is_granted_within_reason(text: str, seconds: int) -> None:
    asked = timedelta(seconds=seconds)
    assert patience_asked(text, clock.now()) == asked
    assert (next_wait(1, Answer(429, retry_after=text), clock.now()) or timedelta()) >= asked


def test_after_the_last_attempt_of_a_long_failure_the_endpoint_is_disabled_and_its_managers_told(
    db: None, receiver: Receiver
) -> None:
    receiver.behaviours = [answering(500)]
    owner = f.organisation()
    made, _secret = endpoint(owner, receiver.url)
    delivery, now = waiting(made), clock.now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts=len(FIGURES.delays))
    WebhookEndpoint.objects.filter(pk=made.pk).update(failing_since=now - FIGURES.disable_after + timedelta(hours=1))
    send_due()
    assert again(delivery).outcome == "failed"
    assert WebhookEndpoint.objects.get(pk=made.pk).state == "active"  # not long enough

    second = waiting(made)
    WebhookDelivery.objects.filter(pk=second.pk).update(attempts=len(FIGURES.delays))
    WebhookEndpoint.objects.filter(pk=made.pk).update(failing_since=now - FIGURES.disable_after)
    send_due()
    assert WebhookEndpoint.objects.get(pk=made.pk).state == "failed"
    assert Event.objects.filter(type="webhook.fail", subject_uid=made.uid).count() == 1
    notice = Notice.objects.get(kind="webhook.failed")
    assert (notice.account, notice.subject_uid) == (f.manager(owner).uid, made.uid)
    assert "演示系统" in notice.title

    waiting(made)
    assert send_due() == 0
    actions.move_webhook(made, "resume", by=f.actor(f.manager(owner)), now=now)
    assert WebhookEndpoint.objects.get(pk=made.pk).failing_since is None
    assert send_due() == 1


def test_410_disables_at_once(db: None, receiver: Receiver) -> None:
    receiver.behaviours = [answering(410)]
    made, _secret = endpoint(f.organisation(), receiver.url)
    delivery = waiting(made)
    send_due()
    assert again(delivery).outcome == "failed"
    assert WebhookEndpoint.objects.get(pk=made.pk).state == "failed"
    assert Notice.objects.filter(kind="webhook.failed").count() == 1


def test_a_ping_is_tried_once(db: None, receiver: Receiver) -> None:
    receiver.behaviours = [answering(500)]
    made, _secret = endpoint(f.organisation(), receiver.url)
    ping = pinged(made)
    send_due()
    assert again(ping).outcome == "failed"
    assert WebhookEndpoint.objects.get(pk=made.pk).failing_since is None
    assert json.loads(receiver.got[0].body)["type"] == "webhook.ping"


def test_what_the_owner_may_no_longer_read_is_not_sent(db: None, receiver: Receiver) -> None:
    owner = f.organisation()
    made, _secret = endpoint(owner, receiver.url)
    listing = samples.published(tier="members")
    delivery = waiting(made, listing)
    assert listing.owner is not None
    advance(listing, "withdraw", by=f.actor(f.manager(listing.owner)), now=clock.now(), note="不再需要")
    send_due()
    assert again(delivery).outcome == "dropped"
    assert receiver.got == []


def test_while_a_secret_is_replaced_both_sign_and_later_the_new_one_alone(db: None, receiver: Receiver) -> None:
    owner = f.organisation()
    made, old = endpoint(owner, receiver.url)
    by, now = f.actor(f.manager(owner)), clock.now()
    new = actions.rotate_webhook_secret(made, at_once=False, by=by, now=now)
    waiting(made)
    send_due()
    for secret in (old, new):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    WebhookEndpoint.objects.filter(pk=made.pk).update(previous_until=now - SECOND)
    waiting(made)
    send_due()
    Webhook(new).verify(receiver.got[1].body, receiver.got[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.got[1].body, receiver.got[1].headers)


def test_a_lost_secret_is_a_failure_that_says_so(db: None, receiver: Receiver) -> None:
    made, _secret = endpoint(f.organisation(), receiver.url)
    WebhookEndpoint.objects.filter(pk=made.pk).update(secret="of another key")
    delivery = waiting(made)
    send_due()
    assert (again(delivery).error, delivery.outcome, receiver.got) == ("secret", "waiting", [])


def test_one_endpoint_has_one_delivery_under_way_and_a_lease_that_ends(db: None, receiver: Receiver) -> None:
    made, _secret = endpoint(f.organisation(), receiver.url)
    first, _second = waiting(made), waiting(made)
    now = clock.now()
    dead = claim(now=now)  # its worker is killed here
    assert dead is not None
    assert dead.delivery == first.pk
    assert claim(now=now) is None
    assert claim(now=now + FIGURES.lease - SECOND) is None
    heir = claim(now=now + FIGURES.lease + SECOND)
    assert heir is not None
    assert heir.delivery == first.pk
    sender.settle(dead, Answer(500), now=now)  # the dead one wakes: its word no longer counts
    assert again(first).status is None
    send(heir)
    assert (again(first).outcome, first.attempts) == ("delivered", 2)


def _claims_of_two_workers() -> list[Claim]:
    gate = threading.Barrier(2, timeout=20)

    def work() -> list[Claim]:
        gate.wait()
        found = []
        try:
            for _look in range(3):
                taken = claim(now=clock.now())
                if taken is not None:
                    found.append(taken)
        finally:
            connections.close_all()
        return found

    got = race(work, work)
    assert all(isinstance(each, list) for each in got), got
    return [taken for each in got if isinstance(each, list) for taken in each]


def test_two_workers_never_take_the_same_delivery(transactional_db: Any, receiver: Receiver) -> None:
    made, _secret = endpoint(f.organisation(), receiver.url)
    waiting(made)
    for _round in range(5):
        WebhookDelivery.objects.update(lease_until=None, lease_holder=None)
        assert len(_claims_of_two_workers()) == 1


def test_without_the_lease_they_would(
    transactional_db: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _secret = endpoint(f.organisation(), receiver.url)
    delivery = waiting(made)

    def careless(_endpoint: int, _now: datetime) -> tuple[int, Any]:
        return delivery.pk, delivery.uid

    monkeypatch.setattr(sender, "_take", careless)
    assert len(_claims_of_two_workers()) > 1


def test_a_hanging_receiver_delays_nobody_else(transactional_db: Any, receiver: Receiver, impatient: float) -> None:
    receiver.behaviours = [hanging]
    slow = [endpoint(f.organisation(), receiver.url)[0] for _number in range(4)]
    with listening() as prompt:
        quick, secret = endpoint(f.organisation(), prompt.url)
        listing = samples.published()
        for each in slow:
            waiting(each, listing)
            waiting(each, listing)
        late = waiting(quick, listing)
        working = Sender(slots=3, failing_slots=2)
        began = time.monotonic()
        longest = 0.0
        while again(late).outcome == "waiting" and time.monotonic() - began < 30:
            turned = time.monotonic()
            if not working.turn():
                time.sleep(0.02)
            longest = max(longest, time.monotonic() - turned)
        assert late.outcome == "delivered"
        Webhook(secret).verify(prompt.got[0].body, prompt.got[0].headers)
        assert longest < impatient / 2  # the thread that hands out never waits for a receiver

        def idle() -> bool:
            working.turn()
            return not any(not job.done() for job in working._running)

        failing = WebhookEndpoint.objects.filter(pk__in=[each.pk for each in slow], failing_since__isnull=False)
        wait_for(lambda: idle() and failing.count() == len(slow))
        # All of them are known to fail now: the third slot stays for the healthy one.
        WebhookDelivery.objects.filter(endpoint__in=slow, outcome="waiting").update(next_at=clock.now())
        while working.turn():
            pass
        assert sum(working._running.values()) == 2
        late = waiting(quick, listing)
        wait_for(lambda: working.turn() or again(late).outcome == "delivered", impatient * 0.8)
        wait_for(lambda: again(late).outcome == "delivered", impatient * 0.8)
        assert sum(not job.done() for job in working._running) >= 2  # they hang all the while
        working.close()


def test_a_worker_goes_on_with_its_tasks_while_a_receiver_hangs(
    transactional_db: Any, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none: Registry[Follower] = Registry("followers of a test")
    monkeypatch.setattr(worker, "followers", none)
    receiver.behaviours = [hanging]
    made, _secret = endpoint(f.organisation(), receiver.url)
    delivery, stop = waiting(made), threading.Event()
    process = threading.Thread(target=worker.run, args=(stop,))
    process.start()
    try:
        wait_for(lambda: receiver.got)
        with transaction.atomic():
            jobs.defer(f"{HERE}.note", str(tmp_path / "f"), "a")
        wait_for((tmp_path / "f").exists, FIGURES.timeout * 0.8)
        again(delivery)
        assert (delivery.outcome, delivery.attempts, delivery.status) == ("waiting", 1, None)
        assert delivery.lease_until is not None  # still under way
    finally:
        stop.set()
        receiver.closing.set()
        process.join(60)
    assert not process.is_alive()
    assert again(delivery).error == "broken"  # the receiver hung up in the end, and that was noted
