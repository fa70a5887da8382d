import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.search.engine.kernels import pair_dots
from mengkeju.search.engine.text import default_tokeniser
from mengkeju.search.engine.vectors import LatentSpace, TextVectors, cosines

TEXTS = st.lists(st.text("稀土永磁材料 ,", max_size=12), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_cosines_lie_between_zero_and_one(texts: list[str]) -> None:
    found = cosines(*(TextVectors().fit(texts),) * 2)
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-5
    for row, text in enumerate(texts):
        assert found[row, row] == pytest.approx(1.0 if text.strip(" ,") else 0.0, abs=1e-5)


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    vectors = TextVectors()
    vectors.fit(["技术永磁", "技术奶粉", "技术风机"])
    found = cosines(vectors.transform(["永磁技术"]), vectors.transform(["永磁", "技术"]))[0]
    assert found[0] > found[1]


def test_unknown_terms_and_empty_texts_give_zero_rows() -> None:
    vectors = TextVectors()
    vectors.fit(["稀土"])
    assert vectors.transform(["奶牛", ""]).nnz == 0


@pytest.mark.parametrize("texts", [[""], ["", " ，"], ["稀"], ["稀土"], ["稀土", "稀土"], ["稀土永磁", "奶牛", "风机"]])
def test_latent_space_of_few_texts_or_terms(texts: list[str]) -> None:
    matrix = TextVectors().fit(texts)
    rows = LatentSpace(300).fit(matrix)
    assert rows.shape[0] == len(texts)
    assert 1 <= rows.shape[1] < 300
    lengths = np.linalg.norm(rows, axis=1)
    assert all(np.isclose(length, 1, atol=1e-4) or length == 0 for length in lengths)


def test_the_same_texts_give_the_same_latent_vectors() -> None:
    matrix = TextVectors().fit(["稀土永磁材料", "奶牛健康监测", "风电叶片防护", "稀土抛光粉"])
    first, second = (LatentSpace(2).fit(matrix) for _ in range(2))
    assert np.array_equal(first, second)


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_pair_dots_are_the_entries_of_the_product(left: list[str], right: list[str]) -> None:
    vectors = TextVectors()
    vectors.fit([*left, *right])
    a, b = vectors.transform(left), vectors.transform(right)
    rows = np.array([i % len(left) for i in range(12)], dtype=np.int32)
    columns = np.array([(i * 5) % len(right) for i in range(12)], dtype=np.int32)
    assert pair_dots(a, b, rows, columns) == pytest.approx(cosines(a, b)[rows, columns], abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.lists(st.text("稀土永磁材料3.5kgA\u2028\r ，。,", max_size=20), min_size=8, max_size=8), st.booleans())
def test_both_texts_together_are_counted_as_one_text_of_two_lines(
    first: list[str],
    second: list[str],
    by_words: bool,  # noqa: FBT001 - a case of hypothesis
) -> None:
    second = second[: len(first)]
    vectors = TextVectors(default_tokeniser().words) if by_words else TextVectors()
    vectors.fit([*first, *second, "稀土永磁材料 3.5kg"])
    joined = [f"{one}\n{other}" for one, other in zip(first, second, strict=True)]
    found = vectors.transform_both(first, second)
    for made, texts in zip(found, (first, second, joined), strict=True):
        plain = vectors.transform(texts)
        assert (made.indptr.tolist(), made.indices.tolist()) == (plain.indptr.tolist(), plain.indices.tolist())
        assert made.data.tolist() == plain.data.tolist()
