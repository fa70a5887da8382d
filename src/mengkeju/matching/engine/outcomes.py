"""What outcomes say about a pair, as labels: plain data in, plain data out. The rules stand in a dated data file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SETTINGS = "learning-2026-11.yaml"
ALL = "all"
BY_STEP = ("signed", "intention")
"""Steps that say a pair was taken up, the furthest first: the furthest one counts."""
SUITS, SUITS_OWN = "suits", "suits_own"
"""合适, said by the side that asks or a broker; and by who offers it."""
GOOD_WORDS = frozenset({SUITS, SUITS_OWN})


@dataclass(frozen=True, slots=True)
class Rule:
    """What one sort of outcome teaches. `teaches`: () = the pair as a whole, else the keys of these signals only."""

    source: str
    level: int
    weight: float
    teaches: tuple[str, ...]
    label: str
    label_en: str
    reason: str
    reason_en: str
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """How far learned numbers may go from the shipped ones (standard deviations of the prior)."""

    text: float
    signal: float
    cut: float


@dataclass(frozen=True, slots=True)
class Position:
    """How the place at showing is corrected for; the data file says what each figure is."""

    least_showings: int
    places: int
    prior: float
    most: float


@dataclass(frozen=True, slots=True)
class Gate:
    """When a model may go live; the data file says what each figure is."""

    least_labels: int
    least_full: int
    least_needs: int
    least_held: int
    least_held_needs: int
    margins: Mapping[str, float]
    retrain_from: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the operator's page counts; the data file says what each figure is."""

    places: int
    few: int
    bins: int


@dataclass(frozen=True, slots=True)
class Full:
    """How much the family `full` learns from."""

    most_pairs: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The data file."""

    version: str
    rules: Mapping[str, Rule]
    most_words: int
    spread: Spread
    most_signal: float
    position: Position
    held_share: float
    gate: Gate
    full: Full
    figures: Figures


@cache
def settings() -> Settings:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath(SETTINGS).read_text("utf-8"))
    return Settings(
        version=str(data["version"]),
        rules={entry["source"]: _rule(entry) for entry in data["labels"]},
        most_words=int(data["most_words"]),
        spread=Spread(**data["spread"]),
        most_signal=float(data["most_signal"]),
        position=Position(**data["position"]),
        held_share=float(data["held_back"]["share"]),
        gate=Gate(**data["gate"]),
        full=Full(**data["full"]),
        figures=Figures(**data["figures"]),
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    teaches = () if entry["teaches"] == ALL else tuple(entry["teaches"])
    return Rule(**{**entry, "teaches": teaches})


@dataclass(frozen=True, slots=True)
class History:
    """What happened to a proposal: the day of each step, and what standing judgements say, with their days.

    A word is what a 暂不考虑 acts on, or `SUITS`, `SUITS_OWN`; the oldest first.
    `need` and `achievement` are uids; `rank` is its place when it was first opened, else when first shown.
    """

    need: str
    achievement: str
    steps: Mapping[str, date]
    words: Sequence[tuple[str, date]] = ()
    rank: int | None = None


Seen = tuple[int, str, bool]
"""One showing: place, band, whether it was opened."""


@dataclass(frozen=True, slots=True)
class Label:
    """One judgement of a pair. `teaches`: () = everything."""

    need: str
    achievement: str
    source: str
    level: int
    weight: float
    teaches: tuple[str, ...]
    on: date
    rank: int | None


def labels(histories: Iterable[History], *, today: date, rules: Mapping[str, Rule]) -> list[Label]:
    """The labels of many proposals, in a fixed order."""
    found = [label for history in histories for label in of(history, today=today, rules=rules)]
    return sorted(found, key=lambda label: (label.need, label.achievement, label.source, label.on))


def of(history: History, *, today: date, rules: Mapping[str, Rule]) -> list[Label]:
    """What one proposal teaches: how far it came, each word said; opened counts only when nobody said more.

    Never opened, however high it stood, teaches nothing. Where the pair was taken up a good word adds nothing.
    """
    said: list[tuple[str, date]] = []
    furthest = next((step for step in BY_STEP if step in history.steps), None)
    if furthest is not None:
        said.append((furthest, history.steps[furthest]))
    told: Counter[str] = Counter()
    for word, day in history.words:
        told[word] += 1
        if word in rules and told[word] <= settings().most_words and (furthest is None or word not in GOOD_WORDS):
            said.append((word, day))
    opened = history.steps.get("opened")
    if opened is not None and not said and not history.words and (today - opened).days >= rules["opened"].after_days:
        said.append(("opened", opened))
    return [_label(history, rules[source], day) for source, day in said]


def _label(history: History, rule: Rule, day: date) -> Label:
    return Label(
        history.need, history.achievement, rule.source, rule.level, rule.weight, rule.teaches, day, history.rank
    )


def last_of_pairs(found: Sequence[Label]) -> dict[tuple[str, str], int]:
    """Of each pair (need, achievement) the place of the label that was last said of the pair as a whole.

    Of two on one day the later in the list.
    """
    last: dict[tuple[str, str], int] = {}
    for at, label in enumerate(found):
        before = last.get((label.need, label.achievement))
        if not label.teaches and (before is None or found[before].on <= label.on):
            last[label.need, label.achievement] = at
    return last


def counts(found: Iterable[Label]) -> dict[str, int]:
    """How many labels of each source, in the order of the data file; sources without any are 0."""
    counted = Counter(label.source for label in found)
    return {source: counted[source] for source in settings().rules}
