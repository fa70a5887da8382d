"""The life of an intention: every verb in every state, through the actions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction

from mengkeju.deals import actions
from mengkeju.deals.engine.workflow import AGREED_STATES, DEADLINES, INTENTION, OPEN_STATES
from mengkeju.deals.models import Intention
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.duties import open_on
from mengkeju.kernel.duty_clock import every_night
from mengkeju.kernel.models import Duty, Event
from mengkeju.kernel.workflow import TransitionRefusedError
from tests.deals import samples as s

pytestmark = pytest.mark.django_db

# What the table must say, written down a second time. Everything that is not here must be refused.
ALLOWED = {
    ("declared", "accept"): "accepted",
    ("declared", "decline"): "declined",
    ("declared", "withdraw"): "withdrawn",
    ("accepted", "talk"): "talking",
    ("talking", "agree"): "ready",
    ("accepted", "stop"): "declined",
    ("talking", "stop"): "declined",
    ("declared", "lapse"): "lapsed",
    ("accepted", "lapse"): "lapsed",
    ("talking", "lapse"): "lapsed",
}
STATES = ("declared", "accepted", "declined", "talking", "ready", "lapsed", "withdrawn")


def verbs(pair: s.Pair) -> dict[str, Callable[[Intention], object]]:
    """Every verb by somebody who may."""
    firm, institute = pair.of_firm, pair.of_institute
    return {
        "accept": lambda i: actions.answer_intention(i, accept=True, by=firm, now=s.NOW),
        "decline": lambda i: actions.answer_intention(i, accept=False, by=firm, now=s.NOW, reason="too_early"),
        "talk": lambda i: actions.move_intention(i, "talk", by=firm, now=s.NOW),
        "agree": lambda i: actions.move_intention(i, "agree", by=institute, now=s.NOW),
        "stop": lambda i: actions.move_intention(i, "stop", by=institute, now=s.NOW, reason="too_early"),
        "withdraw": lambda i: actions.move_intention(i, "withdraw", by=institute, now=s.NOW, note="计划有变"),
        "lapse": lambda i: actions.move_intention(i, "lapse", by=SYSTEM, now=s.NOW),
    }


@contextmanager
def tried() -> Iterator[None]:
    """Undo what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.covers("PLT-11")
def test_the_table_is_what_is_written_here() -> None:
    assert {(source, key): t.target for key, t in INTENTION.transitions.items() for source in t.source} == ALLOWED
    assert INTENTION.problems() == []
    assert set(AGREED_STATES) < set(OPEN_STATES) < set(STATES) == set(INTENTION.states)


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(state: str) -> None:
    pair = s.pair()
    intention, acts = pair.bring(pair.declared(), state), verbs(pair)
    assert set(acts) == set(INTENTION.transitions)
    events = Event.objects.filter(subject_uid=intention.uid).count()
    for verb, act in acts.items():
        wanted = ALLOWED.get((state, verb))
        with tried():
            if wanted is None:
                with pytest.raises(TransitionRefusedError) as refused:
                    act(intention)
                assert refused.value.code == "wrong_state"
                assert Event.objects.filter(subject_uid=intention.uid).count() == events
            else:
                act(intention)
            assert Intention.objects.get().state == (wanted or state), verb
        intention.refresh_from_db()


def due_of(intention: Intention) -> Duty:
    return open_on(intention).get()


def working_days(count: int) -> date:
    return clock.add_working_days(clock.today(s.NOW), count).day


@pytest.mark.covers("PLT-11")
def test_duties_open_and_close_at_every_step() -> None:
    pair = s.pair()
    intention, acts = pair.declared(), verbs(pair)
    answer = due_of(intention)
    assert (answer.key, answer.holder_organisation) == ("answer_intention", pair.firm.uid)
    assert (answer.due_on, answer.basis) == (working_days(DEADLINES["answer_intention"]), DEADLINES.source)
    acts["accept"](intention)
    opened = due_of(intention)
    assert (opened.key, opened.holder_organisation) == ("open_talk", pair.institute.uid)
    acts["talk"](intention)
    talk = due_of(intention)
    assert (talk.key, talk.holder_organisation) == ("talk", pair.institute.uid)
    assert talk.due_on == working_days(DEADLINES["talk"])
    acts["agree"](intention)
    assert not open_on(intention)
    closed = Duty.objects.filter(subject_uid=intention.uid).order_by("pk").values_list("key", "closed_by")
    assert list(closed) == [("answer_intention", "accept"), ("open_talk", "talk"), ("talk", "agree")]


@pytest.mark.parametrize("state", ["declared", "accepted", "talking"])
def test_what_nobody_moves_lapses_by_date(state: str) -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), state)
    last_day = due_of(intention).lapse_on
    assert last_day is not None
    every_night(now=clock.end_of(last_day) - clock.DAY / 2)
    assert Intention.objects.get().state == state
    every_night(now=clock.end_of(last_day) + clock.DAY / 2)
    intention.refresh_from_db()
    assert intention.state == "lapsed"
    assert not intention.opened
    assert not open_on(intention)
