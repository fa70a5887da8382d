"""机构年度台账 through the API: what is computed of a transfer body's year, and what it states itself."""

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Query, Schema
from pydantic import Field

from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.actions.agency import FIRST_YEAR
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.engine.agency import Sums
from mengkeju.deals.models import AgencySheet
from mengkeju.deals.models.agency import AMOUNTS, STATED
from mengkeju.deals.queries import agency
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.scopes import Scope, Title

AGENCY = "0193a4c6-0000-7000-8000-000000000003"
YUAN = "元，小数写成文字。 / Decimal string in yuan."
SUMS = {
    "count": 1,
    "value": "1000000.00",
    "value_by_share": "500000.00",
    "technology": "800000.00",
    "technology_by_share": "400000.00",
    "together": 1,
    "unstated": 0,
    "unshared": 0,
}


class HelpedSumsOut(Schema):
    """Contracts it helped with: how many, and their sums in whole and by its share."""

    count: int
    value: str = Field(description=f"成交额，{YUAN}")
    value_by_share: str = Field(description=f"按份额的成交额，{YUAN}")
    technology: str = Field(description=f"技术交易额，{YUAN}")
    technology_by_share: str = Field(description=f"按份额的技术交易额，{YUAN}")
    together: int = Field(description="还有别的经纪人或机构促成的项数。 / Others have helped too.")
    unstated: int = Field(description="金额未载的项数。 / Without an amount.")
    unshared: int = Field(description="没有写明份额的项数。 / Without a written share.")


class AgencyStatedOut(Schema):
    """What the body states of its year; null or empty where it does not. Amounts in yuan, the area of offices in m²."""

    staff: int | None
    full_time: int | None
    masters: int | None
    bachelors: int | None
    college: int | None
    senior_titles: int | None
    middle_titles: int | None
    managers: int | None
    office_area: str | None
    has_website: bool | None
    has_database: bool | None
    activities: int | None
    needs_collected: int | None
    benefit: str | None
    revenue: str | None
    transfer_income: str | None
    work_funds: str | None
    fund_national: str | None
    fund_local: str | None
    fund_own: str | None
    fund_other: str | None
    organised: str
    cases: str
    revision: int


class AgencyYearOut(Schema):
    """The year of a body. What is computed comes from the deals whose parties have confirmed that it helped."""

    organisation: UUID
    name: str
    year: int
    registered: HelpedSumsOut = Field(description="促进技术合同登记，以核定额计。 / Registered, as certified.")
    signed: HelpedSumsOut = Field(description="促成签约，以合同价款计。 / Signed, as agreed.")
    of_results: HelpedSumsOut = Field(description="其中成果交易。 / Of these about an achievement.")
    claimed: int = Field(description="经纪人认领的需求数。 / Needs its brokers claimed.")
    introduced: int = Field(description="经纪人引荐的供需双方数。 / Pairs its brokers introduced.")
    brokers: int = Field(description="平台上登记的经纪人数。 / Its brokers on the platform.")
    income_growth: str | None = Field(description="服务收入比上年增长（%）。 / Growth of its income, per cent.")
    stated: AgencyStatedOut | None = Field(description="本机构填报的；没有填为 null。 / What it states.")

    model_config = example(
        {
            "organisation": AGENCY,
            "name": "青山技术转移中心（演示）",
            "year": 2025,
            "registered": SUMS,
            "signed": SUMS,
            "of_results": SUMS,
            "claimed": 2,
            "introduced": 1,
            "brokers": 3,
            "income_growth": None,
            "stated": None,
        }
    )


class AgencyYearQuery(Schema):
    """Which year; none is this one."""

    year: int | None = Field(default=None, ge=FIRST_YEAR, le=9998, description="年度。 / The year.")


@routes.operation(
    "GET",
    "/agencies/{uuid:uid}/year",
    title=Title("读取机构年度台账", "Read the year sheet of a transfer body"),
    permission=AgencyPerm.READ,
    scope=Scope.STATISTICS_READ,
    response=AgencyYearOut,
)
def get_agency_year(request: ApiRequest, uid: UUID, asked: Query[AgencyYearQuery]) -> dict[str, Any]:
    """For its people and the officers over its place; `uid` of the organisation."""
    found = directory.find_organisation(request.actor, uid)
    if found is None:
        raise Http404
    require(request.actor, AgencyPerm.READ, found)
    year = asked.year or clock.today().year
    told = agency.agency_year(found, year)
    return {
        "organisation": found.uid,
        "name": found.name,
        "year": year,
        **{name: _sums(getattr(told, name)) for name in ("registered", "signed", "of_results")},
        **{name: getattr(told, name) for name in ("claimed", "introduced", "brokers")},
        "income_growth": plain(told.income_growth),
        "stated": _stated(told.sheet) if told.sheet is not None else None,
    }


def _sums(found: Sums) -> dict[str, Any]:
    amounts = ("value", "value_by_share", "technology", "technology_by_share")
    counts = ("count", "together", "unstated", "unshared")
    return {
        **{name: f"{getattr(found, name):.2f}" for name in amounts},
        **{name: getattr(found, name) for name in counts},
    }


def _stated(sheet: AgencySheet) -> dict[str, Any]:
    texts = {*AMOUNTS, "office_area"}
    return {
        **{name: plain(getattr(sheet, name)) if name in texts else getattr(sheet, name) for name in STATED},
        "revision": sheet.revision,
    }
