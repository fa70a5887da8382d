"""Statistics of registered contracts: every figure is recomputed from the records."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mengkeju.deals import queries
from mengkeju.deals.actions import LedgerEntry, close_period, record_registrations, reopen_period
from mengkeju.deals.engine.growth import growth, whole
from mengkeju.deals.engine.statistics import CUTS, Figures, total
from mengkeju.deals.models import Deal, Registration, StatClosing
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.models import Event
from tests import factories as f

pytestmark = pytest.mark.django_db
BEIJING = "110000"


def entry(key: str, **given: Any) -> LedgerEntry:
    """A registered contract of Hohhot in 2023 over 1,000,000 元, 800,000 of them technical."""
    known: dict[str, Any] = {
        "title": f"演示合同 {key}",
        "seller": "演示卖方（演示）",
        "buyer": "演示买方（演示）",
        "registered_on": date(2023, 5, 8),
        "contract_type": "development",
        "contract_value": Decimal(1_000_000),
        "technology_value": Decimal(800_000),
        "area": f.XINCHENG,
        "buyer_area": f.XINCHENG,
    }
    return LedgerEntry(key=key, **(known | given))


def record(*entries: LedgerEntry) -> int:
    """Written as the platform writes them."""
    f.areas()
    return record_registrations(entries, by=SYSTEM, now=f.AT, fictional=True)


def of(year: int, area: str = "") -> queries.ContractStatistics:
    """The statistics of a year."""
    return queries.statistics(queries.of_year(year, area))


def test_a_ledger_row_becomes_a_deal_with_its_parties_a_registration_and_an_event() -> None:
    assert record(entry("a", number="YS20230000000001", field="agriculture")) == 1
    row = Registration.objects.select_related("deal").get()
    assert (row.state, row.number, row.certified_value) == ("registered", "YS20230000000001", Decimal(1_000_000))
    assert (row.deal.state, row.deal.origin, row.deal.fictional) == ("signed", "import", True)
    assert [(p.side, p.name, p.role) for p in row.deal.parties.all()] == [
        ("seller", "演示卖方（演示）", "lead"),
        ("buyer", "演示买方（演示）", "lead"),
    ]
    assert Event.objects.filter(subject_type="registration", subject_uid=row.uid, type="registration.record").exists()


def test_the_same_ledger_again_writes_nothing() -> None:
    assert record(entry("a"), entry("b")) == 2
    assert record(entry("b"), entry("c")) == 1
    assert Registration.objects.count() == Deal.objects.count() == 3


def test_only_the_platform_records() -> None:
    f.areas()
    with pytest.raises(RefusedError):
        record_registrations([entry("a")], by=f.actor(f.officer()), now=f.AT, fictional=True)


def test_a_number_twice_writes_none_of_the_rows() -> None:
    with pytest.raises(ValidationError, match="出现两次"):
        record(entry("a", number="YS20230000000001"), entry("b", number="YS20230000 000001"))
    assert Registration.objects.count() == Deal.objects.count() == 0


def test_technology_above_the_contract_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record(entry("a", technology_value=Decimal(1_000_001)))


def test_a_year_counts_its_registrations_and_compares_with_the_year_before() -> None:
    record(
        entry("a"),
        entry("b", registered_on=date(2023, 12, 31)),
        entry("c", registered_on=date(2022, 1, 1), contract_value=Decimal(1_600_000)),
        entry("d", registered_on=date(2024, 1, 1)),
    )
    found = of(2023)
    assert found.figures == Figures(2, Decimal(2_000_000), Decimal(1_600_000))
    assert found.before == Figures(1, Decimal(1_600_000), Decimal(800_000))
    assert found.growth_pct == Decimal("25.0")


def test_no_growth_without_a_year_before() -> None:
    record(entry("a"))
    assert of(2023).growth_pct is None


def test_a_contract_without_amount_counts_and_is_said() -> None:
    record(entry("a", contract_value=None, technology_value=None))
    assert of(2023).figures == Figures(1, Decimal(0), Decimal(0), unstated=1)


@pytest.mark.parametrize("state", ["refused", "cancelled", "withdrawn", "accepted", "prepared"])
def test_what_is_not_registered_does_not_count(state: str) -> None:
    record(entry("a"))
    Registration.objects.update(state=state)
    assert of(2023).figures.count == 0


@pytest.mark.parametrize(("objected_from", "count"), [("registered", 1), ("changed", 1), ("refused", 0)])
def test_under_objection_counts_what_had_been_registered(objected_from: str, count: int) -> None:
    record(entry("a"))
    Registration.objects.update(state="objected", objected_from=objected_from)
    assert of(2023).figures.count == count


def test_an_area_counts_its_own_sellers_and_a_zone_its_own() -> None:
    record(entry("a"), entry("b", area=f.KUNDULUN), entry("c", zone="150172"))
    assert of(2023, f.HOHHOT).figures.count == 2
    assert of(2023, f.BAOTOU).figures.count == 1
    assert of(2023, "150172").figures.count == 1
    assert of(2023, f.REGION).figures.count == 3


def test_flows_are_seen_from_the_area_asked_for() -> None:
    record(
        entry("a"),
        entry("b", buyer_area=f.KUNDULUN),
        entry("c", buyer_area="150602"),
        entry("d", buyer_area=BEIJING),
        entry("e", buyer_area=""),
        entry("f", area=f.KUNDULUN, buyer_area=f.XINCHENG),
    )
    flows = {part.code: part.figures.count for part in of(2023, f.HOHHOT).cuts["flow"]}
    assert flows == {"inside": 1, "network": 1, "region": 1, "outside": 1, "unknown": 1}
    assert of(2023, f.HOHHOT).inflow.count == 1
    assert {part.code: part.figures.count for part in of(2023).cuts["flow"]} == {
        "inside": 4,
        "outside": 1,
        "unknown": 1,
    }


AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "contract_value": AMOUNTS,
            "contract_type": st.sampled_from(["development", "service", ""]),
            "field": st.sampled_from(["agriculture", "aerospace", ""]),
            "seller_kind": st.sampled_from(["enterprise", "university", ""]),
            "ip_kind": st.sampled_from(["patent", "none"]),
            "plan_source": st.sampled_from(["national", "none", ""]),
            "area": st.sampled_from([f.XINCHENG, f.KUNDULUN, ""]),
            "buyer_area": st.sampled_from([f.XINCHENG, f.KUNDULUN, BEIJING, ""]),
            "zone": st.sampled_from(["150172", ""]),
            "registered_on": st.dates(date(2022, 12, 1), date(2024, 1, 31)),
        }
    ),
    max_size=12,
)


class TestSums(TestCase):
    """By every cut the parts sum to the whole, and every number is the sum of the contracts it opens."""

    @given(rows=ROWS, area=st.sampled_from(["", f.HOHHOT, f.BAOTOU]))
    @settings(max_examples=25, deadline=None)
    def test_parts_and_lists_sum_to_the_whole(self, rows: list[dict[str, Any]], area: str) -> None:
        entries = [
            entry(str(place), technology_value=row["contract_value"] / 2 // 1, **row) for place, row in enumerate(rows)
        ]
        record(*entries)
        found = of(2023, area)
        inside = {"": {f.XINCHENG, f.KUNDULUN, ""}, f.HOHHOT: {f.XINCHENG}, f.BAOTOU: {f.KUNDULUN}}[area]
        mine = [
            row
            for row in rows
            if row["registered_on"].year == 2023
            and (row["area"] in inside or (area == f.HOHHOT and row["zone"] == "150172"))
        ]
        assert found.figures.count == len(mine)
        assert found.figures.contract_value == sum(row["contract_value"] for row in mine)
        for cut in CUTS:
            assert total(found.cuts[cut]) == found.figures, cut
            for part in found.cuts[cut]:
                asked = queries.Asked(date(2023, 1, 1), date(2023, 12, 31), area, cut, part.code)
                assert queries.figures_of(queries.registered(asked)) == part.figures, (cut, part.code)


@given(before=st.decimals(min_value="0.01", max_value=10**12, places=2), now=st.decimals(0, 10**12, places=2))
def test_growth_is_the_rounded_quotient(before: Decimal, now: Decimal) -> None:
    found = growth(now, before)
    assert found is not None
    assert abs(found - (now - before) * 100 / before) <= Decimal("0.05")


def test_growth_rounds_half_up() -> None:
    assert whole(growth(Decimal(1155), Decimal(1000))) == 16
    assert whole(growth(Decimal(1154), Decimal(1000))) == 15


def test_eleven_queries_however_many_contracts() -> None:
    record(entry("a"))

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            of(2023, f.HOHHOT)
        return len(asked)

    once = count()
    record(*(entry(str(place), field=f"f{place % 7}") for place in range(60)))
    assert count() == once


def officer(area: str = f.HOHHOT) -> Any:
    """An officer over an area."""
    return f.actor(f.officer(area))


def test_a_closed_period_keeps_what_was_published_and_shows_what_came_after() -> None:
    record(entry("a"))
    asked = queries.of_year(2023, f.HOHHOT)
    closing = close_period(asked, by=officer(), now=f.AT)
    record(entry("b", contract_value=Decimal(5), technology_value=Decimal(5)))
    assert queries.published(closing).count == 1
    assert of(2023, f.HOHHOT).figures.count == 2
    assert closing.figures["cuts"]["type"]["development"]["count"] == 1


@pytest.mark.covers("TRD-15")
def test_closing_and_reopening_keep_history() -> None:
    record(entry("a"))
    asked, by = queries.of_year(2023, f.HOHHOT), officer()
    first = close_period(asked, by=by, now=f.AT)
    with pytest.raises(ValidationError, match="已经关账"):
        close_period(asked, by=by, now=f.AT)
    with pytest.raises(ValidationError, match="理由"):
        reopen_period(first, " ", by=by, now=f.AT)
    reopen_period(first, "补登两份合同", by=by, now=f.AT)
    with pytest.raises(ValidationError, match="已经重新打开"):
        reopen_period(first, "再来", by=by, now=f.AT)
    record(entry("b"))
    second = close_period(asked, by=by, now=f.AT)
    kept = queries.closings(asked)
    assert [(row.version, row.reopened_reason) for row in kept] == [(2, ""), (1, "补登两份合同")]
    assert [queries.published(row).count for row in kept] == [2, 1]
    assert queries.closed(kept) == second
    told = list(Event.objects.filter(subject_type="stat_closing").order_by("id").values_list("type", flat=True))
    assert told == ["stat_closing.closed", "stat_closing.reopened", "stat_closing.closed"]


def test_a_period_that_is_not_over_is_not_closed() -> None:
    f.areas()
    with pytest.raises(ValidationError, match="还没有过完"):
        close_period(queries.of_year(2026, f.HOHHOT), by=officer(), now=f.AT)


@pytest.mark.parametrize("area", [f.BAOTOU, f.REGION, ""])
def test_nobody_closes_for_another_area(area: str) -> None:
    f.areas()
    with pytest.raises(RefusedError):
        close_period(queries.of_year(2023, area), by=officer(f.HOHHOT), now=f.AT)
    assert not StatClosing.objects.exists()


@pytest.mark.covers("TRD-14")
def test_the_largest_and_the_records_over_time() -> None:
    record(
        entry("a", registered_on=date(2021, 3, 1), contract_value=Decimal(900_000)),
        entry("b", registered_on=date(2022, 3, 1), contract_value=Decimal(850_000)),
        entry("c", registered_on=date(2023, 3, 1), contract_value=Decimal(950_000)),
        entry("d", registered_on=date(2023, 4, 1), contract_value=None, technology_value=None),
        entry("e", registered_on=date(2023, 5, 1), contract_value=Decimal(940_000)),
    )
    assert [row.ledger_key for row in queries.largest(queries.of_year(2023))] == ["c", "e"]
    assert [row.ledger_key for row in queries.records_over_time()] == ["c", "a"]


def test_the_year_before_of_a_leap_day() -> None:
    asked = queries.Asked(date(2024, 2, 29), date(2024, 12, 31))
    assert asked.year_before == queries.Asked(date(2023, 2, 28), date(2023, 12, 31))
