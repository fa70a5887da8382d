"""Milestones of a deal through the API: planned, reported, accepted or sent back, as its page shows and takes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm, PerformancePerm
from mengkeju.deals.actions import Planned
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.money import load_for, own_files, party_named
from mengkeju.deals.api.performance_schemas import (
    MilestoneIn,
    MilestoneNoteIn,
    MilestoneOut,
    MilestoneReportIn,
    MilestonesIn,
    MilestonesOut,
)
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models import Deal, Instalment, Milestone
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word

ONE = "/deals/{uuid:uid}/milestones/{uuid:milestone_uid}"
STEPS = {"edit": "editable", "report": "reportable", "accept": "judged", "send_back": "judged", "drop": "droppable"}
"""Each step with what `milestone_acts` says of it."""


def milestones(found: Sequence[Milestone], deal: Deal, actor: Actor) -> list[dict[str, Any]]:
    """`MilestoneOut` of each, all of one deal. A constant number of queries."""
    evidence, acts = queries.evidence_of("milestone", found), queries.milestone_acts(actor, deal, found)
    ends = queries.instalment_numbers(deal)
    same = ("uid", "title", "criteria", "due_on", "state", "report", "reached_on", "revision", "created_at", "state_at")
    return [
        {
            **{name: getattr(row, name) for name in same},
            "reporter": row.reporter.uid,
            "reporter_name": row.reporter.name,
            "instalment": _instalment(row, ends),
            "state_label": word(MILESTONE.states[row.state]),
            "accepted_for": row.accepted_for.uid if row.accepted_for is not None else None,
            "accepted_for_name": row.accepted_for.name if row.accepted_for is not None else "",
            "evidence": evidence[row.uid],
            "steps": [step for step, name in STEPS.items() if getattr(acts[row.pk], name)],
            "url": row.get_absolute_url(),
        }
        for row in found
    ]


def _instalment(row: Milestone, ends: dict[int, int]) -> dict[str, Any] | None:
    part = row.instalment
    return {"number": ends.get(part.pk), "amount": plain(part.amount)} if part is not None else None


def _all(deal: Deal, actor: Actor) -> dict[str, Any]:
    """`MilestonesOut`."""
    rows = list(queries.milestones(actor, deal))
    return {"items": milestones(rows, deal, actor), "writable": queries.may_plan(actor, deal)}


def _load_milestone(request: ApiRequest, deal: Deal, uid: UUID, needs: str = "") -> Milestone:
    """The milestone, or 404; RefusedError when the reader may not treat it so."""
    found = queries.find_milestone(request.actor, deal, uid)
    if found is None:
        raise Http404
    if needs:
        require(request.actor, needs, found)
    return found


def _shown(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    """The milestone as it stands, as an answer with its ETag."""
    row = _load_milestone(request, deal, uid)
    revision.note(request, row.revision)
    return milestones([row], row.deal, request.actor)[0]


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/milestones",
    title=Title("列出里程碑", "List milestones"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=MilestonesOut,
)
def list_milestones(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """By their day, with what the reader may do with each; for those inside."""
    return _all(load_for(request, uid, DealPerm.READ_INSIDE), request.actor)


@routes.operation(
    "GET",
    ONE,
    title=Title("读取一项里程碑", "Read a milestone"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=MilestoneOut,
)
def get_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown(request, load_for(request, uid, DealPerm.READ_INSIDE), milestone_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/milestones",
    title=Title("约定里程碑", "Plan milestones"),
    permission=PerformancePerm.PLAN,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: MilestonesOut},
)
def plan_milestones(request: ApiRequest, uid: UUID, given: MilestonesIn) -> Status[dict[str, Any]]:
    """All or none, once signed; the answer is all that the deal has. 422 says what is wrong in which one."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    parts = queries.instalments(deal)
    rows = [_planned(deal, parts, one, f"milestones/{at}/") for at, one in enumerate(given.milestones)]

    def plan() -> Milestone:
        return actions.plan_milestones(deal, rows, by=request.actor, now=clock.now())[0]

    once.created(request, plan)
    return Status(201, _all(deal, request.actor))


def _planned(deal: Deal, parts: list[Instalment], given: MilestoneIn, place: str = "") -> Planned:
    """What the actions take. ProblemError invalid for a reporter or an instalment that the deal does not have."""
    reporter = party_named(deal, given.reporter, f"{place}reporter")
    if given.instalment is not None and given.instalment > len(parts):
        raise ProblemError("invalid", "", [Wrong(f"#/{place}instalment", _("没有这一项"))])
    part = parts[given.instalment - 1] if given.instalment is not None else None
    return Planned(given.title, given.due_on, reporter, given.criteria, part)


@routes.operation(
    "PUT",
    ONE,
    title=Title("修改里程碑", "Change a milestone"),
    permission=PerformancePerm.PLAN,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=MilestoneOut,
)
def put_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID, given: MilestoneIn) -> dict[str, Any]:
    """The whole of one that nobody has reported yet; the other sides are told."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    row, read = _load_milestone(request, deal, milestone_uid), revision.expected(request)
    wanted = _planned(deal, queries.instalments(deal), given)
    actions.edit_milestone(row, wanted, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, deal, milestone_uid)


@routes.operation(
    "POST",
    f"{ONE}/report",
    title=Title("报告里程碑完成", "Report a milestone done"),
    permission=PerformancePerm.REPORT,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=MilestoneOut,
)
def report_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID, given: MilestoneReportIn) -> dict[str, Any]:
    """By the party that has to reach it; another side accepts it or sends it back."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    row, read = _load_milestone(request, deal, milestone_uid, PerformancePerm.REPORT), revision.expected(request)
    kept = own_files(request, given.evidence, "evidence")
    by, now, day = request.actor, clock.now(), given.reached_on
    actions.report_milestone(row, given.report, by=by, now=now, reached_on=day, evidence=kept, revision=read)
    return _shown(request, deal, milestone_uid)


@routes.operation(
    "POST",
    f"{ONE}/accept",
    title=Title("确认里程碑完成", "Accept a milestone"),
    permission=PerformancePerm.JUDGE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=MilestoneOut,
)
def accept_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID) -> dict[str, Any]:
    """By another side than the one that reports it; its instalment falls due."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    row, read = _load_milestone(request, deal, milestone_uid, PerformancePerm.JUDGE), revision.expected(request)
    actions.accept_milestone(row, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, deal, milestone_uid)


@routes.operation(
    "POST",
    f"{ONE}/send-back",
    title=Title("退回里程碑", "Send a milestone back"),
    permission=PerformancePerm.JUDGE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=MilestoneOut,
)
def send_back_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID, given: MilestoneNoteIn) -> dict[str, Any]:
    """By another side, with what is missing; it is to be reported again."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    row, read = _load_milestone(request, deal, milestone_uid, PerformancePerm.JUDGE), revision.expected(request)
    actions.send_back_milestone(row, given.note, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, deal, milestone_uid)


@routes.operation(
    "POST",
    f"{ONE}/drop",
    title=Title("不再要求里程碑", "Drop a milestone"),
    permission=PerformancePerm.DROP,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=MilestoneOut,
)
def drop_milestone(request: ApiRequest, uid: UUID, milestone_uid: UUID, given: MilestoneNoteIn) -> dict[str, Any]:
    """By another side, with the reason, while it is not reached."""
    deal = load_for(request, uid, PerformancePerm.PLAN)
    row, read = _load_milestone(request, deal, milestone_uid, PerformancePerm.DROP), revision.expected(request)
    actions.drop_milestone(row, given.note, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, deal, milestone_uid)
