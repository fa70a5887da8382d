"""Claim bases, two at once: on one contract, and on two contracts of one applicant below one cap."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum

from mengkeju.deals import actions
from mengkeju.deals.engine import claim_basis as engine
from mengkeju.deals.models import ClaimBasis, ClaimedPayment
from mengkeju.deals.queries import claim_basis as reads
from mengkeju.kernel.testing.race import PATIENCE, meeting, race, without_locks
from mengkeju.kernel.workflow import TransitionRefusedError
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

D = Decimal
wan = fs.wan


def _meet(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Both have looked before either writes."""
    monkeypatch.setattr(reads, "claim", meeting(engine.claim, patience))


def _twice(monkeypatch: pytest.MonkeyPatch, patience: float = 0.3) -> list[Callable[[], ClaimBasis]]:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    buyer, by = m.party(deal, "buyer"), pair.of_firm
    _meet(monkeypatch, patience)
    return [lambda: actions.draw_claim_basis(deal, buyer, fs.BEGINS, by=by, now=m.LATER)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_draw_one_basis_and_count_a_payment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = race(*_twice(monkeypatch))
    assert sum(isinstance(one, ClaimBasis) for one in outcomes) == 1, outcomes
    (lost,) = [one for one in outcomes if isinstance(one, TransitionRefusedError)]
    assert lost.code == "again"
    assert ClaimedPayment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_is_stopped_by_the_database_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = _twice(monkeypatch, PATIENCE)
    without_locks(monkeypatch)
    outcomes = race(*acts)
    assert not any(isinstance(one, TransitionRefusedError) for one in outcomes), outcomes
    # SQLite may turn one away earlier, as the file is being written.
    assert any(isinstance(one, IntegrityError) for one in outcomes) or connection.vendor == "sqlite", outcomes
    assert ClaimedPayment.objects.count() <= 1


def _capped(monkeypatch: pytest.MonkeyPatch, patience: float = 0.3) -> list[Callable[[], ClaimBasis]]:
    pair = s.pair()
    deals = [fs.second(pair, technical=7000, serial=n) for n in (1, 2)]
    for deal in deals:
        fs.paid(deal, pair, 6000)
    buyers = [m.party(deal, "buyer") for deal in deals]
    by = pair.of_firm
    _meet(monkeypatch, patience)
    return [partial(actions.draw_claim_basis, one.deal, one, fs.BEGINS, by=by, now=m.LATER) for one in buyers]


def _granted() -> Decimal:
    found: Decimal | None = ClaimBasis.objects.aggregate(all=Sum("amount"))["all"]
    return found or D(0)


@pytest.mark.django_db(transaction=True)
def test_two_contracts_at_once_stay_below_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = race(*_capped(monkeypatch))
    assert all(isinstance(one, ClaimBasis) for one in outcomes), outcomes
    assert _granted() == wan(200)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_do_not_so_the_race_above_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = _capped(monkeypatch, PATIENCE)
    without_locks(monkeypatch)
    outcomes = race(*acts)
    # SQLite may turn one away as the file is being written; what both write is beyond the cap.
    assert _granted() > wan(200) or connection.vendor == "sqlite", outcomes
