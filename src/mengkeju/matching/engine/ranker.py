"""The ranked list for a document: candidates, scores, bands and reasons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from mengkeju.matching.engine import bands, explain, meaning, ordinal, raising, structured
from mengkeju.matching.engine.bands import Band
from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.corpus import KEEP, Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.explain import Contribution, Term
from mengkeju.matching.engine.full_live import Deep, Live, Told
from mengkeju.matching.engine.levels import EVEN
from mengkeju.matching.engine.meaning import Meaning
from mengkeju.matching.engine.raising import Raise
from mengkeju.matching.engine.rows import rows_of
from mengkeju.matching.engine.signals import Signal
from mengkeju.matching.engine.space import Table
from mengkeju.matching.engine.structured import Asking, Weights

Array = NDArray[np.float64]
Integers = NDArray[np.int32]
Accepts = Callable[[Document], bool]
POOL = 3  # fused candidates compared for each one kept: the model orders better than the fusion


@dataclass(frozen=True, slots=True)
class Ranked:
    """One proposal. `band` is None when it is none (listed only on “显示更多”).

    `score` is the linear score in log-odds and the sum of `contributions`; `probabilities` are
    P(level ≥ 2), P(≥ 3), P(≥ 4), each σ(score − cut); `expected` lies in [1, 4]; `rank` counts from 1.
    With a full model each level has parts of its own: `told` holds them, `contributions` what is common to all, and
    `score` is the log-odds of level 3 above the cold model's cut, so that scores of pairs can be compared.
    """

    id: str
    rank: int
    score: float
    expected: float
    probabilities: tuple[float, float, float]
    median: int
    band: Band | None
    contributions: tuple[Contribution, ...]
    shared_terms: tuple[Term, ...]
    best_sentence: str
    missing: tuple[str, ...]
    model_version: str
    cuts: tuple[float, float, float]
    raises: tuple[Raise, ...]
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class _Compared:
    """A query with candidate rows, best first by the texts, and their text contributions.

    `meant` is the encoder's line, `deep` what a full model makes of them, None without one.
    """

    query: Document
    row: Table
    found: Integers
    parts: Array
    meant: Array | None
    today: date
    asking: Asking
    deep: Deep | None = None

    @property
    def by_text(self) -> Array:
        """What the texts alone add up to."""
        total = self.parts.sum(axis=1)
        return np.asarray(total if self.meant is None else total + self.meant)


class Ranker:
    """Ranks documents of a corpus for a query of the other side, need or achievement."""

    def __init__(
        self, corpus: Corpus, model: ColdModel, meaning: Meaning | None = None, weights: Weights | None = None,
        deep: Live | None = None,
    ) -> None:  # fmt: skip
        """`corpus` should be built with `reference=model.reference`, `meaning` with its shelves' documents.

        `weights` of signals: None = the expert's. `deep`: the full stack on top of the model.
        """
        self.corpus = corpus
        self.model = model
        self.meaning = meaning
        self.weights = weights
        self.deep = deep
        signals, names = weights.version if weights else structured.settings().version, bands.version()
        self.version = f"{model.version}+signals-{signals}+bands-{names}"

    def shortlist(self, query: Document, keep: int = KEEP) -> list[str]:
        """Ids of the best `keep` documents by the texts alone, best first, without reasons."""
        shelf = self.corpus.shelves[query.side.other]
        return [shelf.documents[at].id for at in self._compare(query, keep, None, date.min, deeply=False).found]

    def rank(
        self,
        query: Document,
        *,
        today: date,
        k: int = 50,
        candidates: int = KEEP,
        accepts: Accepts | None = None,
    ) -> list[Ranked]:
        """The best `k` documents of the other side, best first; [] when nothing is alike at all.

        Signals of the profiles re-order the first `candidates` by the texts. `query` need not be
        in the corpus. `accepts` leaves documents out before they are scored (the asker's own).
        The list holds pairs of every strength: look at `band`.
        """
        compared = self._compare(query, candidates, accepts, today)
        if not len(compared.found):
            return []
        signals = self._signals(compared)
        added = np.array([sum(structured.weighted(found, self.weights)) for found in signals])
        probabilities = self._probabilities(compared, added)
        order = np.argsort(-ordinal.expected_level(probabilities), kind="stable")[:k]
        told = compared.deep.told(order) if compared.deep else [None] * len(order)
        return [
            self._ranked(compared, int(at), place, signals[at], probabilities[at], told=told[place - 1])
            for place, at in enumerate(order, 1)
        ]

    def _probabilities(self, compared: _Compared, added: Array) -> Array:
        if compared.deep is None:
            return self.model.ordinal.probabilities(compared.by_text + added)
        more = added if compared.meant is None else added + compared.meant
        return np.asarray(expit(compared.deep.log_odds + more[:, None]))

    def _compare(
        self, query: Document, keep: int, accepts: Accepts | None, today: date, *, deeply: bool = True
    ) -> _Compared:
        found, row, values = self.corpus.compare(query, POOL * keep)
        if accepts is not None:
            shelf = self.corpus.shelves[query.side.other]
            kept = np.array([accepts(shelf.documents[at]) for at in found], dtype=bool)
            found, values = found[kept], values[kept]
        parts = self.model.ordinal.contributions(values)
        meant = self.meaning.parts(query, found) if self.meaning else None
        asking = Asking(query.profile, today, is_need=query.side is Side.NEED)
        compared = _Compared(query, row, found, parts, meant, today, asking)
        order = np.argsort(-compared.by_text, kind="stable")[:keep]
        deep = None
        if self.deep is not None and deeply:
            deep = self.deep.of(query, rows_of(row, [query]), found[order].astype(np.int64), values[order])
        meant = None if meant is None else meant[order]
        return replace(compared, found=found[order], parts=parts[order], meant=meant, deep=deep)

    def _signals(self, compared: _Compared) -> list[list[Signal]]:
        query, found = compared.query, compared.found
        shelf = self.corpus.shelves[query.side.other]
        topics = shelf.table.whole_latent[found] @ compared.row.whole_latent[0]
        signals = []
        for at, topic in zip(found.tolist(), topics.tolist(), strict=True):
            other = shelf.documents[at]
            achievement = other if query.side is Side.NEED else query
            signals.append(compared.asking.signals(other.profile, topic if achievement.body.strip() else None))
        return signals

    def _ranked(
        self,
        compared: _Compared,
        at: int,
        place: int,
        signals: Sequence[Signal],
        probabilities: Array,
        *,
        told: Told | None,
    ) -> Ranked:
        query, row, other = compared.query, compared.row, int(compared.found[at])
        shelf = self.corpus.shelves[query.side.other]
        need, achievement = _sides(query, shelf.documents[other])
        places = (row, 0, shelf.table, other)
        if query.side is Side.ACHIEVEMENT:
            places = (shelf.table, other, row, 0)
        chances = (float(probabilities[0]), float(probabilities[1]), float(probabilities[2]))
        parts, version = explain.contributions(compared.parts[at], signals, self.weights), self.version
        if self.meaning and compared.meant is not None:
            parts = (*parts, meaning.contribution(float(compared.meant[at])))
            version = f"{version}+{self.meaning.version}"
        score, cuts = sum(part.value for part in parts), self.model.ordinal.cuts
        if told is not None and compared.deep is not None:
            parts = parts[len(compared.parts[at]) :]
            common, own = sum(part.value for part in parts), compared.deep.log_odds[at]
            score = float(own[1]) + cuts[1] + common
            cuts = (score - common - float(own[0]), cuts[1], score - common - float(own[2]))
        return Ranked(
            id=shelf.documents[other].id,
            rank=place,
            score=score,
            expected=1 + sum(chances),
            probabilities=chances,
            median=1 + sum(chance >= EVEN for chance in chances),
            band=bands.band(chances),
            contributions=parts,
            shared_terms=explain.shared_terms(self.corpus.space, *places),
            best_sentence=explain.best_sentence(need, *places),
            missing=explain.missing(need, achievement, signals),
            model_version=version,
            cuts=cuts,
            raises=raising.could_raise(
                need, achievement, compared.today, signals, self.weights, asking=compared.asking
            ),
            told=told,
        )


def _sides(query: Document, other: Document) -> tuple[Document, Document]:
    return (query, other) if query.side is Side.NEED else (other, query)
