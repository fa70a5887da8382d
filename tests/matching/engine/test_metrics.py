import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, mean_absolute_error, ndcg_score, roc_auc_score

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


def drawn(seed: int, needs: int = 12) -> tuple[metrics.Integers, metrics.Integers, metrics.Integers, metrics.Array]:
    """Needs, levels, predicted levels and expected levels of nobody in particular."""
    draws = np.random.default_rng(seed)
    size = needs * 25
    return (
        draws.integers(0, needs, size),
        draws.integers(1, 5, size),
        draws.integers(1, 5, size),
        1 + 3 * draws.random(size),
    )


def test_every_measure_is_that_of_scikit_learn() -> None:
    needs, levels, guess, expected = drawn(1)
    found = total(metrics.tally(needs, 12, levels, guess, expected))
    assert metrics.contest_score(found) == pytest.approx(1 / (1 + mean_absolute_error(levels, guess)))
    assert metrics.macro_f1(found) == pytest.approx(f1_score(levels, guess, average="macro"))
    quality, won, duels = [], 0.0, 0
    for need in range(12):
        own = needs == need
        quality.append(ndcg_score([2.0 ** (levels[own] - 1) - 1], [expected[own]], k=10))
        ends = own & np.isin(levels, (1, 4))
        size = int((levels[ends] == 4).sum() * (levels[ends] == 1).sum())
        won += size * roc_auc_score(levels[ends] == 4, expected[ends])
        duels += size
    assert metrics.ndcg10(found) == pytest.approx(np.mean(quality))
    assert metrics.concordance(found) == pytest.approx(won / duels)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    needs, levels, guess, expected = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(needs))
    one = metrics.tally(needs, 12, levels, guess, expected)
    two = metrics.tally(needs[order], 12, levels[order], guess[order], expected[order])
    for measure in metrics.MEASURES.values():
        assert measure(total(one)) == pytest.approx(measure(total(two)))


def test_labels_without_relation_give_chance() -> None:
    needs, levels, guess, expected = drawn(2, needs=200)
    found = metrics.summarise(metrics.tally(needs, 200, levels, guess, expected), np.arange(200))
    assert found["concordance"].value == pytest.approx(0.5, abs=0.03)
    assert found["macro_f1"].value == pytest.approx(0.25, abs=0.02)
    assert found["contest_score"].value == pytest.approx(1 / (1 + 1.25), abs=0.01)  # mean |difference| of two dice of 4


def test_a_result_differs_from_itself_by_nothing_and_from_a_worse_one_by_more() -> None:
    needs, levels, guess, _ = drawn(3)
    worse = metrics.tally(needs, 12, levels, guess, guess.astype(float))
    better = metrics.tally(needs, 12, levels, np.where(needs < 11, levels, guess), levels.astype(float))
    same = metrics.differences(worse, worse, np.arange(12))
    assert all(found == metrics.Summary(0.0, (0.0, 0.0)) for found in same.values())
    gained = metrics.differences(better, worse, np.arange(12))["contest_score"]
    assert gained.interval is not None
    assert 0 < gained.interval[0] < (gained.value or 0) < gained.interval[1]


def test_shares_by_hand() -> None:
    part, whole = np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([[2.0, 0.0], [4.0, 0.0]])
    first, second = metrics.shares(part, whole, np.arange(2))
    assert first == metrics.Summary(4 / 6, (0.5, 0.75))
    assert second == metrics.Summary(None, None)


def test_no_run_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="no run"):
        metrics.pooled([])


def test_a_measure_in_words() -> None:
    assert metrics.shown(metrics.Summary(None, None)) == "—"
    assert metrics.shown(metrics.Summary(0.5, None)) == "0.5000"
    assert metrics.shown(metrics.Summary(0.5, (0.25, 0.75))) == "0.5000 [0.2500, 0.7500]"
