"""Shares of the rights, packages against funding, years nobody reported."""

from datetime import date
from decimal import Decimal

import pytest

from mengkeju.deals.engine.cooperation import budget_of, share_hindrance, years_due

D = Decimal
PUBLIC = ("national", "region", "city", "county")


@pytest.mark.parametrize(
    ("shares", "terms", "says"),
    [
        ((D(60), D(40)), "", ""),
        ((D("33.33"), D("33.33"), D("33.34")), "", ""),
        ((D(60), D(39)), "", "99%"),
        ((D(60), D(41)), "", "101%"),
        ((D(100), None), "", "要么各方都写"),
        ((None, None), "", "写明理由"),
        ((None, None), "  ", "写明理由"),
        ((None, None), "各方成果归各方，联合成果另行约定", ""),
        ((D(60), D(39)), "另行约定", "99%"),
        ((), "", "写明理由"),
    ],
)
def test_shares_sum_to_a_hundred_or_stay_open_with_a_reason(
    shares: tuple[Decimal | None, ...], terms: str, says: str
) -> None:
    said = share_hindrance(shares, terms)
    assert (says in said) if says else not said


def test_packages_go_beyond_the_funding_only_where_funding_is_written() -> None:
    lines = [("city", D(50)), ("national", D(10)), ("own", D(30)), ("other", D(5))]
    found = budget_of([D(60), None, D(40)], lines, PUBLIC)
    assert (found.planned, found.open_packages) == (D(100), 1)
    assert (found.public, found.own, found.other, found.funded) == (D(60), D(30), D(5), D(95))
    assert found.beyond == D(5)
    assert budget_of([D(95)], lines, PUBLIC).beyond == 0
    assert budget_of([D(95)], [], PUBLIC).beyond == 0


def test_a_year_is_asked_for_when_it_has_ended() -> None:
    signed = date(2024, 12, 31)
    assert years_due(signed, [], date(2024, 12, 31)) == []
    assert years_due(signed, [], date(2025, 1, 1)) == [2024]
    assert years_due(signed, [2024], date(2027, 6, 1)) == [2025, 2026]
    assert years_due(None, [], date(2027, 6, 1)) == []
