"""What LightGBM reads of a pair beside the similarities. Texts only: no label enters here.

Cosines as they are, their place among the achievements of the need, how they stand against the
achievement's own mean over the needs, and likeness with the need *as its nearest achievements put it*
(pseudo-relevance feedback: the middle of the first 10, 20, 50, 150 titles in the latent space).

A `Ground` is what a corpus is measured against: at most 5,000 of its achievements and 1,000 of its needs,
drawn by lot, so that a large shelf costs no more. `views` says how a need stands among the achievements,
`standings` how an achievement stands among the needs; either may be on no shelf.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.rows import Rows, drawn, rows_of
from mengkeju.search.engine.kernels import pair_dots

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
NEAREST = (10, 20, 50, 150)
TEXTS = ("title", "body", "whole")
SORTS = ("chars", "words", "latent")
COMPARED = tuple((f"{text}_{sort}", f"title_{sort}") for sort in SORTS for text in TEXTS)
"""The nine cosines: of the need's column with the achievement's."""
MOST: Mapping[Side, int] = {Side.NEED: 1000, Side.ACHIEVEMENT: 5000}
"""So many of each side a `Ground` is made of."""
EVEN_STEPS, TOP = 193, 64  # where the order of a need's cosines is kept: evenly, and each of the first
CHUNK = 256
_FAINT = 1e-9
NAMES = (
    *(f"{name}:{left}" for left, _right in COMPARED for name in ("cosine", "place", "against")),
    "fused", "fused_mean",
    *(f"nearest:{count}" for count in NEAREST),
    "need_title_length", "need_body_length", "title_length", "words_both", "words_title", "words_share",
)  # fmt: skip
"""The traits in their order."""


@dataclass(frozen=True, slots=True)
class Views:
    """How needs stand among the achievements: mean and spread of each cosine, its order, and the nearest titles."""

    mean: Array
    spread: Array
    order: Floats
    middles: Floats

    def some(self, rows: Integers) -> "Views":
        """These only."""
        return Views(self.mean[rows], self.spread[rows], self.order[rows], self.middles[rows])


@dataclass(frozen=True, slots=True)
class Standings:
    """How achievements stand among the needs: mean and spread of each cosine, and the mean of all together."""

    mean: Array
    spread: Array
    fused: Array

    def some(self, rows: Integers) -> "Standings":
        """These only."""
        return Standings(self.mean[rows], self.spread[rows], self.fused[rows])


class Ground:
    """What pairs of a corpus are measured against."""

    def __init__(self, needs: Rows, titles: Rows) -> None:
        """Rows of both sides; of many only some are used."""
        self._titles, self._needs = titles, needs
        self._at = _kept(len(titles))
        self._seen = self.views(needs)

    @classmethod
    def of(cls, ready: Prepared) -> "Ground":
        """Of the corpus of prepared pairs."""
        return cls(*(_shelf(ready, side, most) for side, most in MOST.items()))

    def views(self, needs: Rows) -> Views:
        """Of any needs."""
        count, titles = len(needs), len(self._titles)
        mean, wide = np.zeros((count, len(COMPARED))), np.ones((count, len(COMPARED)))
        order = np.zeros((count, len(COMPARED), len(self._at)), dtype=np.float32)
        middles = np.zeros((count, len(NEAREST), self._titles.title_latent.shape[1]), dtype=np.float32)
        for start in range(0, count if titles else 0, CHUNK):
            part = slice(start, min(start + CHUNK, count))
            fused = np.zeros((part.stop - start, titles))
            for at, cosine in enumerate(_cosines(needs, self._titles, part)):
                mean[part, at], wide[part, at] = cosine.mean(axis=1), cosine.std(axis=1)
                order[part, at] = np.sort(cosine, axis=1)[:, self._at]
                fused += (cosine - mean[part, at][:, None]) / (wide[part, at][:, None] + _FAINT)
            middles[part] = self._middles(fused)
        return Views(mean, wide, order, middles)

    def _middles(self, fused: Array) -> Floats:
        nearest = np.argsort(-fused, axis=1, kind="stable")[:, : max(NEAREST)]
        made = [self._titles.title_latent[nearest[:, :count]].mean(axis=1) for count in NEAREST]
        return np.stack([middle / (np.linalg.norm(middle, axis=1, keepdims=True) + _FAINT) for middle in made], axis=1)

    def standings(self, titles: Rows) -> Standings:
        """Of any achievements."""
        mean, wide = np.zeros((len(titles), len(COMPARED))), np.zeros((len(titles), len(COMPARED)))
        fused = np.zeros(len(titles))
        for start in range(0, len(titles) if len(self._needs) else 0, CHUNK):
            part = slice(start, min(start + CHUNK, len(titles)))
            for at, cosine in enumerate(_cosines(titles, self._needs, part, turned=True)):
                mean[part, at], wide[part, at] = cosine.mean(axis=1), cosine.std(axis=1)
                above = (cosine - self._seen.mean[:, at]) / (self._seen.spread[:, at] + _FAINT)
                fused[part] += above.mean(axis=1)
        return Standings(mean, wide, fused)

    def place(self, order: Floats, value: float) -> float:
        """The share of the need's cosines, kept as `order`, that lie below a value; equal ones count half."""
        low, high = (
            np.searchsorted(order, np.float32(value), "left"),
            np.searchsorted(order, np.float32(value), "right"),
        )
        if high > low:
            return float(self._at[low] + self._at[high - 1] + 1) / 2 / len(self._titles)
        before = self._at[low - 1] + 1 if low else 0
        after = self._at[low] if low < len(self._at) else len(self._titles)
        return float(before + after) / 2 / len(self._titles)


def _kept(count: int) -> Integers:
    """Places in an order of so many that are kept."""
    even = np.linspace(0, max(0, count - 1), min(count, EVEN_STEPS)).astype(np.int64)
    return np.unique(np.concatenate([even, np.arange(max(0, count - TOP), count)]))


def _cosines(one: Rows, other: Rows, part: slice, *, turned: bool = False) -> Iterator[Array]:
    """The nine cosines of a part of one side with all of the other; `turned`: `one` are achievements."""
    for need, title in COMPARED:
        mine, theirs = (title, need) if turned else (need, title)
        product = getattr(one, mine)[part] @ getattr(other, theirs).T
        yield np.asarray(product if need.endswith("latent") else product.toarray(), dtype=np.float64)


def of_pairs(
    ground: Ground, needs: tuple[Rows, Views], titles: tuple[Rows, Standings], pairs: tuple[Integers, Integers]
) -> Array:
    """The traits of pairs of rows (of needs, of achievements), shape (pairs, traits)."""
    (asked, views), (offered, standings), (left, right) = needs, titles, pairs
    columns: list[Array] = []
    fused = np.zeros(len(left))
    for at, (need, title) in enumerate(COMPARED):
        cosine = _pair_cosines(getattr(asked, need), getattr(offered, title), left, right)
        place = [ground.place(views.order[row, at], value) for row, value in zip(left, cosine, strict=True)]
        against = (cosine - standings.mean[right, at]) / (standings.spread[right, at] + _FAINT)
        columns += [cosine, np.array(place), against]
        fused += (cosine - views.mean[left, at]) / (views.spread[left, at] + _FAINT)
    columns += [fused, standings.fused[right]]
    latent = offered.title_latent[right]
    columns += [np.einsum("ij,ij->i", views.middles[left, at], latent) for at in range(len(NEAREST))]
    return np.column_stack([*columns, *_sizes(asked, offered, left, right)])


def _pair_cosines(one: csr_matrix | Floats, other: csr_matrix | Floats, left: Integers, right: Integers) -> Array:
    if isinstance(one, np.ndarray):
        return np.asarray(np.einsum("ij,ij->i", one[left], other[right]), dtype=np.float64)
    return pair_dots(one, other, left.astype(np.int32), right.astype(np.int32)).astype(np.float64)


def _sizes(needs: Rows, titles: Rows, left: Integers, right: Integers) -> Iterator[Array]:
    """Lengths of the texts, words both have, and how much of the title they are."""
    yield from needs.lengths[left].T
    yield titles.lengths[right, 0]
    asked, offered = needs.whole_words.copy(), titles.title_words.copy()
    asked.data, offered.data = np.ones_like(asked.data), np.ones_like(offered.data)
    both = _pair_cosines(asked, offered, left, right)
    words = np.diff(offered.indptr)[right]
    yield from (both, words, both / np.maximum(words, 1))


def _shelf(ready: Prepared, side: Side, most: int) -> Rows:
    shelf = ready.corpus.shelves[side]
    return rows_of(shelf.table, shelf.documents, drawn(shelf.table, most))


def traits(ready: Prepared) -> Array:
    """The similarities and traits of all prepared pairs, shape (pairs, features)."""
    with threadpool_limits(1):
        ground = Ground.of(ready)
        return np.column_stack([ready.values, traits_of(ready, ground)])


def traits_of(ready: Prepared, ground: Ground) -> Array:
    """The traits of all prepared pairs alone."""
    needs, titles = (ready.corpus.shelves[side] for side in (Side.NEED, Side.ACHIEVEMENT))
    one, left = np.unique(ready.needs, return_inverse=True)
    other, right = np.unique(ready.titles, return_inverse=True)
    asked, offered = rows_of(needs.table, needs.documents, one), rows_of(titles.table, titles.documents, other)
    pairs = (left.astype(np.int64), right.astype(np.int64))
    return of_pairs(ground, (asked, ground.views(asked)), (offered, ground.standings(offered)), pairs)
