"""机构年度台账: sums recomputed from the records, shares told apart, what the body states with its revision."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mengkeju.deals import actions
from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.engine.agency import Sums
from mengkeju.deals.models import AgencySheet, Claim, Deal, DealHelper, Registration
from mengkeju.deals.queries import agency as agency_queries
from mengkeju.directory.actions import end_membership
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import ANONYMOUS, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event
from tests import factories as f
from tests.deals import agency_samples as a
from tests.deals import samples as s
from tests.kernel import makers

pytestmark = pytest.mark.django_db
D = Decimal


def naively(agency: Organisation, year: int, *, signed: bool) -> Sums:
    """The sums once more, one record after another, without a query of the code under test."""
    total: dict[str, Any] = {"value": D(0), "value_by_share": D(0), "technology": D(0), "technology_by_share": D(0)}
    counts: dict[str, Any] = dict.fromkeys(("count", "together", "unstated", "unshared"), 0)
    for deal in Deal.objects.all():
        helpers = [one for one in deal.helpers.all() if one.confirmed_at and not one.archived_at]
        mine = [one for one in helpers if one.organisation_id == agency.pk]
        rows: list[tuple[Any, Any]] = []
        if signed:
            if deal.signed_on and deal.signed_on.year == year and deal.state not in {"talking", "terminated"}:
                rows = [(deal.contract_value, deal.technology_value)]
        else:
            rows = [
                (one.certified_value, one.certified_technology)
                for one in deal.registrations.all()
                if one.state in {"registered", "changed"} and one.registered_on and one.registered_on.year == year
            ]
        for value, technology in rows if mine else []:
            counts["count"] += 1
            alone = len(helpers) == 1
            share = mine[0].share if mine[0].share is not None else D(100) if alone else None
            counts["together"] += not alone
            counts["unstated"] += value is None
            counts["unshared"] += share is None
            for name, amount in (("value", value), ("technology", technology)):
                total[name] += amount or 0
                if amount is not None and share is not None:
                    total[f"{name}_by_share"] += (amount * share / 100).quantize(D("0.01"), ROUND_HALF_UP)
    return Sums(**total, **counts)


def test_the_sums_of_a_year_are_those_of_its_records() -> None:
    chance = random.Random(11)  # noqa: S311 - a fixed sequence of cases
    agency, other = a.agency(), a.agency("白云技术转移中心（演示）")
    broker = f.person(f.broker())
    for number in range(40):
        value = None if chance.random() < 0.1 else D(chance.randrange(1, 10**9)) / 100
        technology = value and D(chance.randrange(int(value * 100) + 1)) / 100
        on = date(chance.choice((2024, 2025)), 6, 1)
        signed_on = on - timedelta(days=chance.choice((0, 300)))
        made = a.contract(f"k{number}", on=on, signed_on=signed_on, contract_value=value, technology_value=technology)
        helpers: list[Organisation | Person] = [agency, other, broker]
        for who in chance.sample(helpers, chance.randrange(4)):
            share = chance.choice((None, D("33.33"), D(10)))
            at = None if chance.random() < 0.2 else f.AT
            a.helps(made.deal, who, share=share, confirmed_at=at)
        if chance.random() < 0.2:
            Registration.objects.filter(pk=made.pk).update(state="cancelled")
    DealHelper.objects.filter(pk=DealHelper.objects.order_by("pk")[0].pk).update(
        archived_at=f.AT, archived_by=f.officer()
    )
    seen = 0
    for year in (2024, 2025):
        for body in (agency, other):
            found = agency_queries.agency_year(body, year)
            assert found.registered == naively(body, year, signed=False)
            assert found.signed == naively(body, year, signed=True)
            seen += found.registered.count + found.registered.together + found.registered.unshared
    assert seen > 20


@pytest.mark.covers("TRD-11")
def test_a_contract_of_two_bodies_stands_on_both_sheets_in_whole_and_once_by_share() -> None:
    one, other = a.agency(), a.agency("白云技术转移中心（演示）")
    made = a.helped("a", one, share=D(60))
    a.helps(made.deal, other, share=D(40))
    first, second = (agency_queries.agency_year(who, a.YEAR).registered for who in (one, other))
    assert (first.value, second.value) == (D(1_000_000), D(1_000_000))
    assert (first.value_by_share, second.value_by_share) == (D(600_000), D(400_000))
    assert (first.technology_by_share, second.technology_by_share) == (D(480_000), D(320_000))
    assert first.together == second.together == 1


def test_what_nobody_has_confirmed_and_what_was_taken_back_does_not_count() -> None:
    agency = a.agency()
    a.helps(a.contract("a").deal, agency, confirmed_at=None)
    gone = a.helped("b", agency)
    Registration.objects.filter(pk=gone.pk).update(state="cancelled")
    assert agency_queries.agency_year(agency, a.YEAR).registered == Sums()
    assert agency_queries.agency_year(agency, a.YEAR).signed.count == 1  # it was signed all the same


def test_results_are_the_deals_about_an_achievement() -> None:
    agency, pair = a.agency(), s.pair()
    made = a.helped("a", agency)
    a.helped("b", agency)
    Deal.objects.filter(pk=made.deal.pk).update(achievement=pair.achievement)
    found = agency_queries.agency_year(agency, a.YEAR)
    assert (found.signed.count, found.of_results.count) == (2, 1)


def test_needs_its_brokers_claimed_while_they_belonged_to_it() -> None:
    agency = a.agency()
    year = f.AT.year
    assert agency_queries.agency_year(agency, year).claimed == 0
    makers.claim(makers.listing(f.organisation(), state="published"))
    first = Claim.objects.get()
    person = first.broker
    agency.memberships.create(person=person, began_at=first.created_at - timedelta(days=1))
    found = agency_queries.agency_year(agency, year)
    assert (found.claimed, found.brokers) == (1, 1)
    membership = agency.memberships.get(person=person)
    end_membership(membership, by=f.actor(f.manager(agency)), now=f.AT + timedelta(days=5))
    assert agency_queries.agency_year(agency, year).claimed == 1
    agency.memberships.filter(person=person).update(ended_at=first.created_at - timedelta(hours=1))
    assert agency_queries.agency_year(agency, year).claimed == 0
    assert agency_queries.agency_year(agency, year).brokers == 0


def test_the_sheet_is_kept_with_its_event_and_revision_and_growth_is_computed() -> None:
    agency = a.agency()
    a.stated(agency, 2024, transfer_income=D(1_000_000))
    made = a.stated(agency)
    assert agency_queries.agency_year(agency, a.YEAR).income_growth == D("20.0")
    assert a.stated(agency).revision == made.revision  # the same again writes nothing
    changed = a.stated(agency, staff=12)
    assert changed.revision == made.revision + 1
    events = Event.objects.filter(subject_uid=made.uid, type="agency_sheet.saved").order_by("id")
    assert [event.payload.body["after"] for event in events][1:] == [{"staff": 12}]
    assert events[0].payload.body["after"]["transfer_income"] == "1200000"
    by = f.actor(f.manager(agency))
    with pytest.raises(StaleRevisionError):
        actions.save_agency_sheet(agency, a.YEAR, {"staff": 13}, by=by, now=f.AT, revision=made.revision)
    with pytest.raises(StaleRevisionError):  # it was begun as a new one, and somebody was quicker
        actions.save_agency_sheet(agency, a.YEAR, {"staff": 13}, by=by, now=f.AT, revision=0)
    with pytest.raises(TypeError):
        actions.save_agency_sheet(agency, a.YEAR, {"organisation": None}, by=by, now=f.AT)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"managers": 11}, {"managers"}),
        ({"bachelors": 8}, {"college"}),
        ({"staff": -1}, {"staff", "masters", "bachelors", "college", "managers"}),
        ({"revenue": D(-1)}, {"revenue"}),
        ({"cases": "长" * 4001}, {"cases"}),
        ({"work_funds": D(10), "fund_own": D(11)}, {"work_funds"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(given: dict[str, Any], fields: set[str]) -> None:
    agency = a.agency()
    with pytest.raises(ValidationError) as refused:
        a.stated(agency, **given)
    assert set(refused.value.message_dict) == fields
    assert not AgencySheet.objects.exists()


@pytest.mark.parametrize("year", [f.AT.year + 1, 1900])
def test_a_year_to_come_is_not_stated(year: int) -> None:
    with pytest.raises(ValidationError) as refused:
        a.stated(a.agency(), year)
    assert set(refused.value.message_dict) == {"year"}


def test_only_people_of_the_body_state_and_its_officers_and_the_auditor_read() -> None:
    agency = a.agency()
    sheet = a.stated(agency)
    zoned = f.actor(f.officer(f.REGION))
    readers = {
        "manager": f.actor(f.manager(agency)),
        "member": f.actor(f.member(agency)),
        "officer": f.actor(f.officer()),
        "region": zoned,
        "auditor": f.actor(f.auditor()),
    }
    strangers = [f.actor(f.officer(f.HOHHOT)), f.actor(f.broker()), f.actor(f.manager(f.organisation())), ANONYMOUS,
                 f.actor(f.operator())]  # fmt: skip
    for actor in readers.values():
        assert may(actor, AgencyPerm.READ, agency)
        assert may(actor, AgencyPerm.SHEET_READ, sheet)
    for actor in strangers:
        assert not may(actor, AgencyPerm.READ, agency)
        assert not may(actor, AgencyPerm.SHEET_READ, sheet)
    for actor in [*strangers, readers["officer"], readers["auditor"]]:
        with pytest.raises(RefusedError):
            actions.save_agency_sheet(agency, a.YEAR, {"staff": 1}, by=actor, now=f.AT)
    assert actions.save_agency_sheet(agency, a.YEAR, {"staff": 9}, by=readers["member"], now=f.AT).staff == 9


def test_the_year_is_read_with_the_same_number_of_queries_however_many_contracts() -> None:
    agency = a.agency()
    a.helped("a", agency)
    with CaptureQueriesContext(connection) as few:
        agency_queries.agency_year(agency, a.YEAR)
    for number in range(10):
        a.helped(f"k{number}", agency)
    with CaptureQueriesContext(connection) as many:
        agency_queries.agency_year(agency, a.YEAR)
    assert len(few) == len(many) == 7
