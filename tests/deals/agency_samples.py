"""Contracts a technology-transfer body helped with, as rows of a ledger whose parties have said so."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.models import AgencySheet, Deal, DealHelper, Registration
from mengkeju.directory.models import Organisation, Person
from tests import factories as f
from tests.deals.test_statistics import entry, record
from tests.directory import body_samples

YEAR = 2025
STATED: dict[str, Any] = {
    "staff": 10,
    "masters": 2,
    "bachelors": 5,
    "college": 1,
    "managers": 4,
    "office_area": Decimal("120.5"),
    "has_website": True,
    "transfer_income": Decimal(1_200_000),
    "cases": "促成气化细渣脱碳（演示）",
}


def agency(name: str = "青山技术转移中心（演示）") -> Organisation:
    """A body of Baotou."""
    return body_samples.body(name)


def contract(key: str, *, on: date = date(YEAR, 5, 8), signed_on: date | None = None, **given: Any) -> Registration:
    """A registered contract; 1,000,000 元, 800,000 of them technical."""
    record(entry(key, registered_on=on, signed_on=signed_on or on, **given))
    return Registration.objects.select_related("deal").get(ledger_key=key)


def helps(
    deal: Deal,
    who: Organisation | Person,
    *,
    share: Decimal | None = None,
    confirmed_at: datetime | None = f.AT,
) -> DealHelper:
    """The body or the broker helped; confirmed unless it is said otherwise."""
    return DealHelper.objects.create(
        deal=deal,
        role="agency" if isinstance(who, Organisation) else "broker",
        organisation=who if isinstance(who, Organisation) else None,
        person=who if isinstance(who, Person) else None,
        share=share,
        confirmed_at=confirmed_at,
        area=deal.area,
        created_at=f.AT,
    )


def helped(key: str, who: Organisation, *, share: Decimal | None = None, **given: Any) -> Registration:
    """A contract the body helped with."""
    made = contract(key, **given)
    helps(made.deal, who, share=share)
    return made


def stated(of: Organisation, year: int = YEAR, **given: Any) -> AgencySheet:
    """What one of its people states of a year."""
    by = f.actor(f.manager(of))
    return actions.save_agency_sheet(of, year, STATED | given, by=by, now=f.AT)
