"""Money is Decimal, in 元, two places. Reads amounts as people write them."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
UNITS = {
    "": Decimal(1),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "十万": Decimal(100_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
}
OPEN = frozenset({"", "面议", "价格面议", "待定", "待议", "另议"})
LARGEST = Decimal("999999999999.99")
SHOWN = 20  # characters of a wrong amount repeated in its message
# Commas only between groups of three: “1,5亿” is more likely 1.5亿 than 15亿, so it is asked back.
_AMOUNT = re.compile(
    r"^(?:人民币|RMB|CNY|[¥￥])?(?P<number>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?P<decimals>\.[0-9]+)?"
    r"(?P<unit>千万|百万|十万|千|万|亿)?元?(?:人民币|整)?$"
)


def cents(amount: Decimal) -> Decimal:
    """Rounded to 0.01 元, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def parse_amount(text: str) -> Decimal | None:
    """元 from “200万”, “1.5亿元”, “３，０００”; None for “面议” or empty. ValueError with a Chinese message else."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain in OPEN:
        return None
    found = _AMOUNT.match(plain)
    if not found:
        msg = f"“{_short(text)}”不是金额。请写成 200万、1.5亿元、30000 或 面议"
        raise ValueError(msg)
    try:
        number = Decimal(found["number"].replace(",", "") + (found["decimals"] or ""))
        amount = cents(number * UNITS[found["unit"] or ""])
    except InvalidOperation as error:
        msg = f"“{_short(text)}”太长，不是金额"
        raise ValueError(msg) from error
    if amount > LARGEST:
        msg = f"“{_short(text)}”超过 9999 亿元，请核对单位"
        raise ValueError(msg)
    return amount


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
