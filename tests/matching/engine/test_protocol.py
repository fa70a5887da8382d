from dataclasses import replace

import numpy as np
import pytest

from mengkeju.matching.engine import methods, protocol
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError
from tests.matching.engine.methods_for_tests import Knows


def test_folds_never_cut_a_group_and_fill_evenly() -> None:
    groups = np.repeat(np.arange(20), 7)
    fold = protocol.folds(groups, 5, seed=1)
    assert all(len(set(fold[groups == group])) == 1 for group in range(20))
    assert np.bincount(fold).tolist() == [28] * 5
    assert (protocol.folds(groups, 5, seed=1) == fold).all()
    assert (protocol.folds(groups, 5, seed=2) != fold).any()


def test_fewer_groups_than_folds_are_refused() -> None:
    with pytest.raises(ProtocolError, match="只有2组"):
        protocol.folds(np.array([0, 1, 1]), 5, seed=0)


def test_labels_of_the_pairs_to_predict_change_nothing(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    train, wanted = pairs[:240], pairs[240:]
    blind = protocol.predict(needs, train, [replace(pair, level=None) for pair in wanted])
    seen = protocol.predict(needs, train, [replace(pair, level=4) for pair in wanted])
    assert (blind.expected == seen.expected).all()
    assert ((blind.expected >= 1) & (blind.expected <= 4)).all()
    assert set(blind.level.tolist()) <= {1, 2, 3, 4}


def test_prediction_follows_the_training_labels_and_not_the_shipped_model(
    needs: list[NeedRow], pairs: list[PairRow]
) -> None:
    low = protocol.predict(needs, [replace(pair, level=1) for pair in pairs[:60]], pairs[60:])
    assert set(low.level.tolist()) == {1}


def test_empty_titles_are_predicted(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    blank = PairRow(needs[0].need_id, "x", "")
    found = protocol.predict(needs, pairs[:120], [blank, blank])
    assert found.expected[0] == found.expected[1]


@pytest.mark.parametrize("split", protocol.SPLITS)
def test_evaluation_of_the_invented_set(needs: list[NeedRow], pairs: list[PairRow], split: str) -> None:
    steps: list[int] = []
    found = protocol.evaluate(needs, pairs, split=split, count=5, seeds=1, progress=steps.append)
    assert sum(steps) == 5
    assert (found.pairs, found.needs) == (360, 30)
    values = {name: measure.value or 0 for name, measure in found.measures.items()}
    assert values["contest_score"] > 0.7
    assert values["concordance"] > 0.95
    assert values["ndcg10"] > 0.8


def test_shuffled_labels_are_not_learned(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    order = np.random.default_rng(5).permutation(len(pairs))
    mixed = [replace(pair, level=pairs[at].level) for pair, at in zip(pairs, order, strict=True)]
    found = protocol.evaluate(needs, mixed, count=3, seeds=1).measures["concordance"]
    assert 0.3 < (found.value or 0) < 0.7


def test_pairs_without_levels_cannot_train(needs: list[NeedRow]) -> None:
    with pytest.raises(ProtocolError, match="level"):
        protocol.predict(needs, [PairRow(needs[0].need_id, "a", "稀土")], [])


def test_a_method_that_knows_is_perfect_in_everything(
    needs: list[NeedRow], pairs: list[PairRow], ready: Prepared, levels: Integers
) -> None:
    method = Knows(levels)
    found = protocol.evaluate(needs, pairs, method=method, count=4, seeds=2, ready=ready)
    assert [measure.value for measure in found.measures.values()] == [1, 1, 1, 1]
    assert [cut.ece.value for cut in found.calibration] == [0, 0, 0]
    assert len(method.trained) == 8


@pytest.mark.parametrize("split", protocol.SPLITS)
def test_no_pair_is_trained_on_and_predicted_in_one_fold(ready: Prepared, levels: Integers, split: str) -> None:
    method = Knows(levels)
    (run,) = protocol.runs(ready, levels, method, split=split, seeds=1)
    for held, train in enumerate(method.trained):
        assert sorted([*train, *np.flatnonzero(run.fold == held)]) == list(range(360))
        if split == "cluster":
            assert not set(ready.needs[train]) & set(ready.needs[run.fold == held])


def test_the_order_of_the_rows_changes_nothing_that_counts(
    needs: list[NeedRow], pairs: list[PairRow], ready: Prepared
) -> None:
    order = np.random.default_rng(4).permutation(len(pairs))
    mixed = protocol.evaluate(needs, [pairs[at] for at in order], count=3, seeds=1)
    found = protocol.evaluate(needs, pairs, count=3, seeds=1, ready=ready)
    for name, measure in found.measures.items():
        assert mixed.measures[name].value == pytest.approx(measure.value, abs=0.01)


def test_prediction_with_labels_on_the_need_differs_from_the_cold_one(
    needs: list[NeedRow], pairs: list[PairRow]
) -> None:
    train, wanted = pairs[::2], pairs[1::2]
    warm, cold = (protocol.predict(needs, train, wanted, methods.METHODS[name]) for name in ("default", "cold"))
    assert np.abs(warm.expected - cold.expected).max() > 0.05


def test_no_seed_is_refused(ready: Prepared, levels: Integers) -> None:
    with pytest.raises(ProtocolError, match="--seeds"):
        protocol.runs(ready, levels, methods.COLD, seeds=0)
