"""The learning curve: how much m labels on a new need help with the rest of that need.

Folds keep near-duplicate needs together. In each held fold one need per cluster (that with the most labels) is
new; m of its labels, drawn at random, join the training pairs, and its other labels are scored. Other needs of
the cluster are neither given nor scored. What m labels gain is measured on the very pairs that m leaves, against
the fit that was given none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import metrics, protocol
from mengkeju.matching.engine.methods import Method
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Prepared

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
GIVEN = (0, 1, 2, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class Point:
    """With `given` labels of a new need: how many needs and pairs were scored per seed, measures, gain over none."""

    given: int
    needs: int
    pairs: int
    measures: dict[str, Summary]
    gain: dict[str, Summary]


def curve(
    ready: Prepared,
    levels: Integers,
    method: Method,
    *,
    given: Sequence[int] = GIVEN,
    count: int = 5,
    seeds: int = 4,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Point]:
    """A point per number of labels that leaves any need something to score. `given` must begin with 0.

    `progress` is called with 1 after each fit. ProtocolError for fewer clusters than folds.
    """
    size, total = len(levels), len(ready.groups)
    needs = ready.needs[:size]
    fresh = _one_per_cluster(needs, ready.groups)
    runs: dict[int, list[tuple[metrics.Tally, metrics.Tally]]] = {m: [] for m in given}
    scored: dict[int, Integers] = {}
    for seed in range(seeds):
        fold = protocol.folds(ready.groups[needs], count, seed)
        place = _places(needs, seed)
        none = np.zeros((size, 3))
        for m in given:
            chances, rest = np.zeros((size, 3)), fresh & (place >= m)
            for held in range(count):
                out = np.flatnonzero(rest & (fold == held))
                train = np.flatnonzero((fold != held) | (fresh & (place < m)))
                if len(out):
                    chances[out] = method.fit(ready, train, levels[train]).probabilities(out)
                progress(1)
            none = chances if m == 0 else none
            kept = np.flatnonzero(rest)
            scored[m] = kept
            if len(kept):
                pair = tuple(_tally(needs[kept], total, levels[kept], of[kept]) for of in (chances, none))
                runs[m].append((pair[0], pair[1]))
    return [_point(m, needs[scored[m]], found, ready.groups) for m, found in runs.items() if found]


def _tally(needs: Integers, count: int, levels: Integers, chances: Array) -> metrics.Tally:
    guess = protocol.predicted(chances)
    return metrics.tally(needs, count, levels, guess.level, guess.expected)


def _point(
    given: int, needs: Integers, found: Sequence[tuple[metrics.Tally, metrics.Tally]], clusters: Integers
) -> Point:
    taught, none = (metrics.pooled([pair[at] for pair in found]) for at in (0, 1))
    gain = metrics.differences(taught, none, clusters)
    return Point(given, len(np.unique(needs)), len(needs), metrics.summarise(taught, clusters), gain)


def _one_per_cluster(needs: Integers, groups: Integers) -> NDArray[np.bool_]:
    """Whether each pair is of the need with the most pairs in its cluster (the first of several)."""
    counts = np.bincount(needs, minlength=len(groups))
    best: dict[int, int] = {}
    for need in np.argsort(-counts, kind="stable"):
        best.setdefault(int(groups[need]), int(need))
    return np.isin(needs, list(best.values()))


def _places(needs: Integers, seed: int) -> Integers:
    """Each pair's place, from 0, in a random order of its need's pairs."""
    order = np.random.default_rng(seed).permutation(len(needs))
    place, seen = np.zeros(len(needs), dtype=np.int64), np.zeros(int(needs.max()) + 1, dtype=np.int64)
    for row in order:
        place[row] = seen[needs[row]]
        seen[needs[row]] += 1
    return place
