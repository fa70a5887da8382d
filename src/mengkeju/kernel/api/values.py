"""Days and amounts as the API takes them: written one way, so that no client shifts or rounds them."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso_day(given: object) -> object:
    """ValueError for text that is no day of RFC 3339: a bare number would be taken for seconds."""
    if isinstance(given, str) and not ISO_DAY.fullmatch(given):
        raise ValueError(given)
    return given


Day = Annotated[date, BeforeValidator(_iso_day)]
"""A day in an address, as 2026-11-22."""

Yuan = Annotated[Decimal, WithJsonSchema({"type": "string", "pattern": r"^\d{1,14}(\.\d{1,2})?$"})]
"""An amount in 元. A JSON number is understood too, but not promised."""
Percent = Annotated[Decimal, WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,2})?$"})]
"""A rate in per cent."""
SignedYuan = Annotated[Decimal, WithJsonSchema({"type": "string", "pattern": r"^-?\d{1,14}(\.\d{1,2})?$"})]
"""An amount in 元 that may be a loss."""
Volume = Annotated[
    Decimal, Field(decimal_places=3), WithJsonSchema({"type": "string", "pattern": r"^\d{1,13}(\.\d{1,3})?$"})
]
"""How much of something, in a unit that is told beside it; three places at most."""
