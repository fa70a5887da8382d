"""What judgements on a list teach that list: each one is a line of the sum that explains a score.

A reason acts on what it names. A rejection of the topic and a good word move what has a title like the judged one's
(`engine.feedback`); “too early” and “budget or time” make what those signals say against a pair weigh more on this
list, and never speak for one. What was judged on the list itself is not moved: there somebody has said what he thinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.special import expit

from mengkeju.matching.engine import bands, feedback, hashed, latent
from mengkeju.matching.engine.documents import Maturity
from mengkeju.matching.engine.levels import LEVELS

Array = NDArray[np.float64]
TOPIC, GOOD, MATURITY, TERMS = "topic", "good", "maturity", "terms"
ACTING = frozenset({TOPIC, GOOD, MATURITY, TERMS})
STAGES = tuple(stage.value for stage in Maturity)  # from the earliest
_TITLED = (TOPIC, GOOD)


@dataclass(frozen=True, slots=True)
class Sharing:
    """When a word on a near-duplicate counts, and how much."""

    title_alike: float
    body_alike: float
    strength: float
    organisations: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures of `judgements.yaml`, which says what each one is."""

    positive: dict[str, float]
    maturity: dict[str, float]
    terms: dict[str, float]
    common: float
    noticeable: float
    lines: int
    sharing: Sharing
    hint_organisations: int


@cache
def settings() -> Settings:
    """The shipped figures."""
    data: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("judgements.yaml").read_text("utf-8"))
    kept = {name: data[name] for name in ("positive", "maturity", "terms", "common", "noticeable", "lines")}
    return Settings(**kept, sharing=Sharing(**data["sharing"]), hint_organisations=data["hint"]["organisations"])


@dataclass(frozen=True, slots=True)
class Base:
    """A pair without judgements: its score, the model's cuts, and two signals in [−1, 1]."""

    score: float
    cuts: tuple[float, float, float]
    maturity: float = 0.0
    budget: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing on a list: its key, its title as `hashed` packs it, its stage, and the pair's base.

    `latent` is the title in the latent space named by `space`; empty where there is none.
    """

    key: int
    title: bytes
    stage: str
    base: Base
    latent: bytes = b""
    space: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A judgement on an entry of this list, or of a near-duplicate's (`own` is false). `strength` in (0, 1]."""

    entry: Entry
    acts_on: str
    strength: float = 1.0
    own: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry as the judgements leave it. `parts`: (place of the lesson, log-odds) for each that moves it."""

    expected: float
    chances: tuple[float, float, float]
    band: str
    parts: tuple[tuple[int, float], ...]


def learn(entries: Sequence[Entry], lessons: Sequence[Lesson]) -> list[Moved]:
    """Each entry as the lessons leave it, in the order given."""
    parts = np.zeros((len(entries), len(lessons)))
    if entries and lessons:
        _by_title(entries, lessons, parts)
        _by_signals(entries, lessons, parts)
        judged = {lesson.entry.key for lesson in lessons if lesson.own}
        parts[[at for at, entry in enumerate(entries) if entry.key in judged]] = 0
    return [
        standing(entry.base, [(at, float(value)) for at, value in enumerate(row) if value])
        for entry, row in zip(entries, parts, strict=True)
    ]


def standing(base: Base, parts: Sequence[tuple[int, float]]) -> Moved:
    """What the score, and so the band, of a pair is with what judgements add."""
    score = base.score + sum(value for _at, value in parts)
    p2, p3, p4 = (float(p) for p in expit(score - np.array(base.cuts)))
    band = bands.band((p2, p3, p4))
    return Moved(1 + p2 + p3 + p4, (p2, p3, p4), band.key if band else "", tuple(parts))


def _by_title(entries: Sequence[Entry], lessons: Sequence[Lesson], parts: Array) -> None:
    """The Gaussian process over titles; a word that counts less than fully says less of its own title too."""
    at = [place for place, lesson in enumerate(lessons) if lesson.acts_on in _TITLED]
    if not at:
        return
    taught = [lessons[place] for place in at]
    among, across = _cosines([lesson.entry for lesson in taught], entries)
    strength = np.array([lesson.strength for lesson in taught])
    levels = np.array([LEVELS[-1] if lesson.acts_on == GOOD else LEVELS[0] for lesson in taught], dtype=np.int64)
    scores = np.array([lesson.entry.base.score for lesson in taught])
    cuts = np.median([lesson.entry.base.cuts for lesson in taught], axis=0)
    ids = tuple(str(place) for place in at)
    learned = feedback.learn(ids, _alike(among) * np.outer(strength, strength), scores, levels, cuts)
    parts[:, at] += learned.contributions(_alike(across) * strength)


def _cosines(judged: Sequence[Entry], entries: Sequence[Entry]) -> tuple[Array, Array]:
    """Cosines of the judged titles among each other, and of all titles with the judged.

    In the latent space where all the judged are of one: their own matrix must be of one measure, or no weights follow
    from it. A title of another space (the shelf was fitted anew and the worker is not done) is compared by n-grams.
    """
    spaces = {entry.space for entry in judged}
    space = spaces.pop() if len(spaces) == 1 else ""
    inside = np.array([bool(space) and entry.space == space for entry in entries], dtype=bool)
    across = np.zeros((len(entries), len(judged)))
    if not inside.all():
        rest = [entry.title for entry, known in zip(entries, inside, strict=True) if not known]
        rows = hashed.unpack([*(entry.title for entry in judged), *rest])
        across[~inside] = (rows[len(judged) :] @ rows[: len(judged)].T).toarray()
    if not space:
        rows = hashed.unpack([entry.title for entry in judged])
        return np.asarray((rows @ rows.T).toarray(), dtype=float), across
    taught = latent.unpack([entry.latent for entry in judged])
    if inside.any():
        known = latent.unpack([entry.latent for entry, there in zip(entries, inside, strict=True) if there])
        across[inside] = known @ taught.T
    return taught @ taught.T, across


def _alike(cosines: Array) -> Array:
    """The kernel, less what it says of titles that have nothing in common (see `common`)."""
    nothing = float(feedback.kernel(np.zeros(1))[0])
    return np.asarray(feedback.kernel(cosines) - (1 - settings().common) * nothing)


def _by_signals(entries: Sequence[Entry], lessons: Sequence[Lesson], parts: Array) -> None:
    for acts_on, rule, most in (
        (MATURITY, _too_early, settings().maturity["most"]),
        (TERMS, _ill_termed, settings().terms["most"]),
    ):
        at = [place for place, lesson in enumerate(lessons) if lesson.acts_on == acts_on]
        for row, entry in enumerate(entries):
            found = [rule(lessons[place], entry) for place in at]
            whole = abs(sum(found))
            parts[row, at] += np.array(found) * (most / whole if whole > most else 1.0)


def _too_early(lesson: Lesson, entry: Entry) -> float:
    stages, figures = (lesson.entry.stage, entry.stage), settings().maturity
    known = all(stage in STAGES[:-1] for stage in stages)
    behind = known and STAGES.index(entry.stage) <= STAGES.index(lesson.entry.stage)
    return lesson.strength * (figures["raise"] * min(0.0, entry.base.maturity) - (figures["step"] if behind else 0.0))


def _ill_termed(lesson: Lesson, entry: Entry) -> float:
    figures, base = settings().terms, entry.base
    against = figures["budget"] * min(0.0, base.budget) + figures["maturity"] * min(0.0, base.maturity)
    return lesson.strength * against


def weaker(lesson: Lesson) -> Lesson:
    """The same word where it was said of a near-duplicate's list."""
    return replace(lesson, strength=lesson.strength * settings().sharing.strength, own=False)
