"""What the API says of packages, funding, years, terms and parts of a deal, and what it takes.

Amounts are decimal strings in yuan.
"""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from mengkeju.deals.api.deal_schemas import DEAL, PARTY, DealKindKey
from mengkeju.deals.api.schemas import example
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.values import Yuan

FundingSource = Literal["national", "region", "city", "county", "own", "other"]
YUAN = "元，小数写成文字。 / Decimal string in yuan."
OPEN = "元，小数写成文字；没有写明时为 null。 / Decimal string in yuan; null while nobody said."
LINE_OF_DEAL = "合同里的那一行。 / The party of the deal."
MOST = 2_000_000_000
WORK_PACKAGE, FUNDING = "0193a4c6-0000-7000-8000-000000000941", "0193a4c6-0000-7000-8000-000000000942"
YEAR_RESULT, RENEWAL = "0193a4c6-0000-7000-8000-000000000943", "0193a4c6-0000-7000-8000-000000000944"
TEXT = "0193a4c6-0000-7000-8000-000000000982"


class WorkPackageIn(Input):
    """The whole package; another state of one takes the place of the one before."""

    title: str = Field(max_length=200)
    lead: UUID = Field(description=f"牵头的一方，{LINE_OF_DEAL}")
    content: str = Field(default="", max_length=2000)
    begins_on: date | None = None
    ends_on: date | None = None
    budget: Yuan | None = Field(default=None, description=OPEN)

    model_config = example(
        {"title": "磁材热处理工艺（演示）", "lead": PARTY, "ends_on": "2027-12-31", "budget": "800000.00"}, strict=True
    )


class WorkPackageOut(Schema):
    """One part of a project: whose it is, and until when."""

    uid: UUID
    title: str
    lead: UUID = Field(description=f"牵头的一方，{LINE_OF_DEAL}")
    lead_name: str
    content: str
    begins_on: date | None
    ends_on: date | None
    budget: str | None = Field(description=OPEN)
    revision: int

    model_config = example(
        {
            "uid": WORK_PACKAGE,
            "title": "磁材热处理工艺（演示）",
            "lead": PARTY,
            "lead_name": "青城理工大学（演示）",
            "content": "",
            "begins_on": None,
            "ends_on": "2027-12-31",
            "budget": "800000.00",
            "revision": 1,
        }
    )


class WorkPackagesOut(Schema):
    """The packages that stand, with their sum against the funding."""

    items: list[WorkPackageOut]
    planned: str = Field(description=f"任务经费合计，{YUAN}")
    open_packages: int = Field(description="没有写经费的任务数。 / Packages of which nobody said the budget.")
    funded: str = Field(description=f"经费来源合计，{YUAN}")
    beyond: str = Field(description=f"任务经费比经费来源多多少，{YUAN}")


class FundingLineIn(Input):
    """The whole line."""

    source: FundingSource
    amount: Yuan = Field(description=YUAN)
    year: int | None = Field(default=None, ge=1990, le=2100)
    giver: str = Field(default="", max_length=120, description="拨款或出资单位。 / Who gives it.")
    party: UUID | None = Field(default=None, description=f"给哪一方，{LINE_OF_DEAL}")
    said_by_plan: str = Field(default="", max_length=120, description="计划或文号。 / Plan or document.")

    model_config = example(
        {"source": "city", "amount": "500000.00", "year": 2027, "said_by_plan": "演示〔2027〕1号"}, strict=True
    )


class FundingLineOut(Schema):
    """One line of what a project lives on."""

    uid: UUID
    source: FundingSource
    source_label: str
    amount: str = Field(description=YUAN)
    year: int | None
    giver: str
    party: UUID | None = Field(description=f"给哪一方，{LINE_OF_DEAL}")
    party_name: str
    said_by_plan: str
    revision: int

    model_config = example(
        {
            "uid": FUNDING,
            "source": "city",
            "source_label": "市级财政",
            "amount": "500000.00",
            "year": 2027,
            "giver": "",
            "party": None,
            "party_name": "",
            "said_by_plan": "演示〔2027〕1号",
            "revision": 1,
        }
    )


class FundingOut(Schema):
    """The lines that stand, by year, with their sums."""

    items: list[FundingLineOut]
    funded: str = Field(description=f"合计，{YUAN}")
    public: str = Field(description=f"其中财政资金，{YUAN}")
    own: str = Field(description=f"其中自筹，{YUAN}")
    other: str = Field(description=f"其中其他，{YUAN}")


class RemovalIn(Input):
    """Why it is taken off; it stays in the archive."""

    reason: str = Field(max_length=200)

    model_config = example({"reason": "没有落实"}, strict=True)


class YearResultIn(Input):
    """What a year brought; counts that nobody kept are left out."""

    summary: str = Field(max_length=4000)
    projects: int | None = Field(default=None, ge=0, le=MOST)
    patents: int | None = Field(default=None, ge=0, le=MOST)
    people_trained: int | None = Field(default=None, ge=0, le=MOST)
    spent: Yuan | None = Field(default=None, description=OPEN)
    next_year: str = Field(default="", max_length=2000)

    model_config = example({"summary": "建成两条试验线（演示）", "projects": 3, "spent": "1200000.00"}, strict=True)


class YearReportIn(YearResultIn):
    """A year that nobody has reported yet."""

    year: int

    model_config = example(
        {"year": 2026, "summary": "建成两条试验线（演示）", "projects": 3, "spent": "1200000.00"}, strict=True
    )


class YearResultOut(Schema):
    """What a year brought, and the party that answers for it."""

    uid: UUID
    year: int
    summary: str
    projects: int | None
    patents: int | None
    people_trained: int | None
    spent: str | None = Field(description=OPEN)
    next_year: str
    said_for: str
    revision: int

    model_config = example(
        {
            "uid": YEAR_RESULT,
            "year": 2026,
            "summary": "建成两条试验线（演示）",
            "projects": 3,
            "patents": None,
            "people_trained": None,
            "spent": "1200000.00",
            "next_year": "",
            "said_for": "鹿原化工（演示）",
            "revision": 1,
        }
    )


class YearResultsOut(Schema):
    """The newest year first, and the years that have ended without a result."""

    items: list[YearResultOut]
    missing: list[int]


class RenewalIn(Input):
    """Until when, by which addendum that every party has confirmed."""

    addendum: UUID = Field(description="补充协议文本。 / A text of the role addendum.")
    until: date

    model_config = example({"addendum": TEXT, "until": "2029-12-31"}, strict=True)


class RenewalOut(Schema):
    """One time the term was prolonged."""

    uid: UUID
    addendum: UUID
    until_before: date
    until_after: date
    created_at: datetime

    model_config = example(
        {
            "uid": RENEWAL,
            "addendum": TEXT,
            "until_before": "2026-12-31",
            "until_after": "2029-12-31",
            "created_at": "2026-11-21T15:00:00+08:00",
        }
    )


class TermOfDealOut(Schema):
    """The term as it stands, how it was prolonged, and the addenda that may prolong it."""

    effective_from: date | None
    effective_until: date | None
    expired: bool
    renewals: list[RenewalOut]
    addenda: list[UUID] = Field(description="各方已确认、还没有用过的补充协议。 / Addenda that may prolong it.")


class DealParentIn(Input):
    """Below what it belongs; null takes it off."""

    parent: UUID | None

    model_config = example({"parent": DEAL}, strict=True)


class DealPartIn(Input):
    """A deal below another, between parties of that one; what it is about is taken over."""

    kind: DealKindKey
    title: str = Field(max_length=200)
    parties: list[UUID] = Field(max_length=60, description=f"由哪几家订立，上一级{LINE_OF_DEAL}")

    model_config = example({"kind": "contract", "title": "热处理工艺委托开发（演示）", "parties": [PARTY]}, strict=True)
