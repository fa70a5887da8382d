"""The acceptance and people who came through the API: as the deal's page shows and takes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm, PerformancePerm
from mengkeju.deals.actions import Came
from mengkeju.deals.api.money import load_for, own_files, party_named
from mengkeju.deals.api.performance_schemas import (
    AcceptanceIn,
    AcceptanceOut,
    AcceptancesOut,
    AfterWithdrawIn,
    ArrivalIn,
    ArrivalOut,
    ArrivalsOut,
)
from mengkeju.deals.api.reads import routes
from mengkeju.deals.models import VERDICTS, Acceptance, Arrival, Deal
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.api import once
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.scopes import Scope, Title


def acceptances(found: Sequence[Acceptance], deal: Deal, actor: Actor) -> list[dict[str, Any]]:
    """`AcceptanceOut` of each, all of one deal. A constant number of queries."""
    papers = queries.evidence_of("acceptance", found)
    own = {party.pk for party in queries.own_sides(actor, deal)} if queries.may_accept(actor, deal) else set()
    same = ("uid", "held_on", "verdict", "opinion", "experts", "created_at")
    return [
        {
            **{name: getattr(row, name) for name in same},
            "verdict_label": str(VERDICTS[row.verdict]),
            "said_for": row.said_for.uid,
            "said_for_name": row.said_for.name,
            "papers": papers[row.uid],
            "withdrawn_at": row.archived_at,
            "withdrawn_reason": row.archived_reason,
            "may_withdraw": row.archived_at is None and row.said_for_id in own,
        }
        for row in found
    ]


def _load_acceptance(request: ApiRequest, deal: Deal, uid: UUID) -> Acceptance:
    found = queries.find_acceptance(request.actor, deal, uid)
    if found is None:
        raise Http404
    return found


def _shown_acceptance(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    row = _load_acceptance(request, deal, uid)
    return acceptances([row], row.deal, request.actor)[0]


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/acceptances",
    title=Title("列出验收结论", "List the acceptances"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=AcceptancesOut,
)
def list_acceptances(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The newest first, the withdrawn ones too; for those inside."""
    deal = load_for(request, uid, DealPerm.READ_INSIDE)
    rows = list(queries.acceptances(request.actor, deal))
    return {"items": acceptances(rows, deal, request.actor), "writable": queries.may_accept(request.actor, deal)}


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/acceptances",
    title=Title("填写验收结论", "Record an acceptance"),
    permission=PerformancePerm.ACCEPTANCE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: AcceptanceOut},
)
def record_acceptance(request: ApiRequest, uid: UUID, given: AcceptanceIn) -> Status[dict[str, Any]]:
    """By the receiving side; a verdict of passed moves the deal."""
    deal = load_for(request, uid, PerformancePerm.ACCEPTANCE)
    said, papers = given.dict(exclude={"papers"}), own_files(request, given.papers, "papers")

    def record() -> Acceptance:
        return actions.record_acceptance(deal, **said, papers=papers, by=request.actor, now=clock.now())

    made = once.created(request, record)
    return Status(201, _shown_acceptance(request, deal, made.uid))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/acceptances/{uuid:acceptance_uid}/withdraw",
    title=Title("撤回验收结论", "Withdraw an acceptance"),
    permission=PerformancePerm.ACCEPTANCE,
    scope=Scope.DEALS_WRITE,
    response=AcceptanceOut,
)
def withdraw_acceptance(request: ApiRequest, uid: UUID, acceptance_uid: UUID, given: AfterWithdrawIn) -> dict[str, Any]:
    """By the party whose word it was, with the reason."""
    deal = load_for(request, uid, PerformancePerm.ACCEPTANCE)
    row = _load_acceptance(request, deal, acceptance_uid)
    actions.withdraw_acceptance(row, given.reason, by=request.actor, now=clock.now())
    return _shown_acceptance(request, deal, acceptance_uid)


def _arrival(row: Arrival) -> dict[str, Any]:
    """`ArrivalOut`."""
    same = (
        "uid", "team", "headcount", "doctors", "seniors", "full_time", "came_from", "arrived_on", "employer_name",
        "created_at",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "employer": row.employer.uid if row.employer is not None else None,
        "withdrawn_at": row.archived_at,
        "withdrawn_reason": row.archived_reason,
    }


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/arrivals",
    title=Title("列出引进的人才", "List people who came"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=ArrivalsOut,
)
def list_arrivals(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Counts, never names; for those inside."""
    deal = load_for(request, uid, DealPerm.READ_INSIDE)
    rows = queries.arrivals_of(request.actor, deal)
    heads, writable = sum(row.headcount for row in rows), queries.may_count_arrivals(request.actor, deal)
    return {"items": [_arrival(row) for row in rows], "heads": heads, "writable": writable}


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/arrivals",
    title=Title("记引进的人才", "Count people who came"),
    permission=PerformancePerm.ARRIVAL,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: ArrivalOut},
)
def record_arrival(request: ApiRequest, uid: UUID, given: ArrivalIn) -> Status[dict[str, Any]]:
    """By any party, once signed."""
    deal = load_for(request, uid, PerformancePerm.ARRIVAL)
    employer = party_named(deal, given.employer, "employer") if given.employer is not None else None
    came = Came(**given.dict(exclude={"employer"}), employer=employer)

    def count() -> Arrival:
        return actions.record_arrival(deal, came, by=request.actor, now=clock.now())

    return Status(201, _arrival(once.created(request, count)))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/arrivals/{uuid:arrival_uid}/withdraw",
    title=Title("撤回引进的人才", "Withdraw a count of people"),
    permission=PerformancePerm.ARRIVAL,
    scope=Scope.DEALS_WRITE,
    response=ArrivalOut,
)
def withdraw_arrival(request: ApiRequest, uid: UUID, arrival_uid: UUID, given: AfterWithdrawIn) -> dict[str, Any]:
    """By any party, with the reason; it is listed no more."""
    deal = load_for(request, uid, PerformancePerm.ARRIVAL)
    row = queries.find_arrival(request.actor, deal, arrival_uid)
    if row is None:
        raise Http404
    return _arrival(actions.withdraw_arrival(row, given.reason, by=request.actor, now=clock.now()))
