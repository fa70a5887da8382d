"""Landings of a deal through the API: recorded, changed, moved, what they make, the yearly report."""

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm, LandingPerm
from mengkeju.deals.actions import Expected, Made, Site
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.landing_schemas import (
    LandingEditIn,
    LandingIn,
    LandingMoveIn,
    LandingOut,
    LandingsOut,
    LandingYearIn,
    ProductionRowsIn,
)
from mengkeju.deals.api.money import load_for, own_files, party_named
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.engine.production import YearOfProduction
from mengkeju.deals.models import Deal, DealParty, Landing
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word

ONE = "/deals/{uuid:uid}/landings/{uuid:landing_uid}"
SAME = (
    "uid", "name", "state", "area", "address", "product", "unit", "jobs_planned", "began_on", "produced_on",
    "stopped_on", "source", "fictional", "revision", "created_at", "state_at",
)  # fmt: skip


def landings(found: list[Landing], deal: Deal, actor: Actor) -> list[dict[str, Any]]:
    """`LandingOut` of each, all of one deal."""
    volumes, evidence = queries.production_of(found), queries.evidence_of("landing", found)
    inside = may(actor, DealPerm.READ_INSIDE, deal)
    return [
        {
            **{name: getattr(row, name) for name in SAME},
            "state_label": word(LANDING.states[row.state]),
            "party": row.party.uid,
            "party_name": name_of(row.party, inside=inside),
            "investment": plain(row.investment),
            "capacity": plain(row.capacity),
            "production": [_year(one) for one in queries.years_of(volumes[row.pk])],
            "evidence": evidence[row.uid],
            "steps": _steps(row, actor),
            "url": row.get_absolute_url(),
        }
        for row in found
    ]


def name_of(party: DealParty, *, inside: bool) -> str:
    """The name of a party; that of a person only to those inside."""
    return party.name if inside or party.organisation_id is not None else ""


def _year(one: YearOfProduction) -> dict[str, Any]:
    amounts = ("plan", "actual", "deviation", "percent")
    return {"year": one.year, "months": one.months, **{name: plain(getattr(one, name)) for name in amounts}}


def _steps(row: Landing, actor: Actor) -> list[str]:
    """As the buttons of the page."""
    if not queries.may_tend(actor, row):
        return []
    moves = [key for key, _step in LANDING.leaving(row.state)]
    makes = ["production"] if row.unit else []
    return ["edit", *moves, *makes, *(["year"] if row.state in {"producing", "stopped"} else [])]


def load_landing(request: ApiRequest, deal: Deal, uid: UUID, needs: str = "") -> Landing:
    """The landing, or 404; RefusedError when the reader may not treat it so."""
    found = queries.find_landing(request.actor, deal, uid)
    if found is None:
        raise Http404
    if needs:
        require(request.actor, needs, found)
    return found


def _to_move(request: ApiRequest, uid: UUID, landing_uid: UUID) -> Landing:
    """A landing that the reader may move; who may nothing on its deal is refused before it is looked for."""
    deal = load_for(request, uid, LandingPerm.RECORD)
    return load_landing(request, deal, landing_uid, LandingPerm.MOVE)


def _shown(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    """The landing as it stands, as an answer with its ETag."""
    row = load_landing(request, deal, uid)
    revision.note(request, row.revision)
    return landings([row], row.deal, request.actor)[0]


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/landings",
    title=Title("列出成果落地", "List landings"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=LandingsOut,
)
def list_landings(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Where the result is put to use, plan and actual by year; what a published source tells is everybody's."""
    deal = load_for(request, uid, DealPerm.READ)
    rows = queries.landings_of(request.actor, deal)
    return {"items": landings(rows, deal, request.actor), "writable": queries.may_land(request.actor, deal)}


@routes.operation(
    "GET",
    ONE,
    title=Title("读取一处成果落地", "Read a landing"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=LandingOut,
)
def get_landing(request: ApiRequest, uid: UUID, landing_uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown(request, load_for(request, uid, DealPerm.READ), landing_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/landings",
    title=Title("填写成果落地", "Record a landing"),
    permission=LandingPerm.RECORD,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: LandingOut},
)
def record_landing(request: ApiRequest, uid: UUID, given: LandingIn) -> Status[dict[str, Any]]:
    """By the party whose site it is; the deal is landed with it."""
    deal = load_for(request, uid, LandingPerm.RECORD)
    site = Site(**given.dict(exclude={"party", "evidence"}), party=party_named(deal, given.party, "party"))
    kept = own_files(request, given.evidence, "evidence")

    def record() -> Landing:
        return actions.record_landing(deal, site, by=request.actor, now=clock.now(), evidence=kept)

    return Status(201, _shown(request, deal, once.created(request, record).uid))


@routes.operation(
    "PUT",
    ONE,
    title=Title("修改成果落地", "Change a landing"),
    permission=LandingPerm.MOVE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=LandingOut,
)
def put_landing(request: ApiRequest, uid: UUID, landing_uid: UUID, given: LandingEditIn) -> dict[str, Any]:
    """The whole of what is said of it, without its party and its days."""
    row, read = _to_move(request, uid, landing_uid), revision.expected(request)
    site = Site(**given.dict(), party=row.party, began_on=row.began_on, produced_on=row.produced_on)
    actions.edit_landing(row, site, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, row.deal, landing_uid)


@routes.operation(
    "POST",
    f"{ONE}/move",
    title=Title("开工、投产、停产", "Build, produce, stop"),
    permission=LandingPerm.MOVE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=LandingOut,
)
def move_landing(request: ApiRequest, uid: UUID, landing_uid: UUID, given: LandingMoveIn) -> dict[str, Any]:
    """As of a day, by the party whose site it is."""
    row, read = _to_move(request, uid, landing_uid), revision.expected(request)
    by, now = request.actor, clock.now()
    actions.move_landing(row, given.step, on=given.on, by=by, now=now, note=given.note, revision=read)
    return _shown(request, row.deal, landing_uid)


@routes.operation(
    "POST",
    f"{ONE}/production",
    title=Title("填写产量", "Record production"),
    permission=LandingPerm.MOVE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: LandingOut},
)
def record_production(
    request: ApiRequest, uid: UUID, landing_uid: UUID, given: ProductionRowsIn
) -> Status[dict[str, Any]]:
    """What is planned and what was made; what was said of the same time before is replaced."""
    row = _to_move(request, uid, landing_uid)
    rows = [Made(**one.dict()) for one in given.rows]
    kept = own_files(request, given.evidence, "evidence")

    def record() -> Landing:
        actions.record_production(row, rows, by=request.actor, now=clock.now(), evidence=kept)
        return row

    once.created(request, record)
    return Status(201, _shown(request, row.deal, landing_uid))


@routes.operation(
    "POST",
    f"{ONE}/year",
    title=Title("填写落地的年度情况", "Report the year of a landing"),
    permission=LandingPerm.MOVE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: LandingOut},
)
def report_landing_year(
    request: ApiRequest, uid: UUID, landing_uid: UUID, given: LandingYearIn
) -> Status[dict[str, Any]]:
    """Of a year that is over, in one go: what was made, what it brought; its duty ends."""
    row = _to_move(request, uid, landing_uid)
    told = Expected(kind="actual", landing=row, **given.dict(exclude={"volume", "evidence"}))
    kept = own_files(request, given.evidence, "evidence")

    def report() -> Landing:
        actions.report_landing_year(row, told, by=request.actor, now=clock.now(), volume=given.volume, evidence=kept)
        return row

    once.created(request, report)
    return Status(201, _shown(request, row.deal, landing_uid))
