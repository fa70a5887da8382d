"""Amounts: strings in what is promised, exact in what is read; a day is written one way."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from mengkeju.kernel.api.values import Day, Percent, Yuan


class Sample(BaseModel):
    amount: Yuan
    share: Percent | None = None


def test_a_decimal_string_is_read_exactly() -> None:
    assert Sample.model_validate({"amount": "0.10", "share": "12.5"}).amount == Decimal("0.10")


@pytest.mark.parametrize("given", ["", "一百万", "NaN", None])
def test_what_is_no_amount_is_refused(given: str | None) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"amount": given})


def test_strings_are_what_is_promised() -> None:
    promised = Sample.model_json_schema()["properties"]
    assert promised["amount"]["type"] == "string"
    assert {one.get("type") for one in promised["share"]["anyOf"]} == {"string", "null"}


def test_a_day_is_written_one_way() -> None:
    day = TypeAdapter(Day)
    assert day.validate_python("2026-11-22") == date(2026, 11, 22)
    for given in ("0", "1763769600", "2026-11-22T00:00", "2026-13-01"):
        with pytest.raises(ValidationError):
            day.validate_python(given)
