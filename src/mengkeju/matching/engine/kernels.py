"""Compiled loops over pairs (need row, achievement row) used by the similarities."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.search.engine.kernels import compiled, turns

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
OFTEN = 4  # pairs in a row with one left document from which chaining its parts is worth it


@compiled
def _shared_worth(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    held_ptr: Integers,
    held_at: Integers,
    read_ptr: Integers,
    read_at: Integers,
    worth: Floats,
    held_rows: Integers,
    read_rows: Integers,
    marks: Integers,
    peaks: Floats,
    sums: Floats,
) -> None:
    held, mark = -1, 0
    for pair in range(held_rows.size):
        if held_rows[pair] != held:
            held, mark = held_rows[pair], mark + 1
            for at in range(held_ptr[held], held_ptr[held + 1]):
                marks[held_at[at]] = mark
        total = 0.0
        for at in range(read_ptr[read_rows[pair]], read_ptr[read_rows[pair] + 1]):
            if marks[read_at[at]] == mark:
                total += worth[read_at[at]]
                peaks[pair] = max(peaks[pair], worth[read_at[at]])
        sums[pair] = total


def _worths(
    left: csr_matrix, right: csr_matrix, worth: Floats, rows: Integers, columns: Integers
) -> tuple[Floats, Floats]:
    peaks, sums = np.zeros(len(rows), dtype=np.float32), np.zeros(len(rows), dtype=np.float32)
    sides = [(left, rows), (right, columns)]
    (held, held_rows), (read, read_rows) = sides if turns(rows) < turns(columns) else sides[::-1]
    _shared_worth(
        held.indptr, held.indices, read.indptr, read.indices, worth, held_rows, read_rows,
        np.zeros(left.shape[1], dtype=np.int32), peaks, sums,
    )  # fmt: skip
    return peaks, sums


def pair_peaks(left: csr_matrix, right: csr_matrix, worth: Floats, rows: Integers, columns: Integers) -> Floats:
    """For each pair of rows the largest worth of a column both have; 0 when they share none."""
    return _worths(left, right, worth, rows, columns)[0]


def pair_worths(left: csr_matrix, right: csr_matrix, worth: Floats, rows: Integers, columns: Integers) -> Floats:
    """For each pair of rows the summed worth of the columns both have."""
    return _worths(left, right, worth, rows, columns)[1]


@compiled
def _chained(part_ptr: Integers, part_at: Integers, heads: Integers) -> tuple[Integers, Integers]:
    """Entries chained by term: `heads[term]` is one more than the last, `chain` the one before, `owner` the part."""
    first, size = part_ptr[0], part_ptr[-1] - part_ptr[0]
    chain, owner = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    for part in range(part_ptr.size - 1):
        for at in range(part_ptr[part], part_ptr[part + 1]):
            chain[at - first], owner[at - first] = heads[part_at[at]], part
            heads[part_at[at]] = at - first + 1
    return chain, owner


@compiled
def _parts_of_one(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    starts: Integers,
    part_ptr: Integers,
    part_at: Integers,
    part_data: Floats,
    right_ptr: Integers,
    right_at: Integers,
    right_data: Floats,
    rows: Integers,
    columns: Integers,
    heads: Integers,
    out: Floats,
    which: Integers,
) -> None:
    """For pairs that keep their left document: its parts' entries are chained by term once, then only looked up."""
    held, first, count = -1, 0, 0
    chain, owner = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    for pair in range(rows.size):
        if rows[pair] != held:
            for entry in range(chain.size):
                heads[part_at[first + entry]] = 0
            held = rows[pair]
            first, count = part_ptr[starts[held]], starts[held + 1] - starts[held]
            chain, owner = _chained(part_ptr[starts[held] : starts[held + 1] + 1], part_at, heads)
        totals = np.zeros(count)
        for at in range(right_ptr[columns[pair]], right_ptr[columns[pair] + 1]):
            entry = heads[right_at[at]]
            while entry > 0:
                totals[owner[entry - 1]] += part_data[first + entry - 1] * right_data[at]
                entry = chain[entry - 1]
        for part in range(count):
            if totals[part] > out[pair]:
                out[pair] = totals[part]
                which[pair] = part


@compiled
def _parts_of_many(  # noqa: PLR0917 - numba takes arrays, not sparse matrices
    starts: Integers,
    part_ptr: Integers,
    part_at: Integers,
    part_data: Floats,
    right_ptr: Integers,
    right_at: Integers,
    right_data: Floats,
    rows: Integers,
    columns: Integers,
    dense: Floats,
    out: Floats,
    which: Integers,
) -> None:
    """For pairs whose left document changes: the right row is laid out, and the entries of all parts are read."""
    held = -1
    for pair in range(rows.size):
        if columns[pair] != held:
            if held >= 0:
                for at in range(right_ptr[held], right_ptr[held + 1]):
                    dense[right_at[at]] = 0
            held = columns[pair]
            for at in range(right_ptr[held], right_ptr[held + 1]):
                dense[right_at[at]] = right_data[at]
        for part in range(starts[rows[pair]], starts[rows[pair] + 1]):
            total = 0.0
            for at in range(part_ptr[part], part_ptr[part + 1]):
                total += part_data[at] * dense[part_at[at]]
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
    given = (starts, parts.indptr, parts.indices, parts.data, right.indptr, right.indices, right.data, rows, columns)
    if OFTEN * turns(rows) < len(rows):
        _parts_of_one(*given, np.zeros(parts.shape[1], dtype=np.int32), out, which)
    else:
        _parts_of_many(*given, np.zeros(parts.shape[1], dtype=np.float32), out, which)
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
