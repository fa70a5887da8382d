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
def _spread_dots(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    held_ptr: Integers,
    held_at: Integers,
    held_data: Floats,
    read_ptr: Integers,
    read_at: Integers,
    read_data: Floats,
    held_rows: Integers,
    read_rows: Integers,
    dense: Floats,
    out: Floats,
) -> None:
    held = -1
    for pair in range(held_rows.size):
        if held_rows[pair] != held:
            if held >= 0:
                for at in range(held_ptr[held], held_ptr[held + 1]):
                    dense[held_at[at]] = 0
            held = held_rows[pair]
            for at in range(held_ptr[held], held_ptr[held + 1]):
                dense[held_at[at]] = held_data[at]
        total = 0.0
        for at in range(read_ptr[read_rows[pair]], read_ptr[read_rows[pair] + 1]):
            total += dense[read_at[at]] * read_data[at]
        out[pair] = total


def pair_dots(left: csr_matrix, right: csr_matrix, rows: Integers, columns: Integers) -> Floats:
    """Dot product of left[rows[p]] with right[columns[p]] for every pair p, shape (pairs,).

    Both matrices are float32 CSR over the same columns with sorted indices (as `vectors` makes). Quickest where one
    side stays the same from pair to pair: that row is laid out once, and only the entries of the other are read.
    """
    out = np.zeros(len(rows), dtype=np.float32)
    sides = [(left, rows.astype(np.int32)), (right, columns.astype(np.int32))]
    (held, held_rows), (read, read_rows) = sides if turns(rows) < turns(columns) else sides[::-1]
    _spread_dots(
        held.indptr, held.indices, held.data, read.indptr, read.indices, read.data,
        held_rows, read_rows, np.zeros(left.shape[1], dtype=np.float32), out,
    )  # fmt: skip
    return out


def turns(rows: NDArray[np.integer]) -> int:
    """How often another row follows from one pair to the next."""
    return int(np.count_nonzero(rows[1:] != rows[:-1]))
