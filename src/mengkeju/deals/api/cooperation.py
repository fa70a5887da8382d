"""Yearly results and terms of a deal through the API, and what hangs below it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import CooperationPerm, DealPerm
from mengkeju.deals.api.cooperation_schemas import (
    DealParentIn,
    DealPartIn,
    RenewalIn,
    RenewalOut,
    TermOfDealOut,
    YearReportIn,
    YearResultIn,
    YearResultOut,
    YearResultsOut,
)
from mengkeju.deals.api.deal_schemas import DealOut, DealRow
from mengkeju.deals.api.deals import load_deal, plain, rows, shown
from mengkeju.deals.api.money import load_for
from mengkeju.deals.api.packages import load_with
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, Renewal, YearResult
from mengkeju.deals.queries import cooperation
from mengkeju.kernel import clock
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title

WRITE = CooperationPerm.WRITE
YEAR = ("uid", "year", "summary", "projects", "patents", "people_trained", "next_year", "revision")
RENEWAL = ("uid", "until_before", "until_after", "created_at")
NONE_YET = 0
"""The revision of a result that nobody has written."""


# ---- Years ------------------------------------------------------------------------------------------


def _year(row: YearResult) -> dict[str, Any]:
    more = {"spent": plain(row.spent), "said_for": row.said_for.name if row.said_for is not None else ""}
    return {**{name: getattr(row, name) for name in YEAR}, **more}


def _shown_year(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    row = _find_year(request, deal, uid)
    revision.note(request, row.revision)
    return _year(row)


def _find_year(request: ApiRequest, deal: Deal, uid: UUID) -> YearResult:
    row = next((row for row in cooperation.year_results(request.actor, deal) if row.uid == uid), None)
    if row is None:
        raise Http404
    return row


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/years",
    title=Title("列出年度成果", "List the yearly results"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=YearResultsOut,
)
def list_years(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The newest year first; 404 for a kind without yearly results."""
    deal = load_with(request, uid, DealPerm.READ_INSIDE, Step.YEARLY)
    found = cooperation.year_results(request.actor, deal)
    return {"items": [_year(row) for row in found], "missing": cooperation.missing_years(deal, clock.today())}


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/years",
    title=Title("写一年的成果", "Report a year"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: YearResultOut},
)
def report_year(request: ApiRequest, uid: UUID, given: YearReportIn) -> Status[dict[str, Any]]:
    """By a party, once signed. A year that somebody has reported is answered with 409 stale_revision: correct it."""
    deal = load_with(request, uid, WRITE, Step.YEARLY)
    said = given.dict(exclude={"year"})

    def report() -> YearResult:
        return actions.report_year(deal, given.year, said, by=request.actor, now=clock.now(), revision=NONE_YET)

    made = once.created(request, report)
    return Status(201, _shown_year(request, deal, made.uid))


@routes.operation(
    "PUT",
    "/deals/{uuid:uid}/years/{uuid:result_uid}",
    title=Title("更正一年的成果", "Correct a year's result"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=YearResultOut,
)
def put_year(request: ApiRequest, uid: UUID, result_uid: UUID, given: YearResultIn) -> dict[str, Any]:
    """The whole result, from the revision that was read (`revision` of the list); what stood before stays on record."""
    deal, read = load_with(request, uid, WRITE, Step.YEARLY), revision.expected(request)
    row = _find_year(request, deal, result_uid)
    actions.report_year(deal, row.year, given.dict(), by=request.actor, now=clock.now(), revision=read)
    return _shown_year(request, deal, result_uid)


# ---- Terms ------------------------------------------------------------------------------------------


def _renewal(row: Renewal) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in RENEWAL}, "addendum": row.addendum.uid}


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/term",
    title=Title("读取有效期和续签", "Read the term and its renewals"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=TermOfDealOut,
)
def get_term(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With the deal's ETag, from which it is renewed; 404 for a kind without a term."""
    deal = load_with(request, uid, DealPerm.READ_INSIDE, Step.TERM)
    revision.note(request, deal.revision)
    return {
        "effective_from": deal.effective_from,
        "effective_until": deal.effective_until,
        "expired": cooperation.has_expired(deal, clock.today()),
        "renewals": [_renewal(row) for row in cooperation.renewals_of(deal)],
        "addenda": [text.uid for text in cooperation.prolonging_texts(deal)],
    }


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/renewals",
    title=Title("续签", "Renew the term"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    revises=True,
    response={201: RenewalOut},
)
def renew_term(request: ApiRequest, uid: UUID, given: RenewalIn) -> Status[dict[str, Any]]:
    """By an addendum that every party has confirmed and that prolonged nothing yet."""
    deal, read = load_with(request, uid, WRITE, Step.TERM), revision.expected(request)
    text = queries.find_text(deal, given.addendum)
    if text is None:
        raise ProblemError("invalid", "", [Wrong("#/addendum", _("请选择各方都已确认、还没有用过的补充协议"))])

    def renew() -> Renewal:
        return actions.renew_term(deal, text, given.until, by=request.actor, now=clock.now(), revision=read)

    made = once.created(request, renew)
    revision.note(request, load_deal(request, uid).revision)
    return Status(201, _renewal(made))


# ---- What carries what ------------------------------------------------------------------------------


@routes.operation(
    "PUT",
    "/deals/{uuid:uid}/parent",
    title=Title("归入项目或协议", "Hang it below a project or an agreement"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=DealOut,
)
def put_parent(request: ApiRequest, uid: UUID, given: DealParentIn) -> dict[str, Any]:
    """Below a deal of one's own that may carry it; null takes it off. 404 for a kind that nothing carries."""
    deal, read = load_for(request, uid, WRITE), revision.expected(request)
    if not deal.kind_spec.within:
        raise Http404
    parent = queries.find_deal(request.actor, given.parent) if given.parent is not None else None
    if given.parent is not None and parent is None:
        raise ProblemError("invalid", "", [Wrong("#/parent", _("没有找到这一条，或您看不到它"))])
    actions.set_parent(deal, parent, by=request.actor, now=clock.now(), revision=read)
    return shown(request, load_deal(request, uid))


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/parts",
    title=Title("列出归在下面的合同和项目", "List what hangs below a deal"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=Page[DealRow],
)
def list_parts(request: ApiRequest, uid: UUID, page: Query[PageQuery]) -> dict[str, Any]:
    """As far as the reader may read them, in order of creation."""
    found = queries.deals(request.actor).filter(parent=load_deal(request, uid))
    return paginate(request, found, page, show=partial(rows, actor=request.actor))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/parts",
    title=Title("由此建合同或项目", "Open a deal below this one"),
    permission=WRITE,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: DealOut},
)
def open_part(request: ApiRequest, uid: UUID, given: DealPartIn) -> Status[dict[str, Any]]:
    """Parties, listings, field, plan and origin are taken over. 404 for a deal that carries nothing."""
    deal = load_for(request, uid, WRITE)
    if not cooperation.kinds_below(deal):
        raise Http404

    def act() -> Deal:
        return actions.open_part(
            deal, given.kind, given.title, parties=given.parties, by=request.actor, now=clock.now()
        )

    made = once.created(request, act)
    return Status(201, shown(request, load_deal(request, made.uid)))
