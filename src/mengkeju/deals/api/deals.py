"""Deals through the API: read, opened from an intention, started by hand, changed, moved.

Who stands on a side, texts, money and the day of signing have pages of their own; they need a person who answers.
"""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.api.deal_schemas import (
    DealHistoryOut,
    DealMoveIn,
    DealOpenQuery,
    DealOut,
    DealPatch,
    DealQuery,
    DealRow,
    DealStartIn,
)
from mengkeju.deals.api.reads import duty_of, load, routes
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries import cooperation
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, RefusedError, may, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing

SAME = (
    "uid", "number", "kind", "title", "state", "origin", "channel", "signed_on",
    "fictional", "revision", "created_at", "state_at",
)  # fmt: skip
PARTICULARS = ("summary", "field", "ip_kind", "ip_terms", "plan_source", "effective_from", "effective_until")


def load_deal(request: ApiRequest, uid: UUID) -> Deal:
    """The deal, or 404 for whoever may not read it."""
    found = queries.find_deal(request.actor, uid)
    if found is None:
        raise Http404
    return found


def _party(party: DealParty, *, inside: bool) -> dict[str, Any]:
    organisation = party.organisation.uid if party.organisation is not None else None
    name = party.name if inside or organisation is not None else ""
    same = {"side": party.side, "role": party.role, "individual": party.individual}
    return {**same, "organisation": organisation, "name": name}


def plain(amount: Decimal | None) -> str | None:
    """An amount as the API says it."""
    return None if amount is None else f"{amount:f}"


def _row(deal: Deal, parties: list[DealParty], *, inside: bool) -> dict[str, Any]:
    return {
        **{name: getattr(deal, name) for name in SAME},
        "state_label": word(DEAL.states[deal.state]),
        "contract_value": plain(deal.contract_value),
        "technology_value": plain(deal.technology_value),
        "paid_value": plain(deal.paid_value) if inside else None,
        "parties": [_party(party, inside=inside) for party in parties],
        "url": deal.get_absolute_url(),
    }


def rows(found: list[Deal], actor: Actor) -> list[dict[str, Any]]:
    """`DealRow` of each; two queries more than reading them. A record from a source is shown as to those outside."""
    parties, inside = queries.parties_of(found), cooperation.readable_inside(actor, found)
    return [_row(d, parties[d.pk], inside=d.pk in inside and not d.from_source) for d in found]


def whole(deal: Deal, actor: Actor) -> dict[str, Any]:
    """`DealOut`."""
    inside = may(actor, DealPerm.READ_INSIDE, deal)
    parties = queries.parties_of([deal])[deal.pk]
    need, achievement = queries.listings_of(actor, deal)
    above = cooperation.parent_of(actor, deal)
    return {
        **_row(deal, parties, inside=inside),
        **{name: getattr(deal, name) for name in PARTICULARS},
        "intention": deal.intention.uid if inside and deal.intention is not None else None,
        "parent": above.uid if above is not None else None,
        "parts": [part.uid for part in cooperation.parts_of(actor, deal)],
        "need": _ref(need),
        "achievement": _ref(achievement),
        "terms": [_terms(party) for party in parties] if inside else [],
        "helpers": _helpers(deal) if inside else [],
        "duty": duty_of(deal, actor) if inside else None,
        "writable": queries.writable(actor, deal),
        "steps": [key for key, _step in queries.moves(actor, deal)],
    }


def _ref(listing: Listing | None) -> dict[str, Any] | None:
    return {"uid": listing.uid, "title": listing.title} if listing is not None else None


def _terms(party: DealParty) -> dict[str, Any]:
    own = {"uid": party.uid, "ip_share": plain(party.ip_share), "deducts": party.deducts}
    return {**_party(party, inside=True), **own}


def _helpers(deal: Deal) -> list[dict[str, Any]]:
    same = ("uid", "role", "note", "confirmed_at")
    return [
        {**{name: getattr(row, name) for name in same}, "name": str(row), "share": plain(row.share)}
        for row in queries.helpers_of(deal)
    ]


def shown(request: ApiRequest, deal: Deal) -> dict[str, Any]:
    """The deal as an answer, with its ETag."""
    revision.note(request, deal.revision)
    return whole(deal, request.actor)


@routes.operation(
    "GET",
    "/deals",
    title=Title("列出合作项目", "List deals"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=Page[DealRow],
)
def list_deals(request: ApiRequest, asked: Query[DealQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Of my organisations, those I helped with, and those a published source tells of; in order of creation."""
    wanted = queries.DealFilter(
        asked.text.strip(), asked.state or "", asked.kind or "", asked.year, asked.mine, asked.place or ""
    )
    return paginate(
        request, queries.filtered_deals(request.actor, wanted), page, show=partial(rows, actor=request.actor)
    )


@routes.operation(
    "GET",
    "/deals/{uuid:uid}",
    title=Title("读取一个合作项目", "Read a deal"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=DealOut,
)
def get_deal(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag; from a published source, only what the source says."""
    return shown(request, load_deal(request, uid))


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/history",
    title=Title("读取合作项目的经过", "Read the history of a deal"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=DealHistoryOut,
)
def get_deal_history(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """What happened and who acted."""
    deal = load_deal(request, uid)
    return {"items": timeline(deal, inside=may(request.actor, DealPerm.READ_INSIDE, deal))}


@routes.operation(
    "POST",
    "/deals",
    title=Title("新建合作项目", "Start a deal"),
    permission=DealPerm.START,
    scope=Scope.DEALS_WRITE,
    ask_first=True,
    creates=True,
    response={201: DealOut},
)
def start_deal(request: ApiRequest, given: DealStartIn) -> Status[dict[str, Any]]:
    """A call, a meeting: without an intention. From an intention use `POST /intentions/{uid}/deal`."""
    own, other = PartyInput(given.side, _own(request, given)), _other(given)
    listing = _listing(request, given.listing)

    def start() -> Deal:
        return actions.start_deal(
            given.title,
            own=own,
            other=other,
            listing=listing,
            kind=given.kind,
            origin="listing" if listing is not None else "call",
            by=request.actor,
            now=clock.now(),
        )

    made = once.created(request, start)
    return Status(201, shown(request, load_deal(request, made.uid)))


def _own(request: ApiRequest, given: DealStartIn) -> Organisation:
    mine = directory.my_organisations(request.actor)
    if given.own is None and len(mine) > 1:
        raise ProblemError("invalid", "", [Wrong("#/own", _("您属于多个单位，请写明以哪个单位的名义"))])
    found = next((one for one in mine if given.own in {None, one.uid}), None)
    if found is None:
        raise RefusedError(DealPerm.START, _("只能为自己所在的单位建合作项目"), _("该单位人员"))
    return found


def _other(given: DealStartIn) -> PartyInput:
    """ProblemError invalid for one that is not in the directory, and for two that are named."""
    side = "buyer" if given.side == "seller" else "seller"
    if given.other is None:
        return PartyInput(side, None, given.other_name, individual=given.individual)
    found = directory.verified_organisation(given.other)
    if found is None or given.other_name or given.individual:
        said = _("没有找到这家单位") if found is None else _("已经写明单位，不要再写名称或个人")
        raise ProblemError("invalid", "", [Wrong("#/other", said)])
    return PartyInput(side, found)


def _listing(request: ApiRequest, uid: UUID | None) -> Listing | None:
    found = listings.find(request.actor, uid) if uid is not None else None
    if uid is not None and found is None:
        raise ProblemError("invalid", "", [Wrong("#/listing", _("没有找到这一条，或您看不到它"))])
    return found


@routes.operation(
    "POST",
    "/intentions/{uuid:uid}/deal",
    title=Title("由意向建合作项目", "Open the deal of an intention"),
    permission=DealPerm.OPEN,
    scope=Scope.DEALS_WRITE,
    response=DealOut,
)
def open_deal(request: ApiRequest, uid: UUID, asked: Query[DealOpenQuery]) -> dict[str, Any]:
    """Sides, listings, origin and broker are taken over; the running deal when there is one."""
    made = actions.open_deal(load(request, uid), by=request.actor, now=clock.now(), kind=asked.kind)
    return shown(request, load_deal(request, made.uid))


@routes.operation(
    "PATCH",
    "/deals/{uuid:uid}",
    title=Title("修改合同信息", "Change the particulars"),
    permission=DealPerm.WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=DealOut,
)
def edit_deal(request: ApiRequest, uid: UUID, given: DealPatch) -> dict[str, Any]:
    """Members that are left out stay; a day is taken away by null, a text by an empty one."""
    deal, read = load_deal(request, uid), revision.expected(request)
    require(request.actor, DealPerm.WRITE, deal)
    stated = given.dict(exclude_unset=True)
    days = ("effective_from", "effective_until")
    if empty := [key for key, value in stated.items() if value is None and key not in days]:
        raise ProblemError("invalid", "", [Wrong(f"#/{key}", _("请填写，或写空文字")) for key in empty])
    actions.edit_deal(deal, stated, by=request.actor, now=clock.now(), revision=read)
    return shown(request, load_deal(request, uid))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/move",
    title=Title("履行、验收、落地、办结、终止", "Perform, accept, land, close, terminate"),
    permission=DealPerm.MOVE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=DealOut,
)
def move_deal(request: ApiRequest, uid: UUID, given: DealMoveIn) -> dict[str, Any]:
    """By a party; also to record a dispute and that it is settled."""
    deal, read = load_deal(request, uid), revision.expected(request)
    actions.move_deal(deal, given.step, note=given.note, by=request.actor, now=clock.now(), revision=read)
    return shown(request, load_deal(request, uid))
