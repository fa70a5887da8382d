"""The full stack: LightGBM over texts and labels beside the product process, from some thousand labels on.

Per cut of the levels the log-odds are the mean of two: those of the product process (`product`), and those
of boosted trees over the text traits, the process's own prediction and the labels around the pair. Every
feature made of labels is out of fold: a pair never sees its own label (leave-one-out), and what is learned
for needs without any label sees none of its own group (block leave-one-out). Two models are therefore
fitted: one for needs whose group has labels, one for cold ones.
"""

from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mengkeju.matching.engine import ordinal
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.product import Likeness, Product
from mengkeju.matching.engine.protocol_files import ProtocolError
from mengkeju.matching.engine.traits import traits

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
MISSING = "完整模型需要 LightGBM，还没有安装。请运行 pip install 'mengkeju[learning]'（或 pip install lightgbm）后再试"
ENOUGH = 3  # labels in a group of needs from which it counts as warm
BAGS = 2  # models of other seeds that are averaged
ROUNDS = 300
SURE = 0.01  # chances are kept this far from 0 and 1 before log-odds are taken
PRIOR_LABELS = 2.0  # a group's mean level starts from so many labels of the general mean
NEIGHBOUR_WIDTH = 0.15  # of the weight exp((cos − 1)/width) of a labelled title of the same group
BOOSTING: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.03, "num_leaves": 15, "min_child_samples": 25,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5.0,
    "verbose": -1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
CUTS = (2, 3, 4)


def require_library() -> None:
    """ProtocolError with the command to install when LightGBM is not there."""
    if find_spec("lightgbm") is None:
        raise ProtocolError(MISSING)


class _Trees:
    """Boosted trees, per cut and seed."""

    def __init__(self, features: Array, levels: Integers) -> None:
        library: Any = import_module("lightgbm")
        self._models = [
            [
                library.train(
                    {**BOOSTING, "seed": seed},
                    library.Dataset(features, (levels >= cut).astype(int)),
                    ROUNDS,
                )
                for seed in range(BAGS)
            ]
            for cut in CUTS
        ]

    def log_odds(self, features: Array) -> Array:
        """Raw scores, shape (pairs, 3)."""
        found = [[model.predict(features, raw_score=True) for model in models] for models in self._models]
        return np.asarray(np.mean(found, axis=1).T)


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels around a pair: what those of its group of needs say, the alike ones most."""

    groups: Integers
    titles: Integers
    latent: NDArray[np.float32]
    train: Integers
    levels: Integers

    def around(self, pairs: Integers) -> Array:
        """Six features of the labels in the group of needs of each pair, never its own; NaN where there is none.

        Mean level, how many, mean weighted by likeness, the nearest one's likeness and level, share of level ≥ 3.
        """
        out = np.full((len(pairs), 6), np.nan)
        trained = self.groups[self.train]
        general = float(self.levels.mean())
        for group in np.intersect1d(self.groups[pairs], trained):
            at, known = np.flatnonzero(self.groups[pairs] == group), np.flatnonzero(trained == group)
            own = pairs[at][:, None] == self.train[known]
            alike = self.latent[self.titles[pairs[at]]] @ self.latent[self.titles[self.train[known]]].T
            out[at] = _around(alike, own, self.levels[known].astype(float), general)
        return out


def _around(alike: NDArray[np.float32], own: NDArray[np.bool_], levels: Array, general: float) -> Array:
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


def _log_odds(chances: Array) -> Array:
    return np.asarray(logit(np.clip(chances, SURE, 1 - SURE)))


class FullFitted:
    """The full stack after fitting; see the module."""

    def __init__(self, ready: Prepared, train: Integers, levels: Integers, left_out: str = "") -> None:
        """Fit on the pairs `train`, without one of `GROUPS`. ProtocolError without LightGBM."""
        require_library()
        groups = ready.groups[ready.needs]
        self._left_out = left_out
        base = ordinal.fit(ready.values[train], levels, NAMES, version="fold")
        self._chances = base.probabilities(base.score(ready.values))
        texts = ready.values if left_out == "traits" else traits(ready)
        self._texts = np.column_stack([texts, self._chances[:, :2]])
        self._product = Product(Likeness(ready), train, self._chances[train], levels)
        latent = ready.corpus.shelves[Side.ACHIEVEMENT].table.title_latent
        self._labels = _Labels(groups, ready.titles, latent, train, levels)
        names, counts = np.unique(groups[train], return_counts=True)
        self._warm = np.isin(groups, names[counts >= ENOUGH])
        if left_out == "trees":
            return
        warm = self._chances[train] + self._product.moved_without()
        self._trees_warm = _Trees(self._features(train, warm, labelled=True), levels)
        alone = self._chances[train] + self._product.moved_without(groups[train])
        self._trees_cold = _Trees(self._features(train, alone, labelled=False), levels)

    def _features(self, pairs: Integers, chances: Array, *, labelled: bool) -> Array:
        parts = [self._texts[pairs]]
        parts += [] if self._left_out == "product" else [chances]
        parts += [self._labels.around(pairs)] if labelled and self._left_out != "labels" else []
        return np.hstack(parts)

    def probabilities(self, pairs: Integers) -> Array:
        """P(level ≥ 2), P(≥ 3), P(≥ 4), falling along a row."""
        chances, warm = self._chances[pairs] + self._product.moved(pairs), self._warm[pairs]
        log_odds = _log_odds(chances)
        if self._left_out != "trees":
            trees = np.zeros_like(chances)
            for which, model in ((warm, self._trees_warm), (~warm, self._trees_cold)):
                if which.any():
                    features = self._features(pairs[which], chances[which], labelled=model is self._trees_warm)
                    trees[which] = model.log_odds(features)
            log_odds = trees if self._left_out == "product" else (log_odds + trees) / 2
        return np.asarray(np.minimum.accumulate(expit(log_odds), axis=1))


GROUPS = ("traits", "labels", "product", "trees")


@dataclass(frozen=True, slots=True)
class Full:
    """The full stack as a method of `predict` and `evaluate`."""

    name: str = "full"
    summary: str = "product-kernel Gaussian process and LightGBM over text traits and out-of-fold label features"
    groups: tuple[str, ...] = GROUPS
    left_out: str = ""

    def without(self, group: str) -> "Full":
        """The same without further text traits, the labels around a pair, the process, or the trees."""
        return replace(self, left_out=group)

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> FullFitted:
        """Fit. ProtocolError without LightGBM."""
        return FullFitted(ready, train, levels, self.left_out)
