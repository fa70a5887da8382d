"""What a structured signal is, and what its rule reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mengkeju.matching.engine.documents import Profile


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal for one pair. `reason` and `missing` (absent facts; value is then 0) are marked sentences."""

    key: str
    value: float
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the signals read: both profiles, the topic cosine of the full texts, and the day."""

    need: Profile
    achievement: Profile
    today: date
    text_cosine: float | None
    parameters: Mapping[str, Any]
