"""Match bands: one rule from `bands.yaml` for the page, the API and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from mengkeju.matching.engine.levels import EVEN


@dataclass(frozen=True, slots=True)
class Band:
    """A named strength. `min_p3` is the least P(level ≥ 3), 0 when the median alone decides."""

    key: str
    label: str
    label_en: str
    min_median: int
    min_p3: float = 0.0


@cache
def bands() -> tuple[Band, ...]:
    """All bands, the strongest first."""
    return tuple(Band(**entry) for entry in _data()["bands"])


@cache
def version() -> str:
    """The date of the bands' data file, e.g. 2026-11."""
    return str(_data()["version"])


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("bands.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def band(probabilities: Sequence[float]) -> Band | None:
    """The band for P(level ≥ 2), P(≥ 3), P(≥ 4); None means: not proposed.

    The median is the highest level reached with probability at least one half.
    """
    median = 1 + sum(1 for p in probabilities if p >= EVEN)
    for candidate in bands():
        if median >= candidate.min_median and probabilities[1] >= candidate.min_p3:
            return candidate
    return None


def find(key: str) -> Band | None:
    """The band with this key; None for the key of no band."""
    return next((candidate for candidate in bands() if candidate.key == key), None)
