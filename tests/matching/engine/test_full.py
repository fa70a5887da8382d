"""The full stack: a label never feeds the feature it is learned with, and each part can be left out."""

import numpy as np
import pytest

from mengkeju.matching.engine import full
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.full import Full, Labels
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import ProtocolError

TRAIN = np.arange(0, 360, 2)
REST = np.arange(1, 360, 2)


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", 20)
    monkeypatch.setattr(full, "BAGS", 1)


def around(ready: Prepared, train: Integers, levels: Integers) -> Labels:
    latent = ready.corpus.shelves[Side.ACHIEVEMENT].table.title_latent
    return Labels(ready.groups[ready.needs], ready.titles, latent, train, levels)


def test_changing_a_label_changes_no_feature_of_its_own_pair(ready: Prepared, levels: Integers) -> None:
    known = levels[TRAIN].copy()
    before = around(ready, TRAIN, known).around(TRAIN)
    known[5] = 5 - known[5]
    general = known.mean() - levels[TRAIN].mean()  # the mean of all labels stands behind that of a group
    after = around(ready, TRAIN, known).around(TRAIN)
    assert after[5] == pytest.approx(before[5], abs=abs(general) + 1e-9, nan_ok=True)
    assert after[5][3:] == pytest.approx(before[5][3:], abs=1e-9, nan_ok=True)
    assert not np.allclose(after, before, equal_nan=True)


def test_a_need_without_labels_has_no_label_features(ready: Prepared, levels: Integers) -> None:
    groups = ready.groups[ready.needs]
    train = np.flatnonzero(groups != groups[0])
    found = around(ready, train, levels[train]).around(np.flatnonzero(groups == groups[0]))
    assert np.isnan(found).all()


def test_it_learns_and_its_chances_fall(ready: Prepared, levels: Integers) -> None:
    fitted = Full().fit(ready, TRAIN, levels[TRAIN])
    chances = fitted.probabilities(REST)
    assert chances.shape == (len(REST), 3)
    assert (np.diff(chances, axis=1) <= 0).all()
    assert ((chances > 0) & (chances < 1)).all()
    assert np.corrcoef(chances.sum(axis=1), levels[REST])[0, 1] > 0.5
    assert fitted.probabilities(REST[::-1]) == pytest.approx(chances[::-1])


@pytest.mark.parametrize("group", full.GROUPS)
def test_a_part_left_out_changes_the_prediction(ready: Prepared, levels: Integers, group: str) -> None:
    whole = Full().fit(ready, TRAIN, levels[TRAIN]).probabilities(REST)
    less = Full().without(group).fit(ready, TRAIN, levels[TRAIN]).probabilities(REST)
    assert np.abs(whole - less).max() > 0.005


def test_the_same_fit_twice_is_the_same(ready: Prepared, levels: Integers) -> None:
    one, other = (Full().fit(ready, TRAIN, levels[TRAIN]).probabilities(REST) for _ in range(2))
    assert one == pytest.approx(other, abs=1e-6)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, ready: Prepared) -> None:
    monkeypatch.setattr(full, "find_spec", lambda _name: None)
    with pytest.raises(ProtocolError, match=r"mengkeju\[learning\]"):
        Full().fit(ready, TRAIN, np.ones(len(TRAIN), dtype=np.int64))
