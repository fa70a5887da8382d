"""What can be a word of the trade, and where one begins."""

import pytest

from mengkeju.matching.engine.mining import words


@pytest.mark.parametrize("word", ["聚乳酸", "PLA", "3D打印", "锂离子电池", "IL-6"])
def test_a_word(word: str) -> None:
    assert words.is_word(word)


@pytest.mark.parametrize(
    "word", ["", "酸", "技术", "2026", "12.5%", "kg", "MPa", "www", "一二三四五六七八九十一二三四五", "pla"]
)
def test_no_word(word: str) -> None:
    """Too short, too general, a number, a unit, too long, Latin letters that are no abbreviation."""
    assert not words.is_word(word)


def test_a_word_begins_behind_what_belongs_to_no_term() -> None:
    assert words.endings("我们希望得到可降解的聚乳酸")[0] == "聚乳酸"
    assert "锂离子电池" in words.endings("用于锂离子电池")
    assert words.endings("价格是2000。") == []
    assert words.endings("") == []


def test_a_word_ends_before_a_mark_or_a_word_that_belongs_to_no_term() -> None:
    assert words.beginning("钕铁硼磁体，性能高") == "钕铁硼磁体"
    assert words.beginning("磁体的制备") == "磁体"
    assert not words.beginning("，")


def test_a_short_form_finds_what_it_shortens() -> None:
    assert words.shortened("锂电池", words.endings("用于锂离子电池")) == "锂离子电池"
    assert not words.shortened("磁体", words.endings("用于锂离子电池"))


def test_numbers_of_people_are_taken_out() -> None:
    assert "13800138000" not in words.clean("请联系13800138000（ＰＬＡ）")
    assert "(PLA)" in words.clean("聚乳酸（ＰＬＡ）")


def test_words_of_titles_are_counted_once_a_title_and_parts_of_longer_ones_left_out() -> None:
    titles = ["锂离子电池回收", "锂离子电池隔膜", "锂离子电池，锂离子电池"]
    found = words.of_titles(titles, 3)
    assert found["锂离子电池"] == 3
    assert "锂离子" not in found
    assert words.of_titles(titles, 4) == {}
    assert words.of_titles([], 1) == {}


def test_what_is_general_is_told() -> None:
    assert words.is_general("技术")
    assert words.is_general("制备方法")
    assert not words.is_general("聚乳酸")
