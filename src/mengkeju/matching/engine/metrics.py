"""The measures of the benchmark protocol, with confidence intervals over need clusters.

Everything is a sum over needs, so that a bootstrap sample of clusters only re-weights sums.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
LEVELS = 4
BOOTSTRAPS = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums per need, in the order of the needs; adding two tallies pools two runs.

    `confusion` (needs, 4, 4) counts true × predicted level; `errors` sums |true − predicted|;
    `won`/`duels` count pairs of a level-4 and a level-1 achievement of the same need;
    `gain`/`ranked` hold nDCG@10 of needs with anything above level 1.
    """

    confusion: Array
    errors: Array
    won: Array
    duels: Array
    gain: Array
    ranked: Array

    def __add__(self, other: "Tally") -> "Tally":
        """Pool two runs over the same needs."""
        return Tally(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))

    def weighed(self, times: Array) -> "Tally":
        """Sums over all needs with need i counted times[…, i] times; the axes of `times` replace that of the needs."""
        return Tally(*(np.tensordot(times, getattr(self, n), axes=1) for n in self.__slots__))


def tally(needs: Integers, count: int, levels: Integers, predicted: Integers, expected: Array) -> Tally:
    """Sums for one run. `needs` gives each pair's need number in [0, count)."""
    confusion = np.zeros((count, LEVELS, LEVELS))
    np.add.at(confusion, (needs, levels - 1, predicted - 1), 1)
    errors = np.bincount(needs, np.abs(levels - predicted), minlength=count).astype(float)
    won, duels, gain, ranked = (np.zeros(count) for _ in range(4))
    for need in np.unique(needs):
        own = needs == need
        strong, none = expected[own & (levels == LEVELS)], expected[own & (levels == 1)]
        difference = strong[:, None] - none[None, :]
        won[need] = (difference > 0).sum() + 0.5 * (difference == 0).sum()
        duels[need] = difference.size
        quality = ndcg(levels[own], expected[own])
        gain[need], ranked[need] = (0.0, 0.0) if quality is None else (quality, 1.0)
    return Tally(confusion, errors, won, duels, gain, ranked)


def pooled(runs: Sequence[Tally]) -> Tally:
    """Several runs over the same needs as one. ValueError when there is none."""
    if not runs:
        raise ValueError("no run")
    total = runs[0]
    for run in runs[1:]:
        total += run
    return total


def ndcg(levels: Integers, expected: Array, depth: int = 10) -> float | None:
    """Ranking quality nDCG at `depth` with gain 2^(level−1) − 1; None when nothing lies above level 1."""
    gains = 2.0 ** (levels - 1) - 1
    if not gains.any():
        return None
    discount = 1 / np.log2(np.arange(2, depth + 2))
    ideal = np.sort(gains)[::-1][:depth]
    found = gains[np.argsort(-expected, kind="stable")][:depth]
    return float((found * discount[: len(found)]).sum() / (ideal * discount[: len(ideal)]).sum())


def _ratio(part: Array, whole: Array) -> float | None:
    return float(part / whole) if whole > 0 else None


def contest_score(total: Tally) -> float | None:
    """1/(1 + mean absolute error of the level)."""
    error = _ratio(total.errors, total.confusion.sum())
    return None if error is None else 1 / (1 + error)


def macro_f1(total: Tally) -> float | None:
    """Mean F1 of the levels that occur among the true or the predicted ones."""
    hit = np.diagonal(total.confusion)
    both = total.confusion.sum(axis=0) + total.confusion.sum(axis=1)
    present = both > 0
    return float((2 * hit[present] / both[present]).mean()) if present.any() else None


def concordance(total: Tally) -> float | None:
    """How often a level-4 achievement outranks a level-1 one of the same need; ties count half."""
    return _ratio(total.won, total.duels)


def ndcg10(total: Tally) -> float | None:
    """Mean nDCG@10 over the needs with anything above level 1."""
    return _ratio(total.gain, total.ranked)


MEASURES: dict[str, Callable[[Tally], float | None]] = {
    "contest_score": contest_score,
    "macro_f1": macro_f1,
    "concordance": concordance,
    "ndcg10": ndcg10,
}


@dataclass(frozen=True, slots=True)
class Summary:
    """A measure's value and its 95 % interval; None where the data cannot tell."""

    value: float | None
    interval: tuple[float, float] | None


def shown(measure: Summary) -> str:
    """“0.6981 [0.6890, 0.7070]”, or “—” where the data cannot tell."""
    if measure.value is None:
        return "—"
    if measure.interval is None:
        return f"{measure.value:.4f}"
    return f"{measure.value:.4f} [{measure.interval[0]:.4f}, {measure.interval[1]:.4f}]"


def resampled(clusters: Integers, *, seed: int = 0) -> Array:
    """How often each need counts, in 1,000 samples of whole clusters drawn with replacement, shape (samples, needs).

    The same clusters and seed give the same samples, so that two results can be compared sample by sample. No sample
    for fewer than two clusters.
    """
    count = int(clusters.max()) + 1 if len(clusters) else 0
    size = BOOTSTRAPS if count > 1 else 0
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / max(count, 1)), size=size)
    return np.asarray(draws[:, clusters], dtype=float)


def _samples(found: Tally, clusters: Integers, seed: int) -> Iterator[Tally]:
    every = found.weighed(resampled(clusters, seed=seed))
    for at in range(len(every.errors)):
        yield Tally(*(getattr(every, name)[at] for name in Tally.__slots__))


def summarise(found: Tally, clusters: Integers, *, seed: int = 0) -> dict[str, Summary]:
    """All measures with percentile intervals from resamples of whole need clusters."""
    once = found.weighed(np.ones(len(clusters)))
    samples: dict[str, list[float]] = {name: [] for name in MEASURES}
    for total in _samples(found, clusters, seed):
        for name, measure in MEASURES.items():
            value = measure(total)
            if value is not None:
                samples[name].append(value)
    return {name: Summary(measure(once), interval(samples[name])) for name, measure in MEASURES.items()}


def differences(one: Tally, other: Tally, clusters: Integers, *, seed: int = 0) -> dict[str, Summary]:
    """Each measure of `one` minus that of `other`, with intervals from the same resamples of clusters for both."""
    plain = np.ones(len(clusters))
    once = _less(one.weighed(plain), other.weighed(plain))
    samples: dict[str, list[float]] = {name: [] for name in MEASURES}
    for left, right in zip(_samples(one, clusters, seed), _samples(other, clusters, seed), strict=True):
        for name, value in _less(left, right).items():
            if value is not None:
                samples[name].append(value)
    return {name: Summary(value, interval(samples[name])) for name, value in once.items()}


def _less(one: Tally, other: Tally) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, measure in MEASURES.items():
        left, right = measure(one), measure(other)
        found[name] = None if left is None or right is None else left - right
    return found


def shares(part: Array, whole: Array, clusters: Integers, *, seed: int = 0) -> list[Summary]:
    """Σ part / Σ whole with intervals, per column of `part` and `whole` (needs, columns)."""
    samples = _shares(part, whole, resampled(clusters, seed=seed))
    found = []
    for column, value in enumerate(_shares(part, whole, np.ones(len(clusters)))):
        drawn = samples[:, column]
        kept = drawn[~np.isnan(drawn)].tolist()
        found.append(Summary(None if np.isnan(value) else float(value), interval(kept)))
    return found


def _shares(part: Array, whole: Array, times: Array) -> Array:
    above, below = times @ part, times @ whole
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The middle 95 % of the values; None when there is none."""
    if not values:
        return None
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [outside, 1 - outside])
    return float(low), float(high)
