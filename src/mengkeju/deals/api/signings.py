"""签约清单 through the API: what was signed at an event, recorded by an officer and listed.

An officer's role passes with deals:read and deals:write. A list that is sent again is recorded once: a row of the same
title from the same event and day is known.
"""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from mengkeju.deals import actions
from mengkeju.deals.access import CooperationPerm, DealPerm
from mengkeju.deals.actions import PartyInput, Signing
from mengkeju.deals.api.deal_schemas import UNIVERSITY, DealKindKey, DealRow
from mengkeju.deals.api.deals import rows
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.queries import cooperation
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import clock
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.api.values import Day, Yuan

MOST, MOST_PARTIES = 40, 20
EVENT, DAY = "两市科技合作签约（演示）", "2026-11-20"


class SigningPartyIn(Input):
    """One that signed: an organisation of the directory, or a name; a name that is an organisation's is taken as it."""

    organisation: UUID | None = None
    name: str = Field(default="", max_length=120)
    area: str = Field(default="", max_length=40, description="未入驻的在哪里。 / Where one that is not here is.")

    model_config = example({"organisation": UNIVERSITY}, strict=True)


class SigningIn(Input):
    """One signed paper; of each side the first leads."""

    title: str = Field(max_length=200)
    kind: DealKindKey
    seller: list[SigningPartyIn] = Field(max_length=MOST_PARTIES, description="高校院所方（卖方）。 / Research side.")
    buyer: list[SigningPartyIn] = Field(max_length=MOST_PARTIES, description="企业方（买方）。 / Firm side.")
    amount: Yuan | None = Field(default=None, description="公布的金额（元），没有公布的不写。 / In yuan, as told.")

    model_config = example(
        {
            "title": "稀土永磁材料联合攻关（演示）",
            "kind": "joint_project",
            "seller": [{"organisation": UNIVERSITY}],
            "buyer": [{"name": "没有入驻的企业（演示）", "area": "150000"}],
        },
        strict=True,
    )


class SigningsIn(Input):
    """The list of an event. All rows are recorded, or none."""

    event: str = Field(max_length=120, description="活动全名，记为签约渠道。 / Its full name.")
    day: date
    rows: list[SigningIn] = Field(max_length=MOST)

    model_config = example(
        {
            "event": EVENT,
            "day": DAY,
            "rows": [
                {
                    "title": "稀土永磁材料联合攻关（演示）",
                    "kind": "joint_project",
                    "seller": [{"organisation": UNIVERSITY}],
                    "buyer": [{"name": "没有入驻的企业（演示）", "area": "150000"}],
                }
            ],
        },
        strict=True,
    )


class SigningsOut(Schema):
    """The deals of the list in its order."""

    items: list[DealRow]
    known: int = Field(description="其中以前记过的项数。 / Of these recorded before.")


class SigningsQuery(Schema):
    """Of which event, which day."""

    event: str = Field(default="", max_length=120, description="活动全名。 / The event's full name.")
    day: Day | None = Field(default=None, description="签约日期。 / Day of signing.")


@routes.operation(
    "GET",
    "/signings",
    title=Title("列出按签约清单记录的合作项目", "List what lists of signings recorded"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=Page[DealRow],
)
def list_signings(request: ApiRequest, asked: Query[SigningsQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Of my organisations, and those I recorded as an officer; in order of recording."""
    found = cooperation.signings(request.actor, asked.event.strip(), asked.day)
    return paginate(request, found, page, show=partial(rows, actor=request.actor))


@routes.operation(
    "POST",
    "/signings",
    title=Title("记录签约清单", "Record a list of signings"),
    permission=CooperationPerm.RECORD_SIGNING,
    scope=Scope.DEALS_WRITE,
    ask_first=True,
    response=SigningsOut,
)
def record_signings(request: ApiRequest, given: SigningsIn) -> dict[str, Any]:
    """By an officer. The parties are told, complete it or object."""
    sides = _Sides(given)
    told = [
        Signing(row.title, row.kind, sides.of(at, "seller"), sides.of(at, "buyer"), row.amount)
        for at, row in enumerate(given.rows)
    ]
    if sides.wrong:
        raise ProblemError("invalid", "", sides.wrong)
    made = actions.record_signings(given.event, given.day, told, by=request.actor, now=clock.now())
    return {"items": rows(made.deals, request.actor), "known": made.known}


class _Sides:
    """Reads the parties of the rows and keeps what is wrong with them."""

    def __init__(self, given: SigningsIn) -> None:
        self.given = given
        self.wrong: list[Wrong] = []
        self.places = {REGION, *directory.outside_codes()}

    def of(self, at: int, side: str) -> tuple[PartyInput, ...]:
        """The parties of one side of a row; of a wrong one something, and what is wrong with it."""
        parties: list[SigningPartyIn] = getattr(self.given.rows[at], side)
        return tuple(self._party(one, side, f"#/rows/{at}/{side}/{n}") for n, one in enumerate(parties))

    def _party(self, one: SigningPartyIn, side: str, place: str) -> PartyInput:
        if one.area and one.area not in self.places:
            self.wrong.append(Wrong(f"{place}/area", _("没有这个代码的地区")))
        if one.organisation is not None:
            found = directory.verified_organisation(one.organisation)
            if found is None:
                self.wrong.append(Wrong(f"{place}/organisation", _("没有找到这家单位")))
            if one.name:
                self.wrong.append(Wrong(f"{place}/name", _("已经写明单位，不要再写名称或个人")))
            return PartyInput(side, found, area=one.area)
        name = one.name.strip()
        if not name:
            self.wrong.append(Wrong(f"{place}/name", _("请写明单位")))
        called = directory.organisation_called(name)
        return PartyInput(side, called, "" if called is not None else name, area=one.area)
