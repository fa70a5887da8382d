"""A matrix by its columns: its product with one row touches only the columns that row has.

A need has some hundreds of the terms of the vocabulary, a shelf has 100,000 documents: reading the entries of those
columns is all the work there is. The sums are added in the order of the columns, as the plain product adds them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.search.engine.kernels import compiled

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Columns:
    """float32 entries of `count` rows: those of column c are `pointers[c]` … `pointers[c + 1] − 1`."""

    pointers: Integers
    rows: Integers
    data: Floats
    count: int

    @classmethod
    def of(cls, matrix: csr_matrix) -> "Columns":
        """The same entries, column by column."""
        turned = matrix.tocsc()
        return cls(turned.indptr, turned.indices, turned.data, matrix.shape[0])

    def times(self, row: csr_matrix) -> Floats:
        """The matrix times a single sparse row, dense, shape (count,)."""
        return self.weighed(row.indices, row.data)

    def weighed(self, columns: Integers, weights: Floats) -> Floats:
        """The sum of some columns, each times its weight, shape (count,)."""
        out = np.zeros(self.count, dtype=np.float32)
        _add_columns(self.pointers, self.rows, self.data, columns, weights, out)
        return out


@compiled
def _add_columns(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    pointers: Integers,
    rows: Integers,
    data: Floats,
    columns: Integers,
    weights: Floats,
    out: Floats,
) -> None:
    for which in range(columns.size):
        column, weight = columns[which], weights[which]
        for at in range(pointers[column], pointers[column + 1]):
            out[rows[at]] += data[at] * weight
