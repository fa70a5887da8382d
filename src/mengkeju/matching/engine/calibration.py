"""Whether a probability means what it says: per cut k, P(level ≥ k) against how often the level was reached.

Ten bins of equal width. The expected calibration error is Σ over bins of (pairs in the bin / all pairs) ×
|mean probability − share that reached the level|; Brier is the mean squared difference of probability and
outcome; log-loss the mean of −ln of the probability given to what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import metrics
from mengkeju.matching.engine.levels import LEVELS
from mengkeju.matching.engine.metrics import Summary

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BINS = 10
LEAST = 1e-12  # no probability is taken to be nearer to 0 or 1, so that the logarithm stays finite


@dataclass(frozen=True, slots=True)
class Bin:
    """The pairs whose probability lies in [low, high): how many, mean probability, share that reached the level."""

    low: float
    high: float
    count: int
    predicted: float
    observed: Summary


@dataclass(frozen=True, slots=True)
class Calibration:
    """One cut. `bins` leaves out empty ones; `count` of a bin is per run."""

    cut: int
    ece: Summary
    brier: Summary
    log_loss: Summary
    bins: tuple[Bin, ...]


def measure(needs: Integers, levels: Integers, runs: Sequence[Array], clusters: Integers) -> tuple[Calibration, ...]:
    """Calibration per cut over several runs of the same pairs; `needs` gives each pair's need, a row of `clusters`."""
    return tuple(
        _cut(cut, needs, (levels >= cut).astype(float), [run[:, at] for run in runs], clusters)
        for at, cut in enumerate(LEVELS[1:])
    )


def _cut(cut: int, needs: Integers, reached: Array, runs: Sequence[Array], clusters: Integers) -> Calibration:
    count = len(clusters)
    held, mean, hit = (np.zeros((count, BINS)) for _ in range(3))
    loss = np.zeros((count, 2))
    for chance in runs:
        place = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
        np.add.at(held, (needs, place), 1)
        np.add.at(mean, (needs, place), chance)
        np.add.at(hit, (needs, place), reached)
        given = np.clip(np.where(reached > 0, chance, 1 - chance), LEAST, 1)
        np.add.at(loss, needs, np.column_stack([(chance - reached) ** 2, -np.log(given)]))
    size = held.sum(axis=1, keepdims=True).repeat(2, axis=1)
    brier, log_loss = metrics.shares(loss, size, clusters)
    observed = metrics.shares(hit, held, clusters)
    plain = np.ones(count)
    draws = _error(metrics.resampled(clusters), held, mean, hit)
    error = Summary(float(_error(plain, held, mean, hit)), metrics.interval(draws[~np.isnan(draws)].tolist()))
    total = held.sum(axis=0)
    bins = tuple(
        Bin(
            at / BINS, (at + 1) / BINS, round(total[at] / len(runs)), float(mean[:, at].sum() / total[at]), observed[at]
        )
        for at in range(BINS)
        if total[at]
    )
    return Calibration(cut, error, brier, log_loss, bins)


def _error(times: Array, held: Array, mean: Array, hit: Array) -> Array:
    """Calibration error with needs counted `times`; nan where nothing is counted."""
    size, apart = (times @ held).sum(axis=-1), np.abs(times @ mean - times @ hit).sum(axis=-1)
    return np.asarray(np.divide(apart, size, out=np.full(size.shape, np.nan), where=size > 0))
