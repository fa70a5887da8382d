"""Claim bases, two at once: on one contract, and on two contracts of one applicant below one cap."""

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import QuerySet, Sum

from mengkeju.deals import actions
from mengkeju.deals.engine import claim_basis as engine
from mengkeju.deals.models import ClaimBasis, ClaimedPayment
from mengkeju.deals.queries import claim_basis as reads
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

D = Decimal
wan = fs.wan


def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and writing a moment passes."""
    look = engine.claim

    def slow(*args: Any, **given: Any) -> Any:
        found = look(*args, **given)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(reads, "claim", slow)


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither PostgreSQL's row locks nor SQLite's one writer from the start."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *_args, **_options: rows)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(DatabaseWrapper, "_start_transaction_under_autocommit", lambda _self: None)


def _twice(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], ClaimBasis]]:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    buyer, by = m.party(deal, "buyer"), pair.of_firm
    _slow(monkeypatch)
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
    acts = _twice(monkeypatch)
    _without_locks(monkeypatch)
    outcomes = race(*acts)
    assert not any(isinstance(one, TransitionRefusedError) for one in outcomes), outcomes
    # SQLite may turn one away earlier, as the file is being written.
    assert any(isinstance(one, IntegrityError) for one in outcomes) or connection.vendor == "sqlite", outcomes
    assert ClaimedPayment.objects.count() <= 1


def _capped(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], ClaimBasis]]:
    pair = s.pair()
    deals = [fs.second(pair, technical=7000, serial=n) for n in (1, 2)]
    for deal in deals:
        fs.paid(deal, pair, 6000)
    buyers = [m.party(deal, "buyer") for deal in deals]
    by = pair.of_firm
    _slow(monkeypatch)
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
    acts = _capped(monkeypatch)
    _without_locks(monkeypatch)
    outcomes = race(*acts)
    # SQLite may turn one away as the file is being written; what both write is beyond the cap.
    assert _granted() > wan(200) or connection.vendor == "sqlite", outcomes
