"""Ways to predict levels, by name: what `predict` and `evaluate` can be asked for.

A method is fitted on the labelled pairs of one fold and then gives P(level ≥ 2), P(≥ 3), P(≥ 4) of any
prepared pair. It sees the texts of all pairs and the labels of `train` only. A further method is a class with
`name`, `summary`, `groups`, `without` and `fit`, and a line in `METHODS`.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine import feedback, ordinal
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.feedback import Learned
from mengkeju.matching.engine.full import Full
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ordinal import OrdinalModel
from mengkeju.matching.engine.prepared import Prepared

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


class Fitted(Protocol):
    """A method after fitting."""

    def probabilities(self, pairs: Integers) -> Array:
        """P(level ≥ 2), P(≥ 3), P(≥ 4) of the pairs in these rows of the prepared ones, shape (n, 3)."""


class Method(Protocol):
    """A way to predict. `groups` name its parts, each of which `without` can leave out (ablation)."""

    @property
    def name(self) -> str:
        """What the command line calls it."""

    @property
    def summary(self) -> str:
        """What it is, in one English line: `method` in the JSON of `evaluate`."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Its parts, keys of `GROUP_LABELS` where they have a word."""

    def without(self, group: str) -> "Method":
        """The same method with one of its groups left out."""

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> Fitted:
        """Fit on the pairs in the rows `train`, whose levels are `levels` (same order)."""


GROUP_LABELS = {
    "chars": "用字（1–3 字片段）",
    "words": "词语",
    "latent": "主题（LSA）",
    "common_run": "连续相同用字",
    "best_sentence": "最相近的一句",
    "near": "相近标题的主题",
    "apart": "高于该成果平常的相近",
    "feedback": "需求自身的标注（反馈）",
    "neighbours": "近似需求的标注",
    "traits": "更多文本特征",
    "labels": "周围的标注",
    "product": "需求×成果高斯过程",
    "trees": "提升树",
}
_STRAYS = {"title_share": "chars", "rarest_word": "words", "near_latent": "near"}


def _group(similarity: str) -> str:
    last = similarity.rpartition("_")[2]
    return _STRAYS.get(similarity, last if last in {"chars", "words", "latent", "apart"} else similarity)


SIMILARITY_GROUPS = tuple(dict.fromkeys(_group(name) for name in NAMES))


@dataclass(frozen=True, slots=True)
class _Scored:
    """Scores in log-odds of all prepared pairs, and the cuts that turn them into probabilities."""

    model: OrdinalModel
    scores: Array

    def probabilities(self, pairs: Integers) -> Array:
        return self.model.probabilities(self.scores[pairs])


class _Warmed:
    """The cold scores, and per group of needs what its training labels teach: learned when the group is asked for."""

    def __init__(self, base: _Scored, ready: Prepared, group: Integers, train: Integers, levels: Integers) -> None:
        self._base, self._train, self._levels = base, train, levels
        self._rows = ready.corpus.shelves[Side.ACHIEVEMENT].table.title_latent
        self._titles, self._group = ready.titles, group
        self._learned: dict[int, tuple[NDArray[np.float32], Learned]] = {}

    def probabilities(self, pairs: Integers) -> Array:
        scores, group = self._base.scores[pairs], self._group[pairs]
        with threadpool_limits(1):  # small matrices: threads would only wait for each other
            for number in np.intersect1d(group, self._group[self._train]):
                seen, learned = self._of(int(number))
                at = np.flatnonzero(group == number)
                likeness = feedback.kernel(self._rows[self._titles[pairs[at]]] @ seen.T)
                scores[at] += learned.contributions(likeness).sum(axis=1)
        return self._base.model.probabilities(scores)

    def _of(self, number: int) -> tuple[NDArray[np.float32], Learned]:
        """Rows of the judged titles of a group, and their weights."""
        if number not in self._learned:
            known = self._group[self._train] == number
            judged = self._train[known]
            seen = self._rows[self._titles[judged]]
            ids, alike = tuple(str(pair) for pair in judged), feedback.kernel(seen @ seen.T)
            cuts = np.array(self._base.model.cuts)
            taught = feedback.learn(ids, alike, self._base.scores[judged], self._levels[known], cuts)
            self._learned[number] = (seen, taught)
        return self._learned[number]


@dataclass(frozen=True, slots=True)
class Cold:
    """Similarities of the texts and nothing else: what a need without any judgement gets."""

    name: str = "cold"
    summary: str = "cold: cumulative logistic on text similarities, refitted on the training pairs"
    left_out: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """Families of similarities."""
        return SIMILARITY_GROUPS

    def without(self, group: str) -> "Cold":
        """Fit on the similarities of the other groups."""
        return replace(self, left_out=group)

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> _Scored:
        """Fit weights and cuts. ValueError when there is no pair."""
        kept = np.array([_group(name) != self.left_out for name in NAMES])
        names = tuple(name for name, keep in zip(NAMES, kept, strict=True) if keep)
        values = ready.values if kept.all() else ready.values[:, kept]
        model = ordinal.fit(values[train], levels, names, version="fold")
        return _Scored(model, model.score(values))


@dataclass(frozen=True, slots=True)
class Warm:
    """The cold model, and a Gaussian process over the training labels of a need and its near-duplicates."""

    name: str = "default"
    summary: str = (
        "cumulative logistic on text similarities, refitted on the training pairs, and a Gaussian process "
        "over the training labels of the need and its near-duplicates"
    )
    cold: Cold = Cold()
    left_out: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """Those of the cold model, the feedback, and the labels of near-duplicate needs."""
        return (*self.cold.groups, "feedback", "neighbours")

    def without(self, group: str) -> "Warm":
        """Leave out a part of the cold model, all feedback, or the labels of other needs of the cluster."""
        if group in self.cold.groups:
            return replace(self, cold=self.cold.without(group))
        return replace(self, left_out=group)

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> Fitted:
        """Fit the cold model, then learn from the labels of each cluster of needs."""
        base = self.cold.fit(ready, train, levels)
        if self.left_out == "feedback":
            return base
        own = np.arange(len(ready.groups)) if self.left_out == "neighbours" else ready.groups
        return _Warmed(base, ready, own[ready.needs], train, levels)


COLD = Cold()
DEFAULT = Warm()
METHODS: dict[str, Method] = {"default": DEFAULT, "full": Full(), "cold": COLD}
