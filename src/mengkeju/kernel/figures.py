"""Amounts and dates in the reader's words. Chinese counts in 万 and 亿, English in millions and billions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from mengkeju.kernel.money import CENT
from mengkeju.kernel.words import is_english, mark

OWN_RULE = mark("平台规则（自定，无法规依据）")
"""The source of figures the platform set itself, as the files of such figures write it; here to be translated."""

Unit = tuple[Decimal, str]
CHINESE_UNITS: Sequence[Unit] = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))
ENGLISH_UNITS: Sequence[Unit] = ((Decimal(1_000_000_000), " billion"), (Decimal(1_000_000), " million"))
# Not from the process's locale: months read the same on every machine.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def scaled(amount: Decimal) -> tuple[str, str]:
    """Number and unit that show `amount` (元) exactly: a larger unit only where two decimals lose nothing."""
    for size, unit in ENGLISH_UNITS if is_english() else CHINESE_UNITS:
        number = amount / size
        if abs(number) >= 1 and number == number.quantize(CENT):
            return f"{number.quantize(CENT).normalize():,f}", unit
    return plain(amount), ""


def plain(amount: Decimal) -> str:
    """“1,506,000,000”: 元 as they are, for columns whose rows are compared and add up; cents where there are any."""
    exact = amount.quantize(CENT)
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


def amount(value: Decimal, gap: str = "") -> str:
    """“860万元” (with `gap` “860 万元”), “CNY 8.6 million”; never rounded."""
    number, unit = scaled(value)
    return f"CNY {number}{unit}" if is_english() else f"{number}{gap}{unit}元"


def amounts(low: Decimal, high: Decimal) -> str:
    """“800万–1,000万元”, “CNY 8–10 million”."""
    (least, small), (most, large) = scaled(low), scaled(high)
    if not is_english():
        return f"{least}{small}–{most}{large}元"
    return f"CNY {least}–{most}{large}" if small == large else f"CNY {least}{small} – {most}{large}"


def day_and_month(day: date) -> str:
    """“11月20日”, “20 Nov”."""
    return f"{day.day} {MONTHS[day.month - 1]}" if is_english() else f"{day.month}月{day.day}日"


def full_date(day: date) -> str:
    """“2025年11月20日”, “20 Nov 2025”."""
    return f"{day_and_month(day)} {day.year}" if is_english() else f"{day.year}年{day_and_month(day)}"


def month(day: date) -> str:
    """“2027年6月”, “Jun 2027”."""
    return f"{MONTHS[day.month - 1]} {day.year}" if is_english() else f"{day.year}年{day.month}月"


def with_weekday(day: date, words: str) -> str:
    """“11月24日（周二）”, “Tue 24 Nov”; `words` is the date already written."""
    if is_english():
        return f"{WEEKDAYS[day.weekday()]} {words}"
    return f"{words}（周{'一二三四五六日'[day.weekday()]}）"
