from dataclasses import replace

import numpy as np
import pytest

from mengkeju.matching.engine import cold, protocol
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.evaluation.recall import recall
from mengkeju.matching.engine.methods import COLD, DEFAULT
from mengkeju.matching.engine.prepared import Array, Integers, Prepared, prepare
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError
from mengkeju.matching.engine.ranker import Ranker


class First:
    """Ranks the titles a need is known to want first, or last."""

    name = summary = "first"
    groups = ()

    def __init__(self, wanted: set[tuple[int, int]], *, last: bool = False) -> None:
        self.wanted, self.last = wanted, last

    def without(self, group: str) -> "First":
        raise NotImplementedError

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> "First":
        self.ready = ready
        return self

    def probabilities(self, pairs: Integers) -> Array:
        asked = zip(self.ready.needs[pairs].tolist(), self.ready.titles[pairs].tolist(), strict=True)
        good = np.array([((pair in self.wanted) != self.last) for pair in asked], dtype=float)
        return np.repeat(good[:, None], 3, axis=1)


@pytest.fixture(scope="module")
def wanted(ready: Prepared, levels: Integers) -> set[tuple[int, int]]:
    good = levels >= 3
    return set(zip(ready.needs[good].tolist(), ready.titles[good].tolist(), strict=True))


def test_recall_of_a_corpus_smaller_than_the_depth(ready: Prepared, pairs: list[PairRow]) -> None:
    found = recall(ready, pairs, depths=(100, 500, 1000))
    assert (list(found.depths), found.known) == ([100, 500, 1000], 120)
    values = [share.value or 0 for share in found.depths.values()]
    assert values == sorted(values)
    assert values[0] > 0.95


def test_a_method_that_knows_finds_all_at_once_and_its_opposite_nothing(
    ready: Prepared, pairs: list[PairRow], wanted: set[tuple[int, int]]
) -> None:
    best = recall(ready, pairs, First(wanted), depths=(2, 4, 100)).depths
    assert best[4].value == 1
    assert best[2].value == pytest.approx(0.5)  # every need has four
    worst = recall(ready, pairs, First(wanted, last=True), depths=(4, 100)).depths
    assert worst[4].value == 0
    assert worst[4].interval == (0, 0)


def test_it_is_what_the_shortlist_of_the_site_finds(
    ready: Prepared, pairs: list[PairRow], levels: Integers, wanted: set[tuple[int, int]]
) -> None:
    fold = protocol.folds(ready.groups[ready.needs], 5, seed=0)
    shelf, titles = (ready.corpus.shelves[side].documents for side in (Side.NEED, Side.ACHIEVEMENT))
    hits = 0
    for held in range(5):
        train = fold != held
        model = cold.fit(ready.values[train], levels[train], ready.corpus.reference, version="fold")
        ranker = Ranker(ready.corpus, model)
        for need in np.unique(ready.needs[~train]):
            known = {titles[title].id for own, title in wanted if own == need}
            hits += len(known & set(ranker.shortlist(shelf[need], 10)[:4]))
    assert (recall(ready, pairs, COLD, depths=(4, 10)).depths[4].value or 0) == pytest.approx(hits / 120)


def test_a_new_need_has_no_labels_so_that_default_finds_what_cold_finds(ready: Prepared, pairs: list[PairRow]) -> None:
    steps: list[int] = []
    one = recall(ready, pairs, DEFAULT, depths=(5, 10), progress=steps.append)
    assert one == recall(ready, pairs, COLD, depths=(5, 10))
    assert steps == [1] * 5


def test_pairs_without_a_title_are_not_to_be_found(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    some = [replace(pair, title="") if pair.level == 4 else pair for pair in pairs]
    found = recall(prepare(needs, some), some, depths=(10,))
    assert found.known == 60
    assert found.titles == len({pair.title for pair in some} - {""})


def test_nothing_to_find_and_too_few_needs(needs: list[NeedRow], pairs: list[PairRow]) -> None:
    none = [replace(pair, level=1) for pair in pairs[:72]]
    ready = prepare(needs[:6], none)
    assert recall(ready, none, depths=(10,)).depths[10].value is None
    with pytest.raises(ProtocolError, match="分不成5折"):
        recall(prepare(needs[:3], none[:36]), none[:36], depths=(10,))
