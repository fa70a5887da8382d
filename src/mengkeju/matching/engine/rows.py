"""Some rows of a shelf, as far as the full stack compares them: cut out of a table, or of documents on no shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.space import Table, clipped

Floats = NDArray[np.float32]
Array = NDArray[np.float64]
Integers = NDArray[np.int64]
MATRICES = (
    "title_chars", "body_chars", "whole_chars", "title_words", "body_words", "whole_words",
    "title_latent", "body_latent", "whole_latent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts as rows, as in `Table`, and the lengths of title and body in characters."""

    title_chars: csr_matrix
    body_chars: csr_matrix
    whole_chars: csr_matrix
    title_words: csr_matrix
    body_words: csr_matrix
    whole_words: csr_matrix
    title_latent: Floats
    body_latent: Floats
    whole_latent: Floats
    lengths: Array

    def __len__(self) -> int:
        """How many."""
        return len(self.lengths)

    def some(self, rows: Integers) -> "Rows":
        """These only, in this order."""
        return Rows(**{name: _some(getattr(self, name), rows) for name in MATRICES}, lengths=self.lengths[rows])


def _some(matrix: Any, rows: Integers) -> Any:
    """Rows of a matrix; what a shelf of offers keeps no rows of stays without."""
    return matrix[rows] if matrix.shape[0] else matrix


def rows_of(table: Table, documents: Sequence[Document], rows: Integers | None = None) -> Rows:
    """All rows of a table whose `documents` these are, or some of them."""
    at = np.arange(len(documents)) if rows is None else rows
    lengths = [[len(part) for part in clipped(documents[int(row)])] for row in at]
    matrices = {name: getattr(table, name) if rows is None else _some(getattr(table, name), rows) for name in MATRICES}
    return Rows(**matrices, lengths=np.array(lengths, dtype=float).reshape(-1, 2))


def spread(count: int, most: int) -> Integers:
    """At most so many places out of `count`, evenly spread."""
    return np.linspace(0, max(0, count - 1), min(count, most)).astype(np.int64)
