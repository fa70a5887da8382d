"""Unit rows of weighted n-grams as bytes, comparable without the vocabulary they were made with.

An n-gram is known by 32 bits of its digest. A web process that has fitted nothing can tell from two such rows how
alike two texts are; of 500 n-grams two fall together once in 30,000 texts.
"""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_CELL = np.dtype([("key", "<u4"), ("weight", "<f4")])


def pack(row: csr_matrix, terms: Sequence[str], most: int = 0) -> bytes:
    """One row as bytes, ordered by key; `terms` name its columns. `most`: only so many, the weightiest.

    What is cut off a long text makes cosines err downwards.
    """
    columns, weights = row.indices, row.data
    if most and len(weights) > most:
        kept = np.argsort(-weights, kind="stable")[:most]
        columns, weights = columns[kept], weights[kept]
    cells = np.zeros(len(weights), dtype=_CELL)
    cells["key"] = [zlib.crc32(terms[column].encode()) for column in columns]
    cells["weight"] = weights
    return np.sort(cells, order="key").tobytes()


def unpack(rows: Sequence[bytes]) -> csr_matrix:
    """Packed rows as a matrix over the n-grams they have; two such matrices do not fit each other."""
    cells = [np.frombuffer(row, dtype=_CELL) for row in rows]
    together = np.concatenate([np.zeros(0, dtype=_CELL), *cells])
    found, columns = np.unique(together["key"], return_inverse=True)
    starts = np.cumsum([0, *(len(row) for row in cells)])
    data = together["weight"].astype(np.float64)
    return csr_matrix((data, columns.reshape(-1), starts), shape=(len(rows), max(1, len(found))))


def cosines(one: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """How alike one row is to others."""
    matrix = unpack([one, *others])
    return np.asarray((matrix[1:] @ matrix[0].T).toarray()[:, 0], dtype=float)
