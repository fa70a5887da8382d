"""Acts at stated times, carried out in the order of time, so that the record reads like a real one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction

Act = Callable[[datetime], None]
PORTION = 50


class Timeline:
    """Collects acts, then runs them oldest first in transactions of fifty; an interrupted run is repeated whole.

    Every act must look first whether it is already done.
    """

    def __init__(self, now: datetime) -> None:
        """Nothing is recorded later than `now`."""
        self.now = now
        self._acts: list[tuple[datetime, int, Act]] = []

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
