"""The benchmark protocol: folds, fitting a method on each and scoring what it did not see.

Labels are used in one place only: `Method.fit` on the pairs given for training (see `methods`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import calibration, metrics, ordinal
from mengkeju.matching.engine.methods import DEFAULT, METHODS, Method
from mengkeju.matching.engine.prepared import Prepared, build_corpus, clusters, prepare
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError

__all__ = ["MODELS", "SPLITS", "Evaluation", "Prediction", "Prepared", "Run", "build_corpus", "clusters", "evaluate",
           "folds", "labels", "predict", "predicted", "prepare", "runs"]  # fmt: skip

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Progress = Callable[[int], None]
MODELS = tuple(METHODS)
SPLITS = ("cluster", "pair")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Expected level in [1, 4] and median level 1–4 of each pair."""

    expected: Array
    level: Integers


def labels(pairs: Sequence[PairRow]) -> Integers:
    """The levels of labelled pairs. ProtocolError when one has none."""
    if any(pair.level is None for pair in pairs):
        raise ProtocolError("训练数据缺少 level 列")
    return np.array([pair.level for pair in pairs], dtype=np.int64)


def predict(
    needs: Sequence[NeedRow], train: Sequence[PairRow], pairs: Sequence[PairRow], method: Method = DEFAULT
) -> Prediction:
    """Fit on `train`, predict `pairs`; `pairs` levels, if any, are not looked at."""
    ready = prepare(needs, [*train, *pairs])
    known, levels = np.arange(len(train)), labels(train)
    fitted = method.fit(ready, known, levels)
    return predicted(fitted.probabilities(np.arange(len(train), len(train) + len(pairs))))


def predicted(chances: Array) -> Prediction:
    """Mean and median level of P(level ≥ 2), P(≥ 3), P(≥ 4)."""
    return Prediction(ordinal.expected_level(chances), ordinal.median_level(chances))


def folds(groups: Integers, count: int, seed: int) -> Integers:
    """A fold per pair so that no group is cut: shuffled, then each to the emptiest fold.

    ProtocolError when there are fewer groups than folds.
    """
    names, sizes = np.unique(groups, return_counts=True)
    if len(names) < count:
        raise ProtocolError(f"只有{len(names)}组，分不成{count}折，请减小 --folds")
    filled = np.zeros(count)
    place: dict[int, int] = {}
    for at in np.random.default_rng(seed).permutation(len(names)):
        fold = int(filled.argmin())
        place[int(names[at])] = fold
        filled[fold] += sizes[at]
    return np.array([place[int(group)] for group in groups])


@dataclass(frozen=True, slots=True)
class Run:
    """One seed: the fold of each pair and its probabilities from a fit that saw nothing of that fold."""

    fold: Integers
    chances: Array


def runs(
    ready: Prepared,
    levels: Integers,
    method: Method,
    *,
    split: str = "cluster",
    count: int = 5,
    seeds: int = 4,
    progress: Progress = lambda _: None,
) -> list[Run]:
    """Out-of-fold probabilities of all labelled pairs (the first of the prepared ones), once per seed.

    `split="cluster"` keeps near-duplicate needs together (cold start); `"pair"` cuts at random.
    ProtocolError for no seed or fewer groups than folds.
    """
    if seeds < 1:
        raise ProtocolError("--seeds 至少为 1")
    size = len(levels)
    groups = ready.groups[ready.needs[:size]] if split == "cluster" else np.arange(size)
    found = []
    for seed in range(seeds):
        fold, chances = folds(groups, count, seed), np.zeros((size, 3))
        for held in range(count):
            train, out = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
            chances[out] = method.fit(ready, train, levels[train]).probabilities(out)
            progress(1)
        found.append(Run(fold, chances))
    return found


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures and calibration over all seeds, the sums behind them, and how large the data were."""

    measures: dict[str, metrics.Summary]
    pairs: int
    needs: int
    clusters: int
    tally: metrics.Tally
    calibration: tuple[calibration.Calibration, ...]


def evaluate(
    needs: Sequence[NeedRow],
    pairs: Sequence[PairRow],
    *,
    method: Method = DEFAULT,
    split: str = "cluster",
    count: int = 5,
    seeds: int = 4,
    progress: Progress = lambda _: None,
    ready: Prepared | None = None,
) -> Evaluation:
    """Cross-validated measures: every pair is predicted by a fit that saw nothing of its fold (see `runs`).

    The shipped coefficients are never used. `progress` is called with 1 after each fold. `ready`
    saves preparing the same needs and pairs again.
    """
    levels = labels(pairs)
    ready = ready or prepare(needs, pairs)
    found = runs(ready, levels, method, split=split, count=count, seeds=seeds, progress=progress)
    rows = ready.needs[: len(pairs)]
    total = tallied(rows, len(needs), levels, found)
    sure = calibration.measure(rows, levels, [run.chances for run in found], ready.groups)
    asked = len(np.unique(rows))
    size = len(np.unique(ready.groups))
    return Evaluation(metrics.summarise(total, ready.groups), len(pairs), asked, size, total, sure)


def tallied(needs: Integers, count: int, levels: Integers, found: Sequence[Run]) -> metrics.Tally:
    """The sums of all seeds together."""
    tallies = []
    for run in found:
        guess = predicted(run.chances)
        tallies.append(metrics.tally(needs, count, levels, guess.level, guess.expected))
    return metrics.pooled(tallies)
