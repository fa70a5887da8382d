"""Some rows of a shelf, as far as the full stack compares them: cut out of a table, or of documents on no shelf."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.space import Table, clipped

Floats = NDArray[np.float32]
Array = NDArray[np.float64]
Integers = NDArray[np.int64]


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


MATRICES = tuple(field.name for field in fields(Rows) if field.name != "lengths")
"""What a row is cut out of a table by."""


def _some(matrix: Any, rows: Integers) -> Any:
    """Rows of a matrix; what a shelf of offers keeps no rows of stays without."""
    return matrix[rows] if matrix.shape[0] else matrix


def rows_of(table: Table, documents: Sequence[Document], rows: Integers | None = None) -> Rows:
    """All rows of a table whose `documents` these are, or some of them."""
    at = np.arange(len(documents)) if rows is None else rows
    lengths = [[len(part) for part in clipped(documents[int(row)])] for row in at]
    matrices = {name: getattr(table, name) if rows is None else _some(getattr(table, name), rows) for name in MATRICES}
    return Rows(**matrices, lengths=np.array(lengths, dtype=float).reshape(-1, 2))


def drawn(table: Table, most: int) -> Integers | None:
    """So many rows of a table, by their lot (whatever the order of the shelf); None: all, where there are no more."""
    return np.argsort(table.lot, kind="stable")[:most].astype(np.int64) if len(table) > most else None
