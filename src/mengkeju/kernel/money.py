"""Money is Decimal, in 元, two places. Reads amounts as people write them."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
UNITS = {"": Decimal(1), "元": Decimal(1), "千元": Decimal(1000), "万": Decimal(10_000), "万元": Decimal(10_000),
         "亿": Decimal(100_000_000), "亿元": Decimal(100_000_000)}
LARGEST = Decimal("999999999999.99")
_AMOUNT = re.compile(r"^(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)(?P<unit>千元|万元|亿元|万|亿|元)?(?:人民币)?$")


def cents(amount: Decimal) -> Decimal:
    """Rounded to 0.01 元, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def parse_amount(text: str) -> Decimal | None:
    """元 from “200万”, “1.5亿元”, “３，０００”; None for “面议” or empty. ValueError with a Chinese message else."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").strip()
    if plain in {"", "面议", "待定"}:
        return None
    found = _AMOUNT.match(plain)
    if not found:
        msg = f"“{text}”不是金额。请写成 200万、1.5亿元、30000 或 面议"
        raise ValueError(msg)
    try:
        amount = cents(Decimal(found["number"].replace(",", "")) * UNITS[found["unit"] or ""])
    except InvalidOperation as error:
        msg = f"“{text[:20]}…”太长，不是金额"
        raise ValueError(msg) from error
    if amount > LARGEST:
        msg = f"“{text}”超过 9999 亿元，请核对单位"
        raise ValueError(msg)
    return amount
