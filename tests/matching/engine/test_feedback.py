"""Judgements on a need's achievements move what is alike, and nothing far away."""

import numpy as np
import pytest
from numpy.typing import NDArray

from mengkeju.matching.engine import feedback

CUTS = np.array([-0.3, 2.4, 3.9])


def rows(*vectors: tuple[float, ...]) -> NDArray[np.float32]:
    matrix = np.array(vectors, dtype=float)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), dtype=np.float32)


def learned(judged: NDArray[np.float32], levels: list[int], scores: list[float] | None = None) -> feedback.Learned:
    alike = feedback.kernel(judged @ judged.T)
    ids = tuple(f"a{at}" for at in range(len(levels)))
    return feedback.learn(ids, alike, np.array(scores or [0.0] * len(levels)), np.array(levels), CUTS)


def test_a_strong_judgement_raises_the_like_more_than_the_unlike() -> None:
    judged = rows((1, 0, 0))
    found = learned(judged, [4])
    moved = found.contributions(feedback.kernel(rows((1, 0.1, 0), (0, 0, 1)) @ judged.T)).sum(axis=1)
    assert moved[0] > moved[1] > 0
    assert learned(judged, [1]).weights[0] < 0


def test_the_mode_satisfies_its_own_equation() -> None:
    judged, levels = rows((1, 0, 0), (1, 1, 0), (0, 0, 1)), np.array([4, 1, 2])
    found = learned(judged, list(levels))
    moved = feedback.kernel(judged @ judged.T) @ found.weights
    above, below = np.array([3.9, -1e9, -0.3]), np.array([1e9, -0.3, 2.4])
    slope = 1 - 1 / (1 + np.exp(-(moved - above))) - 1 / (1 + np.exp(np.clip(-(moved - below), -700, 700)))
    assert found.weights == pytest.approx(slope, abs=1e-6)


def test_contradicting_judgements_on_one_achievement_meet_half_way() -> None:
    twice = learned(rows((1, 0), (1, 0)), [1, 4])
    once = learned(rows((1, 0)), [4])
    assert abs(twice.weights.sum()) < once.weights[0]


def test_no_judgement_moves_nothing() -> None:
    assert feedback.learn((), np.zeros((0, 0)), np.zeros(0), np.zeros(0, dtype=np.int64), CUTS).weights.size == 0


def test_a_level_outside_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="1、2、3、4"):
        learned(rows((1, 0)), [5])


def test_the_mode_is_found_where_whole_newton_steps_swing() -> None:
    generator = np.random.default_rng(5)
    for _ in range(20):
        judged = rows(*(tuple(row) for row in generator.normal(size=(23, 6))))
        levels = generator.integers(1, 5, 23)
        scores = generator.normal(0, 3, 23)
        alike = feedback.kernel(judged @ judged.T)
        found = feedback.learn(tuple(map(str, range(23))), alike, scores, levels, CUTS)
        borders = np.concatenate([[-1e9], CUTS, [1e9]])
        moved = scores + alike @ found.weights
        with np.errstate(over="ignore"):
            slope = 1 - sum(1 / (1 + np.exp(-(moved - borders[levels + k]))) for k in (-1, 0))
        assert found.weights == pytest.approx(slope, abs=1e-5)
