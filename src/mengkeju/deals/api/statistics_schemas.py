"""What the API says of the contract statistics and of the clock."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.schemas import example
from mengkeju.kernel import clock

Cut = Literal["type", "field", "seller_kind", "ip_kind", "plan_source", "flow", "area", "zone"]
LeadTimeCut = Literal["year", "field", "city"]
Stage = Literal["published", "intention", "talking", "agreed", "signed", "registered", "accepted", "landed"]
YUAN = "元；有角分时写成文字。 / Yuan; a decimal string where there are cents."
AREA = "行政区划或功能区代码；不写是全区。 / Code of a division or zone; empty: the whole region."
FIRST_YEAR, LAST_YEAR = 1985, 9998


class ContractStatisticsQuery(Schema):
    """Which year, where, and of the cuts one or all."""

    year: int = Field(
        default_factory=lambda: clock.today().year,
        ge=FIRST_YEAR,
        le=LAST_YEAR,
        description="登记年份，不写是今年。 / Year of registration, this year without.",
    )
    area: str = Field(default="", max_length=40, description=AREA)
    cut: Cut | None = Field(default=None, description="只要一种口径。 / One cut only.")


class ContractFiguresOut(Schema):
    """How many registered contracts, and their sums."""

    count: int
    contract_value: int | str = Field(description=f"成交额，{YUAN}")
    technology_value: int | str = Field(description=f"技术交易额，{YUAN}")
    unstated: int = Field(description="其中金额未载的项数。 / Of these without a certified amount.")


class ContractPartOut(ContractFiguresOut):
    """One row of a cut; an empty code: not stated."""

    code: str
    label: str


FIGURES = {"count": 832, "contract_value": 1506000000, "technology_value": 1085000000, "unstated": 0}


class ContractStatisticsOut(ContractFiguresOut):
    """The figures of a year, those of the year before, the inflow, and the cuts; each cut sums to the whole."""

    first_on: date
    last_on: date
    area: str | None
    before: ContractFiguresOut
    growth_pct: int | None = Field(description="成交额同比（%），四舍五入；上年没有时为 null。 / Growth, rounded.")
    growth_pct_exact: str | None
    inflow: ContractFiguresOut = Field(description="吸纳：买方在本地区、卖方不在。 / Bought from outside the area.")
    closed: bool = Field(description="这一期是否已关账。 / Whether the period is closed.")
    cuts: dict[Cut, list[ContractPartOut]]

    model_config = example(
        {
            **FIGURES,
            "first_on": "2023-01-01",
            "last_on": "2023-12-31",
            "area": None,
            "before": {**FIGURES, "count": 733, "contract_value": 1298000000, "technology_value": 950000000},
            "growth_pct": 16,
            "growth_pct_exact": "16.0",
            "inflow": {"count": 0, "contract_value": 0, "technology_value": 0, "unstated": 0},
            "closed": False,
            "cuts": {"type": [{**FIGURES, "code": "development", "label": "技术开发"}]},
        }
    )


class LeadTimeQuery(Schema):
    """Which year of signing (none: all), where, and of the cuts one or all."""

    year: int | None = Field(default=None, ge=FIRST_YEAR, le=LAST_YEAR, description="签约年份。 / Year of signing.")
    area: str = Field(default="", max_length=40, description=AREA)
    cut: LeadTimeCut | None = Field(default=None, description="只要一种口径。 / One cut only.")


class StageMedianOut(Schema):
    """From one dated stage to the next dated one: the median in calendar days and of how many."""

    begins: Stage
    ends: Stage
    median_days: float
    count: int


class LeadTimeGroupOut(Schema):
    """count = finished + left_out; the median is of the finished."""

    count: int
    median_days: float | None = Field(description="从成果发布到投产的日历天。 / From publication to production.")
    finished: int = Field(description="已经投产的。 / That have come to production.")
    kept: int = Field(description="其中在承诺期内的。 / Of these within the promise.")
    left_out: int = Field(description="不计入中位数的。 / That the median does not know.")
    running: int = Field(description="已签约、没有投产的。 / Signed, not in production.")
    no_start: int = Field(description="没有起点的。 / Without a beginning.")
    slowest: StageMedianOut | None


class LeadTimePartOut(LeadTimeGroupOut):
    """One row of a cut; an empty code: not stated."""

    code: str
    label: str


STAGE = {"begins": "talking", "ends": "agreed", "median_days": 60.0, "count": 3}
GROUP = {
    "count": 5, "median_days": 181.0, "finished": 2, "kept": 1, "left_out": 3, "running": 1, "no_start": 2,
    "slowest": STAGE,
}  # fmt: skip


class LeadTimeStatisticsOut(LeadTimeGroupOut):
    """The medians of conversions beside the promise, every cut, and the stages, the slowest first."""

    year: int | None
    area: str | None
    promised_months: int | None = Field(description="对照的期限，日历月。 / The promise, in calendar months.")
    promise_source: str
    cuts: dict[LeadTimeCut, list[LeadTimePartOut]]
    stages: list[StageMedianOut]

    model_config = example(
        {
            **GROUP,
            "year": None,
            "area": None,
            "promised_months": 6,
            "promise_source": "公开报道 003：“现在只要6个月”",
            "cuts": {"year": [{**GROUP, "code": "2026", "label": "2026"}]},
            "stages": [STAGE],
        }
    )


class StagePartOut(Schema):
    """From one dated stage to the next dated one; `skipped` have no usable date."""

    begins: Stage
    ends: Stage
    days: int
    skipped: list[Stage]


class StageWaitOut(Schema):
    """The last dated stage and the days since."""

    since: Stage
    days: int


class StageDisorderOut(Schema):
    """A stage dated before the one it should follow; its date is passed over."""

    stage: Stage
    before: Stage
    days: int


class DealLeadTimeOut(Schema):
    """The clock of one deal; days are calendar days."""

    dates: dict[Stage, date]
    total_days: int | None
    parts: list[StagePartOut]
    slowest: StagePartOut | None
    waiting: StageWaitOut | None
    missing: list[Stage]
    disorders: list[StageDisorderOut]
    promised_months: int | None
    due_on: date | None = Field(description="承诺期的最后一天。 / The last day of the promise.")
    kept: bool | None = Field(description="还没有到期也没有投产时为 null。 / Null while open.")

    model_config = example(
        {
            "dates": {"published": "2026-01-10", "signed": "2026-04-12", "landed": "2026-07-10"},
            "total_days": 181,
            "parts": [
                {"begins": "published", "ends": "signed", "days": 92, "skipped": ["intention", "talking", "agreed"]}
            ],
            "slowest": {"begins": "published", "ends": "signed", "days": 92, "skipped": []},
            "waiting": None,
            "missing": ["intention", "talking", "agreed", "registered", "accepted"],
            "disorders": [],
            "promised_months": 6,
            "due_on": "2026-07-10",
            "kept": True,
        }
    )
