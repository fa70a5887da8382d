"""语义相近: the cosine of an encoder as one more line of the score, where a site has an encoder.

As for the other cosines, what counts is not the cosine but how far it stands above the need's background: its mean
over the achievements of the shelf, in standard deviations. Mean and deviation follow exactly from the mean and the
covariance of all achievements, so the order of the shelf does not matter. A text without a vector says nothing: 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.encoder import Encoder, EncoderError, Floats, text_of
from mengkeju.matching.engine.explain import Contribution
from mengkeju.matching.engine.meaning_figures import FAR, KEY, NEAR, settings

Array = NDArray[np.float64]
Integers = NDArray[np.int32]
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class _Rows:
    """The vectors of one side, a zero row where there is no text."""

    documents: Sequence[Document]
    vectors: Floats
    has_text: NDArray[np.bool_]
    at: Mapping[str, int]


class Meaning:
    """The vectors of a corpus; read only once built, and safe to share between threads."""

    def __init__(self, encoder: Encoder, shelves: Mapping[Side, Sequence[Document]]) -> None:
        """Encode the documents of both sides, rows in their order. EncoderError when the encoder cannot."""
        self._encoder = encoder
        texts = [self._text(document) for side in Side for document in shelves[side]]
        known = [text for text in texts if text]
        rows = encoder.encode(known)
        vectors = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
        has_text = np.array([bool(text) for text in texts], dtype=bool)
        vectors[has_text] = rows
        self._sides: dict[Side, _Rows] = {}
        start = 0
        for side in Side:
            documents, end = shelves[side], start + len(shelves[side])
            at = {document.id: place for place, document in enumerate(documents)}
            self._sides[side] = _Rows(documents, vectors[start:end], has_text[start:end], at)
            start = end
        self.version = f"{KEY}-{settings().version}:{encoder.name}"
        self._mean, self._covariance, self._count = _moments(self._sides[Side.ACHIEVEMENT])
        needs = self._sides[Side.NEED]
        raw = self._raw(needs.vectors)
        self._typical = raw[needs.has_text].mean(axis=0) if needs.has_text.any() else np.zeros(2)
        self._grounds = self._steadied(raw)

    def parts(self, query: Document, found: Integers) -> Array | None:
        """What the line adds to the score of each found row of the other side, in log-odds. None: not to be had now."""
        row = self._row(query)
        if row is None:
            return None
        other = self._sides[query.side.other]
        with threadpool_limits(1):
            cosines = (other.vectors[found] @ row).astype(np.float64)
            ground = self._steadied(self._raw(row[None, :])) if query.side is Side.NEED else self._grounds[found]
        values = _contribution(cosines, ground[:, 0], ground[:, 1])
        return np.asarray(np.where(other.has_text[found] & bool(row.any()), values, 0.0))

    def _row(self, query: Document) -> Floats | None:
        """The query's vector, zero without a text. A text that is on no shelf is somebody's own: it stays here."""
        own, text = self._sides[query.side], self._text(query)
        at = own.at.get(query.id)
        if at is not None and self._text(own.documents[at]) == text:
            return np.asarray(own.vectors[at])
        if not query.id and self._encoder.is_remote:
            return None
        if not text:
            return np.zeros(own.vectors.shape[1], dtype=np.float32)
        try:
            row = self._encoder.encode([text])[0]
        except EncoderError:
            return None
        return row if row.shape == own.vectors.shape[1:] else None

    def _text(self, document: Document) -> str:
        """What is encoded of a document; "" for nothing. What is not open to everybody is not sent elsewhere."""
        return text_of(document) if document.is_open or not self._encoder.is_remote else ""

    def _raw(self, needs: Floats) -> Array:
        """Mean and variance of each need's cosines over the achievements, shape (needs, 2)."""
        out = np.zeros((len(needs), 2))
        covariance = self._covariance.astype(np.float32)
        with threadpool_limits(1):
            for start in range(0, len(needs), CHUNK):
                part = needs[start : start + CHUNK]
                out[start : start + CHUNK, 0] = part @ self._mean
                out[start : start + CHUNK, 1] = np.einsum("ij,ij->i", part @ covariance, part)
        return out

    def _steadied(self, raw: Array) -> Array:
        """Mean and standard deviation, drawn towards the average need's where the achievements are few."""
        share = self._count / (self._count + settings().prior_count)
        drawn = share * raw + (1 - share) * self._typical
        drawn[:, 1] = np.sqrt(np.maximum(drawn[:, 1], settings().floor ** 2))
        return drawn


def _moments(side: _Rows) -> tuple[Array, Array, int]:
    """Mean and covariance of the vectors of those that have a text, and how many they are."""
    known = side.vectors[side.has_text]
    size = side.vectors.shape[1]
    if not len(known):
        return np.zeros(size), np.zeros((size, size)), 0
    mean = known.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((size, size))
    with threadpool_limits(1):
        for start in range(0, len(known), CHUNK):
            part = known[start : start + CHUNK] - mean.astype(np.float32)
            covariance += part.T @ part
    return mean, covariance / len(known), len(known)


def _contribution(cosines: Array, mean: Array, deviation: Array) -> Array:
    figures = settings()
    value = np.sqrt(np.maximum((cosines - mean) / deviation, 0))
    return np.asarray(np.clip(figures.weight * (value - figures.centre), -figures.limit, figures.limit))


def contribution(value: float) -> Contribution:
    """The line as it stands among the others."""
    figures = settings()
    reason = NEAR if value > 0 else FAR if value < 0 else ""
    return Contribution(KEY, figures.label, figures.label_en, value, reason)
