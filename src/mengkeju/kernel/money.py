"""Money is Decimal, in 元, two places. Reads amounts as people write them."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from mengkeju.kernel.words import gettext as _

CENT = Decimal("0.01")
UNITS = {
    "": Decimal(1),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "十万": Decimal(100_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "thousand": Decimal(1000),
    "million": Decimal(1_000_000),
    "billion": Decimal(1_000_000_000),
}
OPEN = frozenset({"", "面议", "价格面议", "待定", "待议", "另议", "negotiable"})
LARGEST = Decimal("999999999999.99")
SHOWN = 20  # characters of a wrong amount repeated in its message
# Commas only between groups of three: “1,5亿” is more likely 1.5亿 than 15亿, so it is asked back.
_AMOUNT = re.compile(
    r"^(?:人民币|RMB|CNY|[¥￥])?(?P<number>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?P<decimals>\.[0-9]+)?"
    r"(?P<unit>千万|百万|十万|千|万|亿|thousand|million|billion)?(?:元|RMB|CNY)?(?:人民币|整)?$",
    re.IGNORECASE,
)


def cents(amount: Decimal) -> Decimal:
    """Rounded to 0.01 元, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def in_cents(value: Any) -> Any:
    """An amount as the database gives it back, so that 100 and 100.00 are no difference; anything else as it is."""
    return cents(value) if isinstance(value, Decimal) else value


def parse_amount(text: str) -> Decimal | None:
    """元 from “200万”, “1.5亿元”, “３，０００”, “2 million”; None for “面议” or empty.

    ValueError, with a message for the reader, for anything else.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain.lower() in OPEN:
        return None
    found = _AMOUNT.match(plain)
    if not found:
        msg = _("“%(text)s”不是金额。请写成 200万、1.5亿元、30000 或 面议") % {"text": _short(text)}
        raise ValueError(msg)
    try:
        number = Decimal(found["number"].replace(",", "") + (found["decimals"] or ""))
        amount = cents(number * UNITS[(found["unit"] or "").lower()])
    except InvalidOperation as error:
        msg = _("“%(text)s”太长，不是金额") % {"text": _short(text)}
        raise ValueError(msg) from error
    if amount > LARGEST:
        msg = _("“%(text)s”超过 9999 亿元，请核对单位") % {"text": _short(text)}
        raise ValueError(msg)
    return amount


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
