"""Rights of intellectual property through the API: the register, one right, linking by number, keeping it up to date.

Claims with their basis, fees and decisions are dealt with on the pages: a person answers for them.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema, Status

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import may, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.api.reads import load, routes
from mengkeju.listings.api.schemas import AREA, UID, example
from mengkeju.listings.api.values import OWNER, REVIEWED, Day, NamedOut
from mengkeju.listings.models import IpRight
from mengkeju.listings.queries import RightFilter, ShownRight

RIGHT_UID = "0193a4c6-0000-7000-8000-000000000803"
FACTS = ("title", "status", "applied_on", "granted_on", "expires_on", "holder_name")
KIND = "invention、utility、design、variety、layout、software、other。 / The kind of right."
STATUS = (
    "applied、published、granted、ceased、expired、invalid、refused；空为没有填写。 / Legal status; empty: not stated."
)
NUMBER = "专利写申请号或专利号（带不带 ZL、空格、校验位都可以），软件著作权写登记号。 / As printed or plain."


class CarriedOut(Schema):
    """A listing that carries the right."""

    uid: UUID
    kind: str
    title: str


class IpRightOut(Schema):
    """A right. While it is disputed it has claimants and no holder."""

    uid: UUID
    number: str = Field(description="平台上的统一写法。 / In the platform's one spelling.")
    printed: str = Field(description="证书上的写法。 / As it is printed.")
    kind: str = Field(description=KIND)
    kind_label: str
    rank: str = Field(description="Ⅰ类、Ⅱ类；空为不分。 / Class, if any.")
    title: str
    status: str = Field(description=STATUS)
    status_label: str
    disputed: bool = Field(description="两家以上单位主张，等待裁定。 / Several claim it.")
    holders: list[NamedOut]
    claimants: list[NamedOut]
    holder_name: str = Field(description="权利人名称。 / Holders in words.")
    applied_on: date | None
    granted_on: date | None
    expires_on: date | None
    checked_on: date | None = Field(description="最近核对。 / Last checked.")
    listings: list[CarriedOut] = Field(description="读者看得到的、带有它的条目。 / Those the reader may read.")
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    may_edit: bool
    revision: int
    created_at: datetime
    url: str

    model_config = example(
        {
            "uid": RIGHT_UID,
            "number": "2023101234567",
            "printed": "ZL 2023 1 0123456.7",
            "kind": "invention",
            "kind_label": "发明专利",
            "rank": "Ⅰ",
            "title": "一种气化细渣脱水装置",
            "status": "granted",
            "status_label": "有效",
            "disputed": False,
            "holders": [OWNER],
            "claimants": [OWNER],
            "holder_name": "演示单位（演示）",
            "applied_on": "2023-02-10",
            "granted_on": "2025-03-18",
            "expires_on": "2043-02-10",
            "checked_on": "2026-11-21",
            "listings": [{"uid": UID, "kind": "achievement", "title": "气化细渣脱水"}],
            "fictional": True,
            "may_edit": False,
            "revision": 2,
            "created_at": "2026-11-21T10:30:00+08:00",
            "url": f"/ip-rights/{RIGHT_UID}/",
        }
    )


class IpRightsOut(Schema):
    """The rights a listing carries."""

    items: list[IpRightOut]


class IpRightQuery(Schema):
    """Filters of the register."""

    q: str = Field(default="", max_length=100, description="号码、名称或权利人。 / Number, title or holder.")
    kind: str = Field(default="", max_length=20, description=KIND)
    status: str = Field(default="", max_length=20, description=STATUS)
    area: str = Field(default="", max_length=40, description=f"权利人所在，{AREA} / Of the holder.")
    own: bool = Field(default=False, description="只列本单位主张的。 / Claimed by my organisations.")
    disputed: bool = Field(default=False, description="只列有争议的。 / Disputed only.")
    offered: bool = Field(default=False, description="只列已挂牌的。 / Carried by something published.")


class RightLinkIn(Input):
    """A right by its number. A known one is linked as it is; who says it is his own claims it."""

    number: str = Field(min_length=1, max_length=60, description=NUMBER)
    kind: str = Field(default="", max_length=20, description=f"不写就由号码判断。 {KIND}")
    title: str = Field(default="", max_length=200, description="不写就用这条信息的题目。 / Else the listing's title.")
    status: str = Field(default="", max_length=20, description=STATUS)
    applied_on: Day | None = None
    granted_on: Day | None = None
    own: bool = Field(default=True, description="权利人是本单位。 / The listing's owner holds it.")
    holder_name: str = Field(default="", max_length=120, description="不是本单位时的权利人。 / Else who holds it.")
    basis: str = Field(default="", max_length=500, description="主张的依据。 / What the claim rests on.")
    secrecy_reviewed: bool = Field(default=False, description=REVIEWED)

    model_config = example(
        {
            "number": "ZL 2023 1 0123456.7",
            "title": "一种气化细渣脱水装置",
            "status": "granted",
            "applied_on": "2023-02-10",
            "secrecy_reviewed": True,
        }
    ) | {"extra": "forbid"}


class IpRightPatch(Input):
    """What changes; what is left out stays, null empties a day. Number and kind cannot be changed."""

    title: str = Field(default="", max_length=200)
    status: str = Field(default="", max_length=20, description=STATUS)
    applied_on: Day | None = None
    granted_on: Day | None = None
    expires_on: Day | None = Field(
        default=None, description="null：按法定期限推算。 / Null: counted by the term of law."
    )
    holder_name: str = Field(
        default="", max_length=120, description="权利人不在平台上时。 / Of a holder who is not here."
    )

    model_config = example({"status": "ceased"}) | {"extra": "forbid"}


def _named(rows: tuple[Organisation, ...]) -> list[dict[str, Any]]:
    return [{"uid": one.uid, "name": one.name} for one in rows]


def _rows(request: ApiRequest, found: list[ShownRight]) -> list[dict[str, Any]]:
    """`IpRightOut` of each; that listings of closed tiers were named is noted."""
    carried = [it for row in found for it in row.listings]
    actions.note_reads(carried, channel="api", by=request.actor, now=clock.now(), keys=())
    return [_row(request, row) for row in found]


def _row(request: ApiRequest, row: ShownRight) -> dict[str, Any]:
    right = row.right
    own = ("uid", "number", "printed", "kind", "rank", "disputed", "checked_on", "fictional", "revision", "created_at")
    return {
        **{name: getattr(right, name) for name in (*own, *FACTS)},
        "kind_label": word(right.spec),
        "status_label": word(right.standing) if right.standing is not None else "",
        "holders": _named(row.holders),
        "claimants": _named(row.claimants),
        "holder_name": row.holder_words,
        "listings": [{"uid": it.uid, "kind": it.kind.key, "title": it.title} for it in row.listings],
        "may_edit": may(request.actor, PartPerm.RIGHT_EDIT, right),
        "url": right.get_absolute_url(),
    }


def _right(request: ApiRequest, uid: UUID) -> IpRight:
    """The right, or 404 for whoever may not read it."""
    right = queries.rights(request.actor).filter(uid=uid).first()
    if right is None:
        raise Http404
    return right


def _shown(request: ApiRequest, right: IpRight) -> dict[str, Any]:
    revision.note(request, right.revision)
    return _rows(request, queries.shown_rights([right], request.actor))[0]


@routes.operation(
    "GET",
    "/ip-rights",
    title=Title("列出知识产权", "List rights of intellectual property"),
    permission=PartPerm.RIGHT_READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=Page[IpRightOut],
)
def list_ip_rights(request: ApiRequest, asked: Query[IpRightQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """The register: what its office has published, and what hangs on listings the reader may read."""
    wanted = RightFilter(**{**asked.dict(), "q": asked.q.strip()})
    rows = queries.find_rights(request.actor, wanted)

    def show(found: list[IpRight]) -> list[dict[str, Any]]:
        return _rows(request, queries.shown_rights(found, request.actor))

    return paginate(request, rows, page, show=show)


@routes.operation(
    "GET",
    "/ip-rights/{uuid:uid}",
    title=Title("读取一项知识产权", "Read a right of intellectual property"),
    permission=PartPerm.RIGHT_READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=IpRightOut,
)
def get_ip_right(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown(request, _right(request, uid))


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/ip-rights",
    title=Title("列出一条信息的知识产权", "List the rights a listing carries"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=IpRightsOut,
)
def list_listing_ip_rights(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Whoever reads the listing reads them."""
    return {"items": _rows(request, queries.rights_of(load(request, uid), request.actor))}


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/ip-rights",
    title=Title("按号码关联知识产权", "Link a right by its number"),
    permission=Perm.EDIT,
    scope=Scope.LISTINGS_WRITE,
    creates=True,
    response={201: IpRightOut},
)
def link_ip_right(request: ApiRequest, uid: UUID, given: RightLinkIn) -> Status[dict[str, Any]]:
    """By the owner of the listing. Two organisations that claim one number: it is disputed until it is decided."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    said = actions.RightInput(**given.dict(exclude={"secrecy_reviewed"}))

    def link() -> IpRight:
        right, _changed = actions.link_right(
            listing, said, by=request.actor, now=clock.now(), secrecy_reviewed=given.secrecy_reviewed
        )
        return right

    return Status(201, _shown(request, _right(request, once.created(request, link).uid)))


@routes.operation(
    "DELETE",
    "/listings/{uuid:uid}/ip-rights/{uuid:right_uid}",
    title=Title("取消关联知识产权", "Take a right off a listing"),
    permission=Perm.EDIT,
    scope=Scope.LISTINGS_WRITE,
    response={204: None},
)
def unlink_ip_right(request: ApiRequest, uid: UUID, right_uid: UUID) -> Status[None]:
    """The right and its claims stay in the register; a second time changes nothing."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    # As on the page: what is taken off says nothing new that would have to be reviewed.
    right = _right(request, right_uid)
    actions.unlink_right(listing, right, by=request.actor, now=clock.now(), secrecy_reviewed=True)
    return Status(204, None)


@routes.operation(
    "PATCH",
    "/ip-rights/{uuid:uid}",
    title=Title("更新权利信息", "Bring a right up to date"),
    permission=PartPerm.RIGHT_EDIT,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=IpRightOut,
)
def edit_ip_right(request: ApiRequest, uid: UUID, given: IpRightPatch) -> dict[str, Any]:
    """By its holder while nobody else claims it."""
    right, read = _right(request, uid), revision.expected(request)
    require(request.actor, PartPerm.RIGHT_EDIT, right)
    now = actions.RightInput(number=right.number, **{name: getattr(right, name) for name in FACTS})
    said = replace(now, **given.dict(exclude_unset=True))
    actions.edit_right(right, said, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, _right(request, uid))
