"""Amounts and dates in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel import figures
from mengkeju.kernel.money import parse_amount


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        ("8600000", "860万元", "CNY 8.6 million"),
        ("1506000000", "15.06亿元", "CNY 1,506 million"),
        ("1500000000", "15亿元", "CNY 1.5 billion"),
        ("30000", "3万元", "CNY 30,000"),
        ("123456.78", "123,456.78元", "CNY 123,456.78"),
        ("0", "0元", "CNY 0"),
    ],
)
def test_an_amount(amount: str, chinese: str, english: str) -> None:
    assert figures.amount(Decimal(amount)) == chinese
    with translation.override("en"):
        assert figures.amount(Decimal(amount)) == english


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_what_is_shown_in_english_reads_back_as_the_same_amount(amount: Decimal) -> None:
    with translation.override("en"):
        assert parse_amount(figures.amount(amount)) == amount


def test_a_range_names_its_unit_once_where_it_is_one() -> None:
    low, high = Decimal(8_000_000), Decimal(10_000_000)
    assert figures.amounts(low, high) == "800万–1,000万元"
    with translation.override("en"):
        assert figures.amounts(low, high) == "CNY 8–10 million"
        assert figures.amounts(Decimal(500_000), low) == "CNY 500,000 – 8 million"


def test_dates() -> None:
    day = date(2026, 11, 24)
    assert figures.full_date(day) == "2026年11月24日"
    assert figures.month(day) == "2026年11月"
    assert figures.with_weekday(day, figures.day_and_month(day)) == "11月24日（周二）"
    with translation.override("en"):
        assert figures.full_date(day) == "24 Nov 2026"
        assert figures.month(day) == "Nov 2026"
        assert figures.with_weekday(day, figures.day_and_month(day)) == "Tue 24 Nov"


@pytest.mark.parametrize(
    ("amount", "shown"), [("1506000000", "1,506,000,000"), ("0", "0"), ("806000.5", "806,000.50"), ("-12", "-12")]
)
def test_a_column_keeps_to_yuan(amount: str, shown: str) -> None:
    assert figures.plain(Decimal(amount)) == shown
