"""待办: opened and closed by `advance` from the workflow table; reminder, escalation and lapse by time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Duty
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.workflow import DutySpec

REMIND_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class Holder:
    """Exactly one of: a role (over `area`), an organisation, an account."""

    role: str = ""
    area: str = ""
    organisation: UUID | None = None
    account: UUID | None = None


def open_duty(subject: Any, spec: DutySpec, *, now: datetime) -> Duty:
    """Open the duty of a state the subject has just entered; its holder comes from the subject."""
    holder: Holder = subject.duty_holder(spec.holder)
    due = clock.add_working_days(clock.today(now), spec.working_days) if spec.working_days is not None else None
    return Duty.objects.create(
        key=spec.key, label=spec.label, subject_type=type_of(subject).key, subject_uid=subject.uid,
        area=holder.area or subject.area, holder_role=holder.role, holder_organisation=holder.organisation,
        holder_account=holder.account, basis=spec.basis, escalate_to=spec.escalate_to, lapse=spec.lapse,
        opened_at=now, due_on=due.day if due else None, due_provisional=bool(due and due.provisional),
    )


def close_duties(subject: Any, *, by: str, now: datetime) -> int:
    """Close what is open on a subject; `by` is the transition that did it."""
    return open_on(subject).update(closed_at=now, closed_by=by)


def open_on(subject: Any) -> QuerySet[Duty]:
    """Open duties of one subject."""
    return Duty.objects.filter(subject_type=type_of(subject).key, subject_uid=subject.uid, closed_at=None)


def mine_q(actor: Actor) -> Q:
    """Duties the actor can do: own, of his organisations, of his roles over their areas."""
    mine = Q(holder_account=actor.account_uid) if actor.account_uid else Q(pk__in=())
    if actor.organisations:
        mine |= Q(holder_organisation__in=actor.organisations)
    for role in {g.role for g in actor.grants}:
        areas = actor.areas_of(role)
        mine |= Q(holder_role=role, area__in=areas) if areas else Q(holder_role=role, area="")
    return mine


def open_for(actor: Actor) -> QuerySet[Duty]:
    """The actor's open duties, the most urgent first; those without a date last."""
    return Duty.objects.filter(mine_q(actor), closed_at=None).order_by(F("due_on").asc(nulls_last=True), "opened_at")


def is_mine(actor: Actor, duty: Duty) -> bool:
    """Whether the actor can do this duty."""
    if duty.holder_account:
        return duty.holder_account == actor.account_uid
    if duty.holder_organisation:
        return duty.holder_organisation in actor.organisations
    areas = actor.areas_of(duty.holder_role)
    return actor.has_role(duty.holder_role) and (duty.area in areas or (not areas and not duty.area))
