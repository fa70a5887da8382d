"""The two-sided board through the API: what nobody has answered; a broker claims it and gives it back.

A broker's token needs matches:read or intentions:write, which let his role through; an officer's listings:review.
To pass a claim on to another broker is done on the page, where the brokers are named.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema, Status
from pydantic import ConfigDict

from mengkeju.deals import actions, queries
from mengkeju.deals.access import Perm
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.claim import CLAIM
from mengkeju.deals.models import Claim
from mengkeju.kernel import clock
from mengkeju.kernel.access import may, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.queries import shelf

CLAIM_UID = "0193a4c6-0000-7000-8000-000000000810"
LISTING_UID = "0193a4c6-0000-7000-8000-000000000101"
AREA = "地区代码（GB/T 2260 或功能区）。 / Area code."
ClaimState = Literal["held", "paired", "released", "passed", "lapsed"]
CLAIMED = {"uid": CLAIM_UID, "broker": "演示经纪人", "until": "2026-12-05", "mine": False}


def _example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class BoardClaimOut(Schema):
    """Who cares for it, and until when."""

    uid: UUID
    broker: str
    until: date | None
    mine: bool


class BoardRow(Schema):
    """A published listing without a running intention. The listing itself is read by `/listings/{uid}`."""

    listing: UUID
    number: str
    kind: str
    title: str
    owner_name: str
    area: str = Field(description=AREA)
    area_label: str
    budget: str = Field(description="读者看不到时为空。 / Empty when the reader may not see it.")
    published_at: datetime
    working_days: int = Field(description="发布以来的工作日。 / Working days since publication.")
    matches: int = Field(description="推荐的配对数。 / Proposed matches.")
    own: bool = Field(description="本单位的，不能认领。 / Of my organisation: cannot be claimed.")
    claim: BoardClaimOut | None
    fictional: bool

    model_config = _example(
        {
            "listing": LISTING_UID,
            "number": "MK-N-2026-0001",
            "kind": "need",
            "title": "气化细渣脱碳与高值利用",
            "owner_name": "鹿原化工（演示）",
            "area": "150203",
            "area_label": "包头市 · 昆都仑区",
            "budget": "200 万元 – 1000 万元",
            "published_at": "2026-10-21T10:30:00+08:00",
            "working_days": 22,
            "matches": 3,
            "own": False,
            "claim": CLAIMED,
            "fictional": True,
        }
    )


class BoardQuery(Schema):
    """Which side of the board, and its filters."""

    side: Literal["need", "achievement"] = Field(default="need", description="尚无意向的需求或供给。 / Which side.")
    city: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")
    field: str = Field(default="", max_length=60, description="技术领域，含下级。 / Term of `field`.")
    cluster: str = Field(default="", max_length=60, description="产业集群，含下级。 / Term of `cluster`.")
    claim: Literal["free", "held", "mine"] | None = Field(
        default=None, description="没人认领、已认领、我认领的。 / Free, held or mine."
    )


class ClaimOut(Schema):
    """A broker's claim on a listing; without title when the reader may not read it any more."""

    uid: UUID
    listing: UUID
    listing_title: str
    listing_readable: bool
    broker: str
    mine: bool
    state: ClaimState
    state_label: str
    state_at: datetime
    until: date | None = Field(description="到这一天还没有进展就放回看板。 / Until then it holds.")
    reason: str = Field(description="放回或转交的理由。 / Why it was given back or passed on.")
    may_release: bool
    revision: int
    created_at: datetime

    model_config = _example(
        {
            "uid": CLAIM_UID,
            "listing": LISTING_UID,
            "listing_title": "气化细渣脱碳与高值利用",
            "listing_readable": True,
            "broker": "演示经纪人",
            "mine": True,
            "state": "held",
            "state_label": "已认领",
            "state_at": "2026-11-21T10:30:00+08:00",
            "until": "2026-12-05",
            "reason": "",
            "may_release": True,
            "revision": 1,
            "created_at": "2026-11-21T10:30:00+08:00",
        }
    )


class ClaimReleaseIn(Input):
    """Why it is given back; the owner of the listing reads it."""

    note: str = Field(min_length=1, max_length=300, description="放回的理由，所属单位可见。 / Why.")

    model_config = _example({"note": "企业已停产"}) | {"extra": "forbid"}


def _board(request: ApiRequest, side: str, found: list[Listing]) -> list[dict[str, Any]]:
    """`BoardRow` of each; what of closed tiers stands in them is noted as read."""
    actor, today = request.actor, clock.today()
    presented = listings.present_many(found, actor)
    listing_acts.note_reads(presented, channel="api", by=actor, now=clock.now(), keys=listings.PRICES)
    held = queries.claims_on(actor, found)
    due, counts = queries.due_of(held.values()), shelf.counts(actor, side, found)
    same = ("number", "title", "owner_name", "area", "budget", "fictional")
    made = []
    for row, it in zip(found, presented, strict=True):
        claim = held.get(row.pk)
        shown = (
            {
                "uid": claim.uid,
                "broker": claim.broker.name,
                "until": due.get(claim.uid),
                "mine": claim.broker.uid == actor.person_uid,
            }
            if claim is not None
            else None
        )
        made.append(
            {
                **{name: getattr(it, name) for name in same},
                "listing": it.uid,
                "kind": it.kind.key,
                "area_label": it.area_name,
                "published_at": row.published_at,
                "working_days": clock.working_days_between(clock.today(row.published_at), today),
                "matches": counts.get(row.pk, 0),
                "own": it.owner_uid in actor.organisations,
                "claim": shown,
            }
        )
    return made


def _claims(request: ApiRequest, found: list[Claim]) -> list[dict[str, Any]]:
    """`ClaimOut` of each; a constant number of queries."""
    actor, due = request.actor, queries.due_of(found)
    seen = {row.pk: row for row in listings.listings(actor).filter(pk__in=[c.listing_id for c in found])}
    shown = {it.uid: it for it in listings.present_many(seen.values(), actor)}
    listing_acts.note_reads(shown.values(), channel="api", by=actor, now=clock.now(), keys=())
    same = ("uid", "state", "state_at", "reason", "revision", "created_at")
    return [
        {
            **{name: getattr(one, name) for name in same},
            "listing": one.listing.uid,
            "listing_title": shown[one.listing.uid].title if one.listing.uid in shown else "",
            "listing_readable": one.listing.uid in shown,
            "broker": one.broker.name,
            "mine": one.broker.uid == actor.person_uid,
            "state_label": word(CLAIM.states[one.state]),
            "until": due.get(one.uid),
            "may_release": one.state == "held" and may(actor, Perm.CLAIM_RELEASE, one),
        }
        for one in found
    ]


def _load(request: ApiRequest, uid: UUID) -> Claim:
    """The claim, or 404 for whoever may not read it."""
    claim = queries.find_claim(request.actor, uid)
    if claim is None:
        raise Http404
    return claim


def _shown(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    claim = _load(request, uid)
    revision.note(request, claim.revision)
    return _claims(request, [claim])[0]


@routes.operation(
    "GET",
    "/board",
    title=Title("列出供需看板的一边", "List one side of the two-sided board"),
    permission=Perm.BOARD_READ,
    scope=Scope.MATCHES_READ,
    ask_first=True,
    response=Page[BoardRow],
)
def list_board(request: ApiRequest, asked: Query[BoardQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """For brokers and officers, in order of creation: published for a while, and no intention is under way."""
    wanted = queries.BoardFilter(asked.city, asked.field, asked.cluster, asked.claim or "")
    rows = queries.unpaired(request.actor, asked.side, wanted, clock.today())
    return paginate(request, rows, page, show=lambda found: _board(request, asked.side, found))


@routes.operation(
    "GET",
    "/claims",
    title=Title("列出认领", "List claims"),
    permission=Perm.BOARD_READ,
    scope=Scope.MATCHES_READ,
    ask_first=True,
    response=Page[ClaimOut],
)
def list_claims(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Those in force that are mine, or lie in my area as an officer."""
    rows = queries.working_claims(request.actor)
    return paginate(request, rows, page, show=lambda found: _claims(request, found))


@routes.operation(
    "GET",
    "/claims/{uuid:uid}",
    title=Title("读取一次认领", "Read a claim"),
    permission=Perm.CLAIM_READ,
    scope=Scope.MATCHES_READ,
    response=ClaimOut,
)
def get_claim(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/claims",
    title=Title("认领一条供需信息", "Claim a listing"),
    permission=Perm.CLAIM,
    scope=Scope.INTENTIONS_WRITE,
    ask_first=True,
    creates=True,
    response={201: ClaimOut},
)
def claim_listing(request: ApiRequest, uid: UUID) -> Status[dict[str, Any]]:
    """By a broker. Refused while somebody holds it, an intention runs, or he holds enough; its owner is told."""
    listing = listings.find(request.actor, uid)
    if listing is None:
        raise Http404
    made = once.created(request, lambda: actions.claim_listing(listing, by=request.actor, now=clock.now()))
    return Status(201, _shown(request, made.uid))


@routes.operation(
    "POST",
    "/claims/{uuid:uid}/release",
    title=Title("放回看板", "Give a claim back"),
    permission=Perm.CLAIM_RELEASE,
    scope=Scope.INTENTIONS_WRITE,
    revises=True,
    response=ClaimOut,
)
def release_claim(request: ApiRequest, uid: UUID, given: ClaimReleaseIn) -> dict[str, Any]:
    """By its broker, or an officer over its area who does not belong to the listing's owner."""
    claim, read = _load(request, uid), revision.expected(request)
    require(request.actor, Perm.CLAIM_RELEASE, claim)
    actions.release_claim(claim, by=request.actor, now=clock.now(), note=given.note, revision=read)
    return _shown(request, uid)
