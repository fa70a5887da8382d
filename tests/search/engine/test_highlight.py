from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mengkeju.search.engine.highlight import ELLIPSIS, Span, pieces, query_terms, snippet, spans

MIXED = st.text("稀土永磁材料的ＡＢc１２㎏ß <>&，。\n", max_size=120)


@given(MIXED, MIXED)
def test_spans_are_sorted_apart_and_inside_the_text(text: str, query: str) -> None:
    found = spans(text, query_terms(query))
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(left.end < right.start for left, right in pairwise(found))


@given(MIXED, MIXED)
def test_pieces_joined_are_the_text(text: str, query: str) -> None:
    marks = spans(text, query_terms(query))
    cut = pieces(text, marks)
    assert "".join(piece.text for piece in cut) == text
    assert [piece.text for piece in cut if piece.marked] == [text[m.start : m.end] for m in marks]


@given(MIXED, MIXED, st.integers(5, 60))
def test_a_snippet_is_a_stretch_of_the_text_of_about_the_size(text: str, query: str, size: int) -> None:
    cut = snippet(text, query_terms(query), size)
    inner = "".join(piece.text for piece in cut).removeprefix(ELLIPSIS).removesuffix(ELLIPSIS)
    assert inner in text
    assert len(inner) == min(size, len(text))


def test_hits_are_found_whatever_width_and_case() -> None:
    text = "ＣＯ２捕集与co2利用"
    marks = spans(text, query_terms("CO2"))
    assert [text[m.start : m.end] for m in marks] == ["ＣＯ２", "co2"]


def test_a_latin_term_is_not_marked_inside_another_word() -> None:
    assert spans("smart grid", {"art"}) == []


def test_a_term_inside_an_unknown_longer_word_is_marked() -> None:
    assert spans("铈永磁体", {"永磁"}) == [Span(1, 3)]


def test_markup_in_the_text_stays_text() -> None:
    cut = snippet("<script>稀土</script>", query_terms("稀土"))
    assert [(piece.text, piece.marked) for piece in cut] == [
        ("<script>", False),
        ("稀土", True),
        ("</script>", False),
    ]


def test_the_snippet_goes_where_different_words_meet() -> None:
    text = "稀土" + "无关内容" * 60 + "稀土永磁材料回收" + "其他文字" * 60
    shown = "".join(p.text for p in snippet(text, query_terms("稀土 永磁 回收"), 40))
    assert "稀土永磁材料回收" in shown
    assert shown.startswith(ELLIPSIS)
    assert shown.endswith(ELLIPSIS)


def test_without_a_match_the_beginning_is_shown() -> None:
    assert snippet("稀土永磁", query_terms("奶牛"))[0].text == "稀土永磁"
    assert snippet("", query_terms("奶牛")) == []
    assert snippet("稀土", query_terms("")) != []


def test_a_query_of_stop_words_keeps_them() -> None:
    assert query_terms("我们的") != frozenset()


def test_five_thousand_characters_both_ways() -> None:
    long = "稀土永磁材料晶界扩散，" * 455
    assert any(piece.marked for piece in snippet(long, query_terms(long)))
