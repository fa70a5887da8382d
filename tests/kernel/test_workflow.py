"""Tables are checked when built; every registered table is walked state by transition."""

from typing import Any

import pytest
from django.db import transaction

from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import advance
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, TransitionRefusedError, Workflow
from tests import factories as f
from tests.kernel.makers import CONTENT, MAKERS, Cast, cast_of, come_from, put, workflows

KEYS = sorted(MAKERS)


def arrow(source: str, target: str, **options: Any) -> Transition:
    return Transition("走", "Go", tuple(source.split()), target, "test.thing:go", **options)


def table(states: dict[str, State], transitions: dict[str, Transition]) -> Workflow:
    return Workflow("thing", "东西", "a", states, transitions)


A, B = State("甲", "A"), State("乙", "B", final=True)


class Thing:
    def __init__(self, state: str) -> None:
        self.state = state


@pytest.mark.parametrize(
    ("states", "transitions", "problem"),
    [
        ({"a": A, "b": B}, {"go": arrow("a", "c")}, "unknown state c"),
        ({"a": A, "b": B}, {"go": arrow("a", "b"), "back": arrow("c", "a")}, "unknown state c"),
        ({"b": B}, {"go": arrow("b", "b")}, "unknown state a"),
        ({"a": A, "b": B}, {"go": arrow("a", "a")}, "unreachable state b"),
        ({"a": A, "b": State("乙", "B")}, {"go": arrow("a", "b")}, "dead end b"),
        ({"a": A, "b": B, "c": B}, {"go": arrow("a", "b"), "on": arrow("c", "b")}, "unreachable state c"),
        (
            {"a": State("甲", "A", duty=DutySpec("do", "办", "owner", 3, lapse="gone")), "b": B},
            {"go": arrow("a", "b")},
            "lapses by gone",
        ),
        (
            {"a": State("甲", "A", duty=DutySpec("do", "办", "owner", 3, lapse="back")), "b": B},
            {"go": arrow("a", "b"), "back": arrow("b", "a")},
            "lapses by back",
        ),
    ],
)
def test_a_broken_table_is_refused_when_built(
    states: dict[str, State], transitions: dict[str, Transition], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        table(states, transitions)


def test_a_sound_table_names_what_leaves_a_state() -> None:
    sound = table({"a": A, "b": B}, {"go": arrow("a", "b"), "again": arrow("a b", "a")})
    assert [key for key, _step in sound.leaving("a")] == ["go", "again"]
    assert [key for key, _step in sound.leaving("b")] == ["again"]


def test_each_refusal_has_its_code_and_a_reason_for_the_person() -> None:
    shy = Guard("shy", lambda _subject, data: None if data.get("asked") else "请先问一声")
    small = table({"a": A, "b": B}, {"go": arrow("a", "b", guards=(shy,), note_required=True)})
    cases: list[tuple[str, str, str, dict[str, Any], str, str]] = [
        ("a", "fly", "", {}, "unknown", "没有“fly”这一步"),
        ("b", "go", "好", {}, "wrong_state", "现在是“乙”"),
        ("a", "go", "  ", {"asked": True}, "note_required", "必须写明理由"),
        ("a", "go", "好", {}, "shy", "请先问一声"),
    ]
    for state, key, note, data, code, words in cases:
        with pytest.raises(TransitionRefusedError) as refused:
            small.check(Thing(state), key, note, data)
        assert refused.value.code == code
        assert words in refused.value.reason
    assert small.check(Thing("a"), "go", "好", {"asked": True}).target == "b"


def test_every_registered_workflow_has_a_maker_here() -> None:
    assert set(workflows()) == set(MAKERS)


@pytest.mark.parametrize("key", KEYS)
def test_mermaid_names_every_state_and_arrow(key: str) -> None:
    workflow = workflows()[key]
    drawn = workflow.mermaid().splitlines()
    assert drawn[0] == "stateDiagram-v2"
    for name, state in workflow.states.items():
        assert f"    {name}: {state.label}" in drawn
        assert (f"    {name} --> [*]" in drawn) == state.final
    for step in workflow.transitions.values():
        for source in step.source:
            assert f"    {source} --> {step.target}: {step.label}" in drawn


@pytest.mark.parametrize("key", KEYS)
def test_every_arrow_and_state_has_its_words_in_both_languages(key: str) -> None:
    workflow = workflows()[key]
    things: list[State | Transition] = [*workflow.states.values(), *workflow.transitions.values()]
    for thing in things:
        assert thing.label
        assert thing.label_en.isascii()
    assert all(step.done_label for step in workflow.transitions.values())


def attempt(subject: StatefulRecord, step: str, people: Cast) -> str:
    """“moved”, or the code of the refusal; the database is as before afterwards."""
    come_from(subject, step)
    permission = workflows_of(subject).transitions[step].permission
    by = people.permitted(permission, subject)
    if by is None:
        return "nobody"
    before = subject.state
    code = ""
    try:
        with transaction.atomic():
            advance(subject, step, by=by, now=f.AT, note="理由", data=CONTENT)
            reached = subject.state
            transaction.set_rollback(True)
    except TransitionRefusedError as refused:
        code = refused.code if refused.reason.strip() else "no reason"
    if code:
        return code if subject.state == before else "the caller's object moved"
    subject.refresh_from_db()
    return f"moved to {reached}"


def workflows_of(subject: StatefulRecord) -> Workflow:
    return workflows()[type_of(subject).key]


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_every_state_by_every_transition_moves_only_as_the_table_says(key: str) -> None:
    workflow, subject = workflows()[key], MAKERS[key]()
    people = cast_of(subject)
    wrong: list[str] = []
    for state in workflow.states:
        put(subject, state)
        for step, transition in workflow.transitions.items():
            found = attempt(subject, step, people)
            wanted = (f"moved to {transition.target}",) if state in transition.source else ("wrong_state", "nobody")
            if found not in wanted:
                wrong.append(f"{state} × {step}: {found}, wanted {wanted[0]}")
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_no_arrow_is_open_to_a_stranger_or_a_visitor(key: str) -> None:
    workflow, subject = workflows()[key], MAKERS[key]()
    people = cast_of(subject).actors
    for state in workflow.states:
        put(subject, state)
        for step, _transition in workflow.leaving(state):
            for name in ("visitor", "without organisation", "unverified", "suspended", "auditor"):
                with pytest.raises(RefusedError) as refused, transaction.atomic():
                    advance(subject, step, by=people[name], now=f.AT, note="理由", data=CONTENT)
                assert refused.value.rule, (state, step, name)
                assert refused.value.who_may, (state, step, name)


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_a_step_that_needs_a_reason_refuses_an_empty_one(key: str) -> None:
    workflow, subject = workflows()[key], MAKERS[key]()
    people = cast_of(subject)
    for step, transition in workflow.transitions.items():
        if not transition.note_required:
            continue
        put(subject, transition.source[0])
        by = people.permitted(transition.permission, subject)
        assert by is not None
        with pytest.raises(TransitionRefusedError) as refused, transaction.atomic():
            advance(subject, step, by=by, now=f.AT, note=" \n", data=CONTENT)
        assert refused.value.code == "note_required"
