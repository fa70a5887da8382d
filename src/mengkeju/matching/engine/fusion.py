"""Reciprocal-rank fusion of several scores of the same rows, in the exact order and in time linear in the rows.

A row's share is 1 / (60 + its place) in each order it is in. Rows without a positive score are in no order; of equal
scores the earlier row comes first. Places are found by sorting the bits of the scores digit by digit: of two positive
float32 the larger has the larger bits.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mengkeju.search.engine.kernels import compiled

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Bits = NDArray[np.uint32]
Array = NDArray[np.float64]
FUSION = 60  # the usual constant of reciprocal-rank fusion
_DIGIT = 11  # bits sorted at a time: three passes for 32
_VALUES = 1 << _DIGIT


def fuse(scored: Iterable[tuple[Floats, float]], count: int) -> Array:
    """The fused score of each of `count` rows; `scored` are scores with the weight of their order."""
    fused = np.zeros(count)
    for scores, share in scored:
        _add_places(descending(scores), share, fused)
    return fused


def descending(scores: Floats) -> Integers:
    """The rows with a positive score, the largest score first, of equal scores the earlier row first."""
    plain = np.ascontiguousarray(scores, dtype=np.float32)
    kept = np.flatnonzero(plain > 0).astype(np.int32)
    return _sorted_rows(~plain[kept].view(np.uint32), kept)


def best(values: Array, keep: int) -> Integers:
    """At most `keep` rows with a positive value, the largest first, of equal values the earlier row first."""
    found = np.flatnonzero(values > 0)
    if len(found) > keep > 0:
        least = np.partition(values[found], len(found) - keep)[len(found) - keep]
        above, even = found[values[found] > least], found[values[found] == least]
        found = np.sort(np.concatenate([above, even[: keep - len(above)]]))
    return np.asarray(found[np.argsort(-values[found], kind="stable")][:keep], dtype=np.int32)


@compiled
def _add_places(order: Integers, share: float, fused: Array) -> None:
    for place in range(order.size):
        fused[order[place]] += share / (FUSION + 1 + place)


@compiled
def _sorted_rows(keys: Bits, rows: Integers) -> Integers:
    size = keys.size
    seen = np.zeros((3, _VALUES), dtype=np.int64)
    for at in range(size):
        for digit in range(3):
            seen[digit, (keys[at] >> np.uint32(digit * _DIGIT)) & np.uint32(_VALUES - 1)] += 1
    other_keys, other_rows = np.empty_like(keys), np.empty_like(rows)
    for digit in range(3):
        shift, start = np.uint32(digit * _DIGIT), 0
        for value in range(_VALUES):
            held = seen[digit, value]
            seen[digit, value] = start
            start += held
        for at in range(size):
            value = (keys[at] >> shift) & np.uint32(_VALUES - 1)
            to = seen[digit, value]
            seen[digit, value] = to + 1
            other_keys[to], other_rows[to] = keys[at], rows[at]
        keys, other_keys = other_keys, keys
        rows, other_rows = other_rows, rows
    return rows
