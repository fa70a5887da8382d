"""What each part of a method is worth: the same folds without it, compared need by need.

The difference is the whole method minus the method without the part, so that a positive figure speaks for
the part. Both are measured on the same resamples of need clusters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import metrics, protocol
from mengkeju.matching.engine.methods import Method
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Prepared

Integers = NDArray[np.int64]
EQUAL = 1e-9  # sums of errors nearer than this are the same


@dataclass(frozen=True, slots=True)
class Ablation:
    """Without `group`: the measures, whole − without, and on how many needs the part lowers or raises the error."""

    group: str
    measures: dict[str, Summary]
    difference: dict[str, Summary]
    helped: int
    hurt: int
    same: int


def ablate(
    ready: Prepared,
    levels: Integers,
    method: Method,
    whole: metrics.Tally,
    *,
    split: str = "cluster",
    count: int = 5,
    seeds: int = 4,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Ablation]:
    """A row per group of the method; `whole` are its own sums with the same split, folds and seeds."""
    found = []
    for group in method.groups:
        part = method.without(group)
        done = protocol.runs(ready, levels, part, split=split, count=count, seeds=seeds, progress=progress)
        less = protocol.tallied(ready.needs[: len(levels)], len(ready.groups), levels, done)
        change = (less.errors - whole.errors)[whole.confusion.sum(axis=(1, 2)) > 0]
        helped, hurt = int((change > EQUAL).sum()), int((change < -EQUAL).sum())
        alone, worth = metrics.summarise(less, ready.groups), metrics.differences(whole, less, ready.groups)
        found.append(Ablation(group, alone, worth, helped, hurt, len(change) - helped - hurt))
    return found
