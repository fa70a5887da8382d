"""Methods that know or remember instead of learning, to see what the evaluation makes of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine.prepared import Prepared

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
HALF = np.array([0.5, 0.5, 0.5])


def sure(levels: Integers) -> Array:
    """Probabilities 0 and 1 that say exactly these levels."""
    return (levels[:, None] >= np.array([2, 3, 4])).astype(float)


@dataclass
class Knows:
    """Says the truth of every pair, whatever it is fitted on; without `truth` it says the lowest level of all."""

    truth: Integers
    name: str = "knows"
    summary: str = "knows"
    groups: tuple[str, ...] = ("truth", "nothing")
    left_out: str = ""
    trained: list[Integers] = field(default_factory=list)

    def without(self, group: str) -> "Knows":
        return Knows(self.truth, left_out=group)

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> "Knows":
        assert (levels == self.truth[train]).all()
        self.trained.append(train)
        return self

    def probabilities(self, pairs: Integers) -> Array:
        said = self.truth[pairs]
        return sure(np.ones_like(said) if self.left_out == "truth" else said)


@dataclass
class Remembers(Knows):
    """Knows a need's pairs once it was given any label on that need; before that it says level 1."""

    ready: Prepared | None = None

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> "Remembers":
        return Remembers(self.truth, trained=[train], ready=ready)

    def probabilities(self, pairs: Integers) -> Array:
        assert self.ready is not None
        known = np.isin(self.ready.needs[pairs], self.ready.needs[self.trained[0]])
        return sure(np.where(known, self.truth[pairs], 1))
