"""Compiled inner loops: pairwise sparse dot products, and the way every kernel is compiled."""

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Kernel = TypeVar("Kernel", bound=Callable[..., object])
Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


def compiled(function: Kernel) -> Kernel:
    """Compile with numba; kept on disk where that is possible.

    In an installation without any writable cache folder numba refuses `cache=True` when the
    module is imported; the kernel is then compiled anew in each process (under a second).
    """
    try:
        return cast("Kernel", njit(cache=True, nogil=True)(function))
    except RuntimeError:
        return cast("Kernel", njit(nogil=True)(function))


@compiled
def _pair_dots(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    left_ptr: Integers,
    left_at: Integers,
    left_data: Floats,
    right_ptr: Integers,
    right_at: Integers,
    right_data: Floats,
    rows: Integers,
    columns: Integers,
    out: Floats,
) -> None:
    for pair in range(rows.size):
        i, i_end = left_ptr[rows[pair]], left_ptr[rows[pair] + 1]
        j, j_end = right_ptr[columns[pair]], right_ptr[columns[pair] + 1]
        total = 0.0
        while i < i_end and j < j_end:
            a, b = left_at[i], right_at[j]
            if a == b:
                total += left_data[i] * right_data[j]
                i += 1
                j += 1
            elif a < b:
                i += 1
            else:
                j += 1
        out[pair] = total


def pair_dots(left: csr_matrix, right: csr_matrix, rows: Integers, columns: Integers) -> Floats:
    """Dot product of left[rows[p]] with right[columns[p]] for every pair p, shape (pairs,).

    Both matrices are float32 CSR over the same columns with sorted indices (as `vectors` makes).
    """
    out = np.zeros(len(rows), dtype=np.float32)
    _pair_dots(
        left.indptr, left.indices, left.data, right.indptr, right.indices, right.data,
        rows.astype(np.int32), columns.astype(np.int32), out,
    )  # fmt: skip
    return out
