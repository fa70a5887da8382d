import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine import fusion

# Few values, so that many are equal; zeros of both signs, negatives and the smallest and largest there are.
SCORES = st.lists(
    st.sampled_from([0.0, -0.0, -1.5, 1e-45, 1e-3, 0.25, 0.25000003, 1.0, 7.0, 3e38]) | st.floats(-1, 1, width=32),
    max_size=60,
).map(lambda values: np.array(values, dtype=np.float32))


def plain(scores: np.ndarray) -> np.ndarray:
    order = np.argsort(-scores, kind="stable")
    return order[scores[order] > 0]


@settings(max_examples=150, deadline=None)
@given(SCORES)
def test_the_order_is_that_of_a_stable_sort(scores: np.ndarray) -> None:
    assert fusion.descending(scores).tolist() == plain(scores).tolist()


def test_a_long_order_is_that_of_a_stable_sort() -> None:
    draw = np.random.default_rng(0)
    scores = np.round(draw.normal(size=20_000), 3).astype(np.float32)
    assert fusion.descending(scores).tolist() == plain(scores).tolist()
    assert fusion.descending(scores[::2]).tolist() == plain(scores[::2]).tolist()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([0.0, -2.0, 0.5, 1.0, 1.5]), max_size=40), st.integers(0, 45))
def test_the_best_are_the_first_of_a_stable_sort(values: list[float], keep: int) -> None:
    given_values = np.array(values)
    assert fusion.best(given_values, keep).tolist() == plain(given_values)[:keep].tolist()


def test_each_order_adds_its_share_by_place() -> None:
    one, other = np.array([0.1, 0.9, 0], dtype=np.float32), np.array([0, 0.2, 0], dtype=np.float32)
    fused = fusion.fuse([(one, 1.0), (other, 0.5)], 3)
    assert fused.tolist() == [1 / 62, 1 / 61 + 0.5 / 61, 0]


def test_nothing_to_order() -> None:
    nothing = np.zeros(0, dtype=np.float32)
    assert fusion.fuse([(nothing, 1.0)], 0).tolist() == []
    assert fusion.best(np.zeros(0), 5).tolist() == []
