"""Texts as vectors: TF-IDF over character n-grams or words, and a latent space (LSA) over it.

All rows are L2-normalised float32, so that a dot product is a cosine; an empty text is a zero row
with cosine 0 to everything. Fitting reads texts only, never a label. Nothing is drawn at random
without a fixed seed: the same texts give the same vectors.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from mengkeju.search.engine.text import char_ngrams

Floats = NDArray[np.float32]
Analyser = Callable[[str], list[str]]
THREADS = 2  # of BLAS while fitting a large matrix; more gives little, and others share the cores
NOTHING = 1e-5  # of the strongest direction: what is weaker is rounding
LARGE = 2000  # rows from which a second thread gains more than it costs


class TextVectors:
    """TF-IDF with the smoothed inverse document frequency ln((1+n)/(1+df)) + 1.

    `analyser` splits a text into terms (character 1–3-grams unless told). Counts enter as
    1 + ln(count). Terms unknown at fitting time are ignored by `transform`.
    """

    def __init__(self, analyser: Analyser = char_ngrams) -> None:
        """Nothing is fitted yet."""
        self._counter = CountVectorizer(analyzer=analyser, dtype=np.float32)
        self.idf: Floats = np.zeros(0, dtype=np.float32)
        self.terms: list[str] = []

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn vocabulary and document frequencies; answers the vectors of `texts`."""
        try:
            counts = self._counter.fit_transform(texts)
        except ValueError:  # every text is empty: no term at all
            self._counter = CountVectorizer(vocabulary=["\0"], analyzer=lambda _: [])
            counts = self._counter.transform(texts)
        self.terms = list(self._counter.get_feature_names_out())
        seen = np.bincount(counts.indices, minlength=len(self.terms))
        self.idf = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        return self._weigh(counts)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Vectors of shape (len(texts), terms) in the fitted vocabulary."""
        return self._weigh(self._counter.transform(texts))

    def transform_both(self, first: Sequence[str], second: Sequence[str]) -> tuple[csr_matrix, csr_matrix, csr_matrix]:
        """Vectors of the first texts, of the second, and of each first with its second on a line below.

        No term reaches over the end of a line, so the third are counted from the first two, not read again.
        """
        one, other = self._counter.transform(first), self._counter.transform(second)
        both = one + other
        return self._weigh(one), self._weigh(other), self._weigh(both)

    def _weigh(self, counts: csr_matrix) -> csr_matrix:
        """Counts made into vectors; `counts` is used up."""
        weighted = csr_matrix(counts, dtype=np.float32)
        weighted.data = (1 + np.log(weighted.data)) * self.idf[weighted.indices]
        if weighted.shape[0]:  # scikit-learn refuses a matrix without rows
            weighted = csr_matrix(normalize(weighted, copy=False))
        weighted.sort_indices()
        return weighted


class LatentSpace:
    """The strongest `dims` directions of a TF-IDF matrix (truncated SVD, fixed seed).

    With fewer terms or texts than `dims` it keeps as many as there are: then a cosine of two fitted rows is that of
    the matrix itself.
    """

    def __init__(self, dims: int = 300) -> None:
        """`dims` is an upper limit."""
        self._limit = dims
        self._axes: Floats | None = None  # shape (terms, dims)

    @property
    def dims(self) -> int:
        """How many directions were found; 0 where the texts were too few for any."""
        return 0 if self._axes is None else int(self._axes.shape[1])

    def fit(self, matrix: csr_matrix) -> Floats:
        """Learn the directions; answers the rows of `matrix` in them, normalised."""
        dims = min(self._limit, *matrix.shape) if matrix.nnz else 0
        if dims < 1:
            self._axes = None
            return self.transform(matrix)
        with threadpool_limits(THREADS if matrix.shape[0] > LARGE else 1):
            _, sizes, axes = randomized_svd(matrix, dims, n_iter=4, random_state=0)
        told = sizes > NOTHING * sizes[0]  # texts that say each other's sum leave directions that mean nothing
        self._axes = np.ascontiguousarray(axes[told].T, dtype=np.float32)
        return self.transform(matrix)

    def transform(self, matrix: csr_matrix) -> Floats:
        """Rows in the latent space, shape (rows, dims), each of length one or zero.

        A space too small for any direction answers one column: whether the row has terms.
        """
        if self._axes is None:
            filled = np.diff(matrix.indptr) > 0
            return np.asarray(filled, dtype=np.float32).reshape(-1, 1)
        rows = np.asarray(matrix @ self._axes, dtype=np.float32)
        return np.asarray(normalize(rows), dtype=np.float32) if len(rows) else rows


def cosines(left: csr_matrix, right: csr_matrix) -> Floats:
    """All cosines between rows of `left` and `right`, dense, shape (rows left, rows right)."""
    return np.asarray((left @ right.T).toarray(), dtype=np.float32)
