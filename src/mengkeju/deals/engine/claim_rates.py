"""Progressive bands worked out part by part, so that what is shown is what was computed.

Which figure of the policy a contract asks for stands here; what it says does not. Amounts are Decimal in 元.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)
DOCUMENT = "nm-tech-trade-subsidy"
BUYER_FIGURES = {
    "transfer": "purchase_rate",
    "licence": "purchase_rate",
    "development": "development_rate",
    "consulting": "consulting_rate",
    "service": "service_rate",
}
"""Contract type → the figure with its rate for the buyer (需求方). 购买技术成果 is a transfer or a licence."""
SELLER_FIGURE = "seller_rate"


@dataclass(frozen=True)
class RateBand:
    """`rate` on what lies above the band before, up to `up_to` (None: without end)."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True)
class BandPart:
    """What of an amount lies in one band (`low`–`high`), and what it gives."""

    low: Decimal
    high: Decimal | None
    rate: Decimal
    base: Decimal
    amount: Decimal


def parts(bands: Sequence[RateBand], amount: Decimal) -> tuple[BandPart, ...]:
    """The bands that an amount reaches, the lowest first; their bases add up to it unless the last band ends below."""
    found, low = [], ZERO
    for band in bands:
        top = amount if band.up_to is None else min(amount, band.up_to)
        if top <= low:
            break
        found.append(BandPart(low, band.up_to, band.rate, top - low, (top - low) * band.rate))
        low = top
    return tuple(found)


def total(bands: Sequence[RateBand], amount: Decimal) -> Decimal:
    """What an amount gives in all; not rounded."""
    return sum((part.amount for part in parts(bands, amount)), ZERO)


def figure_of(side: str, contract_type: str) -> str:
    """The key of the figure that says the rate for a side and a type; “” where the document speaks of none."""
    key = SELLER_FIGURE if side == "seller" else BUYER_FIGURES.get(contract_type, "")
    return f"{DOCUMENT}.{key}" if key else ""


def kept(bands: Sequence[RateBand]) -> list[list[str | None]]:
    """Bands as JSON."""
    return [[None if band.up_to is None else f"{band.up_to:f}", f"{band.rate:f}"] for band in bands]


def read(rows: Sequence[Sequence[Any]]) -> tuple[RateBand, ...]:
    """Bands from JSON."""
    return tuple(RateBand(None if up_to is None else Decimal(up_to), Decimal(rate)) for up_to, rate in rows)
