"""Needs and labelled pairs made ready to fit on: the corpus, who stands in each pair, clusters of needs.

What is learned from texts (document frequencies, latent directions, backgrounds) is fitted on **all** texts
given, also those to be predicted, without their labels: that is transductive, as on the platform, where a new
need's and all achievements' texts are at hand when they are ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from mengkeju.search.engine.vectors import TextVectors, cosines

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
TITLE_ALIKE = 0.5
BODY_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Prepared:
    """Pairs as numbers. A pair is named by its row: 0 … len(values) − 1.

    `needs` and `titles` are each pair's rows on the two shelves of the corpus, `values` its
    similarities, `groups` the cluster of near-duplicate needs of each row of the shelf of needs.
    """

    corpus: Corpus
    needs: Integers
    titles: Integers
    values: Array
    groups: Integers

    def with_pairs(self, needs: Integers, titles: Integers) -> "Prepared":
        """The same with further pairs after those that are there."""
        found = self.corpus.pair_values(needs.astype(np.int32), titles.astype(np.int32))
        return Prepared(
            self.corpus,
            np.concatenate([self.needs, needs]),
            np.concatenate([self.titles, titles]),
            np.concatenate([self.values, found]),
            self.groups,
        )


def build_corpus(needs: Sequence[NeedRow], pairs: Sequence[PairRow]) -> Corpus:
    """A corpus of the needs and of the distinct achievement titles (an id per title)."""
    titles = dict.fromkeys(pair.title for pair in pairs)
    documents = [Document(row.need_id, Side.NEED, row.title, row.content) for row in needs]
    documents += [Document(title, Side.ACHIEVEMENT, title) for title in titles]
    return Corpus.build(documents)


def prepare(needs: Sequence[NeedRow], pairs: Sequence[PairRow]) -> Prepared:
    """Fit the corpus on all texts (no label) and compare every pair."""
    corpus = build_corpus(needs, pairs)
    rows = {document.id: i for i, document in enumerate(corpus.shelves[Side.NEED].documents)}
    columns = {document.id: i for i, document in enumerate(corpus.shelves[Side.ACHIEVEMENT].documents)}
    left = np.array([rows[pair.need_id] for pair in pairs], dtype=np.int64)
    right = np.array([columns[pair.title] for pair in pairs], dtype=np.int64)
    values = corpus.pair_values(left.astype(np.int32), right.astype(np.int32))
    return Prepared(corpus, left, right, values, clusters(needs))


def clusters(needs: Sequence[NeedRow]) -> Integers:
    """A cluster number per need: connected by title cosine > .5 or content cosine > .6.

    Cosines are of character 1–3-gram TF-IDF over the needs alone. Numbers count from 0 in the
    order of first appearance.
    """
    parent = list(range(len(needs)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for texts, limit in (
        ([need.title for need in needs], TITLE_ALIKE),
        ([need.content for need in needs], BODY_ALIKE),
    ):
        matrix = TextVectors().fit(texts)
        for start in range(0, len(needs), 256):
            alike = cosines(matrix[start : start + 256], matrix) > limit
            for left, right in zip(*np.nonzero(alike), strict=True):
                parent[root(int(right))] = root(start + int(left))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(i), len(numbers)) for i in range(len(needs))], dtype=np.int64)
