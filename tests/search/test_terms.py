from collections.abc import Sequence

from mengkeju.search.queries import terms
from mengkeju.search.queries.synonyms import Group


class Searcher:
    """Stands for tantivy's: every word is in one of a hundred documents, except the common ones."""

    num_docs = 100

    def __init__(self, common: Sequence[str] = ()) -> None:
        self.common = common

    def doc_freq(self, _field: str, word: str) -> int:
        return 90 if word in self.common else 1


GROUPS = [
    Group(("晶硅光伏", "光伏", "多晶硅"), "cluster", ("pv", "pv_cells")),
    Group(("稀土", "白云鄂博"), "cluster", ("rare_earth",)),
]


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


def test_what_is_filed_under_a_term_counts_for_its_words() -> None:
    assert understand("白云鄂博").filed == {"白云鄂博": {"cluster": ("rare_earth",)}}
    assert understand("多晶硅与稀土").filed == {
        "多晶硅": {"cluster": ("pv", "pv_cells")},
        "稀土": {"cluster": ("rare_earth",)},
    }


def test_a_word_of_two_terms_means_both() -> None:
    both = [Group(("甲料", "共用词"), "field", ("a",)), Group(("乙料", "共用词"), "cluster", ("b",))]
    found = terms.understand("共用词", both, Searcher())  # type: ignore[arg-type]  # only what is used
    assert found.synonyms == {"共用词": ("甲料", "乙料")}
    assert found.filed == {"共用词": {"field": ("a",), "cluster": ("b",)}}


def test_who_says_the_upper_word_means_the_lower_ones_and_not_the_reverse() -> None:
    groups = [Group(("储能器件",), lower=("超级电容", "法拉电容")), Group(("超级电容", "法拉电容"))]
    upper, lower = (terms.understand(text, groups, Searcher()) for text in ("储能器件", "超级电容"))  # type: ignore[arg-type]  # only what is used
    assert upper.synonyms == {"储能器件": ("超级电容", "法拉电容")}
    assert lower.synonyms == {"超级电容": ("法拉电容",)}
