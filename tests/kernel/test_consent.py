"""Consent is given per purpose and scope, and ends when it is withdrawn."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mengkeju.kernel import consent
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.kernel.models import Consent, Event
from mengkeju.kernel.testing.race import race
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_given_kept_withdrawn_and_given_again() -> None:
    by, giver = f.actor(f.account()), uuid4()
    assert not consent.has("person", giver, "showings")
    first = consent.give("person", giver, "showings", text_version="1", by=by, now=f.AT)
    again = consent.give("person", giver, "showings", text_version="1", by=by, now=f.AT + timedelta(days=1))
    assert (again.pk, again.given_at, again.given_by) == (first.pk, f.AT, by.account_uid)
    assert consent.has("person", giver, "showings")
    assert consent.withdraw("person", giver, "showings", by=by, now=f.AT + timedelta(days=2)) == 1
    assert not consent.has("person", giver, "showings")
    assert consent.withdraw("person", giver, "showings", by=by, now=f.AT) == 0
    consent.give("person", giver, "showings", text_version="2", by=by, now=f.AT + timedelta(days=3))
    assert consent.has("person", giver, "showings")
    # Both stay: what was allowed when is still known.
    assert list(Consent.objects.order_by("given_at").values_list("text_version", flat=True)) == ["1", "2"]


def test_each_change_is_an_event_on_the_giver_and_repetition_is_none() -> None:
    login = f.account()
    by, giver = f.actor(login), f.person(login)
    for _time in range(2):
        consent.give("person", giver.uid, "showings", text_version="1", by=by, now=f.AT)
    for _time in range(2):
        consent.withdraw("person", giver.uid, "showings", by=by, now=f.AT)
    events = Event.objects.filter(subject_uid=giver.uid, type__startswith="consent.").order_by("pk")
    assert [e.type for e in events] == ["consent.given", "consent.withdrawn"]
    assert events[0].payload.body == {"purpose": "showings", "scope": "", "text_version": "1"}


def test_purposes_scopes_and_givers_are_apart() -> None:
    by, giver = f.actor(f.account()), uuid4()
    consent.give("person", giver, "publish", text_version="1", by=by, now=f.AT, scope="listing:1")
    assert consent.has("person", giver, "publish", "listing:1")
    assert not consent.has("person", giver, "publish")
    assert not consent.has("person", giver, "publish", "listing:2")
    assert not consent.has("person", giver, "showings", "listing:1")
    assert not consent.has("organisation", giver, "publish", "listing:1")
    assert not consent.has("person", uuid4(), "publish", "listing:1")


def test_a_visitor_cannot_consent_and_other_givers_do_not_exist() -> None:
    with pytest.raises(ValueError, match="signed-in"):
        consent.give("person", uuid4(), "showings", text_version="1", by=ANONYMOUS, now=f.AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        consent.give("robot", uuid4(), "showings", text_version="1", by=f.actor(f.account()), now=f.AT)


def test_another_wording_ends_the_older_consent() -> None:
    by, giver = f.actor(f.account()), uuid4()
    for version in ("1", "2", "2"):
        consent.give("person", giver, "showings", text_version=version, by=by, now=f.AT)
    kept = Consent.objects.order_by("pk").values_list("text_version", "withdrawn_at")
    assert list(kept) == [("1", f.AT), ("2", None)]


@pytest.mark.django_db(transaction=True)
def test_two_withdrawals_at_once_are_one_event() -> None:
    login = f.account()
    by, giver = f.actor(login), f.person(login)
    consent.give("person", giver.uid, "showings", text_version="1", by=by, now=f.AT)
    ended = race(*[lambda: consent.withdraw("person", giver.uid, "showings", by=by, now=f.AT)] * 3)
    assert sum(one for one in ended if isinstance(one, int)) == 1
    assert Event.objects.filter(type="consent.withdrawn").count() == 1
