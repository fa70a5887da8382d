"""Acts at stated times, carried out in the order of time, so that the record reads like a real one."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import transaction

from mengkeju.demo.files import moment, working_day_before
from mengkeju.kernel import clock

Act = Callable[[datetime], object]
PORTION = 50
AS_OF = date(2026, 11, 20)
"""The working day the data files were written on; its entries are those of the last working day before loading."""
LONGEST = 500
"""Working days back that the files may tell of."""
GAP = timedelta(minutes=7)
RUNS = frozenset({"deadline", "begins", "ends"})
"""Days of a row until or between which it runs."""


class Timeline:
    """Collects acts, then runs them oldest first in transactions of fifty; an interrupted run is repeated whole.

    Every act must look first whether it is already done. Days of the files are working days counted back from the
    last one before loading, so that the same things happen in the same order whenever the region is loaded.
    """

    def __init__(self, now: datetime) -> None:
        """Nothing is recorded later than `now`."""
        self.now, self.today = now, clock.today(now)
        self.last_day = working_day_before(self.today - clock.DAY, 0)
        self._acts: list[tuple[datetime, int, Act]] = []

    def ago(self, days: int) -> date:
        """So many working days before the day of loading; 1 is the last one before it."""
        return working_day_before(self.last_day, days - 1)

    def calendar_ago(self, days: int) -> date:
        """So many calendar days before, moved back to a working day."""
        return working_day_before(self.today - timedelta(days=days), 0)

    @cached_property
    def _days(self) -> dict[date, date]:
        found, stated, here = {}, AS_OF, self.last_day
        for _step in range(LONGEST):
            found[stated] = here
            stated, here = working_day_before(stated, 1), working_day_before(here, 1)
        return found

    def day(self, stated: date) -> date:
        """The day on which something of the files happens, as many working days before loading as before AS_OF."""
        return self._days[working_day_before(stated, 0)]

    def dated(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the files with its days counted from loading: when it was published, until when it runs."""
        found = dict(row)
        if "published_days_ago" in row:
            found["published_on"] = self.calendar_ago(found.pop("published_days_ago"))
        elif "published_on" in row:
            found["published_on"] = self.day(row["published_on"])
        for key in (key for key in RUNS if row.get(key)):
            found[key] = row[key] + (self.last_day - AS_OF)
        return found

    def thread(self, key: str) -> "Thread":
        """Acts that follow each other; `key` spreads them over the office hours."""
        return Thread(self, key)

    def __len__(self) -> int:
        """How many acts there are."""
        return len(self._acts)

    def at(self, when: datetime, act: Act) -> None:
        """Add an act; acts at the same time keep the order in which they were added."""
        self._acts.append((min(when, self.now), len(self._acts), act))

    def run(self, progress: Callable[[int], None] | None = None) -> None:
        """Carry everything out. `progress` gets the number of acts of each portion."""
        for portion in self._portions():
            with transaction.atomic():
                for when, _number, act in portion:
                    act(when)
            if progress is not None:
                progress(len(portion))

    def _portions(self) -> Iterator[list[tuple[datetime, int, Act]]]:
        stream = iter(sorted(self._acts, key=lambda entry: entry[:2]))
        while portion := list(islice(stream, PORTION)):
            yield portion


class Thread:
    """Acts of one story, each after the one before it."""

    def __init__(self, timeline: Timeline, key: str) -> None:
        """Nothing has happened yet."""
        self._timeline, self._key = timeline, key
        self._last: datetime | None = None

    def ago(self, days: int, act: Act, *, afternoon: bool = False) -> None:
        """Add an act so many working days before loading, in the morning or the afternoon."""
        self._on(self._timeline.ago(days), act, afternoon=afternoon)

    def back(self, days: int, act: Act, *, afternoon: bool = False) -> None:
        """Add an act so many calendar days before loading, moved back to a working day."""
        self._on(self._timeline.calendar_ago(days), act, afternoon=afternoon)

    def _on(self, day: date, act: Act, *, afternoon: bool) -> None:
        at = moment(day, self._key, afternoon=afternoon)
        if self._last is not None:
            at = max(at, self._last + GAP)
        self._last = at
        self._timeline.at(at, act)
