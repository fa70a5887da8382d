"""The parts of the full stack add up to its log-odds, whatever goes in, and the level that decides is the median's."""

from typing import Any

import lightgbm
import numpy as np
import pytest

from mengkeju.matching.engine import traits
from mengkeju.matching.engine.full_sum import AROUND, CUTS, Core, Seen, Trees
from mengkeju.matching.engine.levels import deciding
from mengkeju.matching.engine.likeness import NAMES

PAIRS, JUDGED = 40, 30


def trees(width: int, seed: int) -> Trees:
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(300, width))
    quiet: dict[str, Any] = {"objective": "binary", "verbose": -1, "num_leaves": 6, "seed": seed, "num_threads": 1}
    models = []
    for cut in CUTS:
        wanted = (features[:, cut] + draw.normal(size=300) > 0.5 * (cut - 3)).astype(int)
        models.append([lightgbm.train({**quiet, "seed": at}, lightgbm.Dataset(features, wanted), 8) for at in range(2)])
    return Trees(models)


def core(seed: int, *, strength: float = 0.3, share: float = 0.5) -> Core:
    draw = np.random.default_rng(seed)
    bare = Core(np.array([-1.0, 0.5, 2.0]), strength * draw.normal(size=(JUDGED, 3)), None, None, share)
    return Core(
        bare.cuts, bare.weights, trees(len(bare.names(warm=True)), seed), trees(len(bare.names(warm=False)), seed + 1),
        share,
    )  # fmt: skip


def seen(seed: int, *, far: float = 1.0) -> Seen:
    """`far`: how surely the texts speak; beyond 4 their chances lie outside the bounds."""
    draw = np.random.default_rng(seed)
    around = draw.normal(size=(PAIRS, len(AROUND)))
    warm = draw.random(PAIRS) < 0.5
    around[~warm] = np.nan
    text = far * draw.normal(size=(PAIRS, len(NAMES))) / np.sqrt(len(NAMES))
    kernel = draw.random((PAIRS, JUDGED))
    kernel[:5] = 0  # nothing judged is like these
    values, more = draw.normal(size=(PAIRS, len(NAMES))), draw.normal(size=(PAIRS, len(traits.NAMES)))
    return Seen(text, values, more, kernel, around, warm)


@pytest.mark.covers("NED-08")
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("far", "strength"), [(1.0, 0.3), (1.0, 0.0), (20.0, 0.3), (1.0, 5.0)])
def test_the_parts_add_up_to_the_log_odds_of_each_level(far: float, strength: float, share: float) -> None:
    for seed in range(3):
        stack, pairs = core(seed, strength=strength, share=share), seen(seed + 50, far=far)
        parts, said = stack.parts(pairs), stack.log_odds(pairs)
        assert parts.log_odds == pytest.approx(said, abs=1e-9)
        assert np.abs(parts.total() - said).max() < 1e-6
        assert (np.diff(said, axis=1) <= 0).all()
        assert np.isfinite(parts.total()).all()


def test_a_judged_pair_that_weighs_nothing_has_no_part() -> None:
    stack, pairs = core(1), seen(2)
    stack.weights[7] = 0
    parts = stack.parts(pairs)
    assert not parts.judged[:, :, 7].any()
    assert not parts.judged[:5].any()
    assert parts.judged[5:].any()


def test_a_judged_pair_speaks_in_the_direction_of_its_weight() -> None:
    stack, pairs = core(3, strength=0.02, share=0.0), seen(4, far=0.5)
    parts = stack.parts(pairs)
    first = np.sign(stack.weights.T)[None] * (pairs.kernel[:, None, :] > 0)
    assert (np.sign(parts.judged[:, 0]) == first[:, 0]).all()


def test_cold_pairs_have_no_part_of_the_labels_around() -> None:
    stack, pairs = core(5), seen(6)
    names = stack.names(warm=True)
    around = [at for at, name in enumerate(names) if name.startswith("around:")]
    parts = stack.parts(pairs)
    assert not parts.trees[~pairs.warm][:, :, around].any()


def test_shares_of_the_gain_add_up_to_one() -> None:
    assert core(7).warm is not None
    assert trees(9, 1).gain().sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("log_odds", "level"),
    [((-1.0, -2.0, -3.0), 2), ((0.5, -2.0, -3.0), 2), ((2.0, 0.0, -3.0), 3), ((2.0, 1.0, 0.1), 4)],
)
def test_the_level_that_decides_is_the_highest_that_is_reached(log_odds: tuple[float, ...], level: int) -> None:
    assert deciding(log_odds) == level
