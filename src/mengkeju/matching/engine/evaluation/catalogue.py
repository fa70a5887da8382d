"""How true the probabilities are over a whole catalogue: every need with every title, not only the pairs people rated.

People rate pairs that look plausible, so among rated pairs a probability is truer than among all. Of all pairs three
shares at level ≥ 3 are told beside the mean probability:

- *least*: what nobody rated counts as not relevant. The true share is not below it, as far as the ratings are right.
- *most*: among the rated alone. What was not rated is hardly more relevant than what was.
- *estimated*: `least` ÷ the share of relevant titles that ratings caught, where needs are stated twice in nearly the
  same words: of the titles found relevant for one of the two the share known to be relevant for the other as well.
  None without such twins, never above `most`.

A line in log-odds, σ(intercept + slope · logit P), fitted to the estimated counts of the bins, turns P(level ≥ 3) among
pairs people select into one over the whole catalogue. No single shift of the prior does: people leave out the more
pairs, the less plausible they look. It is never taken to raise a probability.

No label of a need's cluster is seen by the fit that scores it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine import bands, metrics, ordinal, protocol
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.methods import COLD, Method
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.protocol_files import PairRow
from mengkeju.search.engine.duplicates import THRESHOLD
from mengkeju.search.engine.vectors import cosines

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
FOLDS = 5
WANTED = 3  # level from which a pair counts as relevant
BINS = 10
FIRST = 10
LEAST_BINS = 2
SUREST = 1 - 1e-6
STEPS = 50
RIDGE = 1e-6  # so that the last step is always defined
NONE = "none"
"""Key of what reaches no band."""


@dataclass(frozen=True, slots=True)
class Row:
    """Some of all pairs: how many, how many were rated, the mean P(level ≥ 3), and the shares at level ≥ 3."""

    key: str
    pairs: int
    rated: int
    predicted: float
    least: Summary
    most: Summary
    estimated: float | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`bands` by key (and `NONE`), `first`: the ten best of each need, `bins` of P(level ≥ 3) by lower bound.

    `caught`: share of relevant titles that ratings caught, by `twins` pairs of near-verbatim needs. `expected` and
    `known`: relevant titles per need, by the probabilities and by the ratings. `line`: intercept and slope.
    """

    needs: int
    titles: int
    bands: tuple[Row, ...]
    first: Row
    bins: tuple[Row, ...]
    twins: int
    caught: Summary
    expected: float
    known: float
    line: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Sums:
    """Per need and group: pairs, rated ones, relevant ones, probabilities."""

    pairs: Array
    rated: Array
    known: Array
    chances: Array

    def add(self, need: int, group: Integers, rated: NDArray[np.bool_], known: NDArray[np.bool_], p3: Array) -> None:
        """The titles of one need; `group` is the column of each, negative: none."""
        kept = group >= 0
        for into, what in ((self.pairs, kept), (self.rated, rated), (self.known, known), (self.chances, p3)):
            np.add.at(into[need], group[kept], np.asarray(what, dtype=float)[kept])


def catalogue(
    ready: Prepared,
    pairs: Sequence[PairRow],
    method: Method = COLD,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Catalogue:
    """Score every rated need with every title, each by a fit that saw none of its cluster (five folds)."""
    documents = ready.corpus.shelves[Side.ACHIEVEMENT].documents
    titled = np.array([bool(d.title.strip()) for d in documents], dtype=bool)
    level = _levels(ready, pairs, len(documents))
    keys = [*(band.key for band in bands.bands()), NONE]
    count = len(ready.groups)
    by_band, by_bin, first = (_empty(count, size) for size in (len(keys), BINS, 1))
    for need, scored in _scored(ready, pairs, method, progress):
        chances, own = scored[titled], level[need][titled]
        facts = (own > 0, own >= WANTED, chances[:, 1])
        by_band.add(need, _bands(chances, keys), *facts)
        by_bin.add(need, np.minimum((chances[:, 1] * BINS).astype(np.int64), BINS - 1), *facts)
        top = np.full(len(own), -1, dtype=np.int64)
        top[np.argsort(-ordinal.expected_level(chances), kind="stable")[:FIRST]] = 0
        first.add(need, top, *facts)
    twins, caught = _caught(ready, level)
    needs = int((by_bin.pairs.sum(axis=1) > 0).sum())
    bins = tuple(_rows([f"{at / BINS:.1f}" for at in range(BINS)], by_bin, ready.groups, caught))
    return Catalogue(
        needs,
        int(titled.sum()),
        tuple(_rows(keys, by_band, ready.groups, caught)),
        next(_rows([f"first_{FIRST}"], first, ready.groups, caught)),
        bins,
        twins,
        caught,
        float(by_bin.chances.sum() / max(needs, 1)),
        float(by_bin.known.sum() / max(needs, 1)),
        line(bins),
    )


def _empty(needs: int, size: int) -> _Sums:
    return _Sums(*(np.zeros((needs, size)) for _ in range(4)))


def _levels(ready: Prepared, pairs: Sequence[PairRow], titles: int) -> Integers:
    """The best known level of each need (row) with each title; 0: not rated."""
    found = np.zeros((len(ready.groups), titles), dtype=np.int64)
    size = len(pairs)
    np.maximum.at(found, (ready.needs[:size], ready.titles[:size]), protocol.labels(pairs))
    return found


def _scored(
    ready: Prepared, pairs: Sequence[PairRow], method: Method, progress: Callable[[int], None]
) -> Iterator[tuple[int, Array]]:
    """Each rated need with its chances for every title."""
    size, levels = len(pairs), protocol.labels(pairs)
    titles = np.arange(len(ready.corpus.shelves[Side.ACHIEVEMENT].documents))
    fold = protocol.folds(ready.groups[ready.needs[:size]], FOLDS, seed=0)
    for held in range(FOLDS):
        train, asked = np.flatnonzero(fold != held), np.unique(ready.needs[:size][fold == held])
        wider = ready.with_pairs(np.repeat(asked, len(titles)), np.tile(titles, len(asked)))
        fitted = method.fit(wider, train, levels[train])
        for at, need in enumerate(asked):
            span = np.arange(len(ready.values) + at * len(titles), len(ready.values) + (at + 1) * len(titles))
            yield int(need), fitted.probabilities(span)
        progress(1)


def _bands(chances: Array, keys: Sequence[str]) -> Integers:
    """The column of each title's band; the same rule as the page's, for many at once."""
    median, found = ordinal.median_level(chances), np.full(len(chances), keys.index(NONE))
    for band in reversed(bands.bands()):
        found[(median >= band.min_median) & (chances[:, 1] >= band.min_p3)] = keys.index(band.key)
    return found


def _caught(ready: Prepared, level: Integers) -> tuple[int, Summary]:
    """How many pairs of twins, and of the titles relevant for one the share known to be relevant for the other."""
    titles = ready.corpus.shelves[Side.NEED].table.title_chars
    alike = cosines(titles, titles) > THRESHOLD
    np.fill_diagonal(alike, val=False)
    rated = np.asarray((level > 0).any(axis=1), dtype=bool)
    alike &= rated[:, None] & rated[None, :]
    relevant = level >= WANTED
    there, both = np.zeros((len(alike), 1)), np.zeros((len(alike), 1))
    for one, other in zip(*np.nonzero(alike), strict=True):
        there[one] += relevant[other].sum()
        both[one] += (relevant[one] & relevant[other]).sum()
    return int(alike.sum()) // 2, metrics.shares(both, there, ready.groups)[0]


def _rows(keys: Sequence[str], sums: _Sums, clusters: Integers, caught: Summary) -> Iterator[Row]:
    least = metrics.shares(sums.known, sums.pairs, clusters)
    most = metrics.shares(sums.known, sums.rated, clusters)
    for at, key in enumerate(keys):
        size = sums.pairs[:, at].sum()
        predicted = float(sums.chances[:, at].sum() / size) if size else 0.0
        yield Row(
            key, int(size), int(sums.rated[:, at].sum()), predicted, least[at], most[at],
            _estimated(least[at], most[at], caught),
        )  # fmt: skip


def _estimated(least: Summary, most: Summary, caught: Summary) -> float | None:
    if least.value is None or most.value is None or not caught.value:
        return None
    return min(least.value / caught.value, max(most.value, least.value))


def line(bins: Sequence[Row]) -> tuple[float, float] | None:
    """Intercept and slope by maximum likelihood over the bins; None where fewer than two of them tell anything."""
    kept = [row for row in bins if row.estimated and 0 < row.predicted < 1]
    if len(kept) < LEAST_BINS:
        return None
    chances, sizes = np.array([row.predicted for row in kept]), np.array([float(row.pairs) for row in kept])
    hits = sizes * np.array([min(row.estimated or 0.0, SUREST) for row in kept])
    given = np.column_stack([np.ones(len(kept)), np.log(chances / (1 - chances))])
    found = np.array([0.0, 1.0])
    for _step in range(STEPS):
        now = 1 / (1 + np.exp(-given @ found))
        bent = (given * (sizes * now * (1 - now))[:, None]).T @ given + RIDGE * np.eye(2)
        found = found + np.clip(np.linalg.solve(bent, given.T @ (hits - sizes * now)), -1, 1)
    return float(found[0]), float(found[1])
