"""The slice no model is trained on, and what is measured there."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import metrics
from mengkeju.matching.engine.levels import EVEN
from mengkeju.matching.engine.outcomes import Label

Array = NDArray[np.float64]
TAKEN = 3
"""The level from which a pair counts as taken up."""
BINS = 10
_LEAST = 1e-12


def latest(labels: Sequence[Label], clusters: Mapping[str, int], share: float) -> list[bool]:
    """Which labels are held back: those of the latest clusters of needs, whole, until they hold `share` of the labels.

    A cluster is as late as its last label; of two equally late the higher number. One cluster at least is kept for
    training, so with a single one nothing is held back.
    """
    last: dict[int, date] = {}
    size: dict[int, int] = {}
    for label in labels:
        cluster = clusters[label.need]
        size[cluster] = size.get(cluster, 0) + 1
        last[cluster] = max(label.on, last.get(cluster, label.on))
    held: set[int] = set()
    filled = 0
    for cluster in sorted(last, key=lambda c: (last[c], c), reverse=True):
        if filled >= share * len(labels) or len(held) + 1 == len(last):
            break
        held.add(cluster)
        filled += size[cluster]
    return [clusters[label.need] in held for label in labels]


def measure(labels: Sequence[Label], probabilities: Array) -> dict[str, float | None]:
    """The measures of a model on labelled pairs; None where the labels cannot tell. Weights as the rules give them."""
    if not labels:
        return dict.fromkeys(("log_loss", "concordance", "ndcg10", "score", "calibration"))
    levels = np.array([label.level for label in labels], dtype=np.int64)
    weights = np.array([label.weight for label in labels])
    expected, median = 1 + probabilities.sum(axis=1), 1 + (probabilities >= EVEN).sum(axis=1)
    padded = np.column_stack([np.ones(len(levels)), probabilities, np.zeros(len(levels))])
    at = np.arange(len(levels))
    mass = np.maximum(padded[at, levels - 1] - padded[at, levels], _LEAST)
    error = float((weights * np.abs(levels - median)).sum() / weights.sum())
    needs = [label.need for label in labels]
    concordance, ndcg = _ordered(needs, levels, expected)
    return {
        "log_loss": float(-(weights * np.log(mass)).sum() / weights.sum()),
        "concordance": concordance,
        "ndcg10": ndcg,
        "score": 1 / (1 + error),
        "calibration": _calibration(levels >= TAKEN, probabilities[:, 1], weights),
    }


def _ordered(needs: Sequence[str], levels: NDArray[np.int64], expected: Array) -> tuple[float | None, float | None]:
    """How often a taken pair stands above a rejected one of the same need, and mean nDCG@10 over needs with choice."""
    won = duels = 0.0
    gains = []
    named = np.array(needs)
    for need in sorted(set(needs)):
        own = named == need
        taken, rejected = expected[own & (levels >= TAKEN)], expected[own & (levels == 1)]
        difference = taken[:, None] - rejected[None, :]
        won += float((difference > 0).sum() + 0.5 * (difference == 0).sum())
        duels += difference.size
        quality = metrics.ndcg(levels[own], expected[own]) if own.sum() > 1 else None
        if quality is not None:
            gains.append(quality)
    return (won / duels if duels else None), (float(np.mean(gains)) if gains else None)


def _calibration(taken: NDArray[np.bool_], chance: Array, weights: Array) -> float:
    """Mean distance between P(level ≥ 3) and the share that was taken up, over ten bins."""
    bins = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    total = 0.0
    for each in np.unique(bins):
        inside = bins == each
        mass = weights[inside]
        total += abs(float((mass * (chance[inside] - taken[inside])).sum()))
    return total / float(weights.sum())
