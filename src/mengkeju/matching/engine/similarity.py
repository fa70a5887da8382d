"""The similarities of a need and an achievement.

They compare the need's title, its content, and both together with the achievement's **title**:
that is what the coefficients were fitted on (the benchmark has no achievement content), and what
every achievement has. What an achievement's text adds enters as a signal of its own
(`structured`), so that an entry with a long text is not favoured by its length.

A cosine says little by itself: a vague need is a little like everything. The nine cosines are
therefore counted in standard deviations above the need's mean over the achievements of the corpus
(its *background*), and three of them once more above the achievement's mean over the needs, because
a title that many needs are like answers none of them in particular. In a small corpus a background is
drawn towards the reference stored with the model. All values are ≥ 0; the square root tempers large
ones. No label is used anywhere.

The ninth cosine compares with the need *as its nearest titles put it* (pseudo-relevance feedback after
Rocchio): needs and achievements are written in different words, the nearest titles translate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.kernels import best_parts, common_runs, pair_peaks, pair_worths
from mengkeju.matching.engine.likeness import APART, COSINES, NAMES
from mengkeju.matching.engine.space import Space, Table
from mengkeju.search.engine.kernels import pair_dots, turns

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Array = NDArray[np.float64]
Figures = tuple[float, ...]
CHUNK = 4096
BACKGROUND = 2000  # achievements a need's background is measured on
PRIOR_COUNT = 200  # how many achievements the stored reference counts as
NEEDS = 500  # needs an achievement's background is measured on
PRIOR_NEEDS = 20  # how many needs the stored reference counts as
NEAREST = 50  # titles that say the need once more …
NEARBY = 0.05  # … and how much a title must have in common for that
OWN_SHARE = 0.3  # of the need's own words beside theirs
_FAINT = 1e-9


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and variance of cosines of the rows of one side, shape (rows, cosines), over `count` of the other."""

    mean: Array
    variance: Array
    count: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What a typical need's background is (a mean and a variance per cosine), and a typical achievement's."""

    mean: tuple[float, ...] = (0.0,) * len(COSINES)
    variance: tuple[float, ...] = (0.01,) * len(COSINES)
    apart_mean: tuple[float, ...] = (0.0,) * len(APART)
    apart_variance: tuple[float, ...] = (0.01,) * len(APART)


def _against(name: str) -> str:
    return f"title_{name.split('_')[1]}"


def _beyond(name: str) -> str:
    """The cosine that one of `APART` counts above the achievement's background."""
    return name.removesuffix("_apart")


def with_nearest(needs: Table, achievements: Table) -> Table:
    """The needs with their `near_latent`: the middle of the nearest titles, weighed by likeness, and of the need.

    A title with next to nothing in common counts nothing, so that few titles do not pass for near ones. Counted in
    double precision once the nearest are found: the sums of a need are the same whichever needs stand beside it.
    """
    asked = _unit(needs.whole_latent.astype(np.float64) + needs.title_latent)
    titles, middle = achievements.title_latent, OWN_SHARE * asked
    for start in range(0, len(asked) if len(titles) else 0, 256):
        part = asked[start : start + 256]
        near = part.astype(np.float32) @ titles.T
        best = np.argpartition(-near, NEAREST - 1, axis=1)[:, :NEAREST] if len(titles) > NEAREST else None
        rows = np.broadcast_to(np.arange(len(titles)), near.shape) if best is None else np.sort(best, axis=1)
        found = titles[rows].astype(np.float64)
        weights = np.sqrt(np.maximum(np.einsum("ik,ijk->ij", part, found) - NEARBY, 0))
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1)
        middle[start : start + 256] += np.einsum("ij,ijk->ik", weights, found)
    return replace(needs, near_latent=_unit(middle).astype(np.float32))


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _FAINT))


@dataclass(frozen=True, slots=True)
class Spread:
    """Documents of one side, drawn by lot from its shelf, on which the other side's background is measured.

    Their n-grams and words are kept term by term, so that a query reads only the terms it has; their topics in double
    precision, so that the sums of a row are the same whichever rows stand beside it.
    """

    columns: Mapping[str, csr_matrix | Array]
    count: int

    @classmethod
    def of_achievements(cls, achievements: Table) -> "Spread":
        """At most 2,000, for the background of needs."""
        return cls._of(achievements, sorted({_against(name) for name in COSINES}), BACKGROUND)

    @classmethod
    def of_needs(cls, needs: Table) -> "Spread":
        """At most 500, for the background of achievements."""
        return cls._of(needs, [_beyond(name) for name in APART], NEEDS)

    @classmethod
    def _of(cls, table: Table, names: Sequence[str], most: int) -> "Spread":
        count = min(len(table), most)
        chosen = np.argsort(table.lot, kind="stable")[:count]
        rows = {name: getattr(table, name)[chosen] for name in names}
        columns = {n: r.T.astype(np.float64) if n.endswith("latent") else r.T.tocsr() for n, r in rows.items()}
        return cls(columns, count)


def measure_background(needs: Table, achievements: Spread) -> Background:
    """Mean and variance of each need's cosines with achievements."""
    return _measure(needs, achievements, [(name, _against(name)) for name in COSINES])


def measure_apart(needs: Spread, achievements: Table) -> Background:
    """Mean and variance of each achievement's three cosines with needs."""
    return _measure(achievements, needs, [(_against(_beyond(name)), _beyond(name)) for name in APART])


def _measure(rows: Table, spread: Spread, cosines: Sequence[tuple[str, str]]) -> Background:
    mean = np.zeros((len(rows), len(cosines)))
    square = np.zeros_like(mean)
    for column, (own, other) in enumerate(cosines):
        left, right = getattr(rows, own), spread.columns[other]
        for start in range(0, len(rows) if spread.count else 0, 256):
            product = left[start : start + 256] @ right
            dense = np.asarray(product if own.endswith("latent") else product.toarray(), dtype=float)
            mean[start : start + 256, column] = dense.mean(axis=1)
            square[start : start + 256, column] = (dense**2).mean(axis=1)
    return Background(mean, np.maximum(square - mean**2, 0), spread.count)


def typical(needs: Background, achievements: Background) -> Reference:
    """The averages over the needs and over the achievements: the reference to store with a model."""
    usual = Reference()
    mean, variance = _average(needs, (usual.mean, usual.variance))
    return Reference(mean, variance, *_average(achievements, (usual.apart_mean, usual.apart_variance)))


def _average(background: Background, unknown: tuple[Figures, Figures]) -> tuple[Figures, Figures]:
    if not len(background.mean) or not background.count:
        return unknown
    return tuple(background.mean.mean(axis=0).tolist()), tuple(background.variance.mean(axis=0).tolist())


def steadied(background: Background, reference: Reference) -> Background:
    """The background of needs drawn towards the reference, which counts as 200 achievements."""
    return _drawn(background, reference.mean, reference.variance, PRIOR_COUNT)


def steadied_apart(background: Background, reference: Reference) -> Background:
    """The background of achievements drawn towards the reference, which counts as 20 needs."""
    return _drawn(background, reference.apart_mean, reference.apart_variance, PRIOR_NEEDS)


def _drawn(background: Background, mean: Figures, variance: Figures, prior: int) -> Background:
    share = background.count / (background.count + prior)
    drawn = share * background.variance + (1 - share) * np.array(variance)
    middle = share * background.mean + (1 - share) * np.array(mean)
    return Background(middle, np.maximum(drawn, 1e-8), background.count)


def similarities(
    space: Space,
    needs: Table,
    achievements: Table,
    grounds: tuple[Background, Background],
    pairs: tuple[Integers, Integers],
) -> Array:
    """The similarities for pairs (need rows, achievement rows), shape (pairs, len(NAMES)).

    `needs` are `with_nearest`; the two `grounds` have a row per row of `needs` and of `achievements` and are
    already steadied.
    """
    background, apart = grounds
    rows, columns = (np.ascontiguousarray(side, dtype=np.int32) for side in pairs)
    values = np.zeros((len(rows), len(NAMES)))
    for column, name in enumerate(COSINES):
        cosine = _cosines(needs, achievements, name, rows, columns)
        values[:, column] = _above(cosine, background, rows, column)
        if f"{name}_apart" in APART:
            beyond = APART.index(f"{name}_apart")
            values[:, NAMES.index(f"{name}_apart")] = _above(cosine, apart, columns, beyond)
    values[:, 9] = common_runs(needs.title_points, achievements.title_points, rows, columns)
    values[:, 10] = pair_peaks(needs.whole_words, achievements.title_words, space.words.idf, rows, columns)
    values[:, 11] = best_parts(needs.part_starts, needs.parts, achievements.title_chars, rows, columns)[0]
    values[:, 12] = _title_share(space, needs, achievements, rows, columns)
    return np.asarray(np.sqrt(np.maximum(values, 0)))


def _above(cosine: Floats, background: Background, rows: Integers, column: int) -> Array:
    deviation = np.sqrt(background.variance[rows, column])
    return np.asarray((cosine - background.mean[rows, column]) / deviation)


def _cosines(needs: Table, achievements: Table, name: str, rows: Integers, columns: Integers) -> Floats:
    left, right = getattr(needs, name), getattr(achievements, _against(name))
    if not name.endswith("latent"):
        return pair_dots(left, right, rows, columns)
    out = np.zeros(len(rows), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        theirs = right[columns[part]]
        ours = np.broadcast_to(left[rows[0]], theirs.shape) if turns(rows) == 0 else left[rows[part]]
        out[part] = np.einsum("ij,ij->i", ours, theirs)
    return out


def _title_share(space: Space, needs: Table, achievements: Table, rows: Integers, columns: Integers) -> Floats:
    worth, weighed = space.chars.idf**2, needs.title_chars.copy()
    weighed.data = worth[weighed.indices]
    total = np.asarray(weighed.sum(axis=1)).ravel()[rows]
    shared = pair_worths(needs.title_chars, achievements.title_chars, worth, rows, columns)
    return np.asarray(shared / np.maximum(total, 1e-9))
