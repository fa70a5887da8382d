"""Amounts in the bodies of the API: decimal strings, so that no client rounds them."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, WithJsonSchema

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
