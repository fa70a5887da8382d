from collections import Counter
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine import bm25

WORDS = st.lists(st.sampled_from(["稀土", "永磁", "奶牛", "风机", "煤", "硅"]), max_size=12)


def naive(documents: list[list[str]], query: list[str], k1: float, b: float) -> list[float]:
    mean = sum(map(len, documents)) / len(documents) or 1
    scores = []
    for words in documents:
        total = 0.0
        for word in query:
            holding = sum(word in other for other in documents)
            idf = log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
            count = Counter(words)[word]
            if count:  # nothing of it is there: nothing is added, also where the whole divisor is 0
                total += idf * count * (k1 + 1) / (count + k1 * (1 - b + b * len(words) / mean))
        scores.append(total)
    return scores


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=7), WORDS, st.floats(0.1, 2), st.floats(0, 1))
def test_the_kernel_equals_the_formula(documents: list[list[str]], query: list[str], k1: float, b: float) -> None:
    found = bm25.fit(documents, k1=k1, b=b).scores(query)
    assert found == pytest.approx(naive(documents, query, k1, b), rel=1e-4, abs=1e-5)


def test_nothing_indexed_or_asked() -> None:
    assert bm25.fit([]).scores(["稀土"]).shape == (0,)
    assert bm25.fit([[], []]).scores(["稀土"]).tolist() == [0, 0]
    assert bm25.fit([["稀土"]]).scores([]).tolist() == [0]


def test_a_rarer_word_scores_higher() -> None:
    index = bm25.fit([["稀土", "技术"], ["奶牛", "技术"], ["风机", "技术"]])
    assert index.scores(["稀土"])[0] > index.scores(["技术"])[0]
