"""Compiled loops over pairs (need row, achievement row) used by the similarities."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.search.engine.kernels import compiled

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


@compiled
def _pair_peaks(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    left_ptr: Integers,
    left_at: Integers,
    right_ptr: Integers,
    right_at: Integers,
    worth: Floats,
    rows: Integers,
    columns: Integers,
    out: Floats,
) -> None:
    for pair in range(rows.size):
        i, i_end = left_ptr[rows[pair]], left_ptr[rows[pair] + 1]
        j, j_end = right_ptr[columns[pair]], right_ptr[columns[pair] + 1]
        while i < i_end and j < j_end:
            if left_at[i] == right_at[j]:
                out[pair] = max(out[pair], worth[left_at[i]])
                i += 1
                j += 1
            elif left_at[i] < right_at[j]:
                i += 1
            else:
                j += 1


def pair_peaks(left: csr_matrix, right: csr_matrix, worth: Floats, rows: Integers, columns: Integers) -> Floats:
    """For each pair of rows the largest worth of a column both have; 0 when they share none."""
    out = np.zeros(len(rows), dtype=np.float32)
    _pair_peaks(
        left.indptr, left.indices, right.indptr, right.indices, worth, rows, columns, out
    )  # fmt: skip
    return out


@compiled
def _best_parts(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    starts: Integers,
    part_ptr: Integers,
    part_at: Integers,
    part_data: Floats,
    right_ptr: Integers,
    right_at: Integers,
    right_data: Floats,
    rows: Integers,
    columns: Integers,
    out: Floats,
    which: Integers,
) -> None:
    for pair in range(rows.size):
        for part in range(starts[rows[pair]], starts[rows[pair] + 1]):
            i, i_end = part_ptr[part], part_ptr[part + 1]
            j, j_end = right_ptr[columns[pair]], right_ptr[columns[pair] + 1]
            total = 0.0
            while i < i_end and j < j_end:
                if part_at[i] == right_at[j]:
                    total += part_data[i] * right_data[j]
                    i += 1
                    j += 1
                elif part_at[i] < right_at[j]:
                    i += 1
                else:
                    j += 1
            if total > out[pair]:
                out[pair] = total
                which[pair] = part - starts[rows[pair]]


def best_parts(
    starts: Integers, parts: csr_matrix, right: csr_matrix, rows: Integers, columns: Integers
) -> tuple[Floats, Integers]:
    """For each pair the best dot product of a part of the left document with the right row.

    Parts of document d are the rows starts[d]…starts[d+1]−1 of `parts`. Answers the products and
    the number of the part within its document (−1 when no part shares anything).
    """
    out = np.zeros(len(rows), dtype=np.float32)
    which = np.full(len(rows), -1, dtype=np.int32)
    _best_parts(
        starts, parts.indptr, parts.indices, parts.data, right.indptr, right.indices, right.data,
        rows, columns, out, which,
    )  # fmt: skip
    return out, which


@compiled
def _common_runs(  # noqa: PLR0917 - numba takes arrays, not lists of strings
    left_ptr: Integers,
    left: Integers,
    right_ptr: Integers,
    right: Integers,
    rows: Integers,
    columns: Integers,
    out: Floats,
) -> None:
    for pair in range(rows.size):
        j_start, j_end = right_ptr[columns[pair]], right_ptr[columns[pair] + 1]
        lengths = np.zeros(j_end - j_start + 1, dtype=np.int32)
        for i in range(left_ptr[rows[pair]], left_ptr[rows[pair] + 1]):
            for j in range(j_end - j_start, 0, -1):
                if left[i] == right[j_start + j - 1]:
                    lengths[j] = lengths[j - 1] + 1
                    out[pair] = max(out[pair], lengths[j])
                else:
                    lengths[j] = 0


def common_runs(
    left: tuple[Integers, Integers],
    right: tuple[Integers, Integers],
    rows: Integers,
    columns: Integers,
) -> Floats:
    """For each pair the length of the longest run of characters both texts contain.

    A side is (pointers, code points) as `code_points` makes them.
    """
    out = np.zeros(len(rows), dtype=np.float32)
    _common_runs(*left, *right, rows, columns, out)
    return out


def code_points(texts: list[str]) -> tuple[Integers, Integers]:
    """Texts as one array of code points with pointers, the way kernels read strings."""
    pointers = np.cumsum([0, *(len(text) for text in texts)], dtype=np.int32)
    return pointers, np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.int32)
