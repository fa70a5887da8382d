"""Labelled pairs as numbers: the texts and facts of both listings as the engine reads them today."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import numpy as np

from mengkeju.directory import queries as directory
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries as listings
from mengkeju.matching.actions import shelf
from mengkeju.matching.engine import structured
from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.learning import Examples
from mengkeju.matching.engine.outcomes import Label
from mengkeju.matching.engine.structured import TECHNOLOGY


def corpus_for(labels: Sequence[Label], model: ColdModel) -> Corpus:
    """The shelf of technology, and the listings of labels closed since: a need that was answered leaves the shelf.

    Only what is still readable to everybody; a listing withdrawn or archived teaches nothing.
    """
    documents = shelf.published()
    there = {document.id for document in documents}
    wanted = {uid for label in labels for uid in (label.need, label.achievement)} - there
    gone = sorted(UUID(uid) for uid in wanted)
    for kind in [m for m in matchables.values() if m.market == TECHNOLOGY]:
        for start in range(0, len(gone), shelf.AT_ONCE):
            portion = gone[start : start + shelf.AT_ONCE]
            documents += shelf.to_documents(listings.match_documents(kind.key, portion, closed=True))
    return Corpus.build(documents, reference=model.reference, synonyms=directory.synonym_groups())


def known(labels: Sequence[Label], corpus: Corpus) -> list[Label]:
    """The labels both whose listings can be read."""
    needs, achievements = _rows(corpus, Side.NEED), _rows(corpus, Side.ACHIEVEMENT)
    return [label for label in labels if label.need in needs and label.achievement in achievements]


def build(labels: Sequence[Label], corpus: Corpus, model: ColdModel) -> Examples:
    """Labels (`known`) as numbers for a model's similarities; weights as the rules give them."""
    needs, achievements = _rows(corpus, Side.NEED), _rows(corpus, Side.ACHIEVEMENT)
    left = np.array([needs[label.need] for label in labels], dtype=np.int32)
    right = np.array([achievements[label.achievement] for label in labels], dtype=np.int32)
    numbers = model.ordinal
    text = np.zeros((0, len(numbers.names)))
    if labels:
        text = (corpus.pair_values(left, right) - np.array(numbers.means)) / np.array(numbers.scales)
    signals = [_signals(corpus, int(a), int(b), x.on) for x, a, b in zip(labels, left, right, strict=True)]
    shape = (len(labels), len(structured.settings().kinds))
    return Examples(
        tuple(labels), text, np.array(signals, dtype=float).reshape(shape), np.array([x.weight for x in labels])
    )


def needs_of(labels: Sequence[Label], corpus: Corpus) -> list[Document]:
    """The needs of labels, each once, in order of id."""
    documents = corpus.shelves[Side.NEED].documents
    rows = _rows(corpus, Side.NEED)
    return [documents[rows[uid]] for uid in sorted({label.need for label in labels})]


def _rows(corpus: Corpus, side: Side) -> dict[str, int]:
    return {document.id: row for row, document in enumerate(corpus.shelves[side].documents)}


def _signals(corpus: Corpus, left: int, right: int, on: date) -> list[float]:
    """The signals of a pair as they stood on the day of the label."""
    needs, achievements = corpus.shelves[Side.NEED], corpus.shelves[Side.ACHIEVEMENT]
    need, achievement = needs.documents[left], achievements.documents[right]
    topic = float(achievements.table.whole_latent[right] @ needs.table.whole_latent[left])
    cosine = topic if achievement.body.strip() else None
    found = structured.signals(need.profile, achievement.profile, on, text_cosine=cosine)
    return [signal.value for signal in found]
