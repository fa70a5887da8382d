"""Cases of use of an achievement through the API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Field, Schema, Status

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions.applications import stated as stated_of
from mengkeju.listings.api.reads import load, routes
from mengkeju.listings.api.schemas import NOTE, TIER, UID, Tier, example
from mengkeju.listings.api.values import REVIEWED, Amount, Day, note_parts, number, plainly
from mengkeju.listings.models import Application

APPLICATION_UID = "0193a4c6-0000-7000-8000-000000000802"
STATED = {
    "adopter_name": "乌拉演示厂（演示）",
    "product": "细渣脱水工段",
    "since": "2026-05-01",
    "scale": "50000",
    "unit": "吨/年",
    "before": "20000",
    "evidence": "用户证明",
    "tier": "public",
}
FIGURE = "小数写成文字，最多三位小数。 / Decimal string."


class ApplicationOut(Schema):
    """A case of use, as the owner states it; nobody has confirmed it."""

    uid: UUID
    listing: UUID
    adopter: UUID | None = Field(description="平台上同名的单位。 / The organisation of that very name, if any.")
    adopter_name: str
    product: str
    since: date
    scale: str | None = Field(description=FIGURE)
    unit: str
    before: str | None = Field(description="开始时的规模。 / At the beginning.")
    evidence: str
    tier: Tier = Field(description=TIER)
    revision: int
    created_at: datetime

    model_config = example(
        {
            "uid": APPLICATION_UID,
            "listing": UID,
            "adopter": None,
            **STATED,
            "revision": 1,
            "created_at": "2026-11-21T10:30:00+08:00",
        }
    )


class ApplicationsOut(Schema):
    """Cases the reader may read, the first first."""

    items: list[ApplicationOut]


class ApplicationIn(Input):
    """A case of use that has begun."""

    adopter_name: str = Field(min_length=1, max_length=120, description="使用单位全称。 / Who uses it.")
    product: str = Field(min_length=1, max_length=200, description="用在什么产品或工序。 / For what.")
    since: Day
    scale: Amount | None = Field(default=None, description=FIGURE)
    unit: str = Field(default="", max_length=30, description="规模的单位，例如 吨/年。 / Unit of both figures.")
    before: Amount | None = Field(default=None, description="开始时的规模。 / At the beginning.")
    evidence: str = Field(default="", max_length=1000)
    tier: Tier = Field(default="public", description=TIER)
    secrecy_reviewed: bool = Field(default=False, description=REVIEWED)

    model_config = example(STATED | {"secrecy_reviewed": True}) | {"extra": "forbid"}


class ApplicationPatch(Input):
    """What changes; what is left out stays. `scale` and `before` are emptied by null."""

    adopter_name: str = Field(default="", max_length=120)
    product: str = Field(default="", max_length=200)
    since: Day | None = None
    scale: Amount | None = Field(default=None, description=FIGURE)
    unit: str = Field(default="", max_length=30)
    before: Amount | None = Field(default=None, description=FIGURE)
    evidence: str = Field(default="", max_length=1000)
    tier: Tier | None = Field(default=None, description=TIER)
    secrecy_reviewed: bool = Field(default=False, description=REVIEWED)

    model_config = example({"scale": "80000", "secrecy_reviewed": True}) | {"extra": "forbid"}


class ApplicationRemoveIn(Input):
    """Why it is taken off."""

    note: str = Field(min_length=1, max_length=200, description=NOTE)

    model_config = example({"note": "合作已结束"}) | {"extra": "forbid"}


def _row(row: Application) -> dict[str, Any]:
    same = ("uid", "product", "since", "unit", "evidence", "tier", "revision", "created_at")
    return {
        **{name: getattr(row, name) for name in same},
        "listing": row.listing.uid,
        "adopter": row.adopter.uid if row.adopter is not None else None,
        "adopter_name": row.adopter_shown,
        "scale": plainly(row.scale),
        "before": plainly(row.before),
    }


def _case(request: ApiRequest, uid: UUID) -> Application:
    """The case, or 404 for whoever may not read it and for one that was taken off."""
    row = queries.application(request.actor, uid)
    if row is None:
        raise Http404
    return row


def _shown(request: ApiRequest, row: Application) -> dict[str, Any]:
    note_parts(request, row.listing, [row.tier])
    revision.note(request, row.revision)
    return _row(row)


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/applications",
    title=Title("列出应用案例", "List cases of use"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=ApplicationsOut,
)
def list_applications(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Those of the tiers the reader may read."""
    listing = load(request, uid)
    rows = queries.applications(listing, request.actor)
    note_parts(request, listing, (row.tier for row in rows))
    return {"items": [_row(row) for row in rows]}


@routes.operation(
    "GET",
    "/applications/{uuid:uid}",
    title=Title("读取一条应用案例", "Read a case of use"),
    permission=PartPerm.PART_READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=ApplicationOut,
)
def get_application(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    return _shown(request, _case(request, uid))


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/applications",
    title=Title("添加应用案例", "State a case of use"),
    permission=Perm.EDIT,
    scope=Scope.LISTINGS_WRITE,
    creates=True,
    response={201: ApplicationOut},
)
def add_application(request: ApiRequest, uid: UUID, given: ApplicationIn) -> Status[dict[str, Any]]:
    """By the owner of the listing."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    plain = given.dict(exclude={"scale", "before", "secrecy_reviewed"})
    said = actions.ApplicationInput(**(plain | {"scale": number(given.scale), "before": number(given.before)}))
    made = once.created(
        request,
        lambda: actions.add_application(
            listing, said, by=request.actor, now=clock.now(), secrecy_reviewed=given.secrecy_reviewed
        ),
    )
    return Status(201, _shown(request, _case(request, made.uid)))


@routes.operation(
    "PATCH",
    "/applications/{uuid:uid}",
    title=Title("修改应用案例", "Change a case of use"),
    permission=PartPerm.PART_EDIT,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ApplicationOut,
)
def edit_application(request: ApiRequest, uid: UUID, given: ApplicationPatch) -> dict[str, Any]:
    """By the owner of the listing; each change stays in the record."""
    row, read = _case(request, uid), revision.expected(request)
    require(request.actor, PartPerm.PART_EDIT, row)
    changed = given.dict(exclude_unset=True, exclude={"secrecy_reviewed"})
    changed |= {name: number(changed[name]) for name in ("scale", "before") if name in changed}
    changed = {name: value for name, value in changed.items() if value is not None or name in {"scale", "before"}}
    actions.edit_application(
        row,
        actions.ApplicationInput(**(stated_of(row) | changed)),
        by=request.actor,
        now=clock.now(),
        revision=read,
        secrecy_reviewed=given.secrecy_reviewed,
    )
    return _shown(request, _case(request, uid))


@routes.operation(
    "POST",
    "/applications/{uuid:uid}/remove",
    title=Title("去掉应用案例", "Take a case of use off"),
    permission=PartPerm.PART_EDIT,
    scope=Scope.LISTINGS_WRITE,
    response={204: None},
)
def remove_application(request: ApiRequest, uid: UUID, given: ApplicationRemoveIn) -> Status[None]:
    """With the reason; it stays in the record."""
    row = _case(request, uid)
    require(request.actor, PartPerm.PART_EDIT, row)
    # As on the page: what is taken off says nothing new that would have to be reviewed.
    actions.remove_application(row, by=request.actor, now=clock.now(), note=given.note, secrecy_reviewed=True)
    return Status(204, None)
