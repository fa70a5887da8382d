"""Money as people write it in tables: one amount, a range, a limit, or open. Decimal 元, never floats."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from mengkeju.kernel.exchange.refusals import ValueRefusedError, short
from mengkeju.kernel.money import LARGEST, OPEN, parse_amount

NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "n/a", "na"})
UNSURE = frozenset({*OPEN, "可议", "可面议", "价格可议", "双方协商", "协商", "协商确定", "未定", "不限"}) - {""}
FOREIGN = re.compile(r"[$€£]|美元|美金|欧元|英镑|日元|港[币元]|USD|EUR|HKD|JPY|GBP", re.IGNORECASE)
ABOUT = re.compile(r"^(?:大约|大概|约|近|预计|预算|估计|~)|(?:左右|上下|余元?|多元?)$|(?<=\d)[余多](?=[千百十]*[万亿])")
AT_MOST = re.compile(r"^(?:≤|<=?|不超过|不高于|至多|最多|最高|低于|上限)|(?:以内|以下|之内|封顶|及以下|内)$")
AT_LEAST = re.compile(r"^(?:≥|>=?|不低于|不少于|至少|最低|超过|高于|下限)|(?:以上|起|及以上|起步)$")
BETWEEN = re.compile(r"(?<=[0-9万亿千百十元])(?:-+|~+|—+|–|至|到)(?=[¥0-9])")
UNIT = re.compile(r"(千万|百万|十万|千|万|亿)?(元)?(人民币|整)?$")
TWO_UNITS = re.compile(r"(\d+(?:\.\d+)?亿)(\d+(?:\.\d+)?[千百十]?万)元?")
SIGN = re.compile(r"¥|人民币|RMB|CNY", re.IGNORECASE)


@dataclass(frozen=True)
class MoneyRange:
    """What a cell says about an amount, in 元. A single amount has low == high; a limit has one of them None.

    `open`: 面议, both are None. `approximate`: 约, 左右.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    open: bool = False
    approximate: bool = False


def parse_money_range(text: str, unit: str = "") -> MoneyRange | None:
    """The range that a cell of a column in `unit` (元, 千元, 万元, 亿元; default 元) states; None when it says nothing.

    Takes 200万, 1.5亿, 200-300万元, 约50万, ≤100万, 50万以上, 面议, ￥1,200,000.00. Raises ValueRefusedError.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-")
    if plain.lower() in NOTHING:
        return None
    if plain in UNSURE:
        return MoneyRange(open=True)
    if FOREIGN.search(plain):
        raise ValueRefusedError(_("“{text}”不是人民币，请折成人民币填写").format(text=short(text)))
    rest, approximate = _without(ABOUT, plain)
    rest, at_most = _without(AT_MOST, rest)
    rest, at_least = _without(AT_LEAST, rest)
    if at_most and at_least:
        raise ValueRefusedError(_("“{text}”又是上限又是下限，请写成 200万-300万").format(text=short(text)))
    ends = BETWEEN.split(rest)
    if len(ends) == 1:
        amount = _one(ends[0], unit, text)
        return MoneyRange(None if at_most else amount, None if at_least else amount, approximate=approximate)
    if len(ends) > 2 or at_most or at_least:  # noqa: PLR2004 - a range has two ends
        raise ValueRefusedError(_("“{text}”不是金额范围，请写成 200万-300万").format(text=short(text)))
    return _range(ends[0], ends[1], unit, text, approximate=approximate)


def parse_money(text: str, unit: str = "") -> Decimal | None:
    """One amount in 元; None for nothing and for 面议. Ranges, limits and what is no amount raise ValueRefusedError."""
    found = parse_money_range(text, unit)
    if found is None or found.open:
        return None
    if found.low is None or found.low != found.high:
        raise ValueRefusedError(_("“{text}”不是一个确定的金额，这一列只填一个数，例如 200万").format(text=short(text)))
    return found.low


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    """(the text without the words around the amount, whether there were any)."""
    rest = pattern.sub("", text)
    return (rest, True) if rest != text and rest else (text, False)


def _range(first: str, second: str, unit: str, text: str, *, approximate: bool) -> MoneyRange:
    """“200-300万” gives its unit to both ends, whichever end names it."""
    shared = _own_unit(first) or _own_unit(second)
    low = _one(first, _own_unit(second) or unit, text)
    high = _one(second, shared or unit, text)
    if low > high:
        raise ValueRefusedError(_("“{text}”的下限大于上限，请核对数字和单位").format(text=short(text)))
    return MoneyRange(low, high, approximate=approximate)


def _own_unit(part: str) -> str:
    found = UNIT.search(part)
    return (found[1] or "") + (found[2] or "") if found else ""


def _one(part: str, unit: str, text: str) -> Decimal:
    """One amount of the text; `unit` when it names none of its own."""
    double = TWO_UNITS.fullmatch(part)
    pieces = [double[1], double[2]] if double else [part]
    named = _own_unit(part)
    if not named and unit not in {"", "元"}:
        if SIGN.search(part):
            raise ValueRefusedError(
                _("“{text}”在以{unit}为单位的列里，分不清是元还是{unit}，请写明单位").format(
                    text=short(text), unit=unit
                )
            )
        pieces = [part + unit]
    try:
        amounts = [parse_amount(piece) for piece in pieces]
    except ValueError as error:
        raise ValueRefusedError(_sentence(part, text, error)) from error
    total = sum((amount for amount in amounts if amount is not None), Decimal(0))
    if total > LARGEST:
        raise ValueRefusedError(_("“{text}”超过 9999 亿元，请核对单位").format(text=short(text)))
    return total


def _sentence(part: str, text: str, error: ValueError) -> str:
    if part.startswith("-"):
        return _("“{text}”是负数，金额不能小于零").format(text=short(text))
    if "不是金额" in str(error):
        return _("“{text}”不是金额。请写成 200万、1.5亿元、200-300万元、30000 或 面议").format(text=short(text))
    return str(error)
