"""What a deal brings, through the API: forecast and actual by year, each with its basis, never mixed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm, LandingPerm
from mengkeju.deals.actions import Expected
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.landing_schemas import BenefitIn, BenefitOut, BenefitsOut
from mengkeju.deals.api.landings import name_of
from mengkeju.deals.api.money import load_for, own_files
from mengkeju.deals.api.performance_schemas import AfterWithdrawIn
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.benefit import ACTUAL, MEASURES, Cell, YearOfBenefit
from mengkeju.deals.models import Benefit, Deal, Landing
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.api import once
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title


def benefits(found: Sequence[Benefit], deal: Deal, actor: Actor) -> list[dict[str, Any]]:
    """`BenefitOut` of each, all of one deal. A constant number of queries."""
    evidence, inside = queries.evidence_of("benefit", found), may(actor, DealPerm.READ_INSIDE, deal)
    own = {party.pk for party in queries.own_sides(actor, deal)} if queries.may_benefit(actor, deal) else set()
    same = ("uid", "kind", "year", "jobs", "bound", "profit_bound", "basis", "source", "created_at")
    return [
        {
            **{name: getattr(row, name) for name in same},
            **{name: plain(getattr(row, name)) for name in MEASURES},
            "landing": row.landing.uid if row.landing is not None else None,
            "said_for": row.said_for.uid if row.said_for is not None else None,
            "said_for_name": name_of(row.said_for, inside=inside) if row.said_for is not None else "",
            "evidence": evidence[row.uid],
            "withdrawn_at": row.archived_at,
            "withdrawn_reason": row.archived_reason,
            "may_withdraw": row.archived_at is None and row.said_for_id in own,
        }
        for row in found
    ]


def _compared(line: YearOfBenefit) -> dict[str, Any]:
    return {"year": line.year, "measures": {name: _cell(cell) for name, cell in line.cells.items() if _is_told(cell)}}


def _is_told(cell: Cell) -> bool:
    return cell.forecast is not None or cell.actual is not None


def _cell(cell: Cell) -> dict[str, Any]:
    amounts = {name: plain(getattr(cell, name)) for name in ("forecast", "actual", "difference")}
    return {**amounts, "bound": cell.bound, "of_average": cell.of_average}


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/benefits",
    title=Title("列出经济收益", "List benefits"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=BenefitsOut,
)
def list_benefits(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Every row, and forecast beside actual by year; what a published source tells is everybody's."""
    deal = load_for(request, uid, DealPerm.READ)
    rows = queries.benefits_of(request.actor, deal)
    return {
        "items": benefits(rows, deal, request.actor),
        "years": [_compared(line) for line in queries.compared(rows)],
        "writable": queries.may_benefit(request.actor, deal),
    }


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/benefits",
    title=Title("填写经济收益", "Record a benefit"),
    permission=LandingPerm.BENEFIT,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: BenefitOut},
)
def record_benefit(request: ApiRequest, uid: UUID, given: BenefitIn) -> Status[dict[str, Any]]:
    """Expected of a year, or what a year that is over brought; of a landing its own party speaks."""
    deal = load_for(request, uid, LandingPerm.BENEFIT)
    told = Expected(**given.dict(exclude={"landing", "evidence"}), landing=_landing(request, deal, given))
    kept = own_files(request, given.evidence, "evidence")

    def record() -> Benefit:
        return actions.record_benefit(deal, told, by=request.actor, now=clock.now(), evidence=kept)

    made = once.created(request, record)
    made.refresh_from_db()  # amounts as the database keeps them; a repeat may meet one that was withdrawn meanwhile
    return Status(201, benefits([made], deal, request.actor)[0])


def _landing(request: ApiRequest, deal: Deal, given: BenefitIn) -> Landing | None:
    """The landing that is spoken of. ProblemError invalid for none of the deal, and for a bound of actual figures."""
    wrong = [
        Wrong(f"#/{name}", _("不少于、约、不超过只用来说预计数"))
        for name in ("bound", "profit_bound")
        if given.kind == ACTUAL and getattr(given, name)
    ]
    found = queries.find_landing(request.actor, deal, given.landing) if given.landing is not None else None
    if given.landing is not None and found is None:
        wrong.append(Wrong("#/landing", _("没有这一项")))
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return found


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/benefits/{uuid:benefit_uid}/withdraw",
    title=Title("撤回经济收益", "Withdraw a benefit"),
    permission=LandingPerm.BENEFIT,
    scope=Scope.DEALS_WRITE,
    response=BenefitOut,
)
def withdraw_benefit(request: ApiRequest, uid: UUID, benefit_uid: UUID, given: AfterWithdrawIn) -> dict[str, Any]:
    """By the party whose word it was, with the reason; it is listed no more."""
    deal = load_for(request, uid, LandingPerm.BENEFIT)
    row = queries.find_benefit(request.actor, deal, benefit_uid)
    if row is None:
        raise Http404
    gone = actions.withdraw_benefit(row, given.reason, by=request.actor, now=clock.now())
    return benefits([gone], deal, request.actor)[0]
