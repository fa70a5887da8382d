"""Plan and actual of a year: whole years before months, months against the same months."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.production import Volume, YearOfProduction, by_year

D = Decimal


def year(*rows: Volume) -> YearOfProduction:
    """The one year that the rows speak of."""
    (found,) = by_year(rows)
    return found


@pytest.mark.covers("ACH-21")
def test_a_whole_year_against_its_plan() -> None:
    found = year(Volume("plan", 2027, None, D(20_000)), Volume("actual", 2027, None, D(18_500)))
    assert (found.deviation, found.percent, found.months) == (D(-1_500), D("-7.5"), 0)


def test_some_months_are_not_set_against_the_whole_plan() -> None:
    plan = Volume("plan", 2027, None, D(20_000))
    january = Volume("actual", 2027, 1, D(1_500))
    assert (year(plan, january).deviation, year(plan, january).months) == (None, 1)
    found = year(plan, january, Volume("plan", 2027, 1, D(1_600)))
    assert (found.plan, found.actual, found.deviation) == (D(20_000), D(1_500), D(-100))
    twelve = [Volume("actual", 2027, month, D(1_500)) for month in range(1, 13)]
    assert year(plan, *twelve).deviation == D(-2_000)


def test_a_plan_of_nought_or_none_gives_no_percent() -> None:
    assert year(Volume("actual", 2027, None, D(5))).deviation is None
    found = year(Volume("plan", 2027, None, D(0)), Volume("actual", 2027, None, D(5)))
    assert (found.deviation, found.percent) == (D(5), None)


@given(st.lists(st.tuples(st.integers(2020, 2023), st.integers(1, 12), st.integers(0, 999)), max_size=20))
def test_months_add_up_to_their_year(rows: list[tuple[int, int, int]]) -> None:
    months = {(y, month): D(volume) for y, month, volume in rows}
    found = by_year([Volume("actual", y, month, volume) for (y, month), volume in months.items()])
    assert sum((one.actual for one in found if one.actual is not None), D(0)) == sum(months.values(), D(0))
    assert [one.year for one in found] == sorted({y for y, _month in months})
