"""The twelve similarities of a need and an achievement.

They compare the need's title, its content, and both together with the achievement's **title**:
that is what the coefficients were fitted on (the benchmark has no achievement content), and what
every achievement has. What an achievement's text adds enters as a signal of its own
(`structured`), so that an entry with a long text is not favoured by its length.

A cosine says little by itself: a vague need is a little like everything. Eight of the twelve are
therefore counted in standard deviations above the need's mean over the achievements of the corpus
(its *background*). In a small corpus the background is drawn towards the reference stored with the
model. All values are ≥ 0; the square root tempers large ones. No label is used anywhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine.kernels import best_parts, common_runs, pair_peaks
from mengkeju.matching.engine.likeness import COSINES, NAMES
from mengkeju.matching.engine.space import Space, Table
from mengkeju.search.engine.kernels import pair_dots

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Array = NDArray[np.float64]
CHUNK = 4096
BACKGROUND = 2000  # achievements a need's background is measured on
PRIOR_COUNT = 200  # how many achievements the stored reference counts as


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and variance of the eight cosines, shape (needs, 8), over `count` achievements."""

    mean: Array
    variance: Array
    count: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What a typical need's background is: eight means and eight variances."""

    mean: tuple[float, ...] = (0.0,) * len(COSINES)
    variance: tuple[float, ...] = (0.01,) * len(COSINES)


def _against(name: str) -> str:
    return f"title_{name.split('_')[1]}"


def measure_background(needs: Table, achievements: Table) -> Background:
    """Mean and variance of each need's cosines with (at most 2,000, drawn by lot) achievements."""
    count = min(len(achievements), BACKGROUND)
    chosen = np.argsort(achievements.lot, kind="stable")[:count]
    mean = np.zeros((len(needs), len(COSINES)))
    square = np.zeros_like(mean)
    for column, name in enumerate(COSINES):
        right = getattr(achievements, _against(name))[chosen]
        for start in range(0, len(needs) if count else 0, 256):
            product = getattr(needs, name)[start : start + 256] @ right.T
            dense = np.asarray(product.toarray() if name[-6:] != "latent" else product, dtype=float)
            mean[start : start + 256, column] = dense.mean(axis=1)
            square[start : start + 256, column] = (dense**2).mean(axis=1)
    return Background(mean, np.maximum(square - mean**2, 0), count)


def typical(background: Background) -> Reference:
    """The average over the needs: the reference to store with a model."""
    if not len(background.mean) or not background.count:
        return Reference()
    return Reference(
        tuple(background.mean.mean(axis=0).tolist()),
        tuple(background.variance.mean(axis=0).tolist()),
    )


def steadied(background: Background, reference: Reference) -> Background:
    """The background drawn towards the reference, which counts as 200 achievements."""
    share = background.count / (background.count + PRIOR_COUNT)
    mean = share * background.mean + (1 - share) * np.array(reference.mean)
    variance = share * background.variance + (1 - share) * np.array(reference.variance)
    return Background(mean, np.maximum(variance, 1e-8), background.count)


def similarities(
    space: Space,
    needs: Table,
    background: Background,
    achievements: Table,
    pairs: tuple[Integers, Integers],
) -> Array:
    """The twelve similarities for pairs (need rows, achievement rows), shape (pairs, 12).

    `background` has a row per row of `needs` and is already steadied.
    """
    rows, columns = (np.ascontiguousarray(side, dtype=np.int32) for side in pairs)
    values = np.zeros((len(rows), len(NAMES)))
    for column, name in enumerate(COSINES):
        cosine = _cosines(needs, achievements, name, rows, columns)
        deviation = np.sqrt(background.variance[rows, column])
        values[:, column] = (cosine - background.mean[rows, column]) / deviation
    values[:, 8] = common_runs(needs.title_points, achievements.title_points, rows, columns)
    values[:, 9] = pair_peaks(needs.whole_words, achievements.title_words, space.words.idf, rows, columns)
    values[:, 10] = best_parts(needs.part_starts, needs.parts, achievements.title_chars, rows, columns)[0]
    values[:, 11] = _title_share(space, needs, achievements, rows, columns)
    return np.asarray(np.sqrt(np.maximum(values, 0)))


def _cosines(needs: Table, achievements: Table, name: str, rows: Integers, columns: Integers) -> Floats:
    left, right = getattr(needs, name), getattr(achievements, _against(name))
    if not name.endswith("latent"):
        return pair_dots(left, right, rows, columns)
    out = np.zeros(len(rows), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        out[part] = np.einsum("ij,ij->i", left[rows[part]], right[columns[part]])
    return out


def _title_share(space: Space, needs: Table, achievements: Table, rows: Integers, columns: Integers) -> Floats:
    weighed, present = needs.title_chars.copy(), achievements.title_chars.copy()
    weighed.data = space.chars.idf[weighed.indices] ** 2
    present.data = np.ones_like(present.data)
    total = np.asarray(weighed.sum(axis=1)).ravel()[rows]
    return np.asarray(pair_dots(weighed, present, rows, columns) / np.maximum(total, 1e-9))
