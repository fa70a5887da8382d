"""What a probability is worth over a whole catalogue."""

import numpy as np
import pytest

from mengkeju.matching.engine import bands
from mengkeju.matching.engine.evaluation.catalogue import NONE, Row, catalogue, line
from mengkeju.matching.engine.methods import COLD
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Array, Integers, Prepared, prepare
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError


class Constant:
    """Gives every pair the same chances."""

    name = summary = "constant"
    groups = ()

    def __init__(self, *chances: float) -> None:
        self.chances = np.array(chances)

    def without(self, group: str) -> "Constant":
        raise NotImplementedError

    def fit(self, ready: Prepared, train: Integers, levels: Integers) -> "Constant":
        return self

    def probabilities(self, pairs: Integers) -> Array:
        return np.tile(self.chances, (len(pairs), 1))


def world(rated: int) -> tuple[list[NeedRow], list[PairRow]]:
    """Ten needs of their own words and the twin of the first; the first rating of each is relevant.

    The twin is rated on three titles: the first need's relevant one, one of its others, and one of its own, relevant.
    """
    words = "煤乳磁薯盐风硅铝氢稀"
    needs = [NeedRow(str(at), f"{word}项目的{word}处理", f"{word}{word}的说明") for at, word in enumerate(words)]
    pairs = [
        PairRow(str(at), f"{at}-{n}", f"{word}的第{'甲乙丙丁'[n]}种方法", 3 if n == 0 else 1)
        for at, word in enumerate(words)
        for n in range(rated)
    ]
    twin = NeedRow("twin", needs[0].title, "另一段说明")
    own = [PairRow("twin", f"twin-{n}", pairs[n].title, pairs[n].level) for n in range(2)]
    return [*needs, twin], [*pairs, *own, PairRow("twin", "twin-own", "另一种全新的做法", 4)]


def test_the_bounds_are_the_counted_shares() -> None:
    needs, pairs = world(4)
    found = catalogue(prepare(needs, pairs), pairs, Constant(0.9, 0.6, 0.1))
    assert (found.needs, found.titles) == (11, 41)
    everything = {row.key: row for row in found.bands}
    good = everything["good"]
    assert {key for key, row in everything.items() if row.pairs} == {"good"}
    assert (good.pairs, good.rated) == (11 * 41, 43)
    assert good.predicted == pytest.approx(0.6)
    assert good.least.value == pytest.approx(12 / (11 * 41))
    assert good.most.value == pytest.approx(12 / 43)
    # Twins: of 1 + 2 titles relevant for one of them one is known for the other each time.
    assert found.twins == 1
    assert found.caught.value == pytest.approx(2 / 3)
    assert good.estimated == pytest.approx(12 / (11 * 41) * 3 / 2)
    assert found.expected == pytest.approx(0.6 * 41)
    assert found.known == pytest.approx(12 / 11)
    filled = [row for row in found.bins if row.pairs]
    assert [(row.key, row.pairs) for row in filled] == [("0.6", 11 * 41)]
    assert found.line is None, "one bin is no line"
    assert (found.first.key, found.first.pairs) == ("first_10", 110)


def test_without_twins_there_is_no_estimate() -> None:
    needs, pairs = world(3)
    needs, pairs = needs[:-1], [pair for pair in pairs if pair.need_id != "twin"]
    found = catalogue(prepare(needs, pairs), pairs, Constant(0.2, 0.1, 0.0))
    assert (found.twins, found.caught.value) == (0, None)
    row = {r.key: r for r in found.bands}[NONE]
    assert row.pairs == 10 * 30
    assert row.estimated is None
    assert row.least.value == pytest.approx(10 / 300)


@pytest.mark.parametrize(
    "chances", [(0.9, 0.8, 0.7), (0.9, 0.6, 0.1), (0.6, 0.3, 0.1), (0.6, 0.2, 0.1), (0.4, 0.3, 0.1), (0.5, 0.5, 0.5)]
)
def test_the_bands_are_those_of_the_page(chances: tuple[float, float, float]) -> None:
    needs, pairs = world(2)
    found = catalogue(prepare(needs, pairs), pairs, Constant(*chances))
    band = bands.band(chances)
    assert [row.key for row in found.bands if row.pairs] == [band.key if band else NONE]


def test_of_the_invented_set_the_truth_lies_between_the_bounds(ready: Prepared, pairs: list[PairRow]) -> None:
    steps: list[int] = []
    found = catalogue(ready, pairs, COLD, progress=steps.append)
    assert sum(steps) == 5
    rows = [row for row in (*found.bands, *found.bins, found.first) if row.rated]
    assert rows
    for row in rows:
        assert 0 <= (row.least.value or 0) <= (row.most.value or 0) <= 1
        assert row.estimated is None or (row.least.value or 0) <= row.estimated <= (row.most.value or 0)
    assert sum(row.pairs for row in found.bands) == sum(row.pairs for row in found.bins) == found.needs * found.titles


def test_too_few_needs_are_refused() -> None:
    needs, pairs = world(2)
    kept = {"0", "1", "2"}
    few = [pair for pair in pairs if pair.need_id in kept]
    with pytest.raises(ProtocolError, match="折"):
        catalogue(prepare([n for n in needs if n.need_id in kept], few), few)


def test_the_line_is_the_one_the_counts_lie_on() -> None:
    chances = np.array([0.05, 0.15, 0.25, 0.45, 0.85])
    true = 1 / (1 + np.exp(-(-0.5 + 2 * np.log(chances / (1 - chances)))))
    rows = [
        Row(str(at), 1000 * 10 ** (4 - at), 10, float(p), Summary(float(q), None), Summary(1.0, None), float(q))
        for at, (p, q) in enumerate(zip(chances, true, strict=True))
    ]
    assert line(rows) == pytest.approx((-0.5, 2.0), abs=1e-6)
    assert line(rows[:1]) is None
    nothing = [Row("a", 0, 0, 0.0, Summary(None, None), Summary(None, None), None)] * 3
    assert line(nothing) is None
    sure = [Row(str(p), 10, 10, p, Summary(1.0, None), Summary(1.0, None), 1.0) for p in (0.2, 0.8)]
    assert all(np.isfinite(line(sure) or ()))
