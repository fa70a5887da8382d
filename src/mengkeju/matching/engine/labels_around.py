"""The labels around a pair, as features: what those of its group of needs say, the alike ones most."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ENOUGH = 3  # labels in a group of needs from which it counts as warm
PRIOR_LABELS = 2.0  # a group's mean level starts from so many labels of the general mean
NEIGHBOUR_WIDTH = 0.15  # of the weight exp((cos − 1)/width) of a labelled title of the same group
WIDE = 6


def around(alike: NDArray[np.float32], own: NDArray[np.bool_], levels: Array, general: float) -> Array:
    """Mean level, how many, mean weighted by likeness, the nearest one's likeness and level, share of level ≥ 3.

    `alike`: likeness of each pair's title with those of the group's labels; `own` labels are left out; NaN where none
    is left. `general`: the mean of all labels.
    """
    seen = ~own
    count = seen.sum(axis=1)
    mean = (seen @ levels + PRIOR_LABELS * general) / (count + PRIOR_LABELS)
    weight = np.exp((alike - 1) / NEIGHBOUR_WIDTH) * seen
    near = (weight @ levels + 0.2 * mean) / (weight.sum(axis=1) + 0.2)
    masked = np.where(seen, alike, -np.inf)
    nearest = masked.argmax(axis=1)
    strong = (seen @ (levels >= 3) + 0.1) / (count + 1)
    found = np.column_stack([mean, count, near, masked.max(axis=1), levels[nearest], strong])
    found[count == 0] = np.nan
    return np.asarray(found)
