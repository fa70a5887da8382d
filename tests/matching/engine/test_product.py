"""The process over pairs: what it predicts of a pair without its label equals a fit that never saw it."""

import numpy as np
import pytest

from mengkeju.matching.engine import ordinal
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.prepared import Integers, Prepared
from mengkeju.matching.engine.product import CHUNK, Likeness, Product

TRAIN = np.arange(0, 360, 3)


def chances(ready: Prepared, levels: Integers) -> np.ndarray:
    model = ordinal.fit(ready.values, levels, NAMES, version="t")
    return model.probabilities(model.score(ready.values))


def test_a_pair_left_out_is_predicted_as_by_a_fit_without_it(ready: Prepared, levels: Integers) -> None:
    cold, likeness = chances(ready, levels), Likeness(ready)
    alone = Product(likeness, TRAIN, cold[TRAIN], levels[TRAIN]).moved_without()
    for at in (0, 17, 60):
        rest = np.delete(TRAIN, at)
        found = Product(likeness, rest, cold[rest], levels[rest]).moved(TRAIN[[at]])
        assert alone[at] == pytest.approx(found[0], abs=1e-3)


def test_a_group_left_out_is_predicted_as_by_a_fit_without_it(ready: Prepared, levels: Integers) -> None:
    cold, likeness, groups = chances(ready, levels), Likeness(ready), ready.groups[ready.needs][TRAIN]
    alone = Product(likeness, TRAIN, cold[TRAIN], levels[TRAIN]).moved_without(groups)
    for group in np.unique(groups)[[0, 7]]:
        own = groups == group
        rest = TRAIN[~own]
        found = Product(likeness, rest, cold[rest], levels[rest]).moved(TRAIN[own])
        assert alone[own] == pytest.approx(found, abs=1e-3)


def test_labels_move_their_own_pairs_towards_what_they_say(ready: Prepared, levels: Integers) -> None:
    cold = chances(ready, levels)
    product = Product(Likeness(ready), TRAIN, cold[TRAIN], levels[TRAIN])
    wanted = (levels[TRAIN][:, None] >= np.array([2, 3, 4])) - cold[TRAIN]
    moved = product.moved(TRAIN)
    assert np.square(wanted - moved).mean() < 0.6 * np.square(wanted).mean()


def test_many_pairs_are_answered_in_portions_alike(ready: Prepared, levels: Integers) -> None:
    cold = chances(ready, levels)
    product = Product(Likeness(ready), TRAIN, cold[TRAIN], levels[TRAIN])
    many = np.resize(np.arange(360), CHUNK + 10)
    assert product.moved(many)[-5:] == pytest.approx(product.moved(many[-5:]), abs=1e-5)
    assert product.moved(many[:0]).shape == (0, 3)


def test_the_kernel_is_symmetric_and_largest_on_itself(ready: Prepared) -> None:
    every = np.arange(90)
    kernel = Likeness(ready).between(every, every)
    assert kernel == pytest.approx(kernel.T, abs=1e-5)
    assert (np.diag(kernel) >= kernel.max(axis=1) - 1e-4).all()
