"""The shared space of needs and achievements, and documents as rows in it.

One space serves both directions: it is fitted on the texts of both sides (never on labels), so
that a word is rare or common for the whole platform and a need and an achievement can be compared.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.kernels import code_points
from mengkeju.search.engine.text import Tokeniser, default_tokeniser, normalise, sentences
from mengkeju.search.engine.vectors import LatentSpace, TextVectors

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
LATENT_DIMS = 300
LATENT_ROWS = "2026-11"
"""Raised whenever the same texts would give other directions: rows kept before are not compared with new ones."""
MAX_BODY = 20_000
MAX_SENTENCES = 80
MAX_TITLE = 200


def clipped(document: Document) -> tuple[str, str]:
    """Title and body as far as the engine reads them (the rest of a huge paste is ignored)."""
    return document.title[:MAX_TITLE], document.body[:MAX_BODY]


def body_sentences(document: Document) -> list[str]:
    """The sentences of the body that are compared one by one; the whole body if it has none."""
    return split(clipped(document)[1])


def split(body: str) -> list[str]:
    """The sentences of a body that is clipped already."""
    found = [body[start:end] for start, end in sentences(body)[:MAX_SENTENCES]]
    return found or ([body] if body.strip() else [])


def _nothing() -> Floats:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Table:
    """Documents as rows: n-gram, word and latent vectors of title, body and both together.

    `parts` are the sentences of all bodies, those of row d at `part_starts[d]…[d+1]−1`. A table of offers has no rows
    in `body_words`, `body_latent` and `parts`, and on a shelf none in `whole_chars`: only a need is compared by its
    body and sentence by sentence. `near_latent` needs have only once they were held against achievements
    (`similarity.with_nearest`). `lot` is a number by which some of many are drawn: it follows from the title alone,
    so that neither order nor newcomers change who is drawn.
    """

    title_chars: csr_matrix
    body_chars: csr_matrix
    whole_chars: csr_matrix
    title_words: csr_matrix
    body_words: csr_matrix
    whole_words: csr_matrix
    title_latent: Floats
    body_latent: Floats
    whole_latent: Floats
    parts: csr_matrix
    part_starts: Integers
    title_points: tuple[Integers, Integers]
    lot: NDArray[np.uint32]
    near_latent: Floats = field(default_factory=_nothing)

    def __len__(self) -> int:
        """Number of documents."""
        return int(self.title_chars.shape[0])


class Space:
    """Fitted vocabularies, document frequencies and latent directions."""

    def __init__(self, tokeniser: Tokeniser | None = None, dims: int = LATENT_DIMS) -> None:
        """`tokeniser` brings user words (cluster names); `dims` is LSA's upper limit."""
        self.tokeniser = tokeniser or default_tokeniser()
        self.chars = TextVectors()
        self.words = TextVectors(self.tokeniser.words)
        self.latent = LatentSpace(dims)
        self.digest = ""

    def fit(self, documents: Sequence[Document]) -> "Space":
        """Learn from each distinct non-empty title and body once, in an order of their own; answers itself.

        `digest` names the latent space: the same texts give the same one, in any process.
        """
        texts = sorted({text for d in documents for text in clipped(d) if text.strip()})
        self.latent.fit(self.chars.fit(texts or [""]))
        self.words.fit(texts or [""])
        known = repr((LATENT_ROWS, self.latent.dims, texts)).encode("utf-8", "backslashreplace")
        self.digest = hashlib.sha256(known).hexdigest()[:32]
        return self

    def table(self, documents: Sequence[Document], *, offers: bool = False) -> Table:
        """Rows for `documents`, in their order. Works for documents the space never saw.

        `offers`: leave out what only needs are read by; with texts that is a third of a large shelf's memory.
        """
        titles = [clipped(document)[0] for document in documents]
        bodies = [clipped(document)[1] for document in documents]
        found = [] if offers else [body_sentences(document) for document in documents]
        starts = np.cumsum([0, *(len(sentences) for sentences in found)], dtype=np.int32)
        parts = [sentence for sentences in found for sentence in sentences]
        chars = self.chars.transform_both(titles, bodies)
        words = self.words.transform_both(titles, bodies)
        read = slice(0) if offers else slice(None)
        return Table(
            title_chars=chars[0],
            body_chars=chars[1],
            whole_chars=chars[2],
            title_words=words[0],
            body_words=words[1][read],
            whole_words=words[2],
            title_latent=self.latent.transform(chars[0]),
            body_latent=self.latent.transform(chars[1][read]),
            whole_latent=self.latent.transform(chars[2]),
            parts=self.chars.transform(parts) if parts else csr_matrix((0, len(self.chars.terms)), dtype=np.float32),
            part_starts=starts,
            title_points=code_points([normalise(title) for title in titles]),
            lot=np.array([zlib.crc32(normalise(title).encode()) for title in titles], dtype=np.uint32),
        )
