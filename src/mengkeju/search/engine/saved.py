"""A search that is kept: its one spelling, its ways of telling, and the mornings on which a digest goes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

SCHEMA, VERSION = "search.query", 1
LONGEST_PAUSE = 60
"""Days looked back for the last morning: no holiday is longer."""


class Way(StrEnum):
    """When the owner is told."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Figures:
    """See alerts.yaml. `morning`: when digests go out."""

    per_person: int
    per_organisation: int
    morning: time
    listed: int
    at_once: int
    kept: timedelta


def load(path: Path = Path(__file__).parent / "alerts.yaml") -> Figures:
    """Read the figures. ValueError unless they are dated, sourced and positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    numbers = {name: int(data[name]) for name in ("per_person", "per_organisation", "listed", "at_once", "kept_days")}
    if not isinstance(data["checked_on"], date) or not data["source"] or min(numbers.values()) <= 0:
        msg = f"{path.name}: checked_on must be a date, source given, every figure positive"
        raise ValueError(msg)
    kept = timedelta(days=numbers.pop("kept_days"))
    return Figures(**numbers, kept=kept, morning=time.fromisoformat(data["morning"]))


FIGURES = load()


@dataclass(frozen=True)
class Kept:
    """What a kept search asks for: the state of the search page without order and page number."""

    text: str = ""
    kind: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything there is."""
        return not (self.text or self.kind or any(self.facets.values()))


def kept(text: str, kind: str, facets: Mapping[str, Sequence[str]]) -> Kept:
    """The search in its one spelling: white space folded, facets and values in order and once."""
    chosen = {key: tuple(sorted({v for v in facets[key] if v})) for key in sorted(facets)}
    return Kept(" ".join(text.split()), kind, {key: values for key, values in chosen.items() if values})


def canonical(search: Kept) -> dict[str, Any]:
    """As it is stored; two searches that ask for the same are stored the same."""
    facets = {key: list(values) for key, values in sorted(search.facets.items())}
    return {"schema": SCHEMA, "version": VERSION, "text": search.text, "kind": search.kind, "facets": facets}


def restored(stored: Mapping[str, Any]) -> Kept:
    """From what is stored. ValueError for what is no search of a version known here."""
    if stored.get("schema") != SCHEMA or stored.get("version") != VERSION:
        msg = f"no search of {SCHEMA} {VERSION}: {stored.get('schema')} {stored.get('version')}"
        raise ValueError(msg)
    facets = {str(key): [str(value) for value in values] for key, values in stored["facets"].items()}
    return kept(str(stored["text"]), str(stored["kind"]), facets)


def last_morning(way: str, now: datetime, is_working_day: Callable[[date], bool], at: time | None = None) -> datetime:
    """The last moment at which this way tells: what was noted before it is due. `now` in the zone of the offices.

    Daily: the morning of a working day; weekly: that of the first working day of a week (a week without one has none);
    at once: now. Before anything else it was long ago.
    """
    if way == Way.AT_ONCE:
        return now
    hour = at or FIGURES.morning
    for back in range(LONGEST_PAUSE):
        day = now.date() - timedelta(days=back)
        moment = datetime.combine(day, hour, now.tzinfo)
        if moment <= now and is_working_day(day) and (way == Way.DAILY or _opens_week(day, is_working_day)):
            return moment
    return now - timedelta(days=LONGEST_PAUSE)


def _opens_week(day: date, is_working_day: Callable[[date], bool]) -> bool:
    """Whether no day of its week (from Monday) before it is worked."""
    return not any(is_working_day(day - timedelta(days=n)) for n in range(1, day.weekday() + 1))
