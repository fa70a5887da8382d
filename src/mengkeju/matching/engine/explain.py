"""Why a pair is proposed, in words: shared terms, the best sentence, contributions, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.matching.engine.asking import weights
from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.keywords import NUMBER, common_words
from mengkeju.matching.engine.likeness import SIMILARITIES
from mengkeju.matching.engine.signals import Signal
from mengkeju.matching.engine.space import Space, Table, clipped, split
from mengkeju.matching.engine.structured import Weights, kind_of, weighted

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
MOST_TERMS = 8
_NOTICEABLE = 0.05  # log-odds below which a contribution is not worth a word
_FAINT = 0.1  # of the weightiest shared word: below it a word is everywhere


@dataclass(frozen=True, slots=True)
class Contribution:
    """A labelled, signed part of the score, in log-odds, with a reason in Chinese."""

    key: str
    label: str
    label_en: str
    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word both texts have; `weight` is its share (0–1) in all that their words have in common."""

    text: str
    weight: float


def contributions(
    text_parts: Array, signals: Sequence[Signal], weights: Weights | None = None
) -> tuple[Contribution, ...]:
    """All parts of the score in the order of the similarities, then of the signals.

    `text_parts` are the model's contributions for the pair, one for each similarity. The values add up to the score.
    """
    parts = [
        Contribution(kind.name, kind.label, kind.label_en, float(value), _text_reason(kind.label, value))
        for kind, value in zip(SIMILARITIES, text_parts, strict=True)
    ]
    for signal, value in zip(signals, weighted(list(signals), weights), strict=True):
        kind = kind_of(signal.key)
        reason = signal.reason or "、".join(signal.missing)
        parts.append(Contribution(kind.key, kind.label, kind.label_en, value, reason))
    return tuple(parts)


def _text_reason(label: str, value: float) -> str:
    if abs(value) < _NOTICEABLE:
        return _("%(measure)s对结果影响很小") % {"measure": label}
    said = _("%(measures)s高于一般水平") if value > 0 else _("%(measures)s低于一般水平")
    return said % {"measures": label}


def shared_terms(space: Space, needs: Table, need: int, achievements: Table, achievement: int) -> tuple[Term, ...]:
    """At most eight words both full texts have, the weightiest first, no word inside another.

    Numbers, units and words that every need says are left out; the shares are of all that is shared.
    """
    columns, products = _shared_columns(needs.whole_words, need, achievements.whole_words, achievement)
    whole = float(products.sum()) or 1.0
    found = sorted(
        ((space.words.terms[column], value / whole) for column, value in zip(columns, products.tolist(), strict=True)),
        key=lambda term: (-term[1], term[0]),
    )  # fmt: skip
    long = [pair for pair in found if len(pair[0]) > 1 and pair[0] not in common_words() and not NUMBER.match(pair[0])]
    every, kept = "\n".join(word for word, _ in long), list[Term]()
    for word, weight in long:
        if len(kept) == MOST_TERMS or (kept and weight < _FAINT * kept[0].weight):
            break
        if every.count(word) == 1:  # it stands in no other word
            kept.append(Term(word, weight))
    return tuple(kept)


def _shared_columns(left: csr_matrix, one: int, right: csr_matrix, other: int) -> tuple[list[int], Floats]:
    """The columns a row of each has, ascending, and the products of their values; both have sorted columns."""
    ours = slice(left.indptr[one], left.indptr[one + 1])
    theirs = slice(right.indptr[other], right.indptr[other + 1])
    held, sought = left.indices[ours], right.indices[theirs]
    if not len(held):
        return [], np.zeros(0, dtype=np.float32)
    at = np.minimum(np.searchsorted(held, sought), len(held) - 1)
    hits = held[at] == sought
    return sought[hits].tolist(), left.data[ours][at[hits]] * right.data[theirs][hits]


def best_sentence(document: Document, needs: Table, need: int, achievements: Table, achievement: int) -> str:
    """The sentence of the need to quote: likest to the achievement's title, asking before telling; "" if none is."""
    first, last = int(needs.part_starts[need]), int(needs.part_starts[need + 1])
    likeness = _row_products(needs.parts, first, last, achievements.title_chars, achievement)
    if not len(likeness):
        return ""
    sentences, weights = _sentences(clipped(document)[1])
    weighed = likeness * weights
    best = int(np.argmax(weighed))
    return sentences[best].strip() if weighed[best] > 0 else ""


@lru_cache(maxsize=512)
def _sentences(body: str) -> tuple[tuple[str, ...], Array]:
    """The sentences of a need's body and `asking.weights`, kept: one need's are asked for again and again."""
    found = tuple(split(body))
    return found, np.array(weights(found))


def _row_products(left: csr_matrix, first: int, last: int, right: csr_matrix, row: int) -> Array:
    """Dot products of rows first…last−1 of `left` with one row of `right`, both with sorted columns."""
    start, end = left.indptr[first], left.indptr[last]
    theirs = slice(right.indptr[row], right.indptr[row + 1])
    columns, values = right.indices[theirs], right.data[theirs]
    if not len(columns) or start == end:
        return np.zeros(last - first)
    at = np.minimum(np.searchsorted(columns, left.indices[start:end]), len(columns) - 1)
    hits = columns[at] == left.indices[start:end]
    added = np.concatenate([[0.0], np.cumsum(np.where(hits, left.data[start:end] * values[at], 0.0))])
    borders = left.indptr[first : last + 1] - start
    return np.asarray(np.diff(added[borders]))


def missing(need: Document, achievement: Document, signals: Sequence[Signal]) -> tuple[str, ...]:
    """What neither text nor profile states and would make the proposal surer, in Chinese."""
    absent = [] if need.title.strip() else [mark("需求没有标题")]
    absent += [] if need.body.strip() else [mark("需求没有正文")]
    absent += [] if achievement.title.strip() else [mark("成果没有标题")]
    for signal in signals:
        absent.extend(signal.missing)
    return tuple(dict.fromkeys(absent))
