import numpy as np
import pytest

from mengkeju.matching.engine import metrics


def counted(
    levels: list[int], predicted: list[int], expected: list[float], needs: list[int] | None = None
) -> metrics.Tally:
    own = np.array(needs or [0] * len(levels))
    return metrics.tally(own, int(own.max()) + 1, np.array(levels), np.array(predicted), np.array(expected))


def total(found: metrics.Tally) -> metrics.Tally:
    return found.weighed(np.ones(len(found.errors)))


def test_a_perfect_prediction() -> None:
    found = total(counted([1, 2, 3, 4], [1, 2, 3, 4], [1.0, 2.0, 3.0, 4.0]))
    assert [measure(found) for measure in metrics.MEASURES.values()] == [1, 1, 1, 1]


def test_the_contest_score_by_hand() -> None:
    assert metrics.contest_score(total(counted([1, 4], [2, 2], [1, 1]))) == pytest.approx(1 / 2.5)


def test_macro_f1_by_hand() -> None:
    found = total(counted([1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 1, 1]))
    assert metrics.macro_f1(found) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_concordance_stays_within_a_need_and_counts_ties_half() -> None:
    found = total(counted([4, 1, 1, 4, 1], [1] * 5, [2, 1, 2, 0, 9], needs=[0, 0, 0, 1, 1]))
    assert metrics.concordance(found) == pytest.approx(1.5 / 3)


def test_ndcg_by_hand() -> None:
    discount = 1 / np.log2(3)
    assert metrics.ndcg(np.array([1, 4]), np.array([2.0, 1.0])) == pytest.approx(discount)
    assert metrics.ndcg(np.array([1, 1]), np.array([2.0, 1.0])) is None


def test_what_the_data_cannot_tell_is_none() -> None:
    found = metrics.summarise(counted([2, 2], [2, 2], [2, 2]), np.array([0]))
    assert found["concordance"] == metrics.Summary(None, None)
    assert found["contest_score"] == metrics.Summary(1.0, None)


def test_intervals_hold_the_value_and_are_repeatable() -> None:
    draws = np.random.default_rng(3)
    needs = np.repeat(np.arange(30), 12)
    levels = draws.integers(1, 5, needs.size)
    guess = np.clip(levels + draws.integers(-1, 2, needs.size), 1, 4)
    found = metrics.tally(needs, 30, levels, guess, guess + 4 * draws.random(needs.size))
    first, second = (metrics.summarise(found, np.arange(30)) for _ in range(2))
    assert first == second
    for summary in first.values():
        assert summary.interval is not None
        assert summary.interval[0] < (summary.value or 0) < summary.interval[1]


def test_pooling_two_runs_of_the_same_result_changes_nothing() -> None:
    run = counted([1, 2, 4], [1, 3, 4], [1, 3, 4])
    assert metrics.contest_score(total(run + run)) == metrics.contest_score(total(run))
