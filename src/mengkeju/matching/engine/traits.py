"""What LightGBM reads of a pair beside the similarities. Texts only: no label enters here.

Cosines as they are, their place among all achievements of the need, how they stand against the
achievement's own mean over all needs, and likeness with the need *as its nearest achievements put it*
(pseudo-relevance feedback: the middle of the first 10, 20, 50, 150 titles in the latent space).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.prepared import Prepared
from mengkeju.matching.engine.space import Table, clipped

Array = NDArray[np.float64]
NEAREST = (10, 20, 50, 150)
TEXTS = ("title", "body", "whole")
SORTS = ("chars", "words", "latent")
_FAINT = 1e-9


def traits(ready: Prepared) -> Array:
    """The features of all prepared pairs, shape (pairs, features)."""
    needs, titles = ready.corpus.shelves[Side.NEED], ready.corpus.shelves[Side.ACHIEVEMENT]
    columns = [*ready.values.T]
    fused = np.zeros((len(needs.table), len(titles.table)))
    for cosine in _cosines(needs.table, titles.table):
        place = cosine.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") / cosine.shape[1]
        against = (cosine - cosine.mean(axis=0)) / (cosine.std(axis=0) + _FAINT)
        columns += [m[ready.needs, ready.titles] for m in (cosine, place, against)]
        fused += (cosine - cosine.mean(axis=1, keepdims=True)) / (cosine.std(axis=1, keepdims=True) + _FAINT)
    columns += [fused[ready.needs, ready.titles], fused.mean(axis=0)[ready.titles]]
    order = np.argsort(-fused, axis=1, kind="stable")[:, : max(NEAREST)]
    for count in NEAREST:
        middle = titles.table.title_latent[order[:, :count]].mean(axis=1)
        middle /= np.linalg.norm(middle, axis=1, keepdims=True) + _FAINT
        columns.append((middle @ titles.table.title_latent.T)[ready.needs, ready.titles])
    return np.column_stack([*columns, *_sizes(ready)])


def _cosines(needs: Table, titles: Table) -> Iterator[Array]:
    for sort in SORTS:
        right = getattr(titles, f"title_{sort}")
        for text in TEXTS:
            product = getattr(needs, f"{text}_{sort}") @ right.T
            yield np.asarray(product if sort == "latent" else product.toarray(), dtype=np.float64)


def _sizes(ready: Prepared) -> Iterator[Array]:
    """Lengths of the texts, words both have, and how much of the title they are."""
    needs, titles = ready.corpus.shelves[Side.NEED], ready.corpus.shelves[Side.ACHIEVEMENT]
    lengths = np.array([[len(part) for part in clipped(d)] for d in needs.documents], dtype=float).reshape(-1, 2)
    yield from lengths[ready.needs].T
    yield np.array([len(clipped(d)[0]) for d in titles.documents], dtype=float)[ready.titles]
    asked, offered = (t.astype(bool).astype(np.float32) for t in (needs.table.whole_words, titles.table.title_words))
    both = np.asarray((asked @ offered.T).toarray())[ready.needs, ready.titles]
    words = np.diff(offered.indptr)[ready.titles]
    yield from (both, words, both / np.maximum(words, 1))
