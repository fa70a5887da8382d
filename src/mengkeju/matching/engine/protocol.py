"""The benchmark protocol: files, clusters of needs, folds, fitting and scoring.

Labels are used in one place only: `cold.fit` on the pairs given for training. What is learned from
texts (document frequencies, latent directions, backgrounds) is fitted on **all** texts given,
also those to be predicted, without their labels: that is transductive, as on the platform, where
a new need's and all achievements' texts are at hand when they are ranked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import cold, metrics, ordinal
from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError
from mengkeju.matching.engine.ranker import Ranker
from mengkeju.search.engine.vectors import TextVectors, cosines

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Progress = Callable[[int], None]
TITLE_ALIKE = 0.5
BODY_ALIKE = 0.6
MODELS = ("default", "full")
SPLITS = ("cluster", "pair")
METHOD = "cold: cumulative logistic on twelve similarities, refitted on the training pairs"
DEPTHS = (100, 500, 1000)
WANTED = 3  # level from which a pair counts as one to be found


@dataclass(frozen=True, slots=True)
class Prepared:
    """Needs and pairs as numbers: the corpus, each pair's need and twelve similarities."""

    corpus: Corpus
    needs: Integers
    values: Array


@dataclass(frozen=True, slots=True)
class Prediction:
    """Expected level in [1, 4] and median level 1–4 of each pair."""

    expected: Array
    level: Integers


def build_corpus(needs: Sequence[NeedRow], pairs: Sequence[PairRow]) -> Corpus:
    """A corpus of the needs and of the distinct achievement titles (an id per title)."""
    titles = dict.fromkeys(pair.title for pair in pairs)
    documents = [Document(row.need_id, Side.NEED, row.title, row.content) for row in needs]
    documents += [Document(title, Side.ACHIEVEMENT, title) for title in titles]
    return Corpus.build(documents)


def prepare(needs: Sequence[NeedRow], pairs: Sequence[PairRow]) -> Prepared:
    """Fit the corpus on all texts (no label) and compare every pair."""
    corpus = build_corpus(needs, pairs)
    rows = {document.id: i for i, document in enumerate(corpus.shelves[Side.NEED].documents)}
    shelf = corpus.shelves[Side.ACHIEVEMENT].documents
    columns = {document.id: i for i, document in enumerate(shelf)}
    left = np.array([rows[pair.need_id] for pair in pairs], dtype=np.int64)
    right = np.array([columns[pair.title] for pair in pairs], dtype=np.int64)
    values = corpus.pair_values(left.astype(np.int32), right.astype(np.int32))
    return Prepared(corpus, left, values)


def labels(pairs: Sequence[PairRow]) -> Integers:
    """The levels of labelled pairs. ProtocolError when one has none."""
    if any(pair.level is None for pair in pairs):
        raise ProtocolError("训练数据缺少 level 列")
    return np.array([pair.level for pair in pairs], dtype=np.int64)


def predict(needs: Sequence[NeedRow], train: Sequence[PairRow], pairs: Sequence[PairRow]) -> Prediction:
    """Fit on `train`, predict `pairs`; `pairs` levels, if any, are not looked at."""
    ready = prepare(needs, [*train, *pairs])
    known = len(train)
    model = cold.fit(
        ready.values[:known], labels(train), ready.corpus.reference, version="refitted"
    )  # fmt: skip
    return _predicted(model, ready.values[known:])


def _predicted(model: ColdModel, values: Array) -> Prediction:
    chances = model.ordinal.probabilities(model.ordinal.score(values))
    return Prediction(ordinal.expected_level(chances), ordinal.median_level(chances))


def clusters(needs: Sequence[NeedRow]) -> Integers:
    """A cluster number per need: connected by title cosine > .5 or content cosine > .6.

    Cosines are of character 1–3-gram TF-IDF over the needs alone. Numbers count from 0 in the
    order of first appearance.
    """
    parent = list(range(len(needs)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for texts, limit in (
        ([need.title for need in needs], TITLE_ALIKE),
        ([need.content for need in needs], BODY_ALIKE),
    ):
        matrix = TextVectors().fit(texts)
        for start in range(0, len(needs), 256):
            alike = cosines(matrix[start : start + 256], matrix) > limit
            for left, right in zip(*np.nonzero(alike), strict=True):
                parent[root(int(right))] = root(start + int(left))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(i), len(numbers)) for i in range(len(needs))])


def folds(groups: Integers, count: int, seed: int) -> Integers:
    """A fold per pair so that no group is cut: shuffled, then each to the emptiest fold.

    ProtocolError when there are fewer groups than folds.
    """
    names, sizes = np.unique(groups, return_counts=True)
    if len(names) < count:
        raise ProtocolError(f"只有{len(names)}组，分不成{count}折，请减小 --folds")
    filled = np.zeros(count)
    place: dict[int, int] = {}
    for at in np.random.default_rng(seed).permutation(len(names)):
        fold = int(filled.argmin())
        place[int(names[at])] = fold
        filled[fold] += sizes[at]
    return np.array([place[int(group)] for group in groups])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures over all seeds, and how large the data were."""

    measures: dict[str, metrics.Summary]
    pairs: int
    needs: int
    clusters: int


def evaluate(
    needs: Sequence[NeedRow],
    pairs: Sequence[PairRow],
    *,
    split: str = "cluster",
    count: int = 5,
    seeds: int = 4,
    progress: Progress = lambda _: None,
    ready: Prepared | None = None,
) -> Evaluation:
    """Cross-validated measures: every pair is predicted by a model that saw none of its fold.

    `split="cluster"` keeps near-duplicate needs together (cold start); `"pair"` cuts at random.
    The shipped coefficients are never used. `progress` is called with 1 after each fold. `ready`
    saves preparing the same needs and pairs again.
    """
    levels, grouping = labels(pairs), clusters(needs)
    ready = ready or prepare(needs, pairs)
    groups = grouping[ready.needs] if split == "cluster" else np.arange(len(pairs))
    total: metrics.Tally | None = None
    for seed in range(seeds):
        fold = folds(groups, count, seed)
        expected, level = np.zeros(len(pairs)), np.ones(len(pairs), dtype=np.int64)
        for held in range(count):
            out = fold == held
            model = cold.fit(ready.values[~out], levels[~out], ready.corpus.reference, version="fold")
            found = _predicted(model, ready.values[out])
            expected[out], level[out] = found.expected, found.level
            progress(1)
        run = metrics.tally(ready.needs, len(needs), levels, level, expected)
        total = run if total is None else total + run
    if total is None:
        raise ProtocolError("--seeds 至少为 1")
    asked = np.isin(np.arange(len(needs)), ready.needs)
    return Evaluation(metrics.summarise(total, grouping), len(pairs), int(asked.sum()), int(grouping.max()) + 1)


def recall(needs: Sequence[NeedRow], pairs: Sequence[PairRow], ready: Prepared | None = None) -> dict[int, float]:
    """Share of known level ≥ 3 (need, title) pairs among a need's first 100/500/1,000 candidates.

    Candidates are fused, then ordered by a model that saw no pair of the need's cluster (5 folds).
    Counted by distinct title; pairs without a title are left out.
    """
    ready = ready or prepare(needs, pairs)
    levels, grouping = labels(pairs), clusters(needs)
    fold = folds(grouping[ready.needs], 5, seed=0)
    wanted: dict[str, set[str]] = {}
    for pair, level in zip(pairs, levels, strict=True):
        if level >= WANTED and pair.title.strip():
            wanted.setdefault(pair.need_id, set()).add(pair.title)
    hits = dict.fromkeys(DEPTHS, 0)
    shelf = ready.corpus.shelves[Side.NEED].documents
    for held in range(5):
        out = fold == held
        reference = ready.corpus.reference
        model = cold.fit(ready.values[~out], levels[~out], reference, version="fold")
        ranker = Ranker(ready.corpus, model)
        for row in np.unique(ready.needs[out]):
            order = ranker.shortlist(shelf[row], max(DEPTHS))
            known = wanted.get(shelf[row].id, set())
            for depth in DEPTHS:
                hits[depth] += len(known.intersection(order[:depth]))
    count = sum(len(found) for found in wanted.values())
    return {depth: hit / count if count else 0.0 for depth, hit in hits.items()}
