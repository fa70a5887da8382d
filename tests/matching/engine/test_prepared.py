import numpy as np

from mengkeju.matching.engine import prepared
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow


def test_near_duplicate_needs_share_a_cluster_across_a_chain() -> None:
    body = "希望获得抗旱耐寒苜蓿品种。"
    rows = [
        NeedRow("a", "稀土永磁体制备技术", ""),
        NeedRow("b", "奶牛健康监测", body),
        NeedRow("c", "稀土永磁体制备技术研究", ""),
        NeedRow("d", "苜蓿品种选育", body),
        NeedRow("e", "", ""),
    ]
    assert prepared.clusters(rows).tolist() == [0, 1, 0, 1, 2]


def test_pairs_are_named_by_the_rows_of_their_need_and_title(
    ready: Prepared, needs: list[NeedRow], pairs: list[PairRow]
) -> None:
    titles = list(dict.fromkeys(pair.title for pair in pairs))
    at = 100
    assert needs[ready.needs[at]].need_id == pairs[at].need_id
    assert titles[ready.titles[at]] == pairs[at].title
    assert ready.groups.tolist() == list(range(30))


def test_further_pairs_stand_behind_and_have_their_own_likenesses(ready: Prepared) -> None:
    wider = ready.with_pairs(ready.needs[:5], ready.titles[:5])
    assert len(wider.values) == len(ready.values) + 5
    assert np.allclose(wider.values[-5:], ready.values[:5])
    assert (wider.values[:-5] == ready.values).all()
