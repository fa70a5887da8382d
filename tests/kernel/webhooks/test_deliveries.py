"""Who is told of what: only what its organisation may read, thinly, once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import resolve

from mengkeju.directory.models import ServiceAccount
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.followers import Follower, follow, followers
from mengkeju.kernel.models import Event, EventPayload, WebhookDelivery, WebhookEndpoint
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.testing.settled import wait_until_settled
from mengkeju.kernel.webhooks import deliveries
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.offers import PING, offered, offers
from tests import factories as f
from tests.kernel.webhooks.receiver import endpoint
from tests.listings import samples

URL = "https://hook.example.org/mengkeju"
pytestmark = pytest.mark.django_db


def told(of: WebhookEndpoint) -> list[str]:
    deliveries.note(list(Event.objects.order_by("pk")))
    return list(of.deliveries.order_by("pk").values_list("type", flat=True))


def test_a_published_listing_is_told_to_everybody_and_its_draft_to_its_owner() -> None:
    owner, other = f.organisation(), f.organisation()
    mine, theirs = endpoint(owner, URL)[0], endpoint(other, URL)[0]
    public = endpoint(None, URL)[0]
    draft = samples.draft(owner)
    deliveries.note(list(Event.objects.filter(subject_uid=draft.uid)))
    assert (mine.deliveries.count(), theirs.deliveries.count(), public.deliveries.count()) == (1, 0, 0)
    listing = samples.published(owner)
    deliveries.note(list(Event.objects.filter(subject_uid=listing.uid)))
    for each in (theirs, public):
        assert set(each.deliveries.values_list("subject_uid", flat=True)) == {listing.uid}


def test_a_members_listing_is_not_told_to_an_unverified_organisation_nor_to_the_public() -> None:
    verified, unverified = f.organisation(), f.organisation(verified=False)
    allowed, refused, public = endpoint(verified, URL)[0], endpoint(unverified, URL)[0], endpoint(None, URL)[0]
    listing = samples.published(tier="members")
    deliveries.note(list(Event.objects.filter(subject_uid=listing.uid)))
    assert allowed.deliveries.filter(subject_uid=listing.uid).exists()
    assert not WebhookDelivery.objects.filter(endpoint__in=[refused, public]).exists()


def test_the_events_chosen_and_no_others_and_nothing_from_before() -> None:
    owner = f.organisation()
    before = samples.published(owner)
    approved = endpoint(owner, URL, "listing.approve")[0]
    WebhookEndpoint.objects.filter(pk=approved.pk).update(created_at=samples.LATER + timedelta(minutes=1))
    assert told(approved) == []
    WebhookEndpoint.objects.filter(pk=approved.pk).update(created_at=f.AT)
    assert told(approved) == ["listing.approve"]
    assert approved.deliveries.get().subject_uid == before.uid


def test_the_follower_may_repeat_itself() -> None:
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    samples.published(owner)
    first = told(mine)
    assert first
    assert told(mine) == first


@pytest.mark.parametrize("state", ["failed", "blocked"])
def test_a_disabled_endpoint_hears_nothing_and_a_paused_one_later(state: str) -> None:
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    WebhookEndpoint.objects.filter(pk=mine.pk).update(state=state)
    samples.published(owner)
    assert told(mine) == []
    WebhookEndpoint.objects.filter(pk=mine.pk).update(state="paused")
    assert told(mine)


def test_an_organisation_whose_programs_may_not_act_hears_nothing() -> None:
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    account = ServiceAccount.objects.get(organisation=owner).account
    account.suspended_at = f.AT
    account.save()
    samples.published(owner)
    assert told(mine) == []


def test_the_number_of_queries_does_not_grow_with_the_events() -> None:
    owner = f.organisation()
    endpoint(owner, URL)
    endpoint(f.organisation(), URL)

    def queries(listings: int) -> int:
        made = [samples.published(owner).uid for _number in range(listings)]
        events = list(Event.objects.filter(subject_uid__in=made))
        return samples.queries_of(lambda: deliveries.note(events))

    queries(1)
    assert queries(1) == queries(6)


def test_own_acts_and_people_are_never_on_offer() -> None:
    assert not {"webhook", "person", "invitation", "api_token", "file", "match", "message"} & set(offers)
    assert not [kind for kind in offered() if kind.startswith("webhook.")]
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    deliveries.ping(mine, by=f.actor(f.manager(owner)), now=f.AT)
    before = mine.deliveries.count()
    deliveries.note(list(Event.objects.filter(type__startswith="webhook.")))
    assert mine.deliveries.count() == before


def test_every_type_on_offer_has_words_in_both_languages_and_an_operation() -> None:
    from django.utils.translation import override  # noqa: PLC0415 - only this test speaks English

    with override("en"):
        english = offered()
    chinese = offered()
    for kind, words in chinese.items():
        assert kind not in words, kind
        assert english[kind] != words, kind
    owner = f.organisation()
    for key, offer in offers.items():
        match = resolve(f"/api/v1/{key}s/{owner.uid}")
        assert match.url_name == offer.api
        assert key in subject_types


def test_the_payload_is_thin_and_holds_nothing_of_content_or_people(settings: Any) -> None:
    settings.SITE_URL = "https://mengkeju.example.org"
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    listing = samples.published(owner, title="保密的题目", summary=f"保密的要点：{samples.SUMMARY}")
    told(mine)
    for delivery in mine.deliveries.all():
        body = json.loads(deliveries.body_of(delivery, deliveries.subject_of(delivery)))
        assert set(body) == {"type", "timestamp", "data"}
        assert set(body["data"]) == {"subject_type", "uid", "url", "api_url", "area"}
    last = mine.deliveries.order_by("pk").last()
    assert last is not None
    text = deliveries.body_of(last, deliveries.subject_of(last))
    body = json.loads(text)
    assert body["type"] == "listing.approve"
    assert body["data"]["uid"] == str(listing.uid)
    assert body["data"]["url"] == f"https://mengkeju.example.org{listing.get_absolute_url()}"
    assert body["data"]["api_url"] == f"https://mengkeju.example.org/api/v1/listings/{listing.uid}"
    manager = f.manager(owner)
    hidden = ["保密", owner.name, f.person(manager).name, manager.username, str(manager.uid), manager.email]
    assert [word for word in hidden if word in text] == []


def test_the_registered_follower_reads_the_record(transactional_db: Any) -> None:
    assert isinstance(followers[deliveries.FOLLOWER], Follower)
    owner = f.organisation()
    mine = endpoint(owner, URL)[0]
    samples.published(owner)
    wait_until_settled()
    while follow(followers[deliveries.FOLLOWER]):
        pass
    assert "listing.approve" in set(mine.deliveries.values_list("type", flat=True))


def test_replay_one_and_all_failed_since() -> None:
    owner = f.organisation()
    by = f.actor(f.manager(owner))
    mine = endpoint(owner, URL)[0]
    samples.published(owner)
    told(mine)
    mine.deliveries.update(outcome="failed", ended_at=f.AT, attempts=10)
    one = mine.deliveries.order_by("pk")[0]
    assert deliveries.replay(one, by=by, now=samples.LATER)
    assert not deliveries.replay(one, by=by, now=samples.LATER)  # it waits already
    one.refresh_from_db()
    assert (one.outcome, one.attempts, one.next_at, one.ended_at) == ("waiting", 0, samples.LATER, None)

    failed = mine.deliveries.filter(outcome="failed")
    late, early = failed.filter(happened_at__gte=samples.LATER), failed.filter(happened_at__lt=samples.LATER)
    (expected, left) = (late.count(), early.count())
    assert expected
    assert deliveries.replay_failed(mine, since=samples.LATER, by=by, now=samples.LATER) == expected
    assert failed.count() == left
    stranger = f.actor(f.manager(f.organisation()))
    with pytest.raises(RefusedError):
        deliveries.replay(one, by=stranger, now=samples.LATER)
    with pytest.raises(RefusedError):
        deliveries.replay_failed(mine, since=f.AT, by=stranger, now=samples.LATER)


def test_a_ping_needs_an_active_endpoint() -> None:
    owner = f.organisation()
    by = f.actor(f.manager(owner))
    mine = endpoint(owner, URL)[0]
    made = deliveries.ping(mine, by=by, now=f.AT)
    assert json.loads(deliveries.body_of(made, None)) == {"type": PING, "timestamp": f.AT.isoformat(), "data": {}}
    mine.state = "paused"
    with pytest.raises(ValidationError):
        deliveries.ping(mine, by=by, now=f.AT)


def test_the_night_gives_up_forgets_and_drops_old_secrets() -> None:
    owner = f.organisation()
    by = f.actor(f.manager(owner))
    mine = endpoint(owner, URL)[0]
    now = clock.now()
    for age in (timedelta(0), FIGURES.longest_life + timedelta(hours=1)):
        deliveries.ping(mine, by=by, now=now - age)
    ended = deliveries.ping(mine, by=by, now=now)
    old = deliveries.ping(mine, by=by, now=now)
    mine.deliveries.filter(pk=ended.pk).update(outcome="delivered", ended_at=now - FIGURES.kept + timedelta(hours=1))
    mine.deliveries.filter(pk=old.pk).update(outcome="delivered", ended_at=now - FIGURES.kept - timedelta(hours=1))
    WebhookEndpoint.objects.update(previous_secret="x", previous_until=now - timedelta(minutes=1))
    assert deliveries.tidy(now=now) == (1, 1)
    assert sorted(mine.deliveries.values_list("outcome", flat=True)) == ["delivered", "failed", "waiting"]
    mine.refresh_from_db()
    assert (mine.previous_secret, mine.previous_until) == ("", None)


def test_no_secret_and_no_path_stand_in_the_record() -> None:
    owner = f.organisation()
    made, secret = endpoint(owner, URL + "?key=of-the-receiver")
    events = Event.objects.filter(subject_uid=made.uid).values("pk")
    text = str(list(EventPayload.objects.filter(event__in=events).values_list("body", flat=True)))
    assert "hook.example.org" in text
    assert secret not in text
    assert "of-the-receiver" not in text
