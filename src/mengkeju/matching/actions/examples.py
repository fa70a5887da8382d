"""Labelled pairs as numbers: the texts and facts of both listings as the engine reads them today."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from mengkeju.directory import queries as directory
from mengkeju.matching.actions import shelf
from mengkeju.matching.engine import families, model_files, structured
from mengkeju.matching.engine.cold import ColdModel
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.families import Model
from mengkeju.matching.engine.learning import Examples, Numbers
from mengkeju.matching.engine.levels import CUTS
from mengkeju.matching.engine.outcomes import Label
from mengkeju.matching.engine.rows import rows_of

Array = NDArray[np.float64]
Integers = NDArray[np.int32]


def corpus_for(labels: Sequence[Label], model: ColdModel) -> Corpus:
    """The shelf of technology, and the listings of labels closed since: a need that was answered leaves the shelf.

    Only what is still readable to everybody; a listing withdrawn or archived teaches nothing.
    """
    documents = shelf.published()
    there = {document.id for document in documents}
    wanted = {uid for label in labels for uid in (label.need, label.achievement)} - there
    documents += shelf.closed(wanted)
    return Corpus.build(documents, reference=model.reference, synonyms=directory.synonym_groups())


def known(labels: Sequence[Label], corpus: Corpus) -> list[Label]:
    """The labels both whose listings can be read."""
    needs, achievements = _rows(corpus, Side.NEED), _rows(corpus, Side.ACHIEVEMENT)
    return [label for label in labels if label.need in needs and label.achievement in achievements]


def build(labels: Sequence[Label], corpus: Corpus, model: ColdModel) -> Examples:
    """Labels (`known`) as numbers for a model's similarities; weights as the rules give them."""
    left, right = places(labels, corpus)
    numbers = model.ordinal
    text = np.zeros((0, len(numbers.names)))
    if labels:
        text = (corpus.pair_values(left, right) - np.array(numbers.means)) / np.array(numbers.scales)
    signals = [_signals(corpus, int(a), int(b), x.on) for x, a, b in zip(labels, left, right, strict=True)]
    shape = (len(labels), len(structured.settings().kinds))
    return Examples(
        tuple(labels), text, np.array(signals, dtype=float).reshape(shape), np.array([x.weight for x in labels])
    )


def places(labels: Sequence[Label], corpus: Corpus) -> tuple[Integers, Integers]:
    """The rows of each label's need and achievement on the two shelves."""
    needs, achievements = _rows(corpus, Side.NEED), _rows(corpus, Side.ACHIEVEMENT)
    return (
        np.array([needs[label.need] for label in labels], dtype=np.int32),
        np.array([achievements[label.achievement] for label in labels], dtype=np.int32),
    )


def chances(labels: Sequence[Label], corpus: Corpus, model: Model) -> Array:
    """P(level ≥ 2, 3, 4) of labelled pairs as the site would show them with a model."""
    rows, limit = build(labels, corpus, model.cold), structured.settings().limit
    numbers = numbers_of(model)
    if model.full is None:
        return numbers.probabilities(rows.text, rows.signals, limit)
    added = np.clip(rows.signals @ numbers.signals, -limit, limit)
    documents = {d.id: d for side in Side for d in corpus.shelves[side].documents}
    live = families.at_work(corpus, model, families.Judged(documents))
    needs, (left, right) = corpus.shelves[Side.NEED], places(labels, corpus)
    found = np.zeros((len(labels), CUTS))
    for need in np.unique(left):
        at = np.flatnonzero(left == need)
        row = rows_of(needs.table, needs.documents, np.array([need]))
        values = corpus.pair_values(left[at], right[at])
        deep = live.of(needs.documents[need], row, right[at].astype(np.int64), values) if live else None
        found[at] = deep.log_odds if deep else 0.0
    return np.asarray(expit(found + added[:, None]))


def numbers_of(model: Model) -> Numbers:
    """The numbers of a model that learning may move."""
    numbers = model.cold.ordinal
    signals = np.array([model.signals[key] for key in model_files.signal_keys()])
    return Numbers(np.array(numbers.weights), signals, np.array(numbers.cuts))


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
