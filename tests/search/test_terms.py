from collections.abc import Sequence

from mengkeju.search.queries import terms


class Searcher:
    """Stands for tantivy's: every word is in one of a hundred documents, except the common ones."""

    num_docs = 100

    def __init__(self, common: Sequence[str] = ()) -> None:
        self.common = common

    def doc_freq(self, _field: str, word: str) -> int:
        return 90 if word in self.common else 1


GROUPS = [("晶硅光伏", "光伏", "多晶硅"), ("稀土", "白云鄂博")]


def understand(text: str, common: Sequence[str] = ()) -> terms.Understood:
    return terms.understand(text, GROUPS, Searcher(common))  # type: ignore[arg-type]  # only what is used


def test_synonyms_of_what_is_mentioned() -> None:
    found = understand("光伏组件回收")
    assert found.synonyms == {"光伏": ("晶硅光伏", "多晶硅")}
    assert "光伏 ≈ 晶硅光伏" in found.shown
    assert {"光伏", "多晶硅"} <= found.terms


def test_nothing_mentioned_nothing_added() -> None:
    assert understand("乳清脱酸").synonyms == {}


def test_a_long_text_searches_by_its_rare_words() -> None:
    rare = [f"part{chr(97 + n)}" for n in range(20)]
    common = [f"word{chr(97 + n)}" for n in range(20)]
    found = understand(" ".join([*common, *rare]), common)
    assert len(found.words) == terms.MAX_WORDS
    assert set(rare) <= set(found.words)


def test_a_word_repeated_says_more() -> None:
    words = [f"part{chr(97 + n)}" for n in range(26)] + ["zeta"] * 3
    assert "zeta" in understand(" ".join(words)).words


def test_only_punctuation_has_no_words() -> None:
    assert understand("！？，。").words == ()


def test_how_many_words_a_hit_needs() -> None:
    def least(count: int) -> int:
        return terms.least_words(terms.Understood("", tuple(str(n) for n in range(count)), {}))

    assert [least(n) for n in (0, 1, 2, 24)] == [0, 1, 2, 2]
