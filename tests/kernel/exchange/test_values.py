"""Yes and no, choices, numbers, contacts and names as people write them."""

import contextlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.exchange.values import (
    Choice,
    ValueRefusedError,
    organisation_key,
    organisation_name,
    parse_choice,
    parse_choices,
    parse_email,
    parse_integer,
    parse_number,
    parse_phone,
    parse_yes_no,
)

MODES = (
    Choice("transfer", "技术转让", ("转让",)),
    Choice("develop", "技术开发/委托开发", ("合作开发",)),
    Choice("serve", "技术服务"),
    Choice("consult", "技术咨询（含论证）"),
)


@pytest.mark.parametrize("text", ["是", "√", "有", "Y", "1", "TRUE", " 是 ", "✔"])
def test_yes(text: str) -> None:
    assert parse_yes_no(text) is True


@pytest.mark.parametrize("text", ["否", "×", "无", "x", "0", "没有", "ｎ"])
def test_no(text: str) -> None:
    assert parse_yes_no(text) is False


def test_neither_yes_nor_no() -> None:
    assert parse_yes_no("") is None
    with pytest.raises(ValueRefusedError, match="填 是 或 否"):
        parse_yes_no("部分")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("技术转让", "transfer"),
        ("转让", "transfer"),
        ("serve", "serve"),
        ("技术 服务", "serve"),
        ("技术咨询(含论证)", "consult"),
        ("合作开发", "develop"),
        (" ", None),
    ],
)
def test_a_choice_by_label_synonym_or_key(text: str, key: str | None) -> None:
    assert parse_choice(text, MODES) == key


def test_an_unknown_choice_suggests_the_closest() -> None:
    with pytest.raises(ValueRefusedError, match="是不是“技术服务”") as refused:
        parse_choice("技术服物", MODES)
    assert refused.value.suggestion == "技术服务"
    with pytest.raises(ValueRefusedError, match="可以填：技术转让、") as refused:
        parse_choice("融资", MODES)
    assert refused.value.suggestion == ""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("技术转让、技术服务", ("transfer", "serve")),
        ("技术服务，转让;技术服务", ("serve", "transfer")),
        ("技术开发/委托开发", ("develop",)),
        ("转让/技术开发/委托开发\n技术服务", ("transfer", "develop", "serve")),
        ("", ()),
    ],
)
def test_several_choices(text: str, keys: tuple[str, ...]) -> None:
    assert parse_choices(text, MODES) == keys


def test_one_wrong_choice_of_several_is_named() -> None:
    with pytest.raises(ValueRefusedError, match="没有“融资”"):
        parse_choices("技术转让、融资", MODES)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("6,000 吨", "吨", "6000"),
        ("6万吨", "吨", "60000"),
        ("6万吨", "万吨", "6"),
        ("约30％", "%", "30"),
        ("－3.5", "", "-3.5"),
        ("３０", "", "30"),
        ("", "", None),
    ],
)
def test_numbers_with_units(text: str, unit: str, number: str | None) -> None:
    assert parse_number(text, unit) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "unit", "sentence"),
    [
        ("5公斤", "吨", "单位不是“吨”"),
        ("1e5", "", "只填数字"),
        ("many", "", "不是数字"),
        ("1,5", "", "数字以外"),
        ("1" * 30, "", "不是数字"),
    ],
)
def test_wrong_numbers(text: str, unit: str, sentence: str) -> None:
    with pytest.raises(ValueRefusedError, match=sentence):
        parse_number(text, unit)


def test_whole_numbers_within_limits() -> None:
    assert parse_integer("12人", "人", 1, 100) == 12
    with pytest.raises(ValueRefusedError, match="不是整数"):
        parse_integer("1.5")
    with pytest.raises(ValueRefusedError, match="不在范围内（1–9）"):
        parse_integer("10", "", 1, 9)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("０４７１－１２３４５６７", "0471-1234567"),
        ("(0471)1234567转12", "0471-1234567-12"),
        ("0471-1234567-801", "0471-1234567-801"),
        ("010-1234 5678", "010-12345678"),
        ("400-123-4567", "4001234567"),
        ("12345", "12345"),
        ("无", ""),
    ],
)
def test_telephone_numbers(text: str, number: str) -> None:
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1.38E+10", "科学计数"),
        ("1234567", "加上区号"),
        ("13800138000、13900139000", "只填一个"),
        ("1380013800", "不是电话"),
        ("٠٤٧١١٢٣٤٥٦٧", "不是电话"),
    ],
)
def test_wrong_telephone_numbers(text: str, sentence: str) -> None:
    with pytest.raises(ValueRefusedError, match=sentence):
        parse_phone(text)


def test_addresses() -> None:
    assert parse_email(" Ａ.b＠Example.COM ") == "a.b@example.com"
    assert parse_email("-") == ""
    with pytest.raises(ValueRefusedError, match="不是邮箱"):
        parse_email("a at b")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("内蒙古 大学 (演示)", "内蒙古大学（演示）"),
        (" 包头〔演示〕\n公司", "包头（演示）公司"),
        ("Steel  Works Ltd", "Steel Works Ltd"),
    ],
)
def test_names_of_organisations(text: str, name: str) -> None:
    assert organisation_name(text) == name
    assert organisation_name(name) == name
    assert organisation_key(text) == organisation_key(name)


ANY: list[Callable[[str], Any]] = [
    parse_yes_no,
    parse_number,
    parse_integer,
    parse_phone,
    parse_email,
    organisation_name,
    organisation_key,
    lambda text: parse_choice(text, MODES),
    lambda text: parse_choices(text, MODES),
    lambda text: parse_number(text, text[-1:]),
]


@given(
    st.sampled_from(ANY),
    st.text(max_size=30) | st.text(alphabet="0123456789.,-+()转#万亿%、/技术转让服务@", max_size=20),
)
def test_any_text_is_read_or_refused(parse: Callable[[str], Any], text: str) -> None:
    with contextlib.suppress(ValueRefusedError):
        parse(text)


@given(st.lists(st.sampled_from(MODES), unique=True), st.sampled_from("、，,;；/|\n"))
def test_every_list_of_labels_comes_back(chosen: list[Choice], separator: str) -> None:
    text = separator.join(choice.label for choice in chosen)
    assert parse_choices(text, MODES) == tuple(choice.key for choice in chosen)
