"""Pairs of words for a person to judge, from all evidence together."""

from dataclasses import replace

import pytest

from mengkeju.matching.engine.mining import mine as engine
from mengkeju.matching.engine.mining.mine import NARROWER, SYNONYM, Text, mine
from mengkeju.matching.engine.mining.settings import settings

pytestmark = pytest.mark.covers("PLT-17")
TEXTS = [
    Text("a1", "聚乳酸薄膜吹塑工艺", "采用聚乳酸（PLA）吹塑，玉米、小麦、马铃薯等农作物的淀粉为原料。"),
    Text("a2", "可降解聚乳酸纤维", "可降解的聚乳酸（PLA）纺丝。"),
    Text("a3", "农作物秸秆还田", "秸秆还田机。"),
    Text("a4", "农作物病虫害识别", "识别玉米病害。"),
    Text("a5", "玉米收获机", "收获玉米。"),
    Text("a6", "玉米免耕播种", "保护性耕作。"),
]  # fmt: skip


def by_words(found: list[engine.Found]) -> dict[tuple[str, str, str], engine.Found]:
    return {pair.key: pair for pair in found}


def test_each_pair_with_its_evidence() -> None:
    found = by_words(mine(TEXTS))
    pla = found[SYNONYM, "pla", "聚乳酸"]
    assert (pla.one, pla.other) == ("PLA", "聚乳酸")
    assert pla.counts == {"alias": 2}
    assert pla.texts == ("a1", "a2")
    assert pla.score == pytest.approx(0.75 * 0.75)
    maize = found[NARROWER, "农作物", "玉米"]
    assert maize.counts == {"listed": 1}
    assert (NARROWER, "农作物", "马铃薯") not in found, "no title has it: half a sentence may be taken for a word"


def test_the_order_of_texts_changes_nothing_and_the_same_texts_give_the_same() -> None:
    mixed = [*TEXTS[3:], *TEXTS[:3]][::-1]
    assert mine(mixed) == mine(TEXTS) == mine(TEXTS)


def test_known_words_are_not_found_again() -> None:
    found = mine(TEXTS, known=[frozenset({"聚乳酸", "PLA"})])
    assert (SYNONYM, "pla", "聚乳酸") not in by_words(found)
    assert (
        by_words(mine(TEXTS, known=[frozenset({"聚乳酸"}), frozenset({"PLA"})])).keys() == by_words(mine(TEXTS)).keys()
    )


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [Text("a", "")],
        [Text("a", "稀土永磁电机", "")],
        [Text(str(at), "相同的题目文字", "相同的正文（PLA）。" * 3) for at in range(300)],
        [Text("a", "长", "聚乳酸" * 40_000), Text("b", "😀🧪", "😀（PLA）😀等😀")],
        [Text("a", "Pure English title", "Polylactic acid (PLA), also called polylactide.")],
        [Text("a", "鋰離子電池", "鋰離子電池（簡稱鋰電池）、等、等、等")],
    ],
)
def test_odd_texts_are_survived(texts: list[Text]) -> None:
    assert all(0 <= pair.score <= 1 for pair in mine(texts))


def test_what_is_spread_is_bounded_and_even() -> None:
    many = [Text(f"{at:03d}", "题") for at in range(100)]
    kept = engine.spread(many[::-1], 10)
    assert len(kept) == 10
    assert (kept[0].id, kept[-1].id) == ("000", "099")
    assert engine.spread(many, 100) == many


def test_pairs_that_rest_on_the_ending_alone_are_few_and_all_are_bounded() -> None:
    texts = [
        Text(f"{kind}{at}", f"{kind}电池回收线", "")
        for kind in ("锂离子", "钠离子", "铅酸", "锌空气")
        for at in range(4)
    ]
    figures = replace(settings(), most_suffix=2, most=3)
    found = mine(texts, found=figures)
    assert len(found) <= 3
    assert sum(set(pair.counts) == {"suffix"} for pair in found) <= 2
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)
