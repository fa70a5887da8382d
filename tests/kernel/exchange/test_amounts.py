"""Amounts, ranges and limits as people write them in tables."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.exchange.amounts import MoneyRange, parse_money, parse_money_range
from mengkeju.kernel.exchange.refusals import ValueRefusedError

WAN = 10_000


def amount(low: float | None, high: float | None, *, about: bool = False) -> MoneyRange:
    def money(value: float | None) -> Decimal | None:
        return None if value is None else Decimal(str(value)) * WAN

    return MoneyRange(money(low), money(high), approximate=about)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("200万", amount(200, 200)),
        ("1.5亿", amount(15_000, 15_000)),
        ("￥1,200,000.00", amount(120, 120)),
        ("１２０ 万元", amount(120, 120)),
        ("1亿2000万元", amount(12_000, 12_000)),
        ("200-300万元", amount(200, 300)),
        ("200～300万", amount(200, 300)),
        ("200万元至1.5亿元", amount(200, 15_000)),
        ("200万到300", amount(200, 300)),
        ("200——300万", amount(200, 300)),
        ("约50万", amount(50, 50, about=True)),
        ("50万元左右", amount(50, 50, about=True)),
        ("50余万元", amount(50, 50, about=True)),
        ("约200-300万", amount(200, 300, about=True)),
        ("≤100万", amount(None, 100)),
        ("不超过100万元", amount(None, 100)),
        ("100万元以内", amount(None, 100)),
        ("50万以上", amount(50, None)),
        (">=50万", amount(50, None)),
        ("0", amount(0, 0)),
        ("面议", MoneyRange(open=True)),
        ("双方协商", MoneyRange(open=True)),
        ("", None),
        (" — ", None),
        ("无", None),
    ],
)
def test_amounts_as_written(written: str, expected: MoneyRange | None) -> None:
    assert parse_money_range(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("200", amount(200, 200)),
        ("0.5-1.5", amount(0.5, 1.5)),
        ("约80", amount(80, 80, about=True)),
        ("3万", amount(3, 3)),
        ("30000元", amount(3, 3)),
        ("1.5亿", amount(15_000, 15_000)),
        ("面议", MoneyRange(open=True)),
    ],
)
def test_a_plain_number_is_in_the_unit_of_its_column(written: str, expected: MoneyRange) -> None:
    assert parse_money_range(written, "万元") == expected


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("300-200万", "下限大于上限"),
        ("$100万", "不是人民币"),
        ("100万美元", "不是人民币"),
        ("-5万", "负数"),
        ("1,5亿", "不是金额"),
        ("10万元/年", "不是金额"),
        ("十万", "不是金额"),
        ("不低于5万不超过9万", "不是金额"),
        ("1-2-3万", "范围"),
        ("9" * 30, "不是金额"),
        ("9999亿99999万", "超过 9999 亿"),
    ],
)
def test_what_is_no_amount_is_refused_with_what_to_write(written: str, sentence: str) -> None:
    with pytest.raises(ValueRefusedError, match=sentence):
        parse_money_range(written)


def test_a_currency_sign_in_a_column_of_wan_is_asked_back() -> None:
    with pytest.raises(ValueRefusedError, match="分不清是元还是万元"):
        parse_money_range("￥1,200,000.00", "万元")
    assert parse_money_range("￥120万", "万元") == amount(120, 120)


def test_one_amount_takes_no_range() -> None:
    assert parse_money("200", "万元") == Decimal(2_000_000)
    assert parse_money("约50万") == Decimal(500_000)
    assert parse_money("面议") is None
    for text in ("200-300万", "100万以内"):
        with pytest.raises(ValueRefusedError, match="只填一个数"):
            parse_money(text)


@given(
    st.text(alphabet="0123456789.,-~约万亿元千￥$至以内上≤ 面议\x00٣½", max_size=12),
    st.sampled_from(["", "万元", "亿元"]),
)
def test_nothing_but_a_refusal_comes_back_from_strange_text(text: str, unit: str) -> None:
    with contextlib.suppress(ValueRefusedError):
        found = parse_money_range(text, unit)
        assert found is None or found.low is None or found.low >= 0
        if found is not None and found.low is not None and found.high is not None:
            assert found.low <= found.high


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueRefusedError):
        parse_money_range(text, "万元")


@given(st.decimals(0, 9_000_000, places=4), st.decimals(0, 9_000_000, places=4))
def test_every_range_in_wan_comes_back(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    found = parse_money_range(f"{low:f}-{high:f}", "万元")
    assert found == MoneyRange(low * WAN, high * WAN)
