"""Words used alike: said of the same things, and hardly ever in the same text.

With which other words each stands in a listing, the strongest directions of that, and the words that are each other's
nearest neighbours there.
Words of one list (铁、铜) are alike too; they are told apart by standing together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize as unicode_form

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.mining import words
from mengkeju.matching.engine.mining.settings import Settings

DIMS = 100
CONTEXTS = 1000  # the most frequent words, with which all are seen to stand
SMOOTHING = 0.75  # rare words are not taken for telling ones
BLOCK = 1024
NEIGHBOURS = 2

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Used:
    """Which words stand in which texts: rows are texts, columns are `names`."""

    names: list[str]
    standing: csr_matrix
    ids: list[str]


def stand(texts: Sequence[words.Text], vocabulary: Mapping[str, int], found: Settings) -> Used:
    """Where the most frequent words of the trade stand."""
    names = sorted(vocabulary, key=lambda word: (-vocabulary[word], word))[: found.words]
    at = {name: column for column, name in enumerate(names)}
    cut = words.cutter(names)
    rows: list[int] = []
    columns: list[int] = []
    for row, text in enumerate(texts):
        said = unicode_form("NFKC", f"{text.title}。{text.body[: found.compared_characters]}").casefold()
        here = sorted({at[piece] for piece in cut(said) if piece in at})
        rows += [row] * len(here)
        columns += here
    ones = np.ones(len(rows), dtype=np.float32)
    standing = csr_matrix((ones, (rows, columns)), shape=(len(texts), len(names)))
    return Used(names, standing, [text.id for text in texts])


def alike(used: Used, found: Settings, lists: Collection[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Pairs of words with their cosine: mutual nearest neighbours that hardly stand together, in no list of 、."""
    seen = np.asarray(used.standing.sum(axis=0)).ravel()
    kept = np.flatnonzero(seen >= found.least_used)
    if used.standing.shape[0] < found.least_compared or len(kept) <= NEIGHBOURS:
        return {}
    matrix = used.standing[:, kept]
    near, cosines = _nearest(_placed(matrix), matrix, seen[kept], found.together)
    pairs: dict[tuple[str, str], float] = {}
    for one in range(len(kept)):
        for other, cosine in zip(near[one], cosines[one], strict=True):
            if one < other and cosine >= found.likeness and one in near[other]:
                names = sorted((used.names[kept[one]], used.names[kept[other]]))
                pair = (names[0], names[1])
                if pair not in lists and pair[0] not in pair[1] and pair[1] not in pair[0]:
                    pairs[pair] = round(float(cosine), 4)
    return pairs


def is_shortened(one: str, other: str) -> bool:
    """Whether the characters of the shorter stand in the longer in the same order, beginning and ending with it."""
    short, long = sorted((one, other), key=lambda word: (len(word), word))
    rest = iter(long)
    return (short[0], short[-1]) == (long[0], long[-1]) and short != long and all(char in rest for char in short)


def _placed(matrix: csr_matrix) -> Floats:
    """A row of length one per word: with which words it stands together, more often than by chance (PPMI).

    Two names of one thing stand with the same words, also where they never meet.
    """
    around = matrix[:, :CONTEXTS]
    together = csr_matrix(matrix.T @ around, dtype=np.float64)
    seen, context = (np.asarray(part.sum(axis=0)).ravel() for part in (matrix, around))
    rows = np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
    smooth = context**SMOOTHING
    chance = seen[rows] / matrix.shape[0] * (smooth * context.sum() / smooth.sum())[together.indices]
    together.data = np.maximum(np.log(together.data / np.maximum(chance, 1e-9)), 0)
    together.data[rows == together.indices] = 0
    together.eliminate_zeros()
    dims = max(1, min(DIMS, min(together.shape) // 3))
    with threadpool_limits(1):
        left, strength, _ = randomized_svd(together, dims, n_iter=3, random_state=0)
    return np.asarray(normalize(left * strength**0.5), dtype=np.float32)


def _nearest(
    placed: Floats, matrix: csr_matrix, seen: NDArray[np.float32], together: float
) -> tuple[list[list[int]], list[list[float]]]:
    """The nearest words of each, those left out that stand together with it in more than a few texts."""
    near: list[list[int]] = []
    cosines: list[list[float]] = []
    columns = csr_matrix(matrix.T)
    for start in range(0, len(placed), BLOCK):
        part = slice(start, start + BLOCK)
        with threadpool_limits(1):
            like = placed[part] @ placed.T
        both = (columns[part] @ matrix).tocoo()
        fewer = np.minimum(seen[part][both.row], seen[both.col])
        often = both.data > together * fewer
        like[both.row[often], both.col[often]] = -1
        like[np.arange(len(like)), start + np.arange(len(like))] = -1
        first = np.sort(np.argpartition(-like, NEIGHBOURS, axis=1)[:, :NEIGHBOURS], axis=1)
        inner = np.argsort(-np.take_along_axis(like, first, axis=1), axis=1, kind="stable")
        order = np.take_along_axis(first, inner, axis=1)
        near += order.tolist()
        cosines += np.take_along_axis(like, order, axis=1).tolist()
    return near, cosines
