"""The data files of the demo region as plain values, and small readings of them."""

import zlib
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mengkeju.kernel import clock

DATA = Path(__file__).parent / "data"
MORNING, AFTERNOON = time(9), time(14)
MINUTES = 160
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules in C, where it was built


@cache
def read(name: str) -> dict[str, Any]:
    """One data file, e.g. `read("needs")`."""
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=LOADER)  # noqa: S506, TID251 - the safe loader, in C
    return loaded


def working_day_before(day: date, count: int) -> date:
    """The working day `count` working days before `day`; 0 gives the day itself or the last before it."""
    while not clock.is_working_day(day):
        day -= timedelta(days=1)
    for _step in range(count):
        day -= timedelta(days=1)
        while not clock.is_working_day(day):
            day -= timedelta(days=1)
    return day


def spread(key: str, size: int) -> int:
    """A number below `size` that depends on the key alone, so that a second load gives the same times."""
    return zlib.crc32(key.encode()) % size


def moment(day: date, key: str, *, afternoon: bool = False) -> datetime:
    """A time of office hours on a day, the same for the same key."""
    begin = AFTERNOON if afternoon else MORNING
    return datetime.combine(day, begin, clock.ZONE) + timedelta(minutes=spread(key, MINUTES))
