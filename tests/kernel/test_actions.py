"""`advance` is the only writer of state; it is all or nothing; two at once cannot both win."""

import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mengkeju
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, duties
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.actions import StaleRevisionError, advance, begin, lock
from mengkeju.kernel.models import Duty, Event, StatefulRecord
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.testing.race import PATIENCE, meeting, race, without_locks
from mengkeju.kernel.workflow import TransitionRefusedError, Workflow
from tests import factories as f
from tests.kernel.makers import CONTENT, MAKERS, Cast, cast_of, put, workflows

SOURCE = Path(mengkeju.__file__).parent
STATE_FIELDS = {"state", "state_at", "state_by", "state_by_id"}


def writes_of_state(tree: ast.AST) -> Iterator[int]:
    """Lines that write a state field: an assignment, an update or a creation naming it, a list of fields to save."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [part for target in targets for part in ast.walk(target)]
            if any(isinstance(t, ast.Attribute) and t.attr in STATE_FIELDS for t in flat):
                yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        written = {k.arg for k in node.keywords}
        if name == "setattr" and isinstance(node.args[1], ast.Constant):
            written = {str(node.args[1].value)}
        if name in {"save", "bulk_update"}:
            written = {c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
        writers = {"update", "create", "save", "bulk_update", "setattr", "update_or_create", "get_or_create"}
        if name in writers | {"Organisation", "Listing", "Intention"} and written & STATE_FIELDS:
            yield node.lineno


def test_nothing_but_advance_and_begin_writes_state() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts
        for line in writes_of_state(ast.parse(path.read_text(encoding="utf-8")))
    }
    elsewhere = {place for place in found if not place.startswith("kernel/actions.py:")}
    assert found - elsewhere  # the scan does see the writer
    assert not elsewhere


@pytest.mark.parametrize(
    "line",
    [
        "x.state = 'published'",
        "x.state, x.revision = 'a', 2",
        "Listing.objects.filter(pk=1).update(state='closed')",
        "Listing(kind='need', state='published')",
        "x.save(update_fields=['state'])",
        "setattr(x, 'state', 'a')",
        "Listing.objects.bulk_update(rows, ['state'])",
    ],
)
def test_the_scan_sees_every_way_to_write_state(line: str) -> None:
    assert list(writes_of_state(ast.parse(line))) == [1]


ASKED_BEFORE = {
    "priced": "whoever calls it has asked",
    "edit_application": "locked_for_change asks",
}
"""Functions that name a revision to `lock` and ask for the right elsewhere, and where."""


def hasty(tree: ast.AST) -> Iterator[str]:
    """Functions that compare a revision by `lock` before they ask for the right."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        calls = [c for c in ast.walk(function) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)]
        asked = min((c.lineno for c in calls if getattr(c.func, "id", "") == "require"), default=10**6)
        compared = [
            c.lineno for c in calls if getattr(c.func, "id", "") == "lock" and len(c.args) + len(c.keywords) > 1
        ]
        if any(line < asked for line in compared):
            yield function.name


def test_nobody_is_told_of_an_old_revision_before_he_is_asked_for_his_right() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{name}"
        for path in SOURCE.rglob("*.py")
        for name in hasty(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {one for one in found if one.split(":")[1] not in ASKED_BEFORE} == set()
    assert len(found) == len(ASKED_BEFORE)


def test_the_scan_sees_a_revision_that_is_compared_first() -> None:
    made = "def act(x, revision):\n    {0}\n    {1}"
    first, then = "fresh = lock(x, revision)", "require(by, PERM, fresh)"
    assert list(hasty(ast.parse(made.format(first, then)))) == ["act"]
    assert not list(hasty(ast.parse(made.format(then, first))))


@pytest.mark.django_db
def test_advance_moves_records_and_hands_over_the_duty() -> None:
    firm, officer = f.organisation(verified=False), f.actor(f.officer())
    founder = f.actor(f.manager(firm))
    event = advance(firm, "submit", by=founder, now=f.AT, note="请核验", data={"state": "verified", "note": "别的"})
    assert (firm.state, firm.state_at, firm.state_by_id, firm.revision) == ("submitted", f.AT, founder.account_id, 2)
    stored = Organisation.objects.get(pk=firm.pk)
    assert (stored.state, stored.revision) == ("submitted", 2)
    assert (event.type, event.actor_account, event.subject_uid) == (
        "organisation.submit", founder.account_uid, firm.uid,
    )  # fmt: skip
    # What a caller passes along never overwrites what happened.
    assert event.payload.body["state"] == ["unverified", "submitted"]
    assert event.payload.body["note"] == "请核验"
    assert [d.key for d in Duty.objects.filter(closed_at=None, subject_uid=firm.uid)] == ["verify_organisation"]
    advance(firm, "verify", by=officer, now=f.AT)
    duty = Duty.objects.get(subject_uid=firm.uid)
    assert (duty.closed_at, duty.closed_by) == (f.AT, "verify")


@pytest.mark.django_db
def test_advance_refuses_an_edit_from_a_stale_page() -> None:
    firm = f.organisation(verified=False)
    founder = f.actor(f.manager(firm))
    advance(firm, "submit", by=founder, now=f.AT, revision=1)
    officer = f.actor(f.officer())
    with pytest.raises(StaleRevisionError) as stale:
        advance(firm, "verify", by=officer, now=f.AT, revision=1)
    assert (stale.value.current.state, stale.value.current.revision) == ("submitted", 2)
    assert Organisation.objects.get(pk=firm.pk).state == "submitted"
    advance(firm, "verify", by=officer, now=f.AT, revision=2)
    assert firm.state == "verified"


@pytest.mark.django_db
def test_who_has_no_right_is_refused_whatever_revision_he_names() -> None:
    """He is not told that somebody else has written meanwhile."""
    firm = f.organisation(verified=False)
    advance(firm, "submit", by=f.actor(f.manager(firm)), now=f.AT, revision=1)
    stranger = f.actor(f.manager(f.organisation()))
    for revision in (1, 2):
        with pytest.raises(RefusedError):
            advance(firm, "verify", by=stranger, now=f.AT, revision=revision)
    with pytest.raises(StaleRevisionError):  # the table is asked last: “refuse” needs a note
        advance(firm, "refuse", by=f.actor(f.officer()), now=f.AT, revision=1)


@pytest.mark.django_db
def test_advance_reads_the_row_afresh_whatever_the_caller_holds() -> None:
    firm = f.organisation(verified=False)
    held = Organisation.objects.get(pk=firm.pk)
    advance(firm, "verify", by=SYSTEM, now=f.AT)
    with pytest.raises(TransitionRefusedError) as refused:
        advance(held, "verify", by=f.actor(f.officer()), now=f.AT)
    assert refused.value.code == "wrong_state"
    assert "可能别人刚刚已经办理" in refused.value.reason


@pytest.mark.django_db
def test_a_right_is_asked_before_the_table_and_the_guards() -> None:
    firm = f.organisation(verified=False)
    with pytest.raises(RefusedError):
        advance(firm, "refuse", by=f.actor(f.account()), now=f.AT)
    with pytest.raises(TransitionRefusedError):
        advance(firm, "fly", by=f.actor(f.account()), now=f.AT)


def break_down(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("the disk is full")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "name"), [(audit, "record"), (duties, "close_duties"), (duties, "open_duty")])
def test_a_failure_after_the_change_leaves_neither_state_nor_event(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    firm = f.organisation(verified=False)
    founder, events = f.actor(f.manager(firm)), Event.objects.count()
    monkeypatch.setattr(module, name, break_down)
    with pytest.raises(RuntimeError, match="disk"):
        advance(firm, "submit", by=founder, now=f.AT)
    assert (firm.state, firm.revision) == ("unverified", 1)
    stored = Organisation.objects.get(pk=firm.pk)
    assert (stored.state, stored.revision) == ("unverified", 1)
    assert Event.objects.count() == events
    assert not Duty.objects.filter(subject_uid=firm.uid).exists()


@pytest.mark.django_db
def test_begin_starts_in_the_first_state_with_its_event_and_duty() -> None:
    f.areas()
    made = begin(
        Organisation(name="演示单位（演示）", kind="enterprise", area=f.KUNDULUN, state="verified"),
        by=SYSTEM, now=f.AT, payload={"name": "演示单位（演示）"},
    )  # fmt: skip
    assert (made.state, made.state_at, made.created_at, made.revision) == ("unverified", f.AT, f.AT, 1)
    assert Event.objects.get(subject_uid=made.uid).type == "organisation.created"


@pytest.mark.django_db
def test_lock_gives_the_row_as_it_is_or_says_that_it_changed() -> None:
    firm = f.organisation(verified=False)
    advance(Organisation.objects.get(pk=firm.pk), "verify", by=SYSTEM, now=f.AT)
    assert lock(firm).state == "verified"
    with pytest.raises(StaleRevisionError):
        lock(firm, firm.revision)


# ---- Races ------------------------------------------------------------------------------------------


def dawdle(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Plant a pause between check and write, in which the rival does the same."""
    check = Workflow.check

    def slow(*args: Any) -> Any:
        step = check(*args)
        time.sleep(seconds)
        return step

    monkeypatch.setattr(Workflow, "check", slow)


def mover(subject: StatefulRecord, step: str, people: Cast) -> Callable[[], Event]:
    """The act of one person who has the subject on his screen and the right."""
    transition = workflows()[type_of(subject).key].transitions[step]
    by = people.permitted(transition.permission, subject)
    assert by is not None, step
    held = type(subject)._base_manager.get(pk=subject.pk)
    return lambda: advance(held, step, by=by, now=f.AT, note="理由", data=CONTENT)


def submitted_firm() -> tuple[Organisation, Callable[[], Event], Callable[[], Event]]:
    """A firm awaiting verification, and two officers, one about to verify and one to refuse."""
    firm = f.organisation(verified=False)
    advance(firm, "submit", by=SYSTEM, now=f.AT)
    people = cast_of(firm)
    return firm, mover(firm, "verify", people), mover(firm, "refuse", people)


def decisions(firm: Organisation) -> list[str]:
    """What the record says was decided on a firm."""
    found = Event.objects.filter(subject_uid=firm.uid, type__in=["organisation.verify", "organisation.refuse"])
    return list(found.values_list("type", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_officers_deciding_at_once_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    firm, *acts = submitted_firm()
    dawdle(monkeypatch, 0.2)
    outcomes = race(*acts)
    won = [o for o in outcomes if isinstance(o, Event)]
    lost = [o for o in outcomes if isinstance(o, TransitionRefusedError)]
    assert (len(won), len(lost)) == (1, 1), outcomes
    assert (lost[0].code, "可能别人刚刚已经办理" in lost[0].reason) == ("wrong_state", True)
    firm.refresh_from_db()
    assert won[0].type == {"verified": "organisation.verify", "refused": "organisation.refuse"}[firm.state]
    assert decisions(firm) == [won[0].type]
    assert firm.revision == 3


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_officers_win_so_the_race_above_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    firm, *acts = submitted_firm()
    monkeypatch.setattr(Workflow, "check", meeting(Workflow.check, PATIENCE))
    without_locks(monkeypatch)
    outcomes = race(*acts)
    assert all(isinstance(o, Event) for o in outcomes), outcomes
    assert sorted(decisions(firm)) == ["organisation.refuse", "organisation.verify"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", sorted(MAKERS))
def test_every_transition_against_a_rival_one_wins(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rival is another way out of the same state, or the same one twice.

    A step that may follow itself (each city confirms its part) has no rival in itself: then both win, in turn.
    """
    workflow, subject = workflows()[key], MAKERS[key]()
    people = cast_of(subject)
    dawdle(monkeypatch, 0.02)
    wrong: list[str] = []
    for step, transition in workflow.transitions.items():
        source = next((state for state in transition.source if state != transition.target), transition.source[0])
        rival = next((name for name, _t in workflow.leaving(source) if are_rivals(workflow, step, name)), step)
        put(subject, source)
        outcomes = race(mover(subject, step, people), mover(subject, rival, people))
        won = [o for o in outcomes if isinstance(o, Event)]
        lost = [o for o in outcomes if isinstance(o, TransitionRefusedError | RefusedError)]
        repeated = step == rival and transition.target in transition.source
        if not (in_turn(won, source) if repeated else (len(won), len(lost)) == (1, 1)):
            wrong.append(f"{step} against {rival} from {source}: {outcomes}")
    assert not wrong


def in_turn(events: list[Event], source: str) -> bool:
    """Whether two acts came one after the other: the second from the state that the first had reached."""
    moves = [tuple(event.payload.body["state"]) for event in events]
    return len(moves) == 2 and any(
        first[0] == source and second[0] == first[1] for first, second in (moves, reversed(moves))
    )


def are_rivals(workflow: Workflow, first: str, second: str) -> bool:
    """Whether two ways out of a state exclude each other: neither may lawfully follow the other."""
    one, two = workflow.transitions[first], workflow.transitions[second]
    return first != second and one.target not in two.source and two.target not in one.source
