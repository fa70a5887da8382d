"""A Gaussian process over pairs of a need and an achievement, from all labelled pairs at once.

Two pairs say something of each other when both their needs and both their achievements are alike: the
kernel is a product of the two, so one process holds the leniency of who judged a need, the neighbours of a
judged achievement, near-duplicate needs and popular achievements. It learns what the cold model leaves
unsaid, for each cut of the levels: P(level ≥ k) = cold + Σ_j k(pair, pair_j)·w_jk.

Exact, one factorisation of (pairs × pairs): about 3 s and 1 GB for 7,400 pairs on two cores. Residuals of a
pair, or of a whole group of needs, predicted from all other pairs come from the same inverse (block
leave-one-out), so features made of labels never contain their own label.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.levels import LEVELS
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.rows import Rows, rows_of

Floats = NDArray[np.float32]
Array = NDArray[np.float64]
Integers = NDArray[np.int64]
CHUNK = 2048
NOISE = 1.0  # variance of a label; two professionals differ by one level in a third of the cases


@dataclass(frozen=True, slots=True)
class Shape:
    """Shares and widths of the kernel, chosen on folds of the public benchmark (docs/matching.md)."""

    title_chars: float = 0.36  # of the likeness of two achievements
    title_words: float = 0.13
    title_latent: float = 0.51
    need_title: float = 0.83  # of the likeness of two needs
    need_body: float = 0.10
    need_latent: float = 0.07
    width: float = 1.5  # of the achievements' kernel exp((cos − 1)/width)
    need_width: float = 0.25
    value_width: float = 2.0  # of the kernel over the similarities
    both: float = 4.0
    need: float = 0.2
    achievement: float = 0.03
    values: float = 0.23
    values_and_need: float = 0.43


SHAPE = Shape()


def titles_alike(left: Rows, right: Rows, shape: Shape = SHAPE) -> Floats:
    """The achievements' part of the kernel, shape (rows of left, rows of right)."""
    alike = shape.title_latent * (left.title_latent @ right.title_latent.T)
    for share, name in ((shape.title_chars, "title_chars"), (shape.title_words, "title_words")):
        alike += share * np.asarray((getattr(left, name) @ getattr(right, name).T).toarray())
    return np.asarray(np.exp((alike - 1) / shape.width, dtype=np.float32))


def needs_alike(left: Rows, right: Rows, shape: Shape = SHAPE) -> Floats:
    """The needs' part of the kernel, shape (rows of left, rows of right)."""
    near = shape.need_latent * (left.whole_latent @ right.whole_latent.T)
    for share, name in ((shape.need_title, "title_chars"), (shape.need_body, "body_chars")):
        near += share * np.asarray((getattr(left, name) @ getattr(right, name).T).toarray())
    return np.asarray(np.exp((near - 1) / shape.need_width, dtype=np.float32))


def kernel(needs: Floats, titles: Floats, one: Floats, other: Floats, shape: Shape = SHAPE) -> Floats:
    """How much pairs say of others: both parts for each (or one row for all), similarities in standard deviations."""
    apart = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    values = np.exp(-np.maximum(apart, 0) / (one.shape[1] * shape.value_width))
    out = needs * (shape.both * titles + shape.values_and_need * values + shape.need)
    out += shape.achievement * titles + shape.values * values
    return np.asarray(out, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and spread of the similarities, for the kernel over them."""

    mean: Array
    spread: Array

    @classmethod
    def of(cls, values: Array) -> "Scale":
        """Those of some pairs."""
        return cls(values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9))

    def standard(self, values: Array) -> Floats:
        """In standard deviations."""
        return np.asarray((values - self.mean) / self.spread, dtype=np.float32)


class Likeness:
    """How much every labelled pair says of any other: rows of the kernel, on demand."""

    def __init__(self, ready: Prepared, shape: Shape = SHAPE) -> None:
        """Compares all titles and all needs that stand in a pair once."""
        self._shape = shape
        offered, self._titles = _standing(ready, Side.ACHIEVEMENT)
        asked, self._needs = _standing(ready, Side.NEED)
        self._achievement = titles_alike(offered, offered, shape)
        self._need = needs_alike(asked, asked, shape)
        self.scale = Scale.of(ready.values)
        self.values = self.scale.standard(ready.values)

    def between(self, left: Integers, right: Integers) -> Floats:
        """The kernel of pairs × pairs, shape (len(left), len(right))."""
        needs = self._need[np.ix_(self._needs[left], self._needs[right])]
        achievements = self._achievement[np.ix_(self._titles[left], self._titles[right])]
        return kernel(needs, achievements, self.values[left], self.values[right], self._shape)


def _standing(ready: Prepared, side: Side) -> tuple[Rows, Integers]:
    """The rows of a side that stand in a pair, each once, and which of them each pair has."""
    shelf = ready.corpus.shelves[side]
    there, at = np.unique(ready.needs if side is Side.NEED else ready.titles, return_inverse=True)
    return rows_of(shelf.table, shelf.documents, there), at.astype(np.int64)


class Product:
    """The process fitted on labelled pairs."""

    def __init__(
        self, likeness: Likeness, train: Integers, chances: Array, levels: Integers, counts: Array | None = None
    ) -> None:
        """`chances` are the cold model's of the pairs `train`, shape (n, 3); `levels` their labels.

        `counts`: how much each label counts (None: all fully); one that counts less is noisier.
        """
        self._likeness, self._train = likeness, train
        left = (levels[:, None] >= np.array(LEVELS[1:])) - chances
        between = likeness.between(train, train)
        between[np.diag_indices(len(train))] += NOISE if counts is None else (NOISE / counts).astype(np.float32)
        self._inverse: Floats = np.linalg.inv(between)
        self._left: Array = left
        self.weights: Array = (self._inverse @ left.astype(np.float32)).astype(np.float64)
        """What each label adds per unit of the kernel, shape (n, 3)."""

    def moved(self, pairs: Integers) -> Array:
        """What the labels add to the cold chances of any prepared pairs, shape (n, 3)."""
        parts = [self.rows(pairs[start : start + CHUNK]) @ self.weights for start in range(0, len(pairs), CHUNK)]
        return np.concatenate([np.zeros((0, self._left.shape[1])), *parts])

    def rows(self, pairs: Integers) -> Array:
        """What every label says of any prepared pairs, shape (n, labels); in full precision, so that sums hold."""
        return self._likeness.between(pairs, self._train).astype(np.float64)

    def moved_without(self, groups: Integers | None = None) -> Array:
        """The same for the training pairs, each from the others only; with `groups`, from other groups only."""
        if groups is None:
            return np.asarray(self._left - self.weights / np.diag(self._inverse)[:, None])
        out = np.zeros_like(self._left)
        for group in np.unique(groups):
            own = np.flatnonzero(groups == group)
            block = self._inverse[np.ix_(own, own)].astype(np.float64)
            out[own] = self._left[own] - np.linalg.solve(block, self.weights[own])
        return out
