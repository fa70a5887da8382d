"""Forecast and actual side by side: never added together, averages on a line of their own."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.benefit import ACTUAL, FORECAST, Said, YearOfBenefit, compared

D = Decimal


def said(kind: str, year: int | None, revenue: int | None, *, landing: int | None = None, bound: str = "") -> Said:
    """A row that speaks of revenue alone."""
    amount = None if revenue is None else D(revenue)
    return Said(kind, year, landing, {"revenue": amount, "profit": None, "tax": None}, {"revenue": bound})


def line(found: list[YearOfBenefit], year: int | None) -> YearOfBenefit:
    """The line of a year."""
    return next(one for one in found if one.year == year)


@pytest.mark.covers("ACH-12")
def test_a_year_without_forecast_is_compared_with_the_average_and_says_so() -> None:
    found = compared([said(FORECAST, None, 100, bound="at_least"), said(ACTUAL, 2027, 80), said(FORECAST, 2028, 120)])
    assert [one.year for one in found] == [None, 2027, 2028]
    average, first, second = (one.cells["revenue"] for one in found)
    assert (average.forecast, average.actual, average.bound, average.difference) == (D(100), None, "at_least", None)
    assert (first.forecast, first.actual, first.difference, first.of_average) == (D(100), D(80), D(-20), True)
    assert (second.forecast, second.actual, second.difference, second.of_average) == (D(120), None, None, False)


def test_the_whole_counts_before_the_landings_that_are_added_otherwise() -> None:
    parts = [said(ACTUAL, 2027, 30, landing=1), said(ACTUAL, 2027, 40, landing=2)]
    assert line(compared(parts), 2027).cells["revenue"].actual == D(70)
    assert line(compared([*parts, said(ACTUAL, 2027, 100)]), 2027).cells["revenue"].actual == D(100)
    assert line(compared([*parts, said(FORECAST, 2027, 100)]), 2027).cells["revenue"].actual == D(70)


def test_a_bound_is_kept_only_where_all_have_it() -> None:
    rows = [said(FORECAST, 2027, 1, landing=1, bound="at_least"), said(FORECAST, 2027, 2, landing=2, bound="near")]
    assert line(compared(rows), 2027).cells["revenue"].bound == ""
    assert line(compared(rows[:1]), 2027).cells["revenue"].bound == "at_least"


ROWS = st.lists(
    st.tuples(st.sampled_from([FORECAST, ACTUAL]), st.integers(2020, 2023), st.integers(1, 3), st.integers(-99, 99)),
    unique_by=lambda row: row[:3],
    max_size=12,
)


@given(ROWS)
def test_neither_kind_enters_the_sum_of_the_other(rows: list[tuple[str, int, int, int]]) -> None:
    found = compared([said(kind, year, amount, landing=landing) for kind, year, landing, amount in rows])
    for kind, name in ((FORECAST, "forecast"), (ACTUAL, "actual")):
        told = [getattr(one.cells["revenue"], name) for one in found]
        total = sum((value for value in told if value is not None), D(0))
        assert total == sum(amount for one, _year, _landing, amount in rows if one == kind)
