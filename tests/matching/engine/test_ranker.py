from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from time import process_time

import numpy as np
import pytest

from mengkeju.matching.engine import bands, cold
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Profile, Side
from mengkeju.matching.engine.protocol_files import PairRow
from mengkeju.matching.engine.ranker import Ranked, Ranker

TODAY = date(2026, 11, 20)


@pytest.fixture
def ranked(ranker: Ranker) -> list[Ranked]:
    return ranker.rank(ranker.corpus.shelves[Side.NEED].documents[0], today=TODAY, k=20)


def test_contributions_add_up_to_the_score_and_the_score_to_the_probabilities(
    ranker: Ranker, ranked: list[Ranked]
) -> None:
    for item in ranked:
        assert sum(part.value for part in item.contributions) == pytest.approx(item.score, abs=1e-6)
        again = ranker.model.ordinal.probabilities(np.array([item.score]))[0]
        assert item.probabilities == pytest.approx(tuple(again), abs=1e-9)
        assert item.expected == pytest.approx(1 + sum(item.probabilities))
        assert item.band == bands.band(item.probabilities)


def test_the_list_is_in_order_of_the_expected_level(ranked: list[Ranked]) -> None:
    assert [item.rank for item in ranked] == list(range(1, len(ranked) + 1))
    expected = [item.expected for item in ranked]
    assert expected == sorted(expected, reverse=True)


def test_strong_answers_come_before_unrelated_ones(ranker: Ranker, pairs: list[PairRow]) -> None:
    won = duels = 0
    for need in ranker.corpus.shelves[Side.NEED].documents:
        place = {item.id: item.rank for item in ranker.rank(need, today=TODAY, k=500)}
        own = [pair for pair in pairs if pair.need_id == need.id]
        for strong in (pair for pair in own if pair.level == 4):
            for none in (pair for pair in own if pair.level == 1):
                duels += 1
                won += place.get(strong.title, 999) < place.get(none.title, 1000)
    assert won / duels > 0.98


def test_the_best_answer_is_explained(ranked: list[Ranked]) -> None:
    best = ranked[0]
    assert best.band is not None
    assert {"永磁体"} & {term.text for term in best.shared_terms} or "永磁" in "".join(
        t.text for t in best.shared_terms
    )
    assert best.best_sentence
    assert "需求没写投入预算" in best.missing
    assert best.model_version.startswith("cold-")
    assert all(part.label and part.label_en for part in best.contributions)
    with pytest.raises(FrozenInstanceError):
        best.rank = 2  # type: ignore[misc] # that it cannot be set is what is shown


def test_reasons_point_the_way_of_their_value(ranked: list[Ranked]) -> None:
    for part in (part for item in ranked for part in item.contributions[:12]):
        assert ("高于" in part.reason) == (part.value >= 0.05)
        assert ("低于" in part.reason) == (part.value <= -0.05)


def test_both_directions_score_a_pair_alike(ranker: Ranker) -> None:
    need = ranker.corpus.shelves[Side.NEED].documents[5]
    best = ranker.rank(need, today=TODAY, k=1)[0]
    back = ranker.rank(Document(best.id, Side.ACHIEVEMENT, best.id), today=TODAY, k=30)
    found = next(item for item in back if item.id == need.id)
    assert found.score == pytest.approx(best.score, abs=1e-5)
    assert found.best_sentence == best.best_sentence


def test_facts_reorder_equal_texts() -> None:
    cheap, dear = (Profile(money_low=Decimal(amount)) for amount in (100, 10**9))
    documents = [
        Document("dear", Side.ACHIEVEMENT, "奶牛发情智能项圈", profile=dear),
        Document("cheap", Side.ACHIEVEMENT, "奶牛发情智能项圈", profile=cheap),
    ]
    need = Document("n", Side.NEED, "奶牛发情监测", profile=Profile(money_high=Decimal(1000)))
    model = cold.load()
    found = Ranker(Corpus.build(documents, reference=model.reference), model).rank(need, today=TODAY)
    assert [item.id for item in found] == ["cheap", "dear"]
    assert [part.reason for part in found[0].contributions if part.key == "budget"] == ["报价在预算之内"]


def test_documents_can_be_left_out(ranker: Ranker, ranked: list[Ranked]) -> None:
    need = ranker.corpus.shelves[Side.NEED].documents[0]
    found = ranker.rank(need, today=TODAY, k=20, accepts=lambda document: document.id != ranked[0].id)
    assert ranked[0].id not in {item.id for item in found}
    assert ranker.rank(need, today=TODAY, accepts=lambda _: False) == []


@pytest.mark.parametrize("side", Side)
def test_empty_and_huge_queries(ranker: Ranker, side: Side) -> None:
    assert ranker.rank(Document("e", side, "", ""), today=TODAY) == []
    huge = ranker.rank(Document("h", side, "稀土" * 2500, "永磁材料，" * 1000), today=TODAY, k=5)
    assert len(huge) == 5


def test_one_document_is_ranked_without_a_fitted_background() -> None:
    model = cold.load()
    corpus = Corpus.build([Document("a", Side.ACHIEVEMENT, "铈基永磁体制备工艺")], reference=model.reference)
    found = Ranker(corpus, model).rank(Document("n", Side.NEED, "铈基永磁体"), today=TODAY)
    assert [item.id for item in found] == ["a"]
    assert found[0].band is not None


def test_more_than_twenty_thousand_pairs_a_second(corpus: Corpus) -> None:
    rows = np.arange(30_000, dtype=np.int32)
    needs, offers = rows % 30, rows % len(corpus.shelves[Side.ACHIEVEMENT].documents)
    corpus.pair_values(needs[:10], offers[:10])
    started = process_time()
    values = corpus.pair_values(needs, offers)
    cold.load().ordinal.probabilities(cold.load().ordinal.score(values))
    assert len(rows) / (process_time() - started) > 20_000


def test_of_a_long_need_the_sentence_that_asks_is_quoted() -> None:
    introduction = "公司成立于2003年，主营铈基永磁体，荣获永磁体制备工艺奖。"
    body = f"{introduction}\n二、需求\n需要铈基永磁体的制备。\n联系人：铈基永磁体"
    model = cold.load()
    corpus = Corpus.build([Document("a", Side.ACHIEVEMENT, "铈基永磁体制备工艺")], reference=model.reference)
    found = Ranker(corpus, model).rank(Document("n", Side.NEED, "永磁体", body), today=TODAY)
    assert found[0].best_sentence == "需要铈基永磁体的制备"


def test_shares_of_shared_words_are_shares_of_the_whole_and_no_units(ranked: list[Ranked]) -> None:
    assert all(0 < term.weight <= 1 for item in ranked for term in item.shared_terms)
    assert all(sum(term.weight for term in item.shared_terms) <= 1 + 1e-6 for item in ranked)
    texts = ("铱载量 1.8 毫克每平方厘米，试过 50 次", "铱载量 0.5 毫克每平方厘米，试过 50 次")
    model = cold.load()
    corpus = Corpus.build([Document("a", Side.ACHIEVEMENT, "低铱催化剂", texts[1])], reference=model.reference)
    found = Ranker(corpus, model).rank(Document("n", Side.NEED, "铱用量", texts[0]), today=TODAY)[0]
    assert not {"平方厘米", "平方", "50", "试过"} & {term.text for term in found.shared_terms}
    assert found.shared_terms
