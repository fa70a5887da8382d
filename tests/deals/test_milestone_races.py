"""Two acts on one milestone at the same moment; each with its control without the locks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Barrier, local
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from mengkeju.deals import actions
from mengkeju.deals.models import Milestone
from mengkeju.kernel import actions as kernel
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Event
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import after_samples as a
from tests.deals import samples as s

PLAIN: AbstractContextManager[None] = nullcontext()
Act = Callable[[Milestone, Actor], Milestone]


def accept(row: Milestone, by: Actor) -> Milestone:
    return actions.accept_milestone(row, by=by, now=a.LATER)


def drop(row: Milestone, by: Actor) -> Milestone:
    return actions.drop_milestone(row, "不要了", by=by, now=a.LATER)


def send_back(row: Milestone, by: Actor) -> Milestone:
    return actions.send_back_milestone(row, "还缺检测报告", by=by, now=a.LATER)


@contextmanager
def without_locks() -> Iterator[None]:
    """Nothing is locked, and each goes on with what he read before either wrote. SQLite lets only one act write."""
    together, apart, mine = Barrier(2), connection.vendor == "postgresql", local()

    def plain(subject: Any, expected_revision: int | None = None) -> Any:
        return type(subject)._base_manager.get(pk=subject.pk)

    def read(subject: Any, expected_revision: int | None = None) -> Any:
        mine.fresh = plain(subject)
        if apart:
            together.wait(20)
        return mine.fresh

    def again(subject: Any, expected_revision: int | None = None) -> Any:
        return mine.fresh

    with (
        patch("mengkeju.deals.actions.under_way.lock", plain),
        patch("mengkeju.deals.actions.milestones.lock", read),
        patch.object(kernel, "lock", again),
    ):
        yield


def at_once(first: Act, second: Act, hold: AbstractContextManager[None] = PLAIN) -> tuple[Milestone, list[Any]]:
    """Two people of the firm judge what the institute has reported."""
    pair = s.pair()
    row = a.reported(a.planned(a.signed(pair), pair), pair)
    mine, theirs = (Milestone.objects.get(pk=row.pk) for _ in range(2))
    one, other = pair.of_firm, f.actor(f.member(pair.firm))
    with hold:
        outcomes = race(lambda: first(mine, one), lambda: second(theirs, other))
    row.refresh_from_db()
    return row, outcomes


def lost(outcomes: list[Any]) -> list[BaseException]:
    return [one for one in outcomes if isinstance(one, BaseException)]


def told() -> list[str]:
    """The judgements in the record."""
    kinds = ("milestone.accept", "milestone.drop", "milestone.send_back")
    return list(Event.objects.filter(type__in=kinds).values_list("type", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_accept_at_once_one_does() -> None:
    row, outcomes = at_once(accept, accept)
    (loser,) = lost(outcomes)
    assert isinstance(loser, TransitionRefusedError)
    assert loser.code == "wrong_state"
    assert (row.state, told()) == ("reached", ["milestone.accept"])
    assert Event.objects.filter(type="deal.milestone_accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_have_accepted() -> None:
    """The control: on PostgreSQL both believe that it was they."""
    _row, outcomes = at_once(accept, accept, without_locks())
    apart = connection.vendor == "postgresql"
    assert len(lost(outcomes)) == (0 if apart else 1), outcomes
    assert len(told()) == (2 if apart else 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [drop, send_back])
def test_accepted_and_refused_at_once_is_one_of_them(other: Act) -> None:
    row, outcomes = at_once(accept, other)
    (loser,) = lost(outcomes)
    assert isinstance(loser, TransitionRefusedError)
    assert loser.code == "wrong_state"
    (kind,) = told()
    states = {"milestone.accept": "reached", "milestone.drop": "dropped", "milestone.send_back": "planned"}
    assert row.state == states[kind]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [drop, send_back])
def test_without_the_lock_it_would_be_both(other: Act) -> None:
    """The control: on PostgreSQL the record holds two judgements of one report."""
    _row, outcomes = at_once(accept, other, without_locks())
    apart = connection.vendor == "postgresql"
    assert len(lost(outcomes)) == (0 if apart else 1), outcomes
    assert len(told()) == (2 if apart else 1)
