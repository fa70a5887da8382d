"""Near-duplicates: texts that say the same thing in (nearly) the same characters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mengkeju.search.engine.vectors import TextVectors, cosines

THRESHOLD = 0.9
"""Title cosine above which the public benchmark's repeated needs are near-verbatim."""
BLOCK = 200  # rows compared with everything at once


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A candidate like the text: its index in the list given, and the cosine in (0, 1]."""

    index: int
    cosine: float


def near_duplicates(text: str, candidates: Sequence[str], *, threshold: float = THRESHOLD) -> list[Duplicate]:
    """Candidates whose character 1–3-gram cosine with `text` is at least `threshold`, best first.

    Frequencies are taken over `candidates` and `text` themselves, so the measure needs no corpus;
    with few candidates it leans on plain overlap. An empty text has no duplicates.
    """
    if not text.strip() or not candidates:
        return []
    vectors = TextVectors()
    matrix = vectors.fit([text, *candidates])
    scores = cosines(matrix[:1], matrix[1:])[0]
    order = np.argsort(-scores, kind="stable")
    return [Duplicate(int(index), min(1.0, float(scores[index]))) for index in order if scores[index] >= threshold]


def near_pairs(
    texts: Sequence[str], candidates: Sequence[str], *, threshold: float = THRESHOLD
) -> Iterator[tuple[int, int, bool]]:
    """For each text its nearest twin, if there is one: (index, index of the twin, whether that is an earlier text).

    The measure of `near_duplicates` with frequencies over all of them, in blocks, so that memory stays small.
    """
    if not texts:
        return
    matrix = TextVectors().fit([*candidates, *texts])
    offset = len(candidates)
    everything = matrix.T.tocsr()
    for start in range(0, len(texts), BLOCK):
        scores = (matrix[offset + start : offset + min(start + BLOCK, len(texts))] @ everything).toarray()
        for row, line in enumerate(scores):
            line[offset + start + row :] = 0
            best = int(line.argmax()) if len(line) else 0
            if line[best] >= threshold:
                yield start + row, best - offset if best >= offset else best, best >= offset
