import numpy as np
import pytest

from mengkeju.matching.engine.evaluation.curve import curve
from mengkeju.matching.engine.methods import COLD
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import ProtocolError
from tests.matching.engine.methods_for_tests import Knows, Remembers


def test_given_labels_are_trained_on_and_not_scored(ready: Prepared, levels: Integers) -> None:
    method = Knows(levels)
    points = curve(ready, levels, method, given=(0, 2), count=5, seeds=1)
    assert [(point.given, point.needs, point.pairs) for point in points] == [(0, 30, 360), (2, 30, 300)]
    sizes = [len(train) for train in method.trained]
    assert sizes[:5] == [288] * 5
    assert sizes[5:] == [288 + 6 * 2] * 5  # six new needs in a fold, two labels each


def test_more_labels_than_a_need_has_give_no_point(ready: Prepared, levels: Integers) -> None:
    steps: list[int] = []
    points = curve(ready, levels, Knows(levels), given=(0, 11, 12, 20), count=3, seeds=2, progress=steps.append)
    assert [(point.given, point.pairs) for point in points] == [(0, 360), (11, 30)]
    assert sum(steps) == 4 * 3 * 2


def test_the_truth_gains_nothing_and_one_who_learns_from_the_first_label_all(ready: Prepared, levels: Integers) -> None:
    for point in curve(ready, levels, Knows(levels), given=(0, 1), seeds=1):
        assert point.measures["contest_score"].value == 1
        assert point.gain["contest_score"].value == 0
    none, one = curve(ready, levels, Remembers(levels), given=(0, 1), seeds=1)
    assert one.measures["contest_score"].value == 1
    said = none.measures["contest_score"].value
    assert said == pytest.approx(1 / (1 + np.abs(levels - 1).mean()))
    assert one.gain["contest_score"].value == pytest.approx(1 - (said or 0), abs=0.03)  # on the pairs that are left


def test_one_need_of_a_cluster_is_new_and_the_others_stay_out(ready: Prepared, levels: Integers) -> None:
    groups = ready.groups.copy()
    groups[groups == 1] = 0  # the first two needs are near-duplicates
    groups[groups > 1] -= 1
    twins = Prepared(ready.corpus, ready.needs, ready.titles, ready.values, groups)
    method = Knows(levels)
    (first, _) = curve(twins, levels, method, given=(0, 3), count=2, seeds=1)
    assert first.needs == 29
    for train in method.trained:
        known = set(ready.needs[train].tolist())
        assert 1 not in known or len(train[ready.needs[train] == 1]) == 12  # whole as a training need, or not at all


def test_fewer_clusters_than_folds_are_refused(ready: Prepared, levels: Integers) -> None:
    with pytest.raises(ProtocolError, match="分不成40折"):
        curve(ready, levels, COLD, count=40)
