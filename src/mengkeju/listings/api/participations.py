"""Who takes part in a listing, and the answer of the person named, through the API. The list is kept on the pages."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import gettext, word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.api.reads import load, routes
from mengkeju.listings.api.schemas import ORGANISATION, UID, example
from mengkeju.listings.api.values import note_parts
from mengkeju.listings.engine.participations import ANSWERS, PARTS
from mengkeju.listings.models import Participation

PARTICIPATION_UID = "0193a4c6-0000-7000-8000-000000000804"
Given = Literal["", "asked", "agreed", "objected"]
ANSWER = "空：没有登录，未询问。 / Empty: has no login, was not asked."


class TeamMemberOut(Schema):
    """One on the list. `answer` only for those inside and himself."""

    part: str
    part_label: str
    name: str
    organisation: UUID | None
    answer_label: str


class TeamOut(Schema):
    """The list in order. `unsettled`: somebody objects to being named, and is left out here."""

    open: bool = Field(description="读者看得到名单。 / Whether the reader may know the list.")
    unsettled: bool
    items: list[TeamMemberOut]

    model_config = example(
        {
            "open": True,
            "unsettled": False,
            "items": [
                {
                    "part": "inventor",
                    "part_label": "发明人",
                    "name": "演示人员",
                    "organisation": None,
                    "answer_label": "",
                }
            ],
        }
    )


class ParticipationOut(Schema):
    """How somebody is named on a listing; `reason`: why he objects."""

    uid: UUID
    listing: UUID
    listing_title: str
    listing_owner: str
    listing_readable: bool
    part: str
    part_label: str
    name: str
    organisation: UUID | None
    answer: Given = Field(description=ANSWER)
    answer_label: str
    reason: str
    asked_at: datetime | None
    answered_at: datetime | None
    may_answer: bool = Field(description="被署名的是我本人。 / It is I who am named.")

    model_config = example(
        {
            "uid": PARTICIPATION_UID,
            "listing": UID,
            "listing_title": "气化细渣脱水",
            "listing_owner": "演示单位（演示）",
            "listing_readable": True,
            "part": "inventor",
            "part_label": "发明人",
            "name": "演示人员",
            "organisation": ORGANISATION,
            "answer": "asked",
            "answer_label": "已请本人确认",
            "reason": "",
            "asked_at": "2026-11-21T10:30:00+08:00",
            "answered_at": None,
            "may_answer": True,
        }
    )


class ParticipationQuery(Schema):
    """Filters of the list of participations."""

    answer: Literal["asked", "agreed", "objected"] | None = None
    mine: bool = Field(default=False, description="只列我本人被署名的。 / Only those that name me.")


class ParticipationAnswerIn(Input):
    """Agree, or object: then nobody else is told the name, and the owner settles the list."""

    decision: Literal["agree", "object"]
    reason: str = Field(default="", max_length=500, description="理由，只给发布单位看。 / Read by the owner only.")

    model_config = example({"decision": "object", "reason": "没有参加"}) | {"extra": "forbid"}


def _part(key: str) -> str:
    return word(PARTS[key]) if key in PARTS else key


def _row(row: Participation, actor: Actor) -> dict[str, Any]:
    same = ("uid", "answer", "asked_at", "answered_at")
    named = row.person or row.organisation
    return {
        **{name: getattr(row, name) for name in same},
        "listing": row.listing.uid,
        "listing_title": row.listing.title,
        "listing_owner": row.listing.owner.name if row.listing.owner is not None else "",
        "listing_readable": may(actor, Perm.READ, row.listing),
        "part": row.role,
        "part_label": _part(row.role),
        "name": named.name if named is not None else row.name,
        "organisation": row.organisation.uid if row.organisation is not None else None,
        "answer_label": gettext(ANSWERS[row.answer]) if row.answer else "",
        "reason": row.objection,
        "may_answer": may(actor, PartPerm.PARTICIPATION_ANSWER, row),
    }


def _named(request: ApiRequest, uid: UUID) -> Participation:
    """The participation, or 404 for whoever may not see it."""
    row = queries.participation(request.actor, uid)
    if row is None:
        raise Http404
    return row


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/participations",
    title=Title("读取署名名单", "Read who takes part"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=TeamOut,
)
def list_team(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """By part, in order, as the reader may know it."""
    listing = load(request, uid)
    if not queries.may_know_team(listing, request.actor):
        return {"open": False, "unsettled": False, "items": []}
    found = queries.team(listing, request.actor)
    note_parts(request, listing, [listing.field_tiers.get("team", "public")])
    items = [
        {
            "part": one.row.role,
            "part_label": label,
            "name": one.name,
            "organisation": one.organisation,
            "answer_label": one.answer,
        }
        for label, people in found.parts
        for one in people
    ]
    return {"open": True, "unsettled": found.unsettled, "items": items}


@routes.operation(
    "GET",
    "/participations",
    title=Title("列出署名", "List participations"),
    permission=PartPerm.PARTICIPATION_READ,
    scope=Scope.LISTINGS_READ,
    response=Page[ParticipationOut],
)
def list_participations(
    request: ApiRequest, asked: Query[ParticipationQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """Those that name me, and those on the listings of my organisations."""
    rows = queries.participations(request.actor, answer=asked.answer or "", mine=asked.mine)
    return paginate(request, rows, page, show=lambda found: [_row(row, request.actor) for row in found])


@routes.operation(
    "GET",
    "/participations/{uuid:uid}",
    title=Title("读取一条署名", "Read a participation"),
    permission=PartPerm.PARTICIPATION_READ,
    scope=Scope.LISTINGS_READ,
    response=ParticipationOut,
)
def get_participation(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """For the person named and the people of the listing's owner."""
    return _row(_named(request, uid), request.actor)


@routes.operation(
    "POST",
    "/participations/{uuid:uid}/answer",
    title=Title("同意署名或提出异议", "Agree to being named, or object"),
    permission=PartPerm.PARTICIPATION_ANSWER,
    scope=Scope.LISTINGS_WRITE,
    response=ParticipationOut,
)
def answer_participation(request: ApiRequest, uid: UUID, given: ParticipationAnswerIn) -> dict[str, Any]:
    """By the person named alone; he may change his mind. The same answer again changes nothing."""
    row, agrees = _named(request, uid), given.decision == "agree"
    actions.answer_participation(row, agrees=agrees, by=request.actor, now=clock.now(), reason=given.reason)
    return _row(_named(request, uid), request.actor)
