from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.registration_number import ALLOWED, GROUPS, LENGTH, is_demo, read, show

NUMBER = "4203000012A45678"
NUMBERS = st.text(sorted(ALLOWED), min_size=LENGTH, max_size=LENGTH)


@pytest.mark.parametrize(
    "text",
    [
        "4203000012A45678",
        "4203 0000 12 A45678",
        "4203-0000-12-a45678",
        "４２０３　００００　１２　Ａ４５６７８",
        "4203.0000.12.A45678",
        "4203·0000·12·A45678",
        "4203—0000–12−A45678",
        "\u200b4203\u00a00000\u200912\u3000A45678\ufeff\n",
        "4203\t0000\t12\tA45678",
    ],
)
def test_one_number_in_every_spelling(text: str) -> None:
    assert read(text) == NUMBER


@given(NUMBERS)
def test_what_is_shown_is_read_back(number: str) -> None:
    shown = show(number)
    assert read(shown) == read(number.lower()) == number
    assert [len(part) for part in shown.split(" ")] == list(GROUPS)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        number = read(text)
        assert len(number) == LENGTH
        assert set(number) <= ALLOWED
        assert read(number) == number


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "请写明登记编号"),
        (None, "请写明登记编号"),
        (" - ", "请写明登记编号"),
        ("4203000012", "登记编号是 16 位，现在有 10 位，少 6 位"),
        ("4203000012A456789", "登记编号是 16 位，现在有 17 位，多 1 位"),
        ("4203 0000 12 A4567号", "登记编号只有数字和字母，第 16 位是“号”"),
        ("42О3000012A45678", "登记编号只有数字和字母，第 3 位是“О”"),  # a Cyrillic О
        ("ı203000012A45678", "登记编号只有数字和字母，第 1 位是“ı”"),  # its capital is I
        (123, "登记编号是 16 位，现在有 3 位，少 13 位"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(value: object, message: str) -> None:
    with pytest.raises(ValueError, match="登记编号") as error:
        read(value)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "value",
    [
        1.23e15,
        4203000012345678.0,
        4203000012345670,
        "1.23E+15",
        "4.203E15",
        "4e+15",
        "4203000012345678.0",
        float("nan"),
    ],
)
def test_a_cell_that_became_a_number_is_refused_because_digits_are_lost(value: object) -> None:
    with pytest.raises(ValueError, match="末几位已经丢失"):
        read(value)


def test_letters_that_look_like_an_exponent_are_no_lost_digits() -> None:
    assert read("1E23456789012345") == "1E23456789012345"
    assert read("4203-0000-12-E12345") == "4203000012E12345"


def test_only_demo_numbers_begin_with_their_letters() -> None:
    assert is_demo(read("ys20-2600-00-000001"))
    assert not is_demo(NUMBER)
    assert show("YS") == "YS"
