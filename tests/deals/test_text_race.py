"""Texts confirmed and put up at the same moment, each with its control: the same race without the lock."""

import pytest

from mengkeju.deals.actions import text as steps
from mengkeju.deals.models import ContractText, Deal, TextConfirmation
from mengkeju.kernel.models import Event
from mengkeju.kernel.testing.race import PATIENCE, meeting, race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import samples as s
from tests.deals import text_samples as t
from tests.deals.test_text import confirm

pytestmark = pytest.mark.django_db


def together(monkeypatch: pytest.MonkeyPatch, name: str, patience: float = 1) -> None:
    """Make the two acts meet after the named check and before they write, if nothing keeps them apart."""
    owner = ContractText if name == "unconfirmed" else steps
    monkeypatch.setattr(owner, name, meeting(getattr(owner, name), patience))


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The acts without what keeps them apart."""
    monkeypatch.setattr(steps, "lock", lambda deal: Deal.objects.get(pk=deal.pk))


def both_confirm(pair: s.Pair) -> ContractText:
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    sides = (("seller", pair.of_institute), ("buyer", pair.of_firm))
    outcomes = race(*[lambda side=side, by=by: confirm(text, by, side) for side, by in sides])
    assert [o for o in outcomes if isinstance(o, BaseException)] == []
    assert TextConfirmation.objects.count() == 2
    text.refresh_from_db()
    return text


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_parties_at_once_freeze_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    together(monkeypatch, "unconfirmed")
    assert both_confirm(s.pair()).frozen_at is not None
    assert Event.objects.filter(type="deal.text_frozen").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_each_sees_the_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    together(monkeypatch, "unconfirmed", PATIENCE)
    unlocked(monkeypatch)
    assert both_confirm(s.pair()).frozen_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_confirm_once() -> None:
    pair = s.pair()
    text = t.text(t.deal(pair), pair.of_institute)
    colleagues = [pair.of_firm, f.actor(f.member(pair.firm))]
    outcomes = race(*[lambda by=by: confirm(text, by, "buyer") for by in colleagues])
    assert len({o.pk for o in outcomes if isinstance(o, TextConfirmation)}) == 1
    assert [o for o in outcomes if isinstance(o, BaseException)] == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_nobody_confirms_a_version_after_a_newer_one_is_up(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> None:
    """The confirmation comes first and is void, or is refused; without the lock (the control) it comes late."""
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    meet = t.Meeting()
    monkeypatch.setattr(steps, "_asked_for", meet.after(steps._asked_for))
    if not locked:
        unlocked(monkeypatch)
    outcome, newer = race(
        lambda: confirm(text, pair.of_firm, "buyer"), meet.first(lambda: t.text(deal, pair.of_institute))
    )
    assert isinstance(newer, ContractText), newer
    assert isinstance(outcome, TextConfirmation), outcome
    kinds = Event.objects.filter(type__startswith="deal.text_").order_by("pk").values_list("type", flat=True)
    last = "deal.text_uploaded" if locked else "deal.text_confirmed"
    assert list(kinds)[-1] == last
    assert deal.text_hindrance().startswith("还没有确认第 2 版")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_comes_after_the_newer_version_is_refused_at_the_same_moment() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    text = t.text(deal, pair.of_institute)
    outcome, newer = race(lambda: confirm(text, pair.of_firm, "buyer"), lambda: t.text(deal, pair.of_institute))
    assert isinstance(newer, ContractText), newer
    if isinstance(outcome, BaseException):
        assert isinstance(outcome, TransitionRefusedError)
        assert outcome.code == "newer"
    else:
        assert Event.objects.filter(type__startswith="deal.text_").order_by("pk").last().type.endswith("uploaded")  # type: ignore[union-attr]  # there are
