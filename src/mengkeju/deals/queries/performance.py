"""Reads of what is done after signing: milestones, acceptance, and the files that show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.deals.access import DealPerm, PerformancePerm
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Acceptance, Deal, Milestone
from mengkeju.deals.queries.deal import own_sides, sides_of_deal
from mengkeju.kernel.access import Actor, may, visible_q
from mengkeju.kernel.models import Attachment
from mengkeju.kernel.models.record import Record

UNDER_WAY = ("signed", "performing", "accepted", "landed", "disputed")
"""Signed and not over."""
FOLLOWED = (*UNDER_WAY, "closed")
"""States in which what became of the result is still told: a deal that was closed goes on producing."""


def milestones(actor: Actor, deal: Deal) -> QuerySet[Milestone]:
    """The milestones of a deal the actor may read, by their day."""
    rows = Milestone.objects.filter(deal=deal, archived_at=None).filter(visible_q(actor, DealPerm.READ_PART))
    return rows.select_related(
        "deal__keeper",
        "reporter__organisation",
        "reporter__person__account",
        "reporter__deal",
        "accepted_for",
        "instalment",
    )


def find_milestone(actor: Actor, deal: Deal, uid: UUID) -> Milestone | None:
    """One milestone of a deal, if the actor may read it."""
    return milestones(actor, deal).filter(uid=uid).first()


@dataclass(frozen=True)
class MilestoneActs:
    """What a reader may do with a milestone now."""

    editable: bool
    reportable: bool
    judged: bool
    droppable: bool


def milestone_acts(actor: Actor, deal: Deal, rows: Sequence[Milestone]) -> dict[int, MilestoneActs]:
    """By the milestone's key, as `access.performance` says it, without asking row by row."""
    may_act = may_plan(actor, deal)
    own = {party.side for party in own_sides(actor, deal)} if may_act else set()
    here = {party.side for _side, parties in sides_of_deal(deal) for party in parties if party.is_here}
    return {row.pk: _acts_on(row, own, here, may_act=may_act) for row in rows}


def _acts_on(row: Milestone, own: set[str], here: set[str], *, may_act: bool) -> MilestoneActs:
    side = row.reporter.side
    speaks = side in own if row.reporter.is_here else bool(own)
    opposite = (bool(own) and side not in own) or (own == {side} and not here - {side})
    return MilestoneActs(
        editable=may_act and row.state == "planned",
        reportable=may_act and row.state == "planned" and speaks,
        judged=may_act and row.state == "reported" and opposite,
        droppable=may_act and row.state in {"planned", "reported"} and opposite,
    )


def acceptances(actor: Actor, deal: Deal) -> QuerySet[Acceptance]:
    """Verdicts of a deal the actor may read, withdrawn ones too; the newest first."""
    rows = Acceptance.objects.filter(deal=deal).filter(visible_q(actor, DealPerm.READ_PART))
    return rows.select_related("deal", "said_for").order_by("-held_on", "-pk")


def find_acceptance(actor: Actor, deal: Deal, uid: UUID) -> Acceptance | None:
    """One verdict of a deal, if the actor may read it."""
    return acceptances(actor, deal).filter(uid=uid).first()


def evidence_of(kind: str, rows: Sequence[Record]) -> dict[UUID, list[dict[str, Any]]]:
    """The files of rows of a subject type (uid, name, size) by the row's uid. One query."""
    found: dict[UUID, list[dict[str, Any]]] = {row.uid: [] for row in rows}
    kept = Attachment.objects.filter(subject_type=kind, subject_uid__in=list(found), file__archived_at=None)
    for one in kept.select_related("file").order_by("pk"):
        found[one.subject_uid].append({"uid": one.file.uid, "name": one.file.name, "size": one.file.size})
    return found


def instalment_numbers(deal: Deal) -> dict[int, int]:
    """Which instalment of the price each is, from 1, by its key. One query."""
    rows = deal.instalments.filter(archived_at=None).values_list("pk", flat=True)
    return {pk: place for place, pk in enumerate(rows, 1)}


def may_plan(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may plan milestones now."""
    return _open(deal, Step.PERFORMANCE, UNDER_WAY) and may(actor, PerformancePerm.PLAN, deal)


def may_accept(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may say what the acceptance found."""
    return _open(deal, Step.ACCEPTANCE, UNDER_WAY) and may(actor, PerformancePerm.ACCEPTANCE, deal)


def may_count_arrivals(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may count people who came."""
    return _open(deal, Step.PERFORMANCE, FOLLOWED) and may(actor, PerformancePerm.ARRIVAL, deal)


def _open(deal: Deal, step: Step, states: Sequence[str]) -> bool:
    return not deal.from_source and deal.kind_spec.has(step) and deal.state in states
