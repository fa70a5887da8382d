"""Fitting the full stack on a site's labels, one for each pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.full import FullFitted, Start, require_library
from mengkeju.matching.engine.full_live import Stored, alike
from mengkeju.matching.engine.full_words import family
from mengkeju.matching.engine.ordinal import OrdinalModel
from mengkeju.matching.engine.outcomes import Label, last_of_pairs
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.rows import rows_of

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
LEAST_PAIRS = 20
"""With fewer there is nothing a tree could split."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Labelled pairs as rows of a corpus, each pair once, with what its label counts and its signals' log-odds."""

    left: Integers
    right: Integers
    levels: Integers
    counts: Array
    added: Array


def latest(labels: Sequence[Label], most: int) -> list[int]:
    """Which labels teach: of each pair the last said of the pair as a whole, of many pairs the latest `most`."""
    newest = sorted(last_of_pairs(labels).values(), key=lambda at: (labels[at].on, at), reverse=True)[:most]
    return sorted(newest)


def enough(levels: Integers) -> bool:
    """Whether these labels can be learned from at all."""
    return len(levels) >= LEAST_PAIRS and len(np.unique(levels)) > 1


def fit(corpus: Corpus, taught: Taught, base: OrdinalModel) -> Stored:
    """The stack on top of a cold model. ProtocolError without LightGBM, ValueError with too little to learn from."""
    require_library()
    if not enough(taught.levels):
        raise ValueError("没有可用于训练的样本")
    needs, left = np.unique(taught.left, return_inverse=True)
    titles, right = np.unique(taught.right, return_inverse=True)
    shelf = corpus.shelves[Side.NEED]
    groups = np.zeros(len(shelf.documents), dtype=np.int64)
    asked = rows_of(shelf.table, shelf.documents, needs)
    clusters = connected_components(csr_matrix(alike(asked, asked)), directed=False)[1].astype(np.int64)
    groups[needs] = clusters
    values = corpus.pair_values(taught.left.astype(np.int32), taught.right.astype(np.int32))
    ready = Prepared(corpus, taught.left, taught.right, values, groups)
    with threadpool_limits(1):
        start = Start(base, taught.added, taught.counts)
        fitted = FullFitted(ready, np.arange(len(values)), taught.levels, start=start)
    offered = corpus.shelves[Side.ACHIEVEMENT].documents
    return Stored(
        fitted.core,
        tuple(shelf.documents[at].id for at in needs),
        tuple(offered[at].id for at in titles),
        left.astype(np.int64),
        right.astype(np.int64),
        clusters,
        taught.levels,
        fitted.likeness.values,
        fitted.likeness.scale,
    )


def gains(stored: Stored) -> Mapping[str, float]:
    """What the trees live on: the share of each shown part in what all of them gained, the greatest first."""
    found: dict[str, float] = {}
    for warm, trees in ((True, stored.core.warm), (False, stored.core.cold)):
        for name, gain in zip(stored.core.names(warm=warm), trees.gain() if trees else (), strict=trees is not None):
            found[family(name)] = found.get(family(name), 0.0) + float(gain) / 2
    return {key: round(value, 4) for key, value in sorted(found.items(), key=lambda pair: -pair[1])}
