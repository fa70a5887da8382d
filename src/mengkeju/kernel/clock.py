"""The only place that asks for the time; working days of the Chinese calendar.

All times are aware; days are those of Asia/Shanghai; a deadline given as a date ends at 24:00 there.
Working days come from `calendar/CN-YYYY.yaml` (the 国务院办公厅 notice of the year). A year without a
file counts Monday–Friday minus the statutory days the `holidays` package calculates, and is marked
provisional.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import yaml
from django.utils import timezone

ZONE = ZoneInfo("Asia/Shanghai")
CALENDARS = Path(__file__).parent / "calendar"
SATURDAY = 5
DAY = timedelta(days=1)


def now() -> datetime:
    """The present moment, aware, in Asia/Shanghai."""
    return timezone.now().astimezone(ZONE)


def today(at: datetime | None = None) -> date:
    """The date in Asia/Shanghai at `at` (default: now)."""
    return (at or now()).astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """The moment a deadline named by `day` ends: 24:00, i.e. 00:00 of the next day."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE)


def expand(first: date, last: date) -> frozenset[date]:
    """All dates from first to last, both included."""
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True)
class CalendarYear:
    """Days off and worked weekend days of one year; `notice` is empty while provisional."""

    year: int
    days_off: frozenset[date]
    worked_weekends: frozenset[date]
    notice: str

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on `day`, which must lie in this year."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off


@cache
def calendar_year(year: int) -> CalendarYear:
    """The calendar of a year, from its notice or, lacking that, from the statutory days."""
    path = CALENDARS / f"CN-{year}.yaml"
    if not path.exists():
        return CalendarYear(year, frozenset(holidays.country_holidays("CN", years=year)), frozenset(), "")
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    off: frozenset[date] = frozenset()
    for block in data["holidays"]:
        off |= expand(block["from"], block["to"])
    return CalendarYear(year, off, frozenset(data["workdays"]), str(data["source"]["number"]))


def is_working_day(day: date) -> bool:
    """Whether offices are open on `day`."""
    return calendar_year(day.year).is_working_day(day)


@dataclass(frozen=True)
class DueDate:
    """A date counted in working days; provisional while a year's notice is not out."""

    day: date
    provisional: bool

    @property
    def at(self) -> datetime:
        """The moment the deadline ends."""
        return end_of(self.day)


def add_working_days(start: date, count: int) -> DueDate:
    """The date `count` working days after `start` (the start day does not count). count ≥ 0."""
    if count < 0:
        msg = "working days are counted forward"
        raise ValueError(msg)
    day, left, provisional = start, count, False
    while left:
        day += timedelta(days=1)
        year = calendar_year(day.year)
        provisional = provisional or not year.notice
        if year.is_working_day(day):
            left -= 1
    return DueDate(day, provisional)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
