import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, random_array

from mengkeju.matching.engine.columns import Columns


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(1, 20), st.floats(0, 1), st.integers(0, 99))
def test_the_product_with_a_row_is_the_plain_product_to_the_last_bit(
    rows: int, terms: int, density: float, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    matrix = csr_matrix(random_array((rows, terms), density=density, rng=draw, dtype=np.float32))
    row = csr_matrix(random_array((1, terms), density=density, rng=draw, dtype=np.float32))
    matrix.sort_indices()
    row.sort_indices()
    assert Columns.of(matrix).times(row).tolist() == (matrix @ row.T).toarray()[:, 0].tolist()


def test_columns_are_added_with_their_weights() -> None:
    columns = Columns.of(csr_matrix(np.array([[1, 2, 0], [0, 4, 5]], dtype=np.float32)))
    found = columns.weighed(np.array([1, 2], dtype=np.int32), np.array([10, 1], dtype=np.float32))
    assert found == pytest.approx([20, 45])
    assert columns.weighed(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)).tolist() == [0, 0]
