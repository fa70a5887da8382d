import numpy as np
import pytest

from mengkeju.matching.engine import methods, ordinal, prepared
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow

TITLES = (
    "稀土永磁电机设计",
    "稀土永磁体晶界扩散",
    "苜蓿抗寒品种选育",
    "奶牛乳房炎快速检测",
    "煤矿井下定位",
    "光伏组件清洗机器人",
)


@pytest.fixture(scope="module")
def twins() -> Prepared:
    """Two near-duplicate needs and one of another kind, each with the same six titles."""
    needs = [
        NeedRow("a", "稀土永磁体制备技术", "需要高矫顽力的稀土永磁体"),
        NeedRow("b", "稀土永磁体制备技术研究", "需要高矫顽力的稀土永磁体"),
        NeedRow("c", "奶牛健康监测", "牧场需要奶牛疾病的早期发现"),
    ]
    pairs = [PairRow(need.need_id, f"{need.need_id}{at}", title) for need in needs for at, title in enumerate(TITLES)]
    return prepared.prepare(needs, pairs)


LEVELS = np.array([4, 4, 1, 1, 1, 2] * 3)
EVERY = np.arange(18)


def test_each_method_has_its_name_and_leaves_out_only_its_own_groups() -> None:
    for name, method in methods.METHODS.items():
        assert method.name == name
        assert method.summary
        assert len(set(method.groups)) == len(method.groups) > 3
        assert set(method.groups) <= set(methods.GROUP_LABELS)
        assert method.without(method.groups[0]) != method


def test_cold_is_the_cumulative_logistic_on_the_similarities(ready: Prepared, levels: Integers) -> None:
    train = np.arange(0, 360, 2)
    found = methods.COLD.fit(ready, train, levels[train]).probabilities(np.arange(1, 360, 2))
    model = ordinal.fit(ready.values[train], levels[train], NAMES, version="x")
    assert np.allclose(found, model.probabilities(model.score(ready.values[1::2])))
    assert ((found[:, 0] >= found[:, 1]) & (found[:, 1] >= found[:, 2])).all()


def test_every_similarity_belongs_to_one_group_and_goes_with_it(ready: Prepared, levels: Integers) -> None:
    whole = methods.COLD.fit(ready, np.arange(360), levels)
    sizes = [len(methods.COLD.without(g).fit(ready, np.arange(360), levels).model.names) for g in methods.COLD.groups]
    assert len(whole.model.names) == len(NAMES)
    assert sum(len(NAMES) - size for size in sizes) == len(NAMES)
    assert max(sizes) < len(NAMES)


def test_a_need_without_labels_gets_the_cold_prediction(ready: Prepared, levels: Integers) -> None:
    held = ready.needs >= 25
    train, out = np.flatnonzero(~held), np.flatnonzero(held)
    warm, cold = (m.fit(ready, train, levels[train]).probabilities(out) for m in (methods.DEFAULT, methods.COLD))
    assert (warm == cold).all()


def test_labels_of_a_need_move_it_and_its_near_duplicate_and_no_other(twins: Prepared) -> None:
    train = np.array([0, 2, 12, 13])  # two labels of a, two of c
    levels = np.array([4, 1, 1, 2])
    warm = methods.DEFAULT.fit(twins, train, levels).probabilities(EVERY)
    cold = methods.COLD.fit(twins, train, levels).probabilities(EVERY)
    moved = np.abs(warm - cold).max(axis=1) > 1e-6
    assert moved[:12].all()  # a and, by a's labels, its near-duplicate b
    assert twins.groups.tolist() == [0, 0, 1]
    alone = methods.DEFAULT.without("neighbours").fit(twins, train, levels).probabilities(EVERY)
    assert (alone[6:12] == cold[6:12]).all()
    assert np.allclose(alone[:6], warm[:6])
    assert (methods.DEFAULT.without("feedback").fit(twins, train, levels).probabilities(EVERY) == cold).all()


def test_what_was_judged_moves_towards_its_judgement(twins: Prepared) -> None:
    train = np.arange(12)
    cold = methods.COLD.fit(twins, train, LEVELS[:12]).probabilities(train).sum(axis=1)
    warm = methods.DEFAULT.fit(twins, train, LEVELS[:12]).probabilities(train).sum(axis=1)
    error = np.abs(1 + warm - LEVELS[:12]).mean()
    assert error < np.abs(1 + cold - LEVELS[:12]).mean()


def test_asking_in_parts_or_in_another_order_gives_the_same(ready: Prepared, levels: Integers) -> None:
    train = np.arange(0, 360, 3)
    fitted = methods.DEFAULT.fit(ready, train, levels[train])
    every = fitted.probabilities(np.arange(360))
    order = np.random.default_rng(0).permutation(360)
    assert np.allclose(fitted.probabilities(order), every[order])
    assert np.allclose(fitted.probabilities(order[:7]), every[order[:7]])
    assert fitted.probabilities(np.zeros(0, dtype=np.int64)).shape == (0, 3)


def test_a_default_without_a_part_of_the_cold_model_keeps_its_feedback(ready: Prepared, levels: Integers) -> None:
    train = np.arange(0, 360, 3)
    less = methods.DEFAULT.without("latent").fit(ready, train, levels[train]).probabilities(train)
    cold = methods.COLD.without("latent").fit(ready, train, levels[train]).probabilities(train)
    assert np.abs(less - cold).max() > 0.01
