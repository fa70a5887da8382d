"""What one cell of a workbook says, as text a person would read: numbers, dates and percentages by their format."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import Enum

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from mengkeju.kernel.words import gettext as _

# Number formats every Chinese Excel has without stating them in the file (ECMA-376-1, 18.8.30, language zh-cn).
CHINESE_MONTHS = frozenset({27, 36, 50, 52, 57})
CHINESE_DATES = frozenset({28, 29, 30, 31, 51, 53, 54, 58})
CHINESE_TIMES = frozenset({32, 33, 34, 35, 55, 56})
QUOTED = re.compile(r'".*?"|\[[^\]]*\]|\\.|_.')
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
EXACT_DIGITS = 15  # a spreadsheet keeps no more; further digits are noise of the binary number
LARGEST_EXACT = 10**EXACT_DIGITS


class Style(Enum):
    """How a number is shown."""

    PLAIN = "plain"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"

    @classmethod
    def of(cls, number: int, code: str | None) -> "Style":
        """The style of a number format: its id, and its code when the file states one."""
        if code is None:
            if number in CHINESE_MONTHS:
                return cls.MONTH
            if number in CHINESE_DATES | CHINESE_TIMES:
                return cls.DATE
            code = BUILTIN_FORMATS.get(number, "General")
        if is_date_format(code):
            letters = set(QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower())
            return cls.MONTH if "y" in letters and not letters & set("dhs") else cls.DATE
        return cls.PERCENT if "%" in QUOTED.sub("", code) else cls.PLAIN


@dataclass(frozen=True)
class Styles:
    """The style of each style index of a workbook, and from which day it counts."""

    styles: tuple[Style, ...]
    mac_dates: bool = False

    def of(self, index: str | None) -> Style:
        """The style of a cell's `s` attribute; plain when it has none or names one that is not there."""
        number = int(index) if index else 0
        return self.styles[number] if number < len(self.styles) else Style.PLAIN

    def text(self, raw: str, index: str | None) -> tuple[str, str]:
        """(text, what is wrong with it) of a number as the file states it. ValueError when it is no number."""
        value = float(raw)
        if not math.isfinite(value):
            return "", _("这一格的数字太大，读不了")
        style = self.of(index)
        if style in {Style.DATE, Style.MONTH}:
            return self._date(value, style)
        if abs(value) >= LARGEST_EXACT:
            return "", _("这一格是超过 15 位的数字，Excel 只保留前 15 位。请把这一列设为文本格式，重新填写")
        return (f"{plain(value * 1)}", "") if style is Style.PLAIN else (percent(value), "")

    def _date(self, value: float, style: Style) -> tuple[str, str]:
        try:
            moment = from_excel(value, MAC_EPOCH if self.mac_dates else WINDOWS_EPOCH)
        except (OverflowError, ValueError):
            return "", _("这一格是日期格式，但数字不是日期")
        if isinstance(moment, time):
            return moment.isoformat(), ""
        if not isinstance(moment, datetime):
            return "", _("这一格是日期格式，但数字不是日期")
        if moment.time() != time():
            return moment.isoformat(sep=" "), ""
        day = moment.date()
        return (f"{day.year}-{day.month:02d}", "") if style is Style.MONTH and day.day == 1 else (day.isoformat(), "")


def plain(value: float) -> str:
    """A number without exponent and without the noise beyond 15 digits: 0.1 + 0.2 is 0.3."""
    if value.is_integer():
        return str(int(value))
    exact = Decimal(repr(value))
    if len(exact.as_tuple().digits) > EXACT_DIGITS:
        exact = Decimal(f"{value:.{EXACT_DIGITS}g}")
    return f"{exact:f}"


def percent(value: float) -> str:
    """0.155 in a percent format is 15.5%."""
    shown = f"{Decimal(plain(value)) * 100:f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"


def unescaped(text: str) -> str:
    """Text with the file's own escapes resolved (`_x000D_` is a line end); control characters become nothing."""
    if "_x" not in text:
        return text

    def char(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return chr(code) if chr(code).isprintable() or code in {9, 10} else ""

    return ESCAPED.sub(char, text)
