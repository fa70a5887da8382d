"""What follows from registered contracts, through the API: claim bases of a deal, figures of an organisation."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Query, Schema
from pydantic import Field

from mengkeju.deals.access import ClaimBasisPerm, DealPerm
from mengkeju.deals.api.deal_schemas import DEAL, FIRM
from mengkeju.deals.api.deals import load_deal
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.engine.statistics import Figures
from mengkeju.deals.models import ClaimBasis
from mengkeju.deals.queries import claim_basis, contract_account
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.scopes import Scope, Title

SUM = "元，小数写成文字。 / Decimal string in yuan."
NO_FINDING = "按公开查到的标准计算，非官方结论。 / Worked out from published standards; no official finding."


class SourceOut(Schema):
    """Where a figure of the policy came from. `known`: false when no value was found."""

    key: str
    label: str
    status: Literal["verified", "secondary", "draft"]
    source: str
    url: str
    checked_on: date
    known: bool


SOURCE = {
    "key": "nm-tech-trade-subsidy.purchase_rate",
    "label": "购买技术成果的补助比例（超额累退）",
    "status": "secondary",
    "source": "细则的转载页",
    "url": "",
    "checked_on": "2026-11-21",
    "known": True,
}


class CountedOut(Schema):
    """A payment that a claim basis counts."""

    payment: UUID
    paid_on: date
    amount: str = Field(description=SUM)
    technical: str = Field(description=SUM)


class ClaimBasisOut(Schema):
    """What one applicant can claim on a deal in one window, as it was drawn up. Nothing of it changes later."""

    uid: UUID
    deal: UUID
    applicant: UUID
    side: Literal["seller", "buyer"]
    window_begins: date
    window_until: date
    base: str = Field(description=SUM)
    before: str = Field(description=SUM)
    computed: str = Field(description=SUM)
    amount: str = Field(description=f"{SUM} {NO_FINDING}")
    cap: str | None = Field(description=SUM)
    granted: str = Field(description=SUM)
    counted: list[CountedOut]
    changes: list[str] = Field(description="出具以后的变化。 / What has changed since.")
    sources: list[SourceOut]
    created_at: datetime
    url: str


class ClaimDraftOut(Schema):
    """What could be claimed in the present window, before a basis is drawn up."""

    applicant: UUID
    side: Literal["seller", "buyer"]
    window_begins: date | None
    window_until: date | None
    base: str | None = Field(description=SUM)
    amount: str | None = Field(description=f"{SUM} {NO_FINDING}")
    hindrance: str = Field(description="为什么现在不能申报。 / Why nothing can be claimed now.")


DRAFT = {
    "applicant": FIRM,
    "side": "buyer",
    "window_begins": "2026-11-01",
    "window_until": "2027-10-31",
    "base": "3000000.00",
    "amount": "200000.00",
    "hindrance": "",
}
BASIS = {
    "uid": "0193a4c6-0000-7000-8000-000000000951",
    "deal": DEAL,
    "applicant": FIRM,
    "side": "buyer",
    "window_begins": "2025-11-01",
    "window_until": "2026-10-31",
    "base": "8000000.00",
    "before": "0.00",
    "computed": "390000.00",
    "amount": "390000.00",
    "cap": "2000000.00",
    "granted": "0.00",
    "counted": [
        {
            "payment": "0193a4c6-0000-7000-8000-000000000952",
            "paid_on": "2026-05-20",
            "amount": "10000000.00",
            "technical": "8000000.00",
        }
    ],
    "changes": [],
    "sources": [SOURCE],
    "created_at": "2026-11-02T09:00:00+08:00",
    "url": "/claim-bases/0193a4c6-0000-7000-8000-000000000951/",
}


class DealClaimsOut(Schema):
    """Of the reader's own organisations only: what was drawn up and stands, and what the present window would give."""

    items: list[ClaimBasisOut]
    drafts: list[ClaimDraftOut]

    model_config = example({"items": [BASIS], "drafts": [DRAFT]})


class ContractSumsOut(Schema):
    """Registered contracts of a year. `unstated`: of these how many without an amount."""

    count: int
    contract_value: str = Field(description=SUM)
    technology_value: str = Field(description=SUM)
    unstated: int


class ContractAccountOut(Schema):
    """What follows for an organisation from its contracts. `points`: None where the source says nothing."""

    organisation: UUID
    year: int
    conversion_items: int = Field(description="按成果去重的转化项。 / Conversion items, one a result.")
    conversion_first_year: int
    conversion_years: int
    conversion_mean: str
    points_low: str | None
    points_high: str | None
    sold: ContractSumsOut
    bought: ContractSumsOut
    research_contracts: int
    research_unregistered: int = Field(description="缺登记编号的。 / Without registration number.")
    sources: list[SourceOut]

    model_config = example(
        {
            "organisation": FIRM,
            "year": 2026,
            "conversion_items": 6,
            "conversion_first_year": 2024,
            "conversion_years": 3,
            "conversion_mean": "2.00",
            "points_low": "7",
            "points_high": "12",
            "sold": {"count": 0, "contract_value": "0.00", "technology_value": "0.00", "unstated": 0},
            "bought": {
                "count": 1,
                "contract_value": "10000000.00",
                "technology_value": "8000000.00",
                "unstated": 0,
            },
            "research_contracts": 1,
            "research_unregistered": 0,
            "sources": [SOURCE],
        }
    )


class AccountQuery(Schema):
    """Which calendar year; the present one when none is given."""

    year: int | None = Field(default=None, ge=1985, le=9998, description="年份。 / Calendar year.")


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.quantize(Decimal('0.01')):f}"


def _basis(basis: ClaimBasis) -> dict[str, Any]:
    claimed = claim_basis.claimed_payments(basis)
    same = ("uid", "side", "window_begins", "window_until", "created_at")
    sums = ("base", "before", "computed", "amount", "cap", "granted")
    return {
        **{name: getattr(basis, name) for name in same},
        **{name: _plain(getattr(basis, name)) for name in sums},
        "deal": basis.deal.uid,
        "applicant": basis.applicant.uid,
        "counted": [
            {
                "payment": row.payment.uid,
                "paid_on": row.paid_on,
                "amount": _plain(row.amount),
                "technical": _plain(row.technical),
            }
            for row in claimed
        ],
        "changes": claim_basis.changed_after(basis, claimed),
        "sources": basis.worked["figures"],
        "url": basis.get_absolute_url(),
    }


def _draft(draft: claim_basis.Draft, applicant: Organisation) -> dict[str, Any]:
    return {
        "applicant": applicant.uid,
        "side": draft.party.side,
        "window_begins": draft.window.begins if draft.window else None,
        "window_until": draft.window.until if draft.window else None,
        "base": _plain(draft.claim.base) if draft.claim else None,
        "amount": _plain(draft.claim.amount) if draft.claim else None,
        "hindrance": draft.hindrance,
    }


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/claim-bases",
    title=Title("列出合作项目的申报依据", "List the claim bases of a deal"),
    permission=DealPerm.READ,
    scope=Scope.DEALS_READ,
    response=DealClaimsOut,
)
def list_claim_bases(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """技术交易后补助 of the reader's own organisations; no official finding. Drawn up and withdrawn on the page."""
    deal, today = load_deal(request, uid), clock.today()
    bases = claim_basis.claim_bases(request.actor).filter(deal=deal, archived_at=None)
    drafts = [
        _draft(claim_basis.draft_claim(deal, party, today), party.organisation)
        for party in claim_basis.applicants(request.actor, deal)
        if party.organisation is not None
    ]
    return {"items": [_basis(basis) for basis in bases], "drafts": drafts}


def _sums(one: Figures) -> dict[str, Any]:
    return {
        "count": one.count,
        "contract_value": _plain(one.contract_value),
        "technology_value": _plain(one.technology_value),
        "unstated": one.unstated,
    }


@routes.operation(
    "GET",
    "/contract-accounts/{uuid:uid}",
    title=Title("读取单位的合同台账", "Read an organisation's contract account"),
    permission=ClaimBasisPerm.ACCOUNT,
    scope=Scope.DEALS_READ,
    response=ContractAccountOut,
)
def get_contract_account(request: ApiRequest, uid: UUID, asked: Query[AccountQuery]) -> dict[str, Any]:
    """`uid` of an organisation of the reader: conversion items, 创新积分 item 7, research contracts of a year."""
    holder = contract_account.account_holder(request.actor, uid)
    if holder is None:
        raise Http404
    today = clock.today()
    year = asked.year or today.year
    found = contract_account.conversion_items(holder, year, contract_account.mean_years(today), today)
    research = contract_account.research(holder, year, today)
    points = found.points
    return {
        "organisation": holder.uid,
        "year": year,
        "conversion_items": len(found.items),
        "conversion_first_year": found.first,
        "conversion_years": found.years,
        "conversion_mean": _plain(found.mean),
        "points_low": f"{points.low.normalize():f}" if points is not None else None,
        "points_high": f"{points.high.normalize():f}" if points is not None else None,
        **{measure: _sums(one) for measure, one in contract_account.contract_sums(holder, year).items()},
        "research_contracts": len(research),
        "research_unregistered": sum(1 for row in research if row.registration is None),
        "sources": [claim_basis.figure_kept(one) for one in contract_account.account_sources(today)],
    }
