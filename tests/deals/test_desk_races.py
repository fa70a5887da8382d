"""Two acts on one case, or one number on two cases, at the same moment; each with its control without the guard."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Barrier, local
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from mengkeju.deals import actions
from mengkeju.deals.actions import Certificate
from mengkeju.deals.models import Registration
from mengkeju.kernel import actions as kernel
from mengkeju.kernel.actions import advance
from mengkeju.kernel.models import Event
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import desk_samples as s

NOW = f.AT
PLAIN: AbstractContextManager[None] = nullcontext()


def given(**changes: Any) -> Certificate:
    return Certificate(**s.certificate(**changes))


def lost(outcomes: list[Any]) -> list[BaseException]:
    return [one for one in outcomes if isinstance(one, BaseException)]


def register_or_refuse(
    hold: AbstractContextManager[None] = PLAIN,
) -> tuple[Registration, list[Registration | BaseException]]:
    one, other = s.registrar(), s.registrar()
    case = s.accepted(one)
    mine, theirs = (Registration.objects.get(pk=case.pk) for _ in range(2))
    with hold:
        outcomes = race(
            lambda: actions.register_contract(mine, given(), by=one, now=NOW),
            lambda: actions.refuse_registration(theirs, "不是技术合同", by=other, now=NOW),
        )
    case.refresh_from_db()
    return case, outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_registrars_at_once_one_decides() -> None:
    case, outcomes = register_or_refuse()
    (loser,) = lost(outcomes)
    assert isinstance(loser, TransitionRefusedError)
    assert loser.code == "wrong_state"
    assert (case.number == s.NUMBER) == (case.state == "registered")
    assert (case.refusal != "") == (case.state == "refused")


@contextmanager
def without_locks() -> Iterator[None]:
    """Rows are read without lock, and both have read before either writes. SQLite lets only one act write at all."""
    together, apart = Barrier(2), connection.vendor == "postgresql"

    def read(subject: Any, expected_revision: int | None = None) -> Any:
        fresh = type(subject)._base_manager.get(pk=subject.pk)
        if apart:
            together.wait(20)
        return fresh

    def plain(subject: Any, expected_revision: int | None = None) -> Any:
        return type(subject)._base_manager.get(pk=subject.pk)

    with patch.object(kernel, "lock", read), patch("mengkeju.deals.actions.desk.lock", plain):
        yield


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_decided() -> None:
    """The control: on PostgreSQL both believe they have decided."""
    _case, outcomes = register_or_refuse(without_locks())
    assert len(lost(outcomes)) == (0 if connection.vendor == "postgresql" else 1)


def register_twice(
    hold: AbstractContextManager[None] = PLAIN,
) -> tuple[Registration, list[Registration | BaseException]]:
    one, other = s.registrar(), s.registrar()
    case = s.accepted(one)
    mine, theirs = (Registration.objects.get(pk=case.pk) for _ in range(2))
    with hold:
        outcomes = race(
            lambda: actions.register_contract(mine, given(), by=one, now=NOW),
            lambda: actions.register_contract(theirs, given(number=s.OTHER_NUMBER), by=other, now=NOW),
        )
    case.refresh_from_db()
    return case, outcomes


@pytest.mark.django_db(transaction=True)
def test_registered_twice_at_once_with_two_numbers_keeps_one() -> None:
    case, outcomes = register_twice()
    (loser,) = lost(outcomes)
    assert isinstance(loser, TransitionRefusedError)
    (winner,) = [o for o in outcomes if isinstance(o, Registration)]
    assert case.number == winner.number
    assert Event.objects.filter(type="registration.register").count() == 1


@contextmanager
def as_first_read() -> Iterator[None]:
    """Nothing is locked, and each goes on with what he read before either wrote."""
    together, apart, mine = Barrier(2), connection.vendor == "postgresql", local()

    def read(subject: Any, expected_revision: int | None = None) -> Any:
        mine.fresh = type(subject)._base_manager.get(pk=subject.pk)
        if apart:
            together.wait(20)
        return mine.fresh

    def again(subject: Any, expected_revision: int | None = None) -> Any:
        return mine.fresh

    with patch("mengkeju.deals.actions.desk.lock", read), patch.object(kernel, "lock", again):
        yield


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_registered_twice() -> None:
    """The control: on PostgreSQL both are told that their number stands."""
    _case, outcomes = register_twice(as_first_read())
    apart = connection.vendor == "postgresql"
    assert len(lost(outcomes)) == (0 if apart else 1)
    assert Event.objects.filter(type="registration.register").count() == (2 if apart else 1)


def withdraw_or_register(
    hold: AbstractContextManager[None] = PLAIN,
) -> tuple[Registration, list[Registration | BaseException]]:
    by = s.registrar()
    case = s.accepted(by)
    seller = f.actor(s.applicant(case))
    mine, theirs = (Registration.objects.get(pk=case.pk) for _ in range(2))

    def withdraw() -> Registration:
        advance(theirs, "withdraw", by=seller, now=NOW)
        return theirs

    with hold:
        outcomes = race(lambda: actions.register_contract(mine, given(), by=by, now=NOW), withdraw)
    case.refresh_from_db()
    return case, outcomes


@pytest.mark.django_db(transaction=True)
def test_withdrawn_while_it_is_registered_is_one_of_both() -> None:
    case, outcomes = withdraw_or_register()
    (loser,) = lost(outcomes)
    assert isinstance(loser, TransitionRefusedError)
    assert (case.state, case.number) in {("registered", s.NUMBER), ("withdrawn", "")}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_withdrawn_one_would_have_a_number() -> None:
    case, outcomes = withdraw_or_register(without_locks())
    apart = connection.vendor == "postgresql"
    assert len(lost(outcomes)) == (0 if apart else 1)
    if apart:
        assert case.number == s.NUMBER


def same_number() -> list[Registration | BaseException]:
    by = s.registrar()
    cases = [s.accepted(by), s.accepted(by)]
    return race(*[lambda case=case: actions.register_contract(case, given(), by=by, now=NOW) for case in cases])


@pytest.mark.django_db(transaction=True)
def test_one_number_on_two_cases_at_once_is_kept_once() -> None:
    outcomes = same_number()
    (loser,) = lost(outcomes)
    assert isinstance(loser, ValidationError)
    assert "number" in loser.message_dict
    assert Registration.objects.filter(number=s.NUMBER).count() == 1


@contextmanager
def without_the_constraint() -> Iterator[None]:
    rule = next(c for c in Registration._meta.constraints if c.name == "registration_number_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Registration, rule)
    try:
        yield
    finally:
        Registration.objects.all().update(state="prepared", number="")
        with connection.schema_editor() as editor:
            editor.add_constraint(Registration, rule)


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_two_cases_would_have_one_number() -> None:
    """The control: both have looked and found nobody else."""
    together, apart = Barrier(2), connection.vendor == "postgresql"

    def nobody(*_given: Any) -> None:
        if apart:
            together.wait(20)

    with without_the_constraint(), patch("mengkeju.deals.actions.desk._refuse_taken", nobody):
        assert lost(same_number()) == []
        assert Registration.objects.filter(number=s.NUMBER).count() == 2
