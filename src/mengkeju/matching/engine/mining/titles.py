"""What titles show by themselves: two that differ in one word, and words that end in another word of the trade."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from mengkeju.matching.engine.mining import words
from mengkeju.matching.engine.mining.settings import general_words
from mengkeju.search.engine.text import normalise, stop_words

LEAST_KEPT = 6  # characters two titles must have in common around the word that differs
MOST_FILLERS = 12  # a frame with more fillers says nothing (“…加工技术”)
LONGEST_TITLE, LONGEST_BODY = 80, 600
LEAST_GRAMS = 30  # a shorter text says nothing of being the same
GAP = "\0"


def substituted(texts: Sequence[words.Text]) -> dict[tuple[str, str], set[str]]:
    """Pairs of words that stand for one another in otherwise equal titles, with the ids of those listings.

    Read twice, so that of the many frames only those are kept that come more than once.
    """
    marks = np.fromiter((hash(frame) for text in texts for frame, _filler in _frames(text)), dtype=np.int64)
    often, counts = np.unique(marks, return_counts=True)
    repeated = frozenset(often[counts > 1].tolist())
    frames: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for text in texts:
        for frame, filler in _frames(text):
            if hash(frame) in repeated:
                frames[frame][filler].add(text.id)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fillers in frames.values():
        if not 2 <= len(fillers) <= MOST_FILLERS:
            continue
        for one, other in combinations(sorted(fillers), 2):
            # 高强钢 for 特强钢 is seen once, as 高 for 特: the longer frame says it already.
            if one[-1] != other[-1] or one.endswith(other) or other.endswith(one):
                found[one, other] |= {min(fillers[one]), min(fillers[other])}
    return found


def _frames(text: words.Text) -> Iterator[tuple[str, str]]:
    """Each title with one word taken out, and that word."""
    pieces = words.cut(normalise(text.title)[:LONGEST_TITLE])
    for start in range(len(pieces)):
        for end in (start + 1, start + 2, start + 3):
            filler = "".join(pieces[start:end])
            frame = "".join(pieces[:start]) + GAP + "".join(pieces[end:])
            if end <= len(pieces) and len(frame) > max(LEAST_KEPT, len(filler)) and _fills(filler):
                yield frame, filler


def same(one: words.Text, other: words.Text, share: float) -> bool:
    """Whether two listings say the same: most character trigrams of the beginnings of their texts are common."""
    left, right = (
        {run[at : at + 3] for at in range(len(run) - 2)}
        for run in (normalise(text.body)[:LONGEST_BODY] for text in (one, other))
    )
    return min(len(left), len(right)) >= LEAST_GRAMS and len(left & right) >= share * len(left | right)


def _fills(word: str) -> bool:
    return words.is_word(word if not words.is_latin(word) else word.upper()) and word not in stop_words()


def endings(vocabulary: Mapping[str, int], most: int) -> dict[tuple[str, str], int]:
    """(upper, lower) with the titles of the lower: the lower ends in the upper, and begins with a word before it.

    An upper word with more than `most` lower ones is too general.
    """
    lowers: dict[str, list[str]] = defaultdict(list)
    for lower in sorted(vocabulary):
        pieces = words.cut(lower)
        for start in range(1, len(pieces)):
            upper = "".join(pieces[start:])
            if upper in vocabulary and upper not in general_words() and words.is_thing(upper):
                lowers[upper].append(lower)
                break
    return {
        (upper, lower): vocabulary[lower] for upper, found in lowers.items() if len(found) <= most for lower in found
    }
