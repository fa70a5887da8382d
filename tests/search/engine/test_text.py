import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.search.engine.text import (
    Tokeniser,
    bigrams,
    char_ngrams,
    default_tokeniser,
    expand,
    fold,
    normalise,
    sentences,
    stop_words,
)

ANY_TEXT = st.text(st.characters(), max_size=80)
MIXED = st.text("稀土永磁材料的ＡＢｃ１２㎏ß𠮷 ，。\n-", max_size=60)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("ＡＢＣ　１２", "abc 12"), ("５㎏", "5kg"), ("Straße", "strasse"), ("  稀土\n\t永磁 ", "稀土 永磁"), ("", "")],
)
def test_width_and_case_are_brought_to_one_form(given_text: str, expected: str) -> None:
    assert normalise(given_text) == expected


@given(ANY_TEXT | MIXED)
def test_every_folded_character_leads_back_to_its_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.origin) == len(folded.text)
    assert list(folded.origin) == sorted(folded.origin)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert folded.text[at] in fold(text[start:end]).text


@given(ANY_TEXT | MIXED)
def test_token_offsets_point_into_the_original_text(text: str) -> None:
    for token in default_tokeniser().tokens(text, keep_stop_words=True):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text in fold(text[token.start : token.end]).text


@given(MIXED)
def test_words_and_tokens_agree(text: str) -> None:
    tokens = default_tokeniser().tokens(text)
    assert sorted(token.text for token in tokens) == sorted(default_tokeniser().words(text))


def test_offsets_survive_characters_that_fold_to_several() -> None:
    text = "重５㎏的永磁材料"
    token = next(t for t in default_tokeniser().tokens(text) if t.text == "材料")
    assert text[token.start : token.end] == "材料"


def test_search_mode_gives_long_words_and_their_parts() -> None:
    assert {"电解", "电解液"} <= set(default_tokeniser().words("高镍三元电解液"))


def test_stop_words_and_punctuation_are_left_out_unless_asked_for() -> None:
    assert "的" in stop_words()
    assert default_tokeniser().words("的，。！") == []
    kept = default_tokeniser().tokens("的", keep_stop_words=True)
    assert [token.text for token in kept] == ["的"]


def test_user_words_stay_whole() -> None:
    assert "陆上风电装备" not in default_tokeniser().words("陆上风电装备")
    assert "陆上风电装备" in Tokeniser(["陆上风电装备", " "]).words("发展陆上风电装备")


def test_lone_surrogates_do_not_break_the_tokeniser() -> None:
    assert [t.text for t in default_tokeniser().tokens("\ud800稀土")] == ["稀土"]


def test_ngrams_do_not_cross_punctuation() -> None:
    assert char_ngrams("稀土，Ａ") == ["稀", "土", "稀土", "a"]
    assert char_ngrams("", 1, 3) == []


def test_bigrams_keep_single_characters() -> None:
    assert bigrams("晶硅片 铈") == ["晶硅", "硅片", "铈"]


def test_sentences_are_trimmed_stretches_of_the_text() -> None:
    text = " 产出大量废水。 蒸发能耗高！\n短"
    assert [text[a:b] for a, b in sentences(text)] == ["产出大量废水", "蒸发能耗高"]


def test_synonyms_are_added_only_for_what_is_mentioned() -> None:
    groups = [("晶硅光伏", "光伏", "太阳能电池"), ("乳业", "奶业")]
    assert expand("光伏组件回收", groups) == ["晶硅光伏", "太阳能电池"]
    assert expand("", groups) == []


def test_long_text_is_cut_into_words_quickly() -> None:
    assert len(default_tokeniser().tokens("稀土永磁材料制备。" * 556)) > 1500
