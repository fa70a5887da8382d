"""Amounts as people write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.forms.build import MoneyField
from mengkeju.kernel.forms.show import amount_in_words
from mengkeju.kernel.money import LARGEST, cents, parse_amount

amounts = st.decimals(min_value=0, max_value=LARGEST, places=2)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("30000", "30000"),
        ("30,000", "30000"),
        ("1,234,567.89", "1234567.89"),
        ("30 000 元", "30000"),
        ("200万", "2000000"),
        ("200 万元", "2000000"),
        ("200万元人民币", "2000000"),
        ("人民币200万元整", "2000000"),
        ("¥3,000.5", "3000.50"),
        ("¥3000", "3000"),
        ("RMB 3000", "3000"),
        ("５千元", "5000"),
        ("3百万", "3000000"),
        ("5千万元", "50000000"),
        ("1.5亿", "150000000"),
        ("1.5亿元", "150000000"),
        ("１．５亿", "150000000"),
        ("３，０００", "3000"),
        ("1\u3000000", "1000"),
        ("  12万\n", "120000"),
        ("0", "0"),
        ("0.005", "0.01"),
        ("0.004", "0"),
        ("0.00005万", "0.50"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_amounts_as_written(written: str, amount: str) -> None:
    assert parse_amount(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["", "  ", "面议", " 面 议 ", "待定", "价格面议"])
def test_an_open_amount_is_none(written: str) -> None:
    assert parse_amount(written) is None


@pytest.mark.parametrize(
    "written",
    ["-1", "－5万", "约200万", "200-300万", "1,5亿", "1,0000", "1.2.3", "万", "1e9", "0x10", "٣",
     "200万吨", "NaN", "Infinity",
     "1亿2000万", "二百万", "<script>", "9" * 40, "9" * 40 + "万", "1万亿", "10000亿", "1000000000000"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_chinese(written: str) -> None:
    with pytest.raises(ValueError, match=r"不是金额|请核对单位") as refused:
        parse_amount(written)
    assert len(str(refused.value)) < 80  # a long entry is not thrown back whole


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.005", "0.01"), ("0.015", "0.02"), ("2.344", "2.34"), ("2.345", "2.35")]
)
def test_cents_are_rounded_half_up(exact: str, rounded: str) -> None:
    assert cents(Decimal(exact)) == Decimal(rounded)


@given(amounts)
def test_an_amount_shown_in_words_reads_back_the_same(amount: Decimal) -> None:
    assert parse_amount(amount_in_words(amount)) == amount


@given(amounts)
def test_an_amount_shown_in_a_form_reads_back_the_same(amount: Decimal) -> None:
    shown = MoneyField().prepare_value(amount)
    assert parse_amount(shown) == amount


@given(st.text(max_size=60))
def test_any_text_gives_an_amount_nothing_or_a_message(text: str) -> None:
    with contextlib.suppress(ValueError):  # any other error fails
        amount = parse_amount(text)
        assert amount is None or 0 <= amount <= LARGEST


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "0 元"),
        ("100", "100 元"),
        ("123456.78", "123,456.78 元"),
        ("12000000", "1,200 万元"),
        ("150000000", "1.5 亿元"),
    ],
)
def test_words_carry_the_unit(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == words
