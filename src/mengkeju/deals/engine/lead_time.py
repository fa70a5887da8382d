"""How long a conversion takes, stage by stage, from dates that stand in the record (转化周期).

Days are calendar days, the day of the start not counted. A promise in months is compared by calendar months: six
months from 31 August end on 28 (29) February. What nobody recorded is no stage; a date before the one it should
follow is flagged and passed over, so that the stages always add up to the whole and none is negative.
"""

from calendar import monthrange
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from mengkeju.deals.engine.choices import choices, read_file

STAGES = choices(read_file(Path(__file__).parent / "lead_time.yaml")["stages"])
"""The stages by key, in their order."""
FIRST, LAST = next(iter(STAGES)), list(STAGES)[-1]
Row = TypeVar("Row")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """From one dated stage to the next dated one; `skipped` are the stages between them without a usable date."""

    begins: str
    ends: str
    days: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Disorder:
    """A stage dated before the one it should follow."""

    stage: str
    before: str
    days: int


@dataclass(frozen=True)
class LeadTime:
    """The clock of one conversion.

    `dates`: what is known, in the order of the stages, those out of order too.
    `total`: days from `begins_on` to `ends_on`, None while either is not known. `missing`: stages without a date.
    `waiting`: from the last dated stage to today, while the last stage has not come.
    """

    begins_on: date | None
    ends_on: date | None
    total: int | None
    parts: tuple[Part, ...]
    waiting: Part | None
    missing: tuple[str, ...]
    disorders: tuple[Disorder, ...]
    dates: Mapping[str, date]

    @property
    def slowest(self) -> Part | None:
        """The longest part, the first of several; what is still waited for is not finished and does not count."""
        return max(self.parts, key=lambda part: part.days, default=None)


def lead_time(dates: Mapping[str, date | None], today: date | None = None) -> LeadTime:
    """The clock from the dates of stages. KeyError for a stage that is none; `today` adds what is waited for now."""
    unknown = dates.keys() - STAGES.keys()
    if unknown:
        raise KeyError(f"no such stage: {', '.join(sorted(unknown))}")
    parts: list[Part] = []
    disorders: list[Disorder] = []
    skipped: list[str] = []
    last: tuple[str, date] | None = None
    for stage in STAGES:
        day = dates.get(stage)
        if day is not None and last is not None and day < last[1]:
            disorders.append(Disorder(stage, last[0], (last[1] - day).days))
            day = None
        if day is None:
            skipped += [stage] if last else []
            continue
        if last is not None:
            parts.append(Part(last[0], stage, (day - last[1]).days, tuple(skipped)))
        last, skipped = (stage, day), []
    begins, ends = dates.get(FIRST), last[1] if last and last[0] == LAST else None
    total = (ends - begins).days if begins and ends else None
    waiting = None
    if last is not None and ends is None and today is not None and today >= last[1]:
        waiting = Part(last[0], "", (today - last[1]).days, tuple(skipped))
    missing = tuple(stage for stage in STAGES if dates.get(stage) is None)
    known = {stage: day for stage in STAGES if (day := dates.get(stage)) is not None}
    return LeadTime(begins, ends, total, tuple(parts), waiting, missing, tuple(disorders), known)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Promise:
    """A term in calendar months. `kept`: None while it is neither reached nor over."""

    months: int
    due_on: date
    kept: bool | None


def against(lead: LeadTime, months: int, today: date) -> Promise | None:
    """The clock against a promise of so many months; None when nobody knows when it began. months > 0."""
    if months <= 0:
        raise ValueError("a promise is of one month at least")
    if lead.begins_on is None:
        return None
    due = add_months(lead.begins_on, months)
    if lead.ends_on is not None:
        return Promise(months, due, lead.ends_on <= due)
    return Promise(months, due, False if today > due else None)


@dataclass(frozen=True)
class Median:
    """The middle of a group: how many it is of, and how many of the group had no days to count."""

    days: float | None
    count: int
    left_out: int


def median_by(rows: Iterable[Row], key: Callable[[Row], Key], days: Callable[[Row], int | None]) -> dict[Key, Median]:
    """The median of days per group, in the order in which the groups first appear."""
    groups: dict[Key, list[int | None]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(days(row))
    return {name: _median(found) for name, found in groups.items()}


def _median(found: list[int | None]) -> Median:
    known = [days for days in found if days is not None]
    return Median(float(median(known)) if known else None, len(known), len(found) - len(known))


def median_parts(leads: Iterable[LeadTime]) -> dict[tuple[str, str], Median]:
    """The median of every part that occurs, the slowest first: where a group of conversions loses its time."""
    parts = [part for lead in leads for part in lead.parts]
    found = median_by(parts, lambda part: (part.begins, part.ends), lambda part: part.days)
    return dict(sorted(found.items(), key=lambda item: -(item[1].days or 0)))
