"""Requests to see closed content, and files of a listing, through the API.

The undertaking of confidentiality is accepted by a manager on the pages: nobody manages an organisation by a token.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from ninja import Query, Schema, Status
from pydantic import Field

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, files, stamping
from mengkeju.kernel.access import require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.api.reads import load, routes
from mengkeju.listings.api.schemas import NOTE, ORGANISATION, UID, Tier, example
from mengkeju.listings.engine.disclosure import ACCESS_REQUEST
from mengkeju.listings.models import AccessRequest, ListingFile

RequestState = Literal["made", "asked", "signing", "granted", "refused", "withdrawn", "ended", "lapsed"]
FILE_UID = "0193a4c6-0000-7000-8000-000000000501"
REQUEST_UID = "0193a4c6-0000-7000-8000-000000000601"


class AccessRequestOut(Schema):
    """A request to see what a listing opens to parties only."""

    uid: UUID
    revision: int
    listing: UUID
    listing_title: str
    organisation: UUID
    organisation_name: str
    purpose: str
    mode: Literal["consent", "undertaking"] = Field(
        description="consent 逐个同意，undertaking 承诺即开放。 / How the listing opened when it was asked."
    )
    state: RequestState
    state_label: str
    undertaking_version: str = Field(description="接受的保密承诺版本，空为没有接受。 / Empty: none accepted.")
    due_on: date | None
    created_at: datetime

    model_config = example(
        {
            "uid": REQUEST_UID,
            "revision": 2,
            "listing": UID,
            "listing_title": "气化细渣脱碳",
            "organisation": ORGANISATION,
            "organisation_name": "演示单位（演示）",
            "purpose": "评估能否用于细渣脱碳",
            "mode": "consent",
            "state": "asked",
            "state_label": "待所有者决定",
            "undertaking_version": "",
            "due_on": "2026-11-27",
            "created_at": "2026-11-21T14:00:00+08:00",
        }
    )


class AccessAskIn(Input):
    """For which of my organisations, and what for."""

    organisation: UUID
    purpose: str = Field(min_length=1, max_length=1000)

    model_config = example({"organisation": ORGANISATION, "purpose": "评估能否用于细渣脱碳"}) | {"extra": "forbid"}


class AccessAnswerIn(Input):
    """Consent, or refuse with a reason that the asking organisation reads."""

    decision: Literal["consent", "refuse"]
    note: str = Field(default="", max_length=1000, description=NOTE)

    model_config = example({"decision": "refuse", "note": "已与别的单位签约"}) | {"extra": "forbid"}


class AccessEndIn(Input):
    """Why it ends."""

    note: str = Field(default="", max_length=1000, description=NOTE)

    model_config = example({"note": "合作已结束"}) | {"extra": "forbid"}


class ListingFileOut(Schema):
    """A file of a listing that this reader may download. The digests are those of the original."""

    uid: UUID
    name: str
    size: int = Field(description="字节。 / Bytes.")
    detected_type: str
    sha256: str
    sm3: str
    kind: str
    tier: Tier
    caption: str
    stamped: bool = Field(
        description="下载的是带有贵单位名称、时间和编号的副本。 / What is downloaded is a copy stamped with your name."
    )
    url: str

    model_config = example(
        {
            "uid": FILE_UID,
            "name": "检测报告.pdf",
            "size": 20480,
            "detected_type": "application/pdf",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sm3": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
            "kind": "report",
            "tier": "parties",
            "caption": "",
            "stamped": True,
            "url": f"/listings/{UID}/files/{FILE_UID}/",
        }
    )


class ListingFilesOut(Schema):
    """All of them; of closed tiers how many there are otherwise."""

    items: list[ListingFileOut]
    closed: dict[Tier, int]

    model_config = example({"items": [], "closed": {"parties": 2}})


def _rows(found: list[AccessRequest]) -> list[dict[str, Any]]:
    due = queries.requests_due(found)
    same = ("uid", "revision", "purpose", "mode", "state", "undertaking_version", "created_at")
    return [
        {
            **{name: getattr(one, name) for name in same},
            "listing": one.listing.uid,
            "listing_title": one.listing.title,
            "organisation": one.organisation.uid,
            "organisation_name": one.organisation.name,
            "state_label": word(ACCESS_REQUEST.states[one.state]),
            "due_on": due.get(one.uid),
        }
        for one in found
    ]


def _load(request: ApiRequest, uid: UUID) -> AccessRequest:
    found = queries.find_request(request.actor, uid)
    if found is None:
        raise Http404
    return found


def _shown(request: ApiRequest, one: AccessRequest) -> dict[str, Any]:
    revision.note(request, one.revision)
    return _rows([one])[0]


@routes.operation(
    "GET",
    "/access-requests",
    title=Title("列出查看申请", "List requests to see closed content"),
    permission=Perm.ACCESS_READ,
    scope=Scope.LISTINGS_READ,
    response=Page[AccessRequestOut],
)
def list_access_requests(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Those my organisations sent and received."""
    return paginate(request, queries.access_requests(request.actor), page, show=_rows)


@routes.operation(
    "GET",
    "/access-requests/{uuid:uid}",
    title=Title("读取一条查看申请", "Read a request to see closed content"),
    permission=Perm.ACCESS_READ,
    scope=Scope.LISTINGS_READ,
    response=AccessRequestOut,
)
def get_access_request(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """For both sides."""
    return _shown(request, _load(request, uid))


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/access-requests",
    title=Title("申请查看合作方内容", "Ask to see what is open to parties only"),
    permission=Perm.ACCESS_ASK,
    scope=Scope.LISTINGS_WRITE,
    creates=True,
    response={201: AccessRequestOut},
)
def ask_to_see(request: ApiRequest, uid: UUID, given: AccessAskIn) -> Status[dict[str, Any]]:
    """The owner decides; where an undertaking opens at once, a manager of mine accepts it on the page."""
    listing = load(request, uid)
    require(request.actor, Perm.ACCESS_ASK, listing)
    mine = {one.uid: one for one in directory.my_organisations(request.actor)}
    if given.organisation not in mine:
        raise ProblemError("invalid", "", [Wrong("#/organisation", "不是您所在的单位 / not one of yours")])
    made = once.created(
        request,
        lambda: actions.ask_to_see(
            listing, given.purpose, organisation=mine[given.organisation], by=request.actor, now=clock.now()
        ),
    )
    return Status(201, _shown(request, made))


@routes.operation(
    "POST",
    "/access-requests/{uuid:uid}/answer",
    title=Title("同意或谢绝查看申请", "Consent or refuse"),
    permission=Perm.ACCESS_ANSWER,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=AccessRequestOut,
)
def answer_access_request(request: ApiRequest, uid: UUID, given: AccessAnswerIn) -> dict[str, Any]:
    """By the owner of the listing."""
    one = _load(request, uid)
    consents = given.decision == "consent"
    actions.answer_access_request(
        one,
        consents=consents,
        note=given.note,
        by=request.actor,
        now=clock.now(),
        revision=revision.expected(request),
    )
    return _shown(request, one)


@routes.operation(
    "POST",
    "/access-requests/{uuid:uid}/end",
    title=Title("结束开放", "End the access"),
    permission=Perm.ACCESS_ANSWER,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=AccessRequestOut,
)
def end_access(request: ApiRequest, uid: UUID, given: AccessEndIn) -> dict[str, Any]:
    """By the owner, with the reason; at once, running downloads included."""
    one, read = _load(request, uid), revision.expected(request)
    actions.move_access_request(one, "end", note=given.note, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, one)


@routes.operation(
    "POST",
    "/access-requests/{uuid:uid}/withdraw",
    title=Title("撤回查看申请", "Withdraw a request to see"),
    permission=Perm.ACCESS_MOVE,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=AccessRequestOut,
)
def withdraw_access_request(request: ApiRequest, uid: UUID, given: AccessEndIn) -> dict[str, Any]:
    """By the asking organisation; what was open closes."""
    one, read = _load(request, uid), revision.expected(request)
    actions.move_access_request(one, "withdraw", note=given.note, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, one)


def _file(request: ApiRequest, one: ListingFile) -> dict[str, Any]:
    of_file = ("name", "size", "detected_type", "sha256", "sm3")
    return {
        "uid": one.uid,
        **{name: getattr(one.file, name) for name in of_file},
        "kind": one.kind,
        "tier": queries.tier_of(one),
        "caption": one.caption,
        "stamped": queries.is_stamped_for(one, request.actor),
        "url": f"/listings/{one.listing.uid}/files/{one.uid}/",
    }


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/files",
    title=Title("列出附件", "List the files of a listing"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=ListingFilesOut,
)
def list_listing_files(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Those this reader may download."""
    found, closed = queries.readable_files(load(request, uid), request.actor)
    return {"items": [_file(request, one) for one in found], "closed": closed}


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/files/{uuid:file_uid}/content",
    title=Title("下载附件", "Download a file of a listing"),
    permission=Perm.READ,
    scope=Scope.FILES_READ,
    public=True,
    streams=True,
    response=None,
)
def download_listing_file(request: ApiRequest, uid: UUID, file_uid: UUID) -> HttpResponseBase:
    """Of closed tiers a stamped copy, noted for the owner; it ends when the right does."""
    one = queries.find_file(load(request, uid), request.actor, file_uid)
    if one is None:
        raise Http404
    if not queries.is_stamped_for(one, request.actor):
        return files.download(one.file)
    try:
        return stamping.answer(actions.hand_out(one, by=request.actor, now=clock.now()))
    except FileNotFoundError:
        raise Http404 from None
