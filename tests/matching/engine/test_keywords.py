"""What a set of texts is about: frequent in it and rare elsewhere, without numbers of people."""

import pytest

from mengkeju.matching.engine.keywords import keywords, without_personal, words_of

SAID = {
    1: "气化细渣脱碳，含碳高，建材厂不收，希望找到合作技术",
    2: "气化细渣资源化利用，需要合作技术",
    3: "奶酪副产乳清粉，需要合作技术",
}
TEXTS = {key: words_of(text) for key, text in SAID.items()}


@pytest.mark.covers("NED-06")
def test_words_frequent_here_and_rare_on_the_shelf_come_first() -> None:
    shelf = dict.fromkeys(words_of(" ".join(SAID.values())), 2) | {"合作": 900, "技术": 950, "需要": 900}
    found = keywords(TEXTS, (1000, shelf))
    order = [one.word for one in found]
    assert order.index("细渣") < order.index("技术") if "技术" in order else True
    best = next(one for one in found if one.word in {"细渣", "气化"})
    assert set(best.keys) == {1, 2}
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert all(one.count > 1 for one in found)


def test_without_the_shelf_every_word_is_equally_rare() -> None:
    found = keywords(TEXTS, None)
    assert found[0].count >= found[-1].count
    assert keywords({}, None) == []
    assert keywords({1: words_of("乳清粉")}, None)


def test_no_more_than_asked_for() -> None:
    assert len(keywords(TEXTS, None, most=2)) == 2


@pytest.mark.parametrize(
    "number",
    ["13812345678", "0472-5128888", "150203199001011234", "15020319900101123X", "zhang.san@example.org",
     "+86 138 1234 5678", "6222 0200 1234 5678 901"],
)  # fmt: skip
def test_numbers_that_may_belong_to_a_person_are_no_words(number: str) -> None:
    text = f"联系人电话{number}，细渣"
    kept = without_personal(text)
    assert number not in kept
    assert not any(part in kept for part in number.replace("-", " ").split() if len(part) > 3)
    assert not [word for word in words_of(text) if any(char.isdigit() for char in word)]


def test_figures_of_the_text_stay_no_words_either() -> None:
    assert not [word for word in words_of("含碳 32%，含水 48.5，2026年") if word.strip(".%").isdigit()]
