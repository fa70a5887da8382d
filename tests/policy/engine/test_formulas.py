from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.policy.engine.document import Band, Item, Step, Window
from mengkeju.policy.engine.formulas import asked, between, capped, entitled, period, progressive, share, taxed
from mengkeju.policy.engine.words import NOTHING

BANDS = (
    Band(Decimal(1_000_000), Decimal("0.10")),
    Band(Decimal(5_000_000), Decimal("0.05")),
    Band(None, Decimal("0.03")),
)
STEPS = (
    Step(Decimal(0), Decimal(0), Decimal(0), Decimal(0)),
    Step(Decimal(1), None, Decimal(1), Decimal(6)),
    Step(Decimal(5), None, Decimal(25), Decimal(30)),
)
MONEY = st.decimals(0, Decimal(10) ** 12, places=2)
NOVEMBER = Window((11, 1), (10, 31))


@pytest.mark.parametrize(
    ("amount", "found"),
    [(0, "0"), (1_000_000, "100000"), (5_000_000, "300000"), (8_000_000, "390000"), (80_000_000, "2550000")],
)
def test_each_part_has_the_rate_of_its_band(amount: int, found: str) -> None:
    assert progressive(bands=BANDS, amount=Decimal(amount)) == Decimal(found)


def test_nothing_is_rounded_and_the_cap_cuts() -> None:
    assert progressive(bands=BANDS, amount=Decimal("1000000.01")) == Decimal("100000.0005")
    assert progressive(bands=BANDS, amount=Decimal(80_000_000), cap=Decimal(2_000_000)) == Decimal(2_000_000)
    assert capped(amount=Decimal(3), cap=Decimal(5)) == Decimal(3)


@given(MONEY, MONEY)
def test_more_money_never_gives_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert progressive(bands=BANDS, amount=low) <= progressive(bands=BANDS, amount=high)
    # Falling rates: what is split into two trades gets at least as much as one.
    whole = progressive(bands=BANDS, amount=one + other)
    assert whole <= progressive(bands=BANDS, amount=one) + progressive(bands=BANDS, amount=other)


@pytest.mark.parametrize("wrong", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_amount_is_refused(wrong: Decimal) -> None:
    for act in (
        lambda: progressive(bands=BANDS, amount=wrong),
        lambda: capped(amount=wrong, cap=Decimal(1)),
        lambda: share(rate=Decimal("0.8"), amount=wrong),
        lambda: taxed(income=wrong, exempt=Decimal(1), above=Decimal(1)),
        lambda: between(steps=STEPS, number=wrong),
    ):
        with pytest.raises(ValueError, match="at least 0"):
            act()


def test_the_highest_step_reached_answers() -> None:
    assert between(steps=STEPS, number=Decimal("4.99")) is STEPS[1]
    assert between(steps=STEPS, number=Decimal(5)) is STEPS[2]
    assert between(steps=STEPS, number=Decimal(0)) is STEPS[0]
    assert between(steps=STEPS, number=Decimal("0.5")) is None
    assert between(steps=STEPS[1:], number=Decimal("0.5")) is None


def test_shares_and_reliefs() -> None:
    assert share(rate=Decimal("0.80"), amount=Decimal(1_000_000)) == Decimal(800_000)
    assert taxed(income=Decimal(5_000_000), exempt=Decimal(5_000_000), above=Decimal("0.5")) == 0
    assert taxed(income=Decimal(8_000_000), exempt=Decimal(5_000_000), above=Decimal("0.5")) == Decimal(1_500_000)
    assert [entitled(needed=n, registered=r) for n in (True, False) for r in (True, False)] == [True, False, True, True]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2025, 11, 1), (date(2025, 11, 1), date(2026, 10, 31))),
        (date(2026, 10, 31), (date(2025, 11, 1), date(2026, 10, 31))),
        (date(2026, 11, 1), (date(2026, 11, 1), date(2027, 10, 31))),
        (date(2027, 1, 1), (date(2026, 11, 1), date(2027, 10, 31))),
    ],
)
def test_a_period_may_pass_over_new_year(day: date, found: tuple[date, date]) -> None:
    assert period(window=NOVEMBER, day=day) == found


def test_between_two_periods_there_is_none() -> None:
    summer = Window((6, 1), (8, 31))
    assert period(window=summer, day=date(2026, 8, 31)) == (date(2026, 6, 1), date(2026, 8, 31))
    assert period(window=summer, day=date(2026, 9, 1)) is None
    assert period(window=summer, day=date(2026, 5, 31)) is None


def test_what_is_asked_depends_on_the_circumstances() -> None:
    always, first = (Item(key, key, key, when, "seen", NOTHING) for key, when in (("a", ()), ("b", ("x", "y"))))
    assert asked(items=(always, first), flags=()) == (always,)
    assert asked(items=(always, first), flags={"y"}) == (always, first)
