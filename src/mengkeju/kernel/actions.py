"""`advance`, the only writer of `state`, and the guard against stale edits."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, duties
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.models import Event, Record, StatefulRecord
from mengkeju.kernel.notices import announce_duty
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.workflow import TransitionRefusedError, Workflow

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=StatefulRecord)


class StaleRevisionError(Exception):
    """The object changed since the form was made. `current` is the object as it stands."""

    def __init__(self, current: Any) -> None:
        """The page shows both versions."""
        super().__init__("stale revision")
        self.current = current


def lock(subject: R, expected_revision: int | None = None) -> R:
    """The subject's row, locked and read afresh. Raises StaleRevisionError on another revision.

    Name a revision only when the right has been asked for: who has none is refused, and not told that others wrote.
    A right that depends on the fresh row is asked for between `lock(subject)` and `refuse_stale`.
    """
    fresh: R = type(subject)._base_manager.select_for_update().get(pk=subject.pk)
    refuse_stale(fresh, expected_revision)
    return fresh


def refuse_stale(fresh: Record, expected_revision: int | None) -> None:
    """Raise StaleRevisionError when the row has another revision than the one its writer read; None is any."""
    if expected_revision is not None and fresh.revision != expected_revision:
        raise StaleRevisionError(fresh)


def workflow_of(subject: StatefulRecord) -> Workflow:
    """The table the subject moves by."""
    workflow = type_of(subject).workflow
    if workflow is None:
        msg = f"{type_of(subject).key} has no workflow"
        raise TypeError(msg)
    return workflow


@transaction.atomic
def advance(
    subject: StatefulRecord,
    transition: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
    revision: int | None = None,
    organisation: UUID | None = None,
) -> Event:
    """Move a subject: lock, permission, guards, state, event, duties. The caller's object is updated.

    Every duty open on the subject itself ends with its state. A duty that no state brings (a fee, an answer about a
    name, a request to see) hangs on the row that asks for it (a right, a participation, a request) and outlives it.
    Raises RefusedError (no right), then StaleRevisionError, then TransitionRefusedError (table or guard).
    """
    fresh = lock(subject)
    workflow = workflow_of(fresh)
    known = workflow.transitions.get(transition)
    if known is None:
        raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": transition}, "unknown")
    require(by, known.permission, fresh)
    refuse_stale(fresh, revision)
    step = workflow.check(fresh, transition, note, data or {})
    before = fresh.state
    fresh.state, fresh.state_at, fresh.state_by_id = step.target, now, by.account_id
    fresh.revision += 1
    fresh.save(update_fields=["state", "state_at", "state_by", "revision"])
    event = audit.record(
        f"{workflow.key}.{transition}",
        fresh,
        by=by,
        now=now,
        organisation=organisation,
        payload={**(data or {}), "state": [before, step.target], "note": note},
    )
    duties.close_duties(fresh, by=transition, now=now)
    enter(fresh, workflow, now=now, event=event)
    # Last, so that a failure above leaves the caller's object as it was.
    subject.state, subject.state_at, subject.state_by_id = fresh.state, fresh.state_at, fresh.state_by_id
    subject.revision = fresh.revision
    return event


def enter(subject: StatefulRecord, workflow: Workflow, *, now: datetime, event: Event) -> None:
    """Open the duty of the state the subject is in and tell its holders."""
    spec = workflow.states[subject.state].duty
    if spec is not None:
        announce_duty(duties.open_duty(subject, spec, now=now), event=event, now=now)


@transaction.atomic
def begin(
    subject: S,
    *,
    by: Actor,
    now: datetime,
    payload: dict[str, Any],
    organisation: UUID | None = None,
    stays: bool = True,
) -> S:
    """Save a new subject in its workflow's first state, record it, open its duty.

    `stays=False`: it goes on at once, in the same transaction; nobody is told of a duty that is over already.
    """
    workflow = workflow_of(subject)
    subject.state, subject.state_at, subject.state_by_id = workflow.initial, now, by.account_id
    subject.created_at, subject.created_by_id = now, by.account_id
    subject.save(force_insert=True)
    event = audit.record(f"{workflow.key}.created", subject, by=by, now=now, payload=payload, organisation=organisation)
    if stays:
        enter(subject, workflow, now=now, event=event)
    return subject
