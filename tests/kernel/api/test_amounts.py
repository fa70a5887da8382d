"""Amounts of the API: strings in what is promised, exact in what is read."""

from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from mengkeju.kernel.api.amounts import Percent, Yuan


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
