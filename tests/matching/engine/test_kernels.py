import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.kernels import best_parts, code_points, common_runs, pair_peaks, pair_worths
from mengkeju.search.engine.kernels import pair_dots

ZERO = np.array([0], dtype=np.int32)


def longest(left: str, right: str) -> int:
    runs = {left[i:j] for i in range(len(left)) for j in range(i + 1, len(left) + 1)}
    return max((len(run) for run in runs if run in right), default=0)


@settings(max_examples=60, deadline=None)
@given(st.text("稀土永磁𠮷", max_size=9), st.text("稀土永磁𠮷", max_size=9))
def test_the_longest_common_run(left: str, right: str) -> None:
    assert common_runs(code_points([left]), code_points([right]), ZERO, ZERO)[0] == longest(left, right)


def test_the_peak_is_the_largest_worth_both_have() -> None:
    left = csr_matrix(np.array([[1, 1, 0, 1]], dtype=np.float32))
    right = csr_matrix(np.array([[1, 0, 1, 1], [0, 0, 1, 0]], dtype=np.float32))
    worth = np.array([2, 9, 7, 3], dtype=np.float32)
    assert pair_peaks(
        left, right, worth, np.array([0, 0], dtype=np.int32), np.array([0, 1], dtype=np.int32)
    ).tolist() == [3, 0]


def test_the_best_part_is_found_and_numbered_within_its_document() -> None:
    parts = csr_matrix(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    right = csr_matrix(np.array([[0.8, 0.6]], dtype=np.float32))
    starts = np.array([0, 1, 3], dtype=np.int32)
    out, which = best_parts(starts, parts, right, np.array([0, 1], dtype=np.int32), np.zeros(2, dtype=np.int32))
    assert out == pytest.approx([0.8, 0.96])
    assert which.tolist() == [0, 1]


def test_a_document_without_parts_has_no_best_one() -> None:
    empty = csr_matrix((0, 2), dtype=np.float32)
    right = csr_matrix(np.array([[1, 0]], dtype=np.float32))
    out, which = best_parts(np.array([0, 0], dtype=np.int32), empty, right, ZERO, ZERO)
    assert (out[0], which[0]) == (0, -1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(1, 9), (9, 1), (4, 4)]))
def test_pairs_are_counted_alike_whichever_side_stays_the_same(seed: int, counts: tuple[int, int]) -> None:
    """Many pairs of one left row, many of one right row, and any mixture: the plain entries each time."""
    draw = np.random.default_rng(seed)
    dense = [np.round(draw.random((count, 12)) * (draw.random((count, 12)) < 0.4), 3) for count in (*counts, 20)]
    left, right, parts = (csr_matrix(table.astype(np.float32)) for table in dense)
    worth = draw.random(12).astype(np.float32)
    rows, columns = (draw.integers(0, count, 30).astype(np.int32) for count in counts)
    starts = np.sort(np.concatenate([[0, 20], draw.integers(0, 21, counts[0] - 1)])).astype(np.int32)
    both = (dense[0][rows] > 0) & (dense[1][columns] > 0)
    assert pair_dots(left, right, rows, columns) == pytest.approx((dense[0][rows] * dense[1][columns]).sum(axis=1))
    assert pair_peaks(left, right, worth, rows, columns) == pytest.approx((both * worth).max(axis=1))
    assert pair_worths(left, right, worth, rows, columns) == pytest.approx((both * worth).sum(axis=1))
    out, which = best_parts(starts, parts, right, rows, columns)
    for pair, (row, column) in enumerate(zip(rows, columns, strict=True)):
        products = dense[2][starts[row] : starts[row + 1]] @ dense[1][column]
        assert out[pair] == pytest.approx(products.max(initial=0))
        assert (which[pair] >= 0) == (out[pair] > 0)
        assert which[pair] < 0 or products[which[pair]] == pytest.approx(out[pair])
