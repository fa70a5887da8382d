"""A list begins with offers that differ: what one holder offers in nearly the same words stands back.

Of near-identical entries of one holder (versions, patents of a family, the same thing entered twice) the best stands
in the first places, the others behind them in the order of their scores. Nothing is left out, no score and no band
is touched. Likeness is read from the titles alone, so that worker and web request agree and a reader can check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mengkeju.search.engine.text import bigrams


@dataclass(frozen=True, slots=True)
class Held:
    """One entry of a list. `holder`: who offers or asks, whatever names him; "" is unknown and like nobody."""

    holder: str
    title: str


def likeness(one: str, other: str) -> float:
    """Of the pairs of neighbouring characters of two titles the share that both have, 0–1; 1 for equal titles."""
    left, right = set(bigrams(one)), set(bigrams(other))
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def is_alike(one: Held, other: Held, least: float) -> bool:
    """Whether two entries are near-identical ones of the same holder."""
    return bool(one.holder) and one.holder == other.holder and likeness(one.title, other.title) >= least


def varied(entries: Sequence[Held], *, first: int, least: float) -> list[int]:
    """The order to show entries in that come best first, as their indexes.

    The first places hold no two that are alike, as long as there are others; then all the rest follow as they came.
    """
    front: list[int] = []
    rest: list[int] = []
    for at, entry in enumerate(entries):
        stands_back = len(front) >= first or any(is_alike(entry, entries[other], least) for other in front)
        (rest if stands_back else front).append(at)
    return front + rest


def behind(entries: Sequence[Held], standing: Sequence[float], *, least: float) -> dict[int, int]:
    """Of entries in the order shown, with what each would be ordered by: which stands lower because of which above it.

    An entry stands lower when something weaker stands above it.
    """
    found: dict[int, int] = {}
    weakest = float("inf")
    for at, entry in enumerate(entries):
        if standing[at] > weakest:
            alike = (other for other in range(at) if is_alike(entry, entries[other], least))
            leader = next(alike, None)
            if leader is not None:
                found[at] = leader
        weakest = min(weakest, standing[at])
    return found
