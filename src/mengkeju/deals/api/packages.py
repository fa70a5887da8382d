"""Packages of work and lines of funding of a deal through the API."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Status

from mengkeju.deals import actions
from mengkeju.deals.access import CooperationPerm, DealPerm
from mengkeju.deals.api.cooperation_schemas import (
    FundingLineIn,
    FundingLineOut,
    FundingOut,
    RemovalIn,
    WorkPackageIn,
    WorkPackageOut,
    WorkPackagesOut,
)
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.money import load_for
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import FUNDING_SOURCES, Deal, DealParty, FundingLine, WorkPackage
from mengkeju.deals.queries import cooperation
from mengkeju.kernel import clock
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title

WRITE = CooperationPerm.WRITE
PACKAGE = ("uid", "title", "content", "begins_on", "ends_on", "revision")
FUNDING = ("uid", "source", "year", "giver", "said_by_plan", "revision")


def load_with(request: ApiRequest, uid: UUID, needs: str, step: Step) -> Deal:
    """The deal; 404 also for a kind without the step, as its pages say."""
    deal = load_for(request, uid, needs)
    if not deal.kind_spec.has(step):
        raise Http404
    return deal


def _party(deal: Deal, uid: UUID, name: str) -> DealParty:
    found = deal.parties.filter(uid=uid, archived_at=None).first()
    if found is None:
        raise ProblemError("invalid", "", [Wrong(f"#/{name}", _("请选择合同的一方"))])
    return found


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"


# ---- Packages ---------------------------------------------------------------------------------------


def _package(row: WorkPackage) -> dict[str, Any]:
    more = {"lead": row.lead.uid, "lead_name": row.lead.name, "budget": plain(row.budget)}
    return {**{name: getattr(row, name) for name in PACKAGE}, **more}


def _shown_package(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    row = _find_package(deal, uid)
    revision.note(request, row.revision)
    return _package(row)


def _find_package(deal: Deal, uid: UUID) -> WorkPackage:
    row = cooperation.find_package(deal, uid)
    if row is None:
        raise Http404
    return row


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/packages",
    title=Title("列出任务分工", "List the packages of work"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=WorkPackagesOut,
)
def list_packages(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Those that stand, in their order; 404 for a kind without packages."""
    deal = load_with(request, uid, DealPerm.READ_INSIDE, Step.PACKAGES)
    found = cooperation.packages_of(request.actor, deal)
    sums = cooperation.budget(found, cooperation.funding_of(request.actor, deal))
    return {
        "items": [_package(row) for row in found],
        "open_packages": sums.open_packages,
        **{name: _yuan(getattr(sums, name)) for name in ("planned", "funded", "beyond")},
    }


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/packages/{uuid:package_uid}",
    title=Title("读取一项任务", "Read a package of work"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=WorkPackageOut,
)
def get_package(request: ApiRequest, uid: UUID, package_uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown_package(request, load_with(request, uid, DealPerm.READ_INSIDE, Step.PACKAGES), package_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/packages",
    title=Title("加一项任务", "Add a package of work"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: WorkPackageOut},
)
def add_package(request: ApiRequest, uid: UUID, given: WorkPackageIn) -> Status[dict[str, Any]]:
    """By a party, until the deal is over."""
    deal = load_with(request, uid, WRITE, Step.PACKAGES)
    said = given.dict() | {"lead": _party(deal, given.lead, "lead")}
    made = once.created(request, lambda: actions.write_package(deal, said, by=request.actor, now=clock.now()))
    return Status(201, _shown_package(request, deal, made.uid))


@routes.operation(
    "PUT",
    "/deals/{uuid:uid}/packages/{uuid:package_uid}",
    title=Title("修改一项任务", "Change a package of work"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=WorkPackageOut,
)
def put_package(request: ApiRequest, uid: UUID, package_uid: UUID, given: WorkPackageIn) -> dict[str, Any]:
    """The whole package, from the revision that was read."""
    deal, read = load_with(request, uid, WRITE, Step.PACKAGES), revision.expected(request)
    row = _find_package(deal, package_uid)
    said = given.dict() | {"lead": _party(deal, given.lead, "lead")}
    actions.write_package(deal, said, package=row, by=request.actor, now=clock.now(), revision=read)
    return _shown_package(request, deal, package_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/packages/{uuid:package_uid}/remove",
    title=Title("移去一项任务", "Take a package of work off"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    response={204: None},
)
def remove_package(request: ApiRequest, uid: UUID, package_uid: UUID, given: RemovalIn) -> Status[None]:
    """With the reason; not while milestones hang on it."""
    deal = load_with(request, uid, WRITE, Step.PACKAGES)
    actions.remove_package(_find_package(deal, package_uid), given.reason, by=request.actor, now=clock.now())
    return Status(204, None)


# ---- Funding ----------------------------------------------------------------------------------------


def _line(row: FundingLine) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in FUNDING},
        "source_label": str(FUNDING_SOURCES[row.source]),
        "amount": plain(row.amount),
        "party": row.party.uid if row.party is not None else None,
        "party_name": row.party.name if row.party is not None else "",
    }


def _find_funding(deal: Deal, uid: UUID) -> FundingLine:
    row = cooperation.find_funding(deal, uid)
    if row is None:
        raise Http404
    return row


def _shown_line(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    row = _find_funding(deal, uid)
    revision.note(request, row.revision)
    return _line(row)


def _said_of_line(deal: Deal, given: FundingLineIn) -> dict[str, Any]:
    return given.dict() | {"party": _party(deal, given.party, "party") if given.party is not None else None}


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/funding",
    title=Title("列出经费来源", "List the funding"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=FundingOut,
)
def list_funding(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The lines that stand, by year; 404 for a kind without funding."""
    deal = load_with(request, uid, DealPerm.READ_INSIDE, Step.FUNDING)
    found = cooperation.funding_of(request.actor, deal)
    sums = cooperation.budget([], found)
    names = ("funded", "public", "own", "other")
    return {"items": [_line(row) for row in found], **{name: _yuan(getattr(sums, name)) for name in names}}


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/funding",
    title=Title("加一笔经费", "Add a line of funding"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: FundingLineOut},
)
def add_funding(request: ApiRequest, uid: UUID, given: FundingLineIn) -> Status[dict[str, Any]]:
    """By a party, until the deal is over."""
    deal = load_with(request, uid, WRITE, Step.FUNDING)
    said = _said_of_line(deal, given)
    made = once.created(request, lambda: actions.write_funding(deal, said, by=request.actor, now=clock.now()))
    return Status(201, _shown_line(request, deal, made.uid))


@routes.operation(
    "PUT",
    "/deals/{uuid:uid}/funding/{uuid:funding_uid}",
    title=Title("修改一笔经费", "Change a line of funding"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=FundingLineOut,
)
def put_funding(request: ApiRequest, uid: UUID, funding_uid: UUID, given: FundingLineIn) -> dict[str, Any]:
    """The whole line, from the revision that was read (`revision` of the list)."""
    deal, read = load_with(request, uid, WRITE, Step.FUNDING), revision.expected(request)
    row, said = _find_funding(deal, funding_uid), _said_of_line(deal, given)
    actions.write_funding(deal, said, line=row, by=request.actor, now=clock.now(), revision=read)
    return _shown_line(request, deal, funding_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/funding/{uuid:funding_uid}/remove",
    title=Title("移去一笔经费", "Take a line of funding off"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    response={204: None},
)
def remove_funding(request: ApiRequest, uid: UUID, funding_uid: UUID, given: RemovalIn) -> Status[None]:
    """With the reason."""
    deal = load_with(request, uid, WRITE, Step.FUNDING)
    actions.remove_funding(_find_funding(deal, funding_uid), given.reason, by=request.actor, now=clock.now())
    return Status(204, None)
