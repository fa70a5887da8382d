"""Fitting the full stack on a site's labels: one label for each pair, the latest; the same labels, the same numbers."""

from datetime import date, timedelta

import numpy as np
import pytest

from mengkeju.matching.engine import families, full, full_train
from mengkeju.matching.engine.full_train import Taught
from mengkeju.matching.engine.outcomes import Label
from tests.matching.engine.full_for_tests import ROUNDS, Fitted, fitted

DAY = date(2026, 11, 1)


def label(need: str, achievement: str, level: int, days: int = 0, teaches: tuple[str, ...] = ()) -> Label:
    return Label(need, achievement, "topic", level, 1.0, teaches, DAY + timedelta(days=days), None)


@pytest.fixture(scope="module")
def made() -> Fitted:
    return fitted()


def test_each_pair_teaches_once_by_its_last_word() -> None:
    said = [
        label("a", "1", 3), label("a", "1", 1, 5), label("b", "1", 4, 2), label("b", "1", 2, 1),
        label("c", "1", 1, 9, ("maturity",)), label("d", "1", 2, 3), label("d", "1", 4, 3),
    ]  # fmt: skip
    assert full_train.latest(said, 10) == [1, 2, 6]
    assert full_train.latest(said, 2) == [1, 6], "the latest"
    assert full_train.latest([], 10) == []


def test_too_few_pairs_or_one_level_teach_nothing(made: Fitted) -> None:
    assert not full_train.enough(np.array([1, 2, 3]))
    assert not full_train.enough(np.full(100, 3))
    assert full_train.enough(np.array([1] * 15 + [4] * 15))
    few = np.arange(4)
    with pytest.raises(ValueError, match="样本"):
        full_train.fit(made.corpus, Taught(few, few, few + 1, np.ones(4), np.zeros(4)), made.model.cold.ordinal)


def test_the_same_labels_give_the_same_file(made: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", ROUNDS)
    monkeypatch.setattr(full, "BAGS", 1)
    at, stored = made.taught, made.model.full
    assert stored is not None
    taught = Taught(made.ready.needs[at], made.ready.titles[at], made.levels[at], np.ones(len(at)), np.zeros(len(at)))
    again = full_train.fit(made.corpus, taught, made.model.cold.ordinal)
    whole = families.Model("probe", "full", made.model.cold, made.model.signals, made.model.signals_version, again)
    assert families.pack(whole) == families.pack(made.model)


def test_labels_that_count_less_move_less(made: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", 2)
    monkeypatch.setattr(full, "BAGS", 1)
    at, stored = made.taught, made.model.full
    assert stored is not None
    counts = np.full(len(at), 0.1)
    taught = Taught(made.ready.needs[at], made.ready.titles[at], made.levels[at], counts, np.zeros(len(at)))
    weaker = full_train.fit(made.corpus, taught, made.model.cold.ordinal)
    assert np.abs(weaker.core.weights).mean() < 0.5 * np.abs(stored.core.weights).mean()


def test_gains_are_told_by_the_parts_they_are_shown_as(made: Fitted) -> None:
    assert made.model.full is not None
    gains = full_train.gains(made.model.full)
    assert sum(gains.values()) == pytest.approx(1, abs=1e-2)
    assert "process" in gains
    assert list(gains.values()) == sorted(gains.values(), reverse=True)
