"""What the API says of 落地与收益: sums, each with the address of the rows behind it, and these rows."""

from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.deal_schemas import DEAL
from mengkeju.deals.api.landing_schemas import (
    AVERAGE,
    BENEFIT,
    LANDING,
    SAID,
    BenefitBound,
    BenefitKind,
    LandingState,
)
from mengkeju.deals.api.performance_schemas import ARRIVAL
from mengkeju.deals.api.schemas import example

LandedCut = Literal["state", "city", "field"]
FiguresCut = Literal["city", "field"]
CITY = "城市代码；other 是两市以外。 / Code of a city; other: beyond the two."
FIELD = "技术领域代码；- 是未载。 / A term of technical_fields; -: not stated."
PERIOD = "年份；average 是未分年度的年均预计。 / A year, or average: forecasts of no year."
ROWS = "后面的明细，一页一页读。 / Address of the rows behind it."
PERIOD_FORM = r"^(average|(19|20|21)\d\d)$"


class ReturnsPlaceQuery(Schema):
    """Where, and in which field."""

    city: str = Field(default="", max_length=40, description=CITY)
    field: str = Field(default="", max_length=80, description=FIELD)


class ReturnsQuery(ReturnsPlaceQuery):
    """What the sums are narrowed by."""

    period: str | None = Field(default=None, pattern=PERIOD_FORM, description=f"分项看哪一年。{PERIOD}")


class ReturnedLandingQuery(ReturnsPlaceQuery):
    """Which landings."""

    state: LandingState | None = Field(default=None, description="落地状态。 / Their state.")


class ReturnedBenefitQuery(ReturnsPlaceQuery):
    """Which figures."""

    kind: BenefitKind | None = Field(default=None, description="预计还是实际。 / Forecast or actual.")
    period: str | None = Field(default=None, pattern=PERIOD_FORM, description=PERIOD)


class LandedOut(Schema):
    """How many landings, with the investment and the jobs that somebody told of."""

    count: int
    investment: str | None = Field(description=SAID)
    jobs: int | None = Field(description="计划用工（人）。 / Jobs that are planned.")
    rows: str = Field(description=ROWS)


class LandedPartOut(LandedOut):
    """One part of a cut."""

    code: str
    label: str


class ReturnsSumsOut(Schema):
    """Sums of one kind of figures, forecast or actual; null where no row says anything."""

    count: int
    revenue: str | None = Field(description=SAID)
    profit: str | None = Field(description=SAID)
    tax: str | None = Field(description=SAID)
    jobs: int | None
    rows: str = Field(description=ROWS)


class ReturnsPairOut(Schema):
    """Forecast beside actual; nothing adds the two."""

    forecast: ReturnsSumsOut
    actual: ReturnsSumsOut


class ReturnsPeriodOut(ReturnsPairOut):
    """One period."""

    period: str = Field(description=PERIOD)


class ReturnsPartOut(ReturnsPairOut):
    """One part of a cut."""

    code: str
    label: str


class ReturnsPeopleOut(Schema):
    """People who came because of deals: counted, never named."""

    count: int = Field(description="几条记录。 / Rows.")
    heads: int
    doctors: int
    seniors: int
    full_time: int
    rows: str = Field(description=ROWS)


ADDRESS = "https://mengkeju.example.org/api/v1/returns"
LANDED = {"count": 2, "investment": "30000000.00", "jobs": 60, "rows": f"{ADDRESS}/landings?city=150200"}
SUMS = {"count": 1, "revenue": "129000000.00", "profit": "38000000.00", "tax": None, "jobs": None}
PAIR = {
    "forecast": {**SUMS, "rows": f"{ADDRESS}/benefits?kind=forecast&period=average"},
    "actual": {
        "count": 0,
        "revenue": None,
        "profit": None,
        "tax": None,
        "jobs": None,
        "rows": f"{ADDRESS}/benefits?kind=actual&period=average",
    },
}


class ReturnsOut(Schema):
    """落地与收益: of all that the reader may read of the region, or of his own deals."""

    region: bool = Field(description="是不是全区的合计；否则只合计自己的。 / Of the region, or of one's own deals.")
    whole: LandedOut
    landed: dict[LandedCut, list[LandedPartOut]]
    periods: list[ReturnsPeriodOut] = Field(description="最近的一年在前，年均在最后。 / The latest year first.")
    period: str = Field(description=f"cuts 是哪一年的。{PERIOD}")
    cuts: dict[FiguresCut, list[ReturnsPartOut]]
    people: ReturnsPeopleOut

    model_config = example(
        {
            "region": True,
            "whole": LANDED,
            "landed": {"city": [{**LANDED, "code": "150200", "label": "包头市"}]},
            "periods": [{**PAIR, "period": "average"}],
            "period": "average",
            "cuts": {"city": [{**PAIR, "code": "150200", "label": "包头市"}]},
            "people": {
                "count": 1,
                "heads": 5,
                "doctors": 2,
                "seniors": 1,
                "full_time": 5,
                "rows": f"{ADDRESS}/arrivals",
            },
        }
    )


class ReturnedDealOut(Schema):
    """The deal a row belongs to; `title` and `url` are empty where the reader may not open it."""

    uid: UUID
    number: str
    title: str
    field: str
    fictional: bool
    url: str


OF = {
    "uid": DEAL,
    "number": "MK-D-2026-0001",
    "title": "气化细渣脱碳中试合作（演示）",
    "field": "",
    "fictional": True,
    "url": f"/deals/{DEAL}/",
}


class ReturnedLandingOut(Schema):
    """A landing behind a number."""

    uid: UUID
    deal: ReturnedDealOut
    name: str
    party_name: str = Field(description="落地单位；个人的不写姓名。 / Empty for a person.")
    state: LandingState
    state_label: str
    area: str
    investment: str | None = Field(description=SAID)
    product: str
    capacity: str | None
    unit: str
    jobs_planned: int | None
    began_on: date | None
    produced_on: date | None

    model_config = example(
        {
            "uid": LANDING,
            "deal": OF,
            "name": "母粒填料生产线（演示）",
            "party_name": "鹿原化工（演示）",
            "state": "producing",
            "state_label": "已投产",
            "area": "150207",
            "investment": "30000000.00",
            "product": "母粒填料",
            "capacity": "20000.000",
            "unit": "吨",
            "jobs_planned": 60,
            "began_on": "2027-03-01",
            "produced_on": "2027-10-08",
        }
    )


class ReturnedBenefitOut(Schema):
    """Figures behind a number, with their basis."""

    uid: UUID
    deal: ReturnedDealOut
    landing_name: str
    kind: BenefitKind
    year: int | None = Field(description=AVERAGE)
    revenue: str | None = Field(description=SAID)
    profit: str | None = Field(description=SAID)
    tax: str | None = Field(description=SAID)
    jobs: int | None
    bound: BenefitBound
    profit_bound: BenefitBound
    basis: str
    source: str
    said_for_name: str = Field(description="填写的单位；个人的不写姓名。 / Empty for a person.")

    model_config = example(
        {
            "uid": BENEFIT,
            "deal": OF,
            "landing_name": "",
            "kind": "forecast",
            "year": None,
            "revenue": "129000000.00",
            "profit": "38000000.00",
            "tax": None,
            "jobs": None,
            "bound": "at_least",
            "profit_bound": "",
            "basis": "年产 2 万吨 × 单价",
            "source": "",
            "said_for_name": "鹿原化工（演示）",
        }
    )


class ReturnedArrivalOut(Schema):
    """A count of people behind a number."""

    uid: UUID
    deal: ReturnedDealOut
    team: str
    employer_name: str
    headcount: int
    doctors: int
    seniors: int
    full_time: bool
    came_from: str
    arrived_on: date

    model_config = example(
        {
            "uid": ARRIVAL,
            "deal": OF,
            "team": "材料分选团队（演示）",
            "employer_name": "鹿原化工（演示）",
            "headcount": 5,
            "doctors": 2,
            "seniors": 1,
            "full_time": True,
            "came_from": "北京",
            "arrived_on": "2027-09-01",
        }
    )
