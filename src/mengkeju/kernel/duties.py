"""待办: opened and closed by `advance` from the workflow table; reminder, escalation and lapse by time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Duty
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec


@dataclass(frozen=True)
class Holder:
    """Exactly one of: a role (over `area`), an organisation, an account.

    `barred`: an organisation whose members may not do it for the role (recusal 回避).
    """

    role: str = ""
    area: str = ""
    organisation: UUID | None = None
    account: UUID | None = None
    barred: UUID | None = None


def open_duty(subject: Any, spec: DutySpec, *, now: datetime, due_on: date | None = None) -> Duty:
    """Open the duty of a state the subject has just entered; its holder comes from the subject.

    `due_on`: the day it is due where no count of working days says so (a duty that is no transition).
    """
    holder: Holder = subject.duty_holder(spec.holder)
    due, lapse_on = dates(spec, clock.today(now))
    due_on = due_on or (getattr(subject, spec.due_field) if spec.due_field else None)
    due = clock.DueDate(due_on, provisional=False) if due_on is not None else due
    return Duty.objects.create(
        key=spec.key,
        label=spec.label,
        label_en=spec.label_en,
        subject_type=type_of(subject).key,
        subject_uid=subject.uid,
        area=holder.area or subject.area,
        holder_role=holder.role,
        holder_organisation=holder.organisation,
        holder_account=holder.account,
        barred_organisation=holder.barred,
        basis=spec.basis,
        escalate_to=spec.escalate_to,
        lapse=spec.lapse,
        opened_at=now,
        due_on=due.day if due else None,
        due_provisional=bool(due and due.provisional),
        lapse_on=lapse_on,
    )


def dates(spec: DutySpec, opened: date) -> tuple[clock.DueDate | None, date | None]:
    """When a duty opened on a day is due, and the last day before it lapses (None: never)."""
    due = clock.add_working_days(opened, spec.working_days) if spec.working_days is not None else None
    if not spec.lapse or due is None:
        return due, None
    if spec.lapse_days is None:
        return due, due.day
    return due, max(due.day, clock.add_working_days(opened, spec.lapse_days).day)


def word_of(duty: Duty) -> str:
    """What is to be done, in the reader's language."""
    return word(duty)


def close_duties(subject: Any, *, by: str, now: datetime, key: str = "") -> int:
    """Close what is open on a subject, or only its duty `key`; `by` is the transition that did it."""
    rows = open_on(subject)
    return (rows.filter(key=key) if key else rows).update(closed_at=now, closed_by=by)


def open_on(subject: Any) -> QuerySet[Duty]:
    """Open duties of one subject."""
    return Duty.objects.filter(subject_type=type_of(subject).key, subject_uid=subject.uid, closed_at=None)


def mine_q(actor: Actor) -> Q:
    """Duties the actor can do: own, of his organisations, of his roles over their areas."""
    mine = Q(holder_account=actor.account_uid) if actor.account_uid else Q(pk__in=())
    if actor.organisations:
        mine |= Q(holder_organisation__in=actor.organisations)
    for grant in actor.grants:
        held = Q(holder_role=grant.role)
        # A role on the whole platform does the role's duties of every area.
        mine |= held if not grant.area else held & (Q(area="") | Q(area__in=grant.areas_below))
    if actor.organisations:  # spelt out, because `NOT NULL IN …` is not true in SQL
        mine &= Q(barred_organisation__isnull=True) | ~Q(barred_organisation__in=actor.organisations)
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
    if duty.barred_organisation in actor.organisations:
        return False
    return any(
        grant.role == duty.holder_role and (not grant.area or not duty.area or duty.area in grant.areas_below)
        for grant in actor.grants
    )
