import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss

from mengkeju.matching.engine import calibration
from mengkeju.matching.engine.calibration import Array, Integers
from tests.matching.engine.methods_for_tests import sure


def some(size: int = 600) -> tuple[Integers, Integers, Array]:
    """Needs, levels, and falling probabilities that say little about them."""
    draws = np.random.default_rng(7)
    chances = -np.sort(-draws.random((size, 3)), axis=1)
    return np.arange(size) // 20, draws.integers(1, 5, size), chances


def test_brier_and_log_loss_are_those_of_scikit_learn() -> None:
    needs, levels, chances = some()
    for at, found in enumerate(calibration.measure(needs, levels, [chances], np.arange(30))):
        reached = levels >= found.cut
        assert found.brier.value == pytest.approx(brier_score_loss(reached, chances[:, at]))
        assert found.log_loss.value == pytest.approx(log_loss(reached, chances[:, at]))


def test_bins_are_those_of_scikit_learn() -> None:
    needs, levels, chances = some()
    for at, found in enumerate(calibration.measure(needs, levels, [chances], np.arange(30))):
        share, mean = calibration_curve(levels >= found.cut, chances[:, at], n_bins=10)
        assert [one.observed.value for one in found.bins] == pytest.approx(share.tolist())
        assert [one.predicted for one in found.bins] == pytest.approx(mean.tolist())
        assert sum(one.count for one in found.bins) == 600


def test_the_calibration_error_by_hand() -> None:
    chances = np.array([[0.9, 0.0, 0.0], [0.9, 0.0, 0.0], [0.2, 0.0, 0.0], [0.2, 0.0, 0.0]])
    (found, _, _) = calibration.measure(np.array([0, 0, 1, 1]), np.array([2, 1, 1, 1]), [chances], np.arange(2))
    assert found.ece.value == pytest.approx(0.5 * abs(0.9 - 0.5) + 0.5 * abs(0.2 - 0.0))
    assert [(one.low, one.high, one.count) for one in found.bins] == [(0.2, 0.3, 2), (0.9, 1.0, 2)]


def test_the_truth_is_perfectly_calibrated_and_the_opposite_is_worst() -> None:
    levels = np.array([1, 2, 3, 4])
    needs = np.arange(4)
    for found in calibration.measure(needs, levels, [sure(levels)], needs):
        assert (found.ece.value, found.brier.value) == (0, 0)
        assert found.log_loss.value == pytest.approx(0, abs=1e-9)
    for found in calibration.measure(needs, levels, [1 - sure(levels)], needs):
        assert (found.ece.value, found.brier.value) != (0, 0)
        assert found.brier.value == 1
        assert np.isfinite(found.log_loss.value or 0)


def test_the_order_of_rows_does_not_matter_and_two_equal_runs_are_one() -> None:
    needs, levels, chances = some()
    once = calibration.measure(needs, levels, [chances], np.arange(30))
    order = np.random.default_rng(1).permutation(len(needs))
    for other in (
        calibration.measure(needs[order], levels[order], [chances[order]], np.arange(30)),
        calibration.measure(needs, levels, [chances, chances], np.arange(30)),
    ):
        for one, two in zip(once, other, strict=True):
            assert two.ece.value == pytest.approx(one.ece.value)
            assert two.brier.interval == pytest.approx(one.brier.interval)
            assert [b.count for b in two.bins] == [b.count for b in one.bins]


def test_intervals_hold_the_value_of_honest_probabilities() -> None:
    draws = np.random.default_rng(3)
    chances = -np.sort(-draws.random((3000, 3)), axis=1)
    levels = 1 + (chances > draws.random((3000, 1))).sum(axis=1)
    for found in calibration.measure(np.arange(3000) // 10, levels, [chances], np.arange(300)):
        assert (found.ece.value or 1) < 0.05
        assert found.brier.interval is not None
        assert found.brier.interval[0] < (found.brier.value or 0) < found.brier.interval[1]
        inside = [b.observed.interval[0] - 0.02 <= b.predicted <= b.observed.interval[1] + 0.02
                  for b in found.bins if b.observed.interval]  # fmt: skip
        assert sum(inside) >= 8
