"""Why a pair is proposed, in words: shared terms, the best sentence, contributions, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark
from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.kernels import best_parts
from mengkeju.matching.engine.likeness import SIMILARITIES
from mengkeju.matching.engine.signals import Signal
from mengkeju.matching.engine.space import Space, Table, body_sentences
from mengkeju.matching.engine.structured import Weights, kind_of, weighted

Array = NDArray[np.float64]
MOST_TERMS = 8
_NOTICEABLE = 0.05  # log-odds below which a contribution is not worth a word
_FAINT = 0.1  # of the weightiest shared word: below it a word is everywhere
_ONE_EACH = np.zeros(1, dtype=np.int32)


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
    """A word both texts have; `weight` is its share in their likeness (larger = rarer word)."""

    text: str
    weight: float


def contributions(
    text_parts: Array, signals: Sequence[Signal], weights: Weights | None = None
) -> tuple[Contribution, ...]:
    """All parts of the score in the order of the similarities, then of the signals.

    `text_parts` are the model's twelve contributions for the pair. The values add up to the score.
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
    """At most eight words both full texts have, the weightiest first, no word inside another."""
    left, right = needs.whole_words[need], achievements.whole_words[achievement]
    both = left.multiply(right).tocoo()
    found = sorted(
        ((space.words.terms[column], float(value)) for column, value in zip(both.col, both.data, strict=True)),
        key=lambda term: (-term[1], term[0]),
    )  # fmt: skip
    long = [(word, weight) for word, weight in found if len(word) > 1]
    kept = [
        Term(word, weight) for word, weight in long if not any(word != other and word in other for other, _ in long)
    ]
    strong = [term for term in kept if term.weight >= _FAINT * kept[0].weight]
    return tuple(strong[:MOST_TERMS])


def best_sentence(document: Document, needs: Table, need: int, achievements: Table, achievement: int) -> str:
    """The sentence of the need's content most like the achievement's title; "" if none is."""
    _, which = best_parts(
        needs.part_starts, needs.parts, achievements.title_chars,
        _ONE_EACH + np.int32(need), _ONE_EACH + np.int32(achievement),
    )  # fmt: skip
    return body_sentences(document)[which[0]].strip() if which[0] >= 0 else ""


def missing(need: Document, achievement: Document, signals: Sequence[Signal]) -> tuple[str, ...]:
    """What neither text nor profile states and would make the proposal surer, in Chinese."""
    absent = [] if need.title.strip() else [mark("需求没有标题")]
    absent += [] if need.body.strip() else [mark("需求没有正文")]
    absent += [] if achievement.title.strip() else [mark("成果没有标题")]
    for signal in signals:
        absent.extend(signal.missing)
    return tuple(dict.fromkeys(absent))
