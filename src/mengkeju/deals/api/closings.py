"""Closing a period of the contract statistics through the API, and opening it again. What was published stays."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from mengkeju.deals import actions, queries
from mengkeju.deals.access import StatPerm
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.api.statistics_schemas import AREA, FIGURES, FIRST_YEAR, LAST_YEAR, ContractFiguresOut
from mengkeju.deals.models import StatClosing
from mengkeju.deals.queries import statistics_told
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import clock
from mengkeju.kernel.access import require, visible_to
from mengkeju.kernel.api import once
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title

CLOSING = "0193a4c6-0000-7000-8000-000000000991"
SAME = ("uid", "first_on", "last_on", "version", "created_at", "reopened_at", "reopened_reason")


class StatClosingOut(Schema):
    """One closing of a period for an area, with the whole as it was published. Closed while `reopened_at` is null."""

    uid: UUID
    area: str = Field(description=AREA)
    first_on: date
    last_on: date
    version: int = Field(description="第几次关账。 / Which closing of this period.")
    published: ContractFiguresOut
    created_at: datetime
    reopened_at: datetime | None
    reopened_reason: str

    model_config = example(
        {
            "uid": CLOSING,
            "area": "",
            "first_on": "2023-01-01",
            "last_on": "2023-12-31",
            "version": 1,
            "published": FIGURES,
            "created_at": "2024-01-15T10:00:00+08:00",
            "reopened_at": None,
            "reopened_reason": "",
        }
    )


class StatClosingQuery(Schema):
    """Which year, which area; an empty area: every one."""

    year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="期初所在年份。 / Year it begins in."
    )
    area: str = Field(default="", max_length=40, description="行政区划或功能区代码。 / Code of a division or zone.")


class StatCloseIn(Input):
    """Which period, of which area."""

    first_on: date
    last_on: date
    area: str = Field(default="", max_length=40, description=AREA)

    model_config = example({"first_on": "2023-01-01", "last_on": "2023-12-31"}, strict=True)


class StatReopenIn(Input):
    """Why it is opened again."""

    reason: str = Field(max_length=500)

    model_config = example({"reason": "补录一项漏登的合同（演示）"}, strict=True)


def _closings(found: list[StatClosing]) -> list[dict[str, Any]]:
    return [_closing(one) for one in found]


def _closing(one: StatClosing) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in SAME},
        "area": "" if one.area == REGION else one.area,
        "published": statistics_told.figures_of(queries.published(one)),
    }


@routes.operation(
    "GET",
    "/statistics/closings",
    title=Title("列出合同统计的关账", "List the closings of the contract statistics"),
    permission=StatPerm.READ,
    scope=Scope.STATISTICS_READ,
    ask_first=True,
    response=Page[StatClosingOut],
)
def list_closings(request: ApiRequest, asked: Query[StatClosingQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Those in force and those opened again, in order of closing."""
    found = visible_to(StatClosing.objects.all(), request.actor, StatPerm.READ)
    if asked.year is not None:
        found = found.filter(first_on__year=asked.year)
    if asked.area:
        found = found.filter(area=asked.area)
    return paginate(request, found, page, show=_closings)


@routes.operation(
    "POST",
    "/statistics/closings",
    title=Title("关账", "Close a period"),
    permission=StatPerm.CLOSE,
    scope=Scope.STATISTICS_WRITE,
    creates=True,
    response={201: StatClosingOut},
)
def close_period(request: ApiRequest, given: StatCloseIn) -> Status[dict[str, Any]]:
    """By an officer or registrar over the area. Not before it is over, not twice."""
    require(request.actor, StatPerm.CLOSE, StatClosing(area=given.area or REGION))
    if given.first_on.year < FIRST_YEAR:
        raise ProblemError("invalid", "", [Wrong("#/first_on", _("不能早于 %(year)s 年") % {"year": FIRST_YEAR})])
    if given.first_on > given.last_on:
        raise ProblemError("invalid", "", [Wrong("#/last_on", _("结束日期不能早于开始日期"))])
    if given.area and given.area not in directory.area_names([given.area]):
        raise ProblemError("invalid", "", [Wrong("#/area", _("没有这个代码的地区"))])
    asked = queries.Asked(given.first_on, given.last_on, given.area)
    made = once.created(request, lambda: actions.close_period(asked, by=request.actor, now=clock.now()))
    return Status(201, _closing(made))


@routes.operation(
    "POST",
    "/statistics/closings/{uuid:uid}/reopen",
    title=Title("重新打开已关账的一期", "Open a closed period again"),
    permission=StatPerm.CLOSE,
    scope=Scope.STATISTICS_WRITE,
    response=StatClosingOut,
)
def reopen_period(request: ApiRequest, uid: UUID, given: StatReopenIn) -> dict[str, Any]:
    """With the reason; the published figures stay as they were."""
    found = visible_to(StatClosing.objects.filter(uid=uid), request.actor, StatPerm.READ).first()
    if found is None:
        raise Http404
    require(request.actor, StatPerm.CLOSE, found)
    return _closing(actions.reopen_period(found, given.reason, by=request.actor, now=clock.now()))
