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
from scipy.special import expit

from mengkeju.matching.engine import ordinal
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.full_sum import CUTS, EVENLY, Core, Parts, Seen, Trees
from mengkeju.matching.engine.labels_around import ENOUGH, WIDE, around
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ordinal import OrdinalModel
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.product import CHUNK, Likeness, Product
from mengkeju.matching.engine.protocol_files import ProtocolError
from mengkeju.matching.engine.traits import Ground, traits_of

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
MISSING = "完整模型需要 LightGBM，还没有安装。请运行 pip install 'mengkeju[learning]'（或 pip install lightgbm）后再试"
BAGS = 4  # models of other seeds that are averaged
LEAVES = (15, 6)  # of the models in turn: fine trees order better, coarse ones err less
ROUNDS = 300
BOOSTING: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.03, "min_child_samples": 25,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5.0,
    "verbose": -1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip


def require_library() -> None:
    """ProtocolError with the command to install when LightGBM is not there."""
    if find_spec("lightgbm") is None:
        raise ProtocolError(MISSING)


def grow(features: Array, levels: Integers, start: Array | None = None, counts: Array | None = None) -> Trees:
    """Boosted trees per cut and seed. `start`: log-odds that are added elsewhere; `counts`: what each label counts."""
    library: Any = import_module("lightgbm")
    return Trees(
        [
            [
                library.train(
                    {**BOOSTING, "num_leaves": LEAVES[seed % len(LEAVES)], "seed": seed},
                    library.Dataset(features, (levels >= cut).astype(int), weight=counts, init_score=start),
                    ROUNDS,
                )
                for seed in range(BAGS)
            ]
            for cut in CUTS
        ]
    )


@dataclass(frozen=True, slots=True)
class Labels:
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
        out = np.full((len(pairs), WIDE), np.nan)
        trained = self.groups[self.train]
        general = float(self.levels.mean())
        for group in np.intersect1d(self.groups[pairs], trained):
            at, known = np.flatnonzero(self.groups[pairs] == group), np.flatnonzero(trained == group)
            own = pairs[at][:, None] == self.train[known]
            alike = self.latent[self.titles[pairs[at]]] @ self.latent[self.titles[self.train[known]]].T
            out[at] = around(alike, own, self.levels[known].astype(float), general)
        return out


@dataclass(frozen=True, slots=True)
class Start:
    """A site's cold model, and per training pair the signals' log-odds and what its label counts."""

    base: OrdinalModel
    added: Array
    counts: Array


class FullFitted:
    """The full stack after fitting; see the module."""

    def __init__(
        self, ready: Prepared, train: Integers, levels: Integers, left_out: str = "", start: Start | None = None
    ) -> None:
        """Fit on the pairs `train`, without one of `GROUPS`. ProtocolError without LightGBM.

        `start` None: the cold model is fitted on these pairs too, every label counts alike, there are no signals.
        """
        require_library()
        groups = ready.groups[ready.needs]
        base = start.base if start else ordinal.fit(ready.values[train], levels, NAMES, version="fold")
        counts, added = (start.counts, start.added) if start else (None, np.zeros(len(train)))
        self._text = base.contributions(ready.values)
        self._values = ready.values
        self._traits = np.zeros((len(ready.values), 0)) if left_out == "traits" else traits_of(ready, Ground.of(ready))
        scores = self._text.sum(axis=1)
        self.likeness = Likeness(ready)
        left = base.probabilities(scores[train] + added)
        self._product = Product(self.likeness, train, left, levels, counts)
        latent = ready.corpus.shelves[Side.ACHIEVEMENT].table.title_latent
        self._labels = Labels(groups, ready.titles, latent, train, levels)
        names, sizes = np.unique(groups[train], return_counts=True)
        self._warm = np.isin(groups, names[sizes >= ENOUGH])
        reads = tuple(group for group, part in _READ if part != left_out)
        share = {"trees": 0.0, "product": 1.0}.get(left_out, EVENLY)
        self.core = Core(np.array(base.cuts), self._product.weights, None, None, share, reads)
        if left_out == "trees":
            return
        chances, grown = base.probabilities(scores[train]), []
        for warm, moved in (
            (True, self._product.moved_without()),
            (False, self._product.moved_without(groups[train])),
        ):
            features = self.core.features(self._seen(train, kernel=False), chances + moved, warm=warm)
            grown.append(grow(features, levels, added if start else None, counts))
        self.core = replace(self.core, warm=grown[0], cold=grown[1])

    def _seen(self, pairs: Integers, *, kernel: bool = True) -> Seen:
        rows = self._product.rows(pairs) if kernel else np.zeros((len(pairs), len(self.core.weights)))
        around = self._labels.around(pairs)
        return Seen(self._text[pairs], self._values[pairs], self._traits[pairs], rows, around, self._warm[pairs])

    def probabilities(self, pairs: Integers) -> Array:
        """P(level ≥ 2), P(≥ 3), P(≥ 4), falling along a row."""
        return np.asarray(expit(self.log_odds(pairs)))

    def log_odds(self, pairs: Integers) -> Array:
        """The log-odds of the same."""
        found = [self.core.log_odds(self._seen(pairs[at : at + CHUNK])) for at in range(0, len(pairs), CHUNK)]
        return np.concatenate([np.zeros((0, len(CUTS))), *found])

    def parts(self, pairs: Integers) -> Parts:
        """What the log-odds of a few pairs are made of."""
        return self.core.parts(self._seen(pairs))


_READ = (("traits", "traits"), ("process", "product"), ("around", "labels"))
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
