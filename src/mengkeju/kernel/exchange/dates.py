"""Days and months as people write them. What leaves the month open is refused with advice, never guessed."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mengkeju.kernel.exchange.refusals import ValueRefusedError, short

FIRST_YEAR, LAST_YEAR = 1900, 2200
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954-10-03 – 2119-01-11 as Excel counts days
SERIAL_EPOCH = date(1899, 12, 30)
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
TEN = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "暂无"})
NUMBERS = re.compile(
    r"(?P<year>\d{4})(?:(?:年|[-/.])(?P<month>\d{1,2})(?:(?:月|[-/.])(?P<day>\d{1,2})?日?)?)?年?(?:起|前|止)?",
    re.ASCII,
)
COMPACT = re.compile(r"(?P<year>(?:19|20|21)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])?")
CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
VAGUE = re.compile(r"底|初|中旬|上旬|下旬|年中|年末|季度|上半年|下半年|左右|前后|春|夏|秋|冬")
SHORT_YEAR = re.compile(r"\d{2}(?:年|[-/.])\d{1,2}(?:(?:月|[-/.])(?:\d{1,2}日?)?)?")
NO_YEAR = re.compile(r"\d{1,2}月(?:\d{1,2}日?)?|\d{1,2}[-/.]\d{1,2}")
DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
TWO_DATES = re.compile(r"\d{4}\D.*(?:至|到|~|—|–|-).*\d{4}\D")
LOST_ZERO = re.compile(r"\d{4}\.1")


@dataclass(frozen=True)
class PartialDate:
    """A day, a month (`day` None) or a year (`month` None too)."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> str:
        """year, month or day."""
        return "year" if self.month is None else "month" if self.day is None else "day"

    @property
    def first(self) -> date:
        """The first day of it."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day of it: what a deadline “2024年3月” means."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """2024, 2024-03 or 2024-03-05."""
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part is not None)


def parse_date(text: str) -> PartialDate | None:
    """A day, month or year; None for nothing. Raises ValueRefusedError.

    Takes 2024年3月, 2024-3-5, 2024/3/5, 2024.3, 20240305, 202403, 二〇二四年三月, a time behind the day (dropped) and
    Excel's day number. “2024.1” is refused: a spreadsheet makes it of 2024.10 as well.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in NOTHING:
        return None
    plain = "".join(_arabic(CLOCK.sub("", plain)).split())
    if plain.isascii() and plain.isdigit():
        return _digits(plain, text)
    if LOST_ZERO.fullmatch(plain):
        raise ValueRefusedError(
            _("“{text}”分不清是 1 月还是 10 月，请写成 {year}-01 或 {year}-10").format(text=short(text), year=plain[:4])
        )
    found = NUMBERS.fullmatch(plain)
    if not found or _unclear(plain):
        raise ValueRefusedError(_advice(plain, text))
    return _checked(found.groupdict(), text)


def parse_day(text: str) -> date | None:
    """A whole date; None for nothing. A month or a year alone raises ValueRefusedError, as does what is no date."""
    found = parse_date(text)
    if found is None:
        return None
    if found.day is None:
        raise ValueRefusedError(
            _("“{text}”没有写到日，请写成 {day}").format(text=short(text), day=found.last.isoformat()),
            found.last.isoformat(),
        )
    return found.first


def _unclear(plain: str) -> bool:
    return VAGUE.search(plain) is not None


def _arabic(text: str) -> str:
    """二〇二四年十二月 → 2024年12月."""

    def ten(found: re.Match[str]) -> str:
        return str(
            int((found[1] or "一").translate(CHINESE_DIGITS)) * 10 + int(found[2].translate(CHINESE_DIGITS) or 0)
        )

    return TEN.sub(ten, text).translate(CHINESE_DIGITS)


def _digits(plain: str, text: str) -> PartialDate:
    compact = COMPACT.fullmatch(plain)
    if compact:
        return _checked(compact.groupdict(), text)
    number = int(plain) if len(plain) < len(str(LAST_SERIAL)) + 1 else 0
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        day = SERIAL_EPOCH + timedelta(days=number)
        return PartialDate(day.year, day.month, day.day)
    if FIRST_YEAR <= number <= LAST_YEAR:
        return PartialDate(number)
    raise ValueRefusedError(_advice(plain, text))


def _checked(parts: dict[str, str | None], text: str) -> PartialDate:
    year, month, day = (int(parts[key] or 0) for key in ("year", "month", "day"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueRefusedError(_("“{text}”的年份不对").format(text=short(text)))
    try:
        datetime(year, month or 1, day or 1)  # noqa: DTZ001 - only asks whether there is such a day
    except ValueError as error:
        raise ValueRefusedError(_("“{text}”：没有这一天").format(text=short(text))) from error
    if (parts["month"] and not month) or (parts["day"] and not day):
        raise ValueRefusedError(_("“{text}”：没有这一天").format(text=short(text)))
    return PartialDate(year, month or None, day or None)


def _advice(plain: str, text: str) -> str:
    shown = short(text)
    if TWO_DATES.search(plain):
        return _("“{text}”是一段时间，这一列只填一个日期，例如 2024-12-31").format(text=shown)
    if VAGUE.search(plain):
        year = re.match(r"\d{4}", plain)
        return _("“{text}”不是确定的日期，请写到月或日，例如 {year}年12月 或 {year}-12-31").format(
            text=shown, year=year[0] if year else "2024"
        )
    if DAY_FIRST.fullmatch(plain):
        return _("“{text}”分不清月和日，请写成 年-月-日，例如 2024-03-05").format(text=shown)
    if SHORT_YEAR.fullmatch(plain):
        return _("“{text}”的年份请写四位，例如 2024-03-05").format(text=shown)
    if NO_YEAR.fullmatch(plain):
        return _("“{text}”没有写年份，请写成 2024年3月 或 2024-03-05").format(text=shown)
    return _("“{text}”不是日期。请写成 2024-03-05、2024年3月 或 20240305").format(text=shown)
