import pytest

from mengkeju.matching.engine import protocol
from mengkeju.matching.engine.evaluation.ablation import ablate
from mengkeju.matching.engine.methods import DEFAULT
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from tests.matching.engine.methods_for_tests import Knows


def test_a_part_that_decides_costs_all_and_one_that_does_nothing_costs_nothing(
    ready: Prepared, levels: Integers
) -> None:
    method = Knows(levels)
    done = protocol.runs(ready, levels, method, seeds=1)
    whole = protocol.tallied(ready.needs, 30, levels, done)
    steps: list[int] = []
    truth, nothing = ablate(ready, levels, method, whole, seeds=1, progress=steps.append)
    assert (truth.group, nothing.group) == ("truth", "nothing")
    assert truth.measures["concordance"] == Summary(0.5, (0.5, 0.5))
    assert truth.difference["concordance"] == Summary(0.5, (0.5, 0.5))
    assert (truth.helped, truth.hurt, truth.same) == (30, 0, 0)
    assert nothing.difference["contest_score"] == Summary(0.0, (0.0, 0.0))
    assert (nothing.helped, nothing.hurt, nothing.same) == (0, 0, 30)
    assert sum(steps) == 10


def test_without_labels_on_the_held_needs_feedback_is_worth_nothing(
    needs: list[NeedRow], pairs: list[PairRow], ready: Prepared, levels: Integers
) -> None:
    found = protocol.evaluate(needs, pairs, count=3, seeds=1, ready=ready)
    rows = {row.group: row for row in ablate(ready, levels, DEFAULT, found.tally, count=3, seeds=1)}
    assert list(rows) == list(DEFAULT.groups)
    for group in ("feedback", "neighbours"):
        assert rows[group].difference["contest_score"].value == 0
        assert rows[group].measures["contest_score"].value == pytest.approx(found.measures["contest_score"].value)
