"""Recall@k: the share of known good titles of a need among its first k, over all titles there are.

Candidates come from the corpus without a label; a method that saw no label on the need's cluster orders
them. Counted by distinct (need, title); pairs without a title are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import metrics, ordinal, protocol
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.methods import COLD, Method
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.protocol_files import PairRow
from mengkeju.matching.engine.ranker import POOL

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
DEPTHS = (10, 20, 50, 100, 200, 500, 1000)
FOLDS = 5
WANTED = 3  # level from which a pair counts as one to be found


@dataclass(frozen=True, slots=True)
class Recall:
    """Share found in the first k by depth k, how many were to be found, and among how many titles."""

    depths: dict[int, Summary]
    known: int
    titles: int


def recall(
    ready: Prepared,
    pairs: Sequence[PairRow],
    method: Method = COLD,
    *,
    depths: Sequence[int] = DEPTHS,
    progress: Callable[[int], None] = lambda _: None,
) -> Recall:
    """Recall at each depth with intervals over clusters. `ready` holds `pairs`, labelled, first.

    `progress` is called with 1 after each of five folds. ProtocolError for fewer than five clusters.
    """
    levels, size = protocol.labels(pairs), len(pairs)
    titled = np.array([bool(pair.title.strip()) for pair in pairs])
    wanted = _wanted(ready, np.flatnonzero((levels >= WANTED) & titled))
    asked = np.array(sorted(wanted), dtype=np.int64)
    wider, spans = _with_candidates(ready, asked, POOL * max(depths))
    count = len(ready.groups)
    found, known = np.zeros((count, len(depths))), np.zeros((count, len(depths)))
    fold = protocol.folds(ready.groups[ready.needs[:size]], FOLDS, seed=0)
    for held in range(FOLDS):
        train = np.flatnonzero(fold != held)
        own = set(np.unique(ready.needs[:size][fold == held]).tolist())
        fitted = method.fit(wider, train, levels[train])
        for need in (int(row) for row in asked if int(row) in own):
            span = spans[need]
            mean = ordinal.expected_level(fitted.probabilities(span))
            order = wider.titles[span][np.argsort(-mean, kind="stable")]
            for at, depth in enumerate(depths):
                found[need, at] = np.isin(wanted[need], order[:depth]).sum()
                known[need, at] = len(wanted[need])
        progress(1)
    shares = metrics.shares(found, known, ready.groups)
    titles = sum(bool(d.title.strip()) for d in ready.corpus.shelves[Side.ACHIEVEMENT].documents)
    return Recall(dict(zip(depths, shares, strict=True)), int(known[:, 0].sum()), titles)


def _wanted(ready: Prepared, rows: Integers) -> dict[int, Integers]:
    """Distinct titles to be found, by need."""
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(int(ready.needs[row]), set()).add(int(ready.titles[row]))
    return {need: np.array(sorted(titles), dtype=np.int64) for need, titles in found.items()}


def _with_candidates(ready: Prepared, asked: Integers, keep: int) -> tuple[Prepared, dict[int, Integers]]:
    """Pairs of every asked need with its candidates behind the labelled ones, and where each need's stand."""
    shelf = ready.corpus.shelves[Side.NEED].documents
    lists = [ready.corpus.candidates(shelf[need], keep).astype(np.int64) for need in asked]
    ends = len(ready.values) + np.cumsum([0, *(len(found) for found in lists)])
    spans = {int(need): np.arange(ends[at], ends[at + 1]) for at, need in enumerate(asked)}
    needs = np.repeat(asked, [len(found) for found in lists])
    return ready.with_pairs(needs, np.concatenate([np.zeros(0, dtype=np.int64), *lists])), spans
