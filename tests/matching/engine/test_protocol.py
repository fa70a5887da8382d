from dataclasses import replace

import numpy as np
import pytest

from mengkeju.matching.engine import protocol
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError


def test_near_duplicate_needs_share_a_cluster_across_a_chain() -> None:
    body = "希望获得抗旱耐寒苜蓿品种。"
    rows = [
        NeedRow("a", "稀土永磁体制备技术", ""),
        NeedRow("b", "奶牛健康监测", body),
        NeedRow("c", "稀土永磁体制备技术研究", ""),
        NeedRow("d", "苜蓿品种选育", body),
        NeedRow("e", "", ""),
    ]
    assert protocol.clusters(rows).tolist() == [0, 1, 0, 1, 2]


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


def test_recall_of_a_corpus_smaller_than_the_depth(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    found = protocol.recall(needs, pairs)
    assert list(found) == [100, 500, 1000]
    assert found[100] <= found[500] <= found[1000]
    assert found[100] > 0.95


def test_pairs_without_levels_cannot_train(needs: list[NeedRow]) -> None:
    with pytest.raises(ProtocolError, match="level"):
        protocol.predict(needs, [PairRow(needs[0].need_id, "a", "稀土")], [])
