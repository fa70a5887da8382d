import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine import ordinal
from mengkeju.matching.engine.ordinal import OrdinalModel

MODEL = OrdinalModel("test", ("a", "b"), (0.5, 1.0), (1.0, 2.0), (1.5, 0.25), (-0.5, 1.0, 3.0))
SCORES = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


@given(SCORES)
def test_probabilities_fall_with_the_level(scores: list[float]) -> None:
    found = MODEL.probabilities(np.array(scores))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=1) <= 0).all()


@given(SCORES)
def test_levels_rise_with_the_score(scores: list[float]) -> None:
    found = MODEL.probabilities(np.sort(np.array(scores)))
    assert (np.diff(ordinal.expected_level(found)) >= 0).all()
    assert (np.diff(ordinal.median_level(found)) >= 0).all()
    assert set(ordinal.median_level(found)) <= {1, 2, 3, 4}


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=9))
def test_contributions_add_up_to_the_score(values: list[tuple[float, float]]) -> None:
    matrix = np.array(values)
    assert MODEL.contributions(matrix).sum(axis=1) == pytest.approx(MODEL.score(matrix), abs=1e-9)


def test_the_median_is_reached_with_probability_one_half() -> None:
    assert ordinal.median_level(np.array([[0.5, 0.499, 0.1], [0.9, 0.6, 0.5], [0.4, 0.2, 0.1]])).tolist() == [2, 4, 1]


def drawn(weights: list[float], count: int = 4000) -> tuple[ordinal.Array, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    draws = np.random.default_rng(7)
    values = draws.normal(size=(count, len(weights)))
    noisy = values @ np.array(weights) + draws.logistic(size=count)
    return values, 1 + np.searchsorted([-0.5, 1.0, 2.5], noisy)


def test_fitting_recovers_the_weights_and_cuts_that_made_the_data() -> None:
    values, levels = drawn([1.5, 0.5])
    model = ordinal.fit(values, levels, ("a", "b"), version="t", ridge=0)
    assert np.array(model.weights) / model.scales == pytest.approx([1.5, 0.5], abs=0.15)
    assert np.array(model.cuts) + np.dot(np.divide(model.means, model.scales), model.weights) == pytest.approx(
        [-0.5, 1.0, 2.5], abs=0.15
    )


def test_likeness_never_speaks_against_a_match() -> None:
    values, levels = drawn([1.0, -1.0])
    assert ordinal.fit(values, levels, ("a", "b"), version="t").weights[1] == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=30))
def test_any_labels_can_be_fitted(levels: list[int]) -> None:
    values = np.array([[float(level), 1.0] for level in levels])
    model = ordinal.fit(values, levels, ("a", "b"), version="t")
    found = model.probabilities(model.score(values))
    assert np.isfinite(found).all()
    assert list(model.cuts) == sorted(model.cuts)


@pytest.mark.parametrize(("values", "levels"), [([], []), ([[1.0]], [5]), ([[float("nan")]], [1])])
def test_unusable_data_is_refused(values: list[list[float]], levels: list[int]) -> None:
    with pytest.raises(ValueError, match=r"样本|关联度"):
        ordinal.fit(np.array(values).reshape(len(levels), 1), levels, ("a",), version="t")


def test_a_model_survives_its_file() -> None:
    assert ordinal.from_json(MODEL.to_json()) == MODEL


@pytest.mark.parametrize("change", [{"schema": "x"}, {"weights": [1]}, {"cuts": [3, 2, 1]}])
def test_a_file_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="匹配模型"):
        ordinal.from_json(json.dumps(json.loads(MODEL.to_json()) | change))
