"""What LightGBM reads of a pair: finite, of texts alone, the same in any order of the pairs."""

from dataclasses import replace

import numpy as np
import pytest

from mengkeju.matching.engine import prepared
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from mengkeju.matching.engine.traits import traits


def test_each_pair_has_its_row_whatever_the_order(ready: Prepared) -> None:
    found = traits(ready)
    assert found.shape[0] == len(ready.values)
    assert np.isfinite(found).all()
    order = np.random.default_rng(1).permutation(len(ready.values))
    turned = replace(ready, needs=ready.needs[order], titles=ready.titles[order], values=ready.values[order])
    assert traits(turned) == pytest.approx(found[order])


def test_empty_and_single_texts_are_borne() -> None:
    needs = [NeedRow("a", "", ""), NeedRow("b", "稀土永磁体", "需要稀土永磁体")]
    pairs = [PairRow("a", "1", ""), PairRow("b", "2", "稀土永磁体制备")]
    assert np.isfinite(traits(prepared.prepare(needs, pairs))).all()
