"""What people's own judgements on one need teach: a Gaussian process over achievement titles.

A judgement is a level 1–4 for an achievement. The score of every achievement of that need moves by
Σ_j k(a, a_j)·w_j log-odds: much where its title is like a judged one, little elsewhere. The weights
w are found under the same cumulative logistic likelihood as the model's own cuts (the mode of the
posterior), so that what a judgement adds is one more line of the sum that explains the score.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from mengkeju.matching.engine.levels import LEVELS

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
# Chosen on folds of the public benchmark (docs/matching.md), in log-odds²:
VARIANCE = 5.0  # how far judgements of alike titles may move a score
SHARED = 0.6  # and those of any title: how lenient whoever judges this need is
WIDTH = 0.85  # how quickly a judgement loses its say as titles differ
_STEPS, _HALVINGS, _SETTLED, _LEAST = 60, 30, 1e-9, 1e-9
_FAR = 1e9  # stands for the cuts below level 1 and above level 4


@dataclass(frozen=True, slots=True)
class Learned:
    """The judged achievements of a need, by id, and the weight each has got, in log-odds."""

    ids: tuple[str, ...]
    weights: Array

    def contributions(self, likeness: Array) -> Array:
        """What each judgement adds to the score of each achievement, in log-odds, shape (n, judged).

        `likeness` is `kernel` of the cosines of the achievements (n) with the judged ones.
        """
        return np.asarray(likeness * self.weights)


def kernel(cosine: NDArray[np.floating[Any]]) -> Array:
    """How much a judgement says of an achievement, by the cosine of their titles; shape as `cosine`."""
    return np.asarray(VARIANCE * np.exp((np.asarray(cosine, dtype=float) - 1) / WIDTH) + SHARED)


def learn(ids: tuple[str, ...], likeness: Array, scores: Array, levels: Integers, cuts: Array) -> Learned:
    """Weights of judgements. `likeness` (m, m) among the judged, `scores` their score without feedback.

    One achievement may be judged several times (repeat it): contradicting judgements meet half-way.
    ValueError for a level outside 1–4.
    """
    if not np.isin(levels, LEVELS).all():
        raise ValueError("关联度只能是 1、2、3、4")
    weights, mode = np.zeros(len(ids)), _Posterior(likeness, scores, levels, cuts)
    for _ in range(_STEPS if len(ids) else 0):
        slope, bend = mode.derivatives(likeness @ weights)
        target = np.linalg.solve(likeness + np.diag(1 / bend), likeness @ weights + slope / bend)
        step = mode.climb(weights, target - weights)
        weights = weights + step
        if np.abs(step).max() < _SETTLED:
            break
    return Learned(ids, weights)


class _Posterior:
    """The logarithm of the posterior of weights, up to a constant; it has one top (the likelihood is log-concave)."""

    def __init__(self, likeness: Array, scores: Array, levels: Integers, cuts: Array) -> None:
        borders = np.concatenate([[-_FAR], cuts, [_FAR]])
        self._likeness, self._scores = likeness, scores
        self._above, self._below = borders[levels - 1], borders[levels]

    def _reached(self, moved: Array) -> tuple[Array, Array]:
        return expit(self._scores + moved - self._above), expit(self._scores + moved - self._below)

    def derivatives(self, moved: Array) -> tuple[Array, Array]:
        """First, and minus second, derivative of the log-likelihood by what a score is moved."""
        reached, passed = self._reached(moved)
        return 1 - reached - passed, reached * (1 - reached) + passed * (1 - passed) + _LEAST

    def value(self, weights: Array) -> float:
        """Log-likelihood of the judgements less the penalty of the weights."""
        reached, passed = self._reached(self._likeness @ weights)
        mass = np.maximum(reached - passed, np.finfo(float).tiny)
        return float(np.log(mass).sum() - 0.5 * weights @ self._likeness @ weights)

    def climb(self, weights: Array, step: Array) -> Array:
        """The step, halved until it leads upwards; nothing when no part of it does."""
        here = self.value(weights)
        for _ in range(_HALVINGS):
            if self.value(weights + step) >= here:
                return step
            step = step / 2
        return np.zeros_like(step)
