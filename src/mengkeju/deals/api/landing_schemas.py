"""What the API says of landings, what they make and what they bring, and what it takes."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.money_schemas import BUYER
from mengkeju.deals.api.performance_schemas import EVIDENCE, FILES, MOST_FILES, WRITABLE, EvidenceFileOut
from mengkeju.deals.api.schemas import example
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.values import SignedYuan, Volume, Yuan

LandingState = Literal["planned", "building", "producing", "stopped"]
LandingStep = Literal["build", "produce", "stop"]
LandingAct = Literal["edit", "build", "produce", "stop", "production", "year"]
ProductionKind = Literal["plan", "actual"]
BenefitKind = Literal["forecast", "actual"]
BenefitBound = Literal["", "at_least", "near", "at_most"]
BenefitMeasure = Literal["revenue", "profit", "tax"]
LANDING, BENEFIT = "0193a4c6-0000-7000-8000-000000000a31", "0193a4c6-0000-7000-8000-000000000a41"
MOST_ROWS, MOST_JOBS, MOST_PLANNED = 24, 2_000_000_000, 10_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
SAID = "元，小数写成文字；没有写明时为 null。 / Decimal string in yuan; null where nobody said."
VOLUME = "小数写成文字，单位见 unit；没有写明时为 null。 / Decimal string in the unit; null where nobody said."
AREA = "行政区划或功能区代码；空着就按落地单位的所在地。 / Code; empty: the place of the party."
SITE_PARTY = "落地单位：合同的一方。 / The party of the deal whose site it is."
BOUND = "预计数是不少于、约还是不超过。 / What a forecast is: at least, about, at most."
AVERAGE = "哪一年；年均预计为 null。 / Null: a yearly average, of a forecast only."
Cents = Annotated[Yuan, Field(decimal_places=2)]
Signed = Annotated[SignedYuan, Field(decimal_places=2)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Jobs = Annotated[int, Field(ge=0, lt=MOST_JOBS)]


class ProductionYearOut(Schema):
    """One year of a landing: plan, actual, and how far they lie apart."""

    year: int
    plan: str | None = Field(description=VOLUME)
    actual: str | None = Field(description=VOLUME)
    months: int = Field(description="实际产量是几个月的合计；按全年填的为 0。 / Months behind it; 0: told as a year.")
    deviation: str | None = Field(description="实际减计划。 / Actual less plan.")
    percent: str | None = Field(description="偏差占计划的百分比。 / Of the plan, per cent.")


SITE = {
    "name": "母粒填料生产线（演示）",
    "area": "150207",
    "address": "演示园区 3 号厂房",
    "investment": "30000000.00",
    "product": "母粒填料",
    "capacity": "20000.000",
    "unit": "吨",
    "jobs_planned": 60,
}
LANDING_SHOWN = {
    **SITE,
    "uid": LANDING,
    "state": "producing",
    "state_label": "已投产",
    "party": BUYER,
    "party_name": "鹿原化工（演示）",
    "began_on": "2027-03-01",
    "produced_on": "2027-10-08",
    "stopped_on": None,
    "production": [
        {
            "year": 2028,
            "plan": "20000.000",
            "actual": "18000.000",
            "months": 0,
            "deviation": "-2000.000",
            "percent": "-10.0",
        }
    ],
    "evidence": [EVIDENCE],
    "source": "",
    "fictional": True,
    "steps": ["edit", "stop", "production", "year"],
    "url": "/deals/0193a4c6-0000-7000-8000-000000000901/#landing-0193a4c6-0000-7000-8000-000000000a31",
    "revision": 3,
    "created_at": "2026-11-21T14:00:00+08:00",
    "state_at": "2027-10-08T09:00:00+08:00",
}


class LandingOut(Schema):
    """Where the result of a deal is put to use, how it stands, and what is made there."""

    uid: UUID
    name: str
    state: LandingState
    state_label: str
    party: UUID = Field(description=SITE_PARTY)
    party_name: str = Field(
        description="据公开资料记录的，不写个人姓名。 / No names of persons where a source tells of it."
    )
    area: str
    address: str
    investment: str | None = Field(description=SAID)
    product: str
    capacity: str | None = Field(description="设计年产能，小数写成文字，单位见 unit。 / A year, in the unit.")
    unit: str
    jobs_planned: int | None
    began_on: date | None
    produced_on: date | None
    stopped_on: date | None
    production: list[ProductionYearOut]
    evidence: list[EvidenceFileOut]
    source: str = Field(
        description="公开资料的代号；各方自己填写的为空。 / Of a published source; empty for the parties'."
    )
    fictional: bool
    steps: list[LandingAct] = Field(description="我现在能做的。 / What I may do now.")
    url: str
    revision: int
    created_at: datetime
    state_at: datetime

    model_config = example(LANDING_SHOWN)


class LandingsOut(Schema):
    """In order of creation."""

    items: list[LandingOut]
    writable: bool = Field(description=WRITABLE)

    model_config = example({"items": [LANDING_SHOWN], "writable": True})


class LandingEditIn(Input):
    """What is said of a landing, whole: what is left out is empty. Its party stays; its days change with its steps."""

    name: str = Field(max_length=200)
    area: str = Field(default="", max_length=40, description=AREA)
    address: str = Field(default="", max_length=200)
    investment: Cents | None = None
    product: str = Field(default="", max_length=120)
    capacity: Volume | None = None
    unit: str = Field(default="", max_length=20)
    jobs_planned: int | None = Field(default=None, ge=0, le=MOST_PLANNED)

    model_config = example(SITE, strict=True)


class LandingIn(LandingEditIn):
    """Where the result landed. Days that have come only; they move the landing at once."""

    party: UUID = Field(description=SITE_PARTY)
    began_on: date | None = None
    produced_on: date | None = None
    evidence: list[UUID] = Field(default_factory=list, max_length=MOST_FILES, description=FILES)

    model_config = example({**SITE, "party": BUYER, "began_on": "2027-03-01"}, strict=True)


class LandingMoveIn(Input):
    """A step as of a day. A stop needs its reason."""

    step: LandingStep
    on: date
    note: str = Field(default="", max_length=300)

    model_config = example({"step": "produce", "on": "2027-10-08"}, strict=True)


class ProductionIn(Input):
    """A volume of a year, or of a month of it; what was said of the same time before is replaced."""

    kind: ProductionKind
    year: Year
    month: int | None = Field(default=None, ge=1, le=12)
    volume: Volume
    note: str = Field(default="", max_length=300)

    model_config = example({"kind": "plan", "year": 2028, "volume": "20000"}, strict=True)


class ProductionRowsIn(Input):
    """All of them, or none."""

    rows: list[ProductionIn] = Field(max_length=MOST_ROWS)
    evidence: list[UUID] = Field(default_factory=list, max_length=MOST_FILES, description=FILES)

    model_config = example({"rows": [{"kind": "plan", "year": 2028, "volume": "20000"}]}, strict=True)


class FiguresIn(Input):
    """Amounts of one year with their basis; at least one of them is told. A loss is a negative profit."""

    revenue: Cents | None = Field(default=None, description="新增销售收入（元）。 / Revenue.")
    profit: Signed | None = Field(default=None, description="新增利润（元）。 / Profit.")
    tax: Cents | None = Field(default=None, description="新增税收（元）。 / Tax.")
    jobs: Jobs | None = Field(default=None, description="新增就业（人）。 / Jobs.")
    basis: str = Field(max_length=500, description="测算依据或数据来源。 / What the figures rest on.")
    evidence: list[UUID] = Field(default_factory=list, max_length=MOST_FILES, description=FILES)


FIGURES = {"revenue": "129000000.00", "profit": "38000000.00", "tax": None, "jobs": 40, "basis": "年产 2 万吨 × 单价"}


class LandingYearIn(FiguresIn):
    """The yearly report of a landing: what was made in a year that is over, and what it brought."""

    year: Year
    volume: Volume | None = Field(default=None, description="全年产量，单位见 unit。 / Of the whole year, in the unit.")

    model_config = example({**FIGURES, "year": 2028, "volume": "18000", "basis": "审计报告（演示）"}, strict=True)


class BenefitIn(FiguresIn):
    """Expected or realised, of the deal as a whole or of one landing. What the same party said before is replaced."""

    kind: BenefitKind
    year: Year | None = Field(default=None, description=AVERAGE)
    landing: UUID | None = Field(default=None, description="哪一处落地；不写是整个合作项目。 / Null: the whole deal.")
    bound: BenefitBound = Field(default="", description=BOUND)
    profit_bound: BenefitBound = Field(default="", description="与 bound 不同时才写。 / Where it differs.")

    model_config = example({**FIGURES, "kind": "forecast", "year": None, "bound": "at_least"}, strict=True)


BENEFIT_SHOWN: dict[str, Any] = {
    **FIGURES,
    "uid": BENEFIT,
    "kind": "forecast",
    "year": None,
    "landing": LANDING,
    "bound": "at_least",
    "profit_bound": "",
    "source": "",
    "said_for": BUYER,
    "said_for_name": "鹿原化工（演示）",
    "evidence": [],
    "created_at": "2026-11-21T14:00:00+08:00",
    "withdrawn_at": None,
    "withdrawn_reason": "",
    "may_withdraw": True,
}


class BenefitOut(Schema):
    """What a party says of a year: forecast or actual, never mixed."""

    uid: UUID
    kind: BenefitKind
    year: int | None = Field(description=AVERAGE)
    landing: UUID | None
    revenue: str | None = Field(description=SAID)
    profit: str | None = Field(description=SAID)
    tax: str | None = Field(description=SAID)
    jobs: int | None
    bound: BenefitBound = Field(description=BOUND)
    profit_bound: BenefitBound
    basis: str
    source: str = Field(
        description="公开资料的代号；各方自己填写的为空。 / Of a published source; empty for the parties'."
    )
    said_for: UUID | None = Field(description="填写的一方。 / The party whose word it is.")
    said_for_name: str
    evidence: list[EvidenceFileOut]
    created_at: datetime
    withdrawn_at: datetime | None = Field(description="只在撤回的答复里有值。 / Told only when it is withdrawn.")
    withdrawn_reason: str
    may_withdraw: bool

    model_config = example(BENEFIT_SHOWN)


class BenefitCellOut(Schema):
    """One measure of one year. Forecast and actual stand side by side; nothing adds the two."""

    forecast: str | None = Field(description=SAID)
    bound: BenefitBound = Field(description=BOUND)
    of_average: bool = Field(description="这一年没有预计，拿年均预计对照。 / Compared with the yearly average.")
    actual: str | None = Field(description=SAID)
    difference: str | None = Field(description="实际减预计。 / Actual less forecast.")


class BenefitYearOut(Schema):
    """One line of the comparison: of the deal as a whole, else the sum of its landings."""

    year: int | None = Field(description=AVERAGE)
    measures: dict[BenefitMeasure, BenefitCellOut]


COMPARED = {
    "year": None,
    "measures": {
        "revenue": {
            "forecast": "129000000.00",
            "bound": "at_least",
            "of_average": False,
            "actual": None,
            "difference": None,
        }
    },
}


class BenefitsOut(Schema):
    """Every row with its basis, and the comparison by year, the yearly average first."""

    items: list[BenefitOut]
    years: list[BenefitYearOut]
    writable: bool = Field(description=WRITABLE)

    model_config = example({"items": [BENEFIT_SHOWN], "years": [COMPARED], "writable": True})
