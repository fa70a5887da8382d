"""A fitted corpus: all documents of both sides as rows, and quick retrieval of candidates.

Candidates come from four retrievers whose ranks are fused (reciprocal-rank fusion): character
1–3-grams of the title, the same of the content, the latent space, and exact BM25 over words. The
same corpus answers both directions: a need finds achievements, an achievement finds needs.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine import bm25
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.similarity import (
    Reference,
    measure_apart,
    measure_background,
    similarities,
    steadied,
    steadied_apart,
    typical,
    with_nearest,
)
from mengkeju.matching.engine.space import Space, Table, clipped
from mengkeju.search.engine.text import Tokeniser, expand

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Array = NDArray[np.float64]
FUSION = 60  # the usual constant of reciprocal-rank fusion
SHARES = (1.0, 1.0, 1.0, 0.5)  # of the four retrievers; words alone find the least
KEEP = 1000


class Shelf:
    """The documents of one side with their rows and their BM25 index."""

    def __init__(self, space: Space, documents: Sequence[Document]) -> None:
        """`documents` must all be of one side."""
        self.documents = tuple(documents)
        self.table: Table = space.table(self.documents)
        self.bm25 = bm25.fit([space.tokeniser.words(_text(d)) for d in self.documents])


def _text(document: Document) -> str:
    return "\n".join(clipped(document))


class Corpus:
    """Documents of both sides, fitted once and then read only (safe to share between threads)."""

    def __init__(
        self, space: Space, shelves: dict[Side, Shelf], reference: Reference | None,
        synonyms: Iterable[Sequence[str]],
    ) -> None:  # fmt: skip
        """Use `Corpus.build`."""
        self.space = space
        self.shelves = shelves
        self._synonyms = tuple(tuple(group) for group in synonyms)
        achievements = shelves[Side.ACHIEVEMENT].table
        needs = shelves[Side.NEED].table = with_nearest(shelves[Side.NEED].table, achievements)
        raw, apart = measure_background(needs, achievements), measure_apart(needs, achievements)
        self.reference = reference or typical(raw, apart)
        self.background, self.apart = steadied(raw, self.reference), steadied_apart(apart, self.reference)

    @classmethod
    def build(
        cls,
        documents: Iterable[Document],
        *,
        reference: Reference | None = None,
        tokeniser: Tokeniser | None = None,
        synonyms: Iterable[Sequence[str]] = (),
        space: Space | None = None,
    ) -> "Corpus":
        """Fit a corpus; about 8 s for 5,000 documents, 2 s with the `space` of an earlier one.

        `reference` is what a small corpus's background is drawn towards (`cold.load().reference`);
        without one the corpus's own average is taken. `synonyms` (groups of words for one thing)
        widen the query of the word retriever. ValueError for two documents of one side and id.
        """
        found = list(documents)
        keys = {(document.side, document.id) for document in found}
        if len(keys) != len(found):
            raise ValueError("语料中有重复的编号")
        fitted = space or Space(tokeniser).fit(found)
        shelves = {side: Shelf(fitted, [d for d in found if d.side is side]) for side in Side}
        return cls(fitted, shelves, reference, synonyms)

    def __len__(self) -> int:
        """Number of documents on both sides."""
        return sum(len(shelf.documents) for shelf in self.shelves.values())

    def candidates(self, query: Document, keep: int = KEEP) -> Integers:
        """Rows on the other side's shelf that may match, best first, at most `keep`.

        Documents that share nothing with the query are not candidates, so fewer may come back.
        """
        return self._candidates(query, self.space.table([query]), keep)

    def _candidates(self, query: Document, row: Table, keep: int) -> Integers:
        shelf = self.shelves[query.side.other]
        if not shelf.documents:
            return np.zeros(0, dtype=np.int32)
        fused = np.zeros(len(shelf.documents))
        for scores, share in zip(self._retrievers(query, row, shelf), SHARES, strict=True):
            order = np.argsort(-scores, kind="stable")
            order = order[scores[order] > 0]
            fused[order] += share / (FUSION + 1 + np.arange(len(order)))
        best = np.argsort(-fused, kind="stable")[:keep]
        return np.asarray(best[fused[best] > 0], dtype=np.int32)

    def _retrievers(self, query: Document, row: Table, shelf: Shelf) -> list[Floats]:
        table = shelf.table
        content = row.body_chars if row.body_chars.nnz else row.whole_chars
        text = _text(query)
        words = self.space.tokeniser.words(" ".join([text, *expand(text, self._synonyms)]))
        with threadpool_limits(1):
            latent = table.whole_latent @ row.whole_latent[0]
        return [
            (table.title_chars @ row.title_chars.T).toarray()[:, 0],
            (table.whole_chars @ content.T).toarray()[:, 0],
            latent,
            shelf.bm25.scores(words),
        ]

    def compare(self, query: Document, keep: int) -> tuple[Integers, Table, Array]:
        """Candidate rows, the query as a table of one row, and the similarities of each."""
        row = self.space.table([query])
        found = self._candidates(query, row, keep)
        zeros = np.zeros_like(found)
        if query.side is Side.NEED:
            achievements = self.shelves[Side.ACHIEVEMENT].table
            row = with_nearest(row, achievements)
            ground = steadied(measure_background(row, achievements), self.reference)
            values = similarities(self.space, row, achievements, (ground, self.apart), (zeros, found))
        else:
            needs = self.shelves[Side.NEED].table
            apart = steadied_apart(measure_apart(needs, row), self.reference)
            values = similarities(self.space, needs, row, (self.background, apart), (found, zeros))
        return found, row, values

    def pair_values(self, needs: Integers, achievements: Integers) -> Array:
        """The similarities of given pairs of shelf rows, shape (pairs, len(NAMES))."""
        left, right = self.shelves[Side.NEED].table, self.shelves[Side.ACHIEVEMENT].table
        return similarities(self.space, left, right, (self.background, self.apart), (needs, achievements))
