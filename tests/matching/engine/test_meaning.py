from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.kernel.words import gettext
from mengkeju.matching.engine import cold
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.encoder import EncoderError
from mengkeju.matching.engine.meaning import Meaning
from mengkeju.matching.engine.meaning_figures import FAR, KEY, NEAR
from mengkeju.matching.engine.meaning_figures import settings as figures
from mengkeju.matching.engine.ranker import Ranked, Ranker
from tests.matching.engine import embeddings as stub

TODAY = date(2026, 11, 20)
NEED = Side.NEED
OFFER = Side.ACHIEVEMENT


def shelves(corpus: Corpus) -> dict[Side, tuple[Document, ...]]:
    return {side: corpus.shelves[side].documents for side in Side}


@pytest.fixture(scope="module")
def with_meaning(corpus: Corpus) -> Ranker:
    return Ranker(corpus, cold.load(), Meaning(stub.Invented(size=64), shelves(corpus)))


def lines(ranked: list[Ranked]) -> dict[str, float]:
    return {item.id: part.value for item in ranked for part in item.contributions if part.key == KEY}


def test_the_line_is_one_more_part_of_the_sum(ranker: Ranker, with_meaning: Ranker) -> None:
    need = ranker.corpus.shelves[NEED].documents[0]
    plain = {item.id: item for item in ranker.rank(need, today=TODAY, k=1000)}
    ranked = with_meaning.rank(need, today=TODAY, k=1000)
    assert {item.id for item in ranked} == set(plain)
    found = lines(ranked)
    assert len(found) == len(ranked)
    assert min(found.values()) < 0 < max(found.values())
    for item in ranked:
        assert sum(part.value for part in item.contributions) == pytest.approx(item.score, abs=1e-6)
        assert item.score == pytest.approx(plain[item.id].score + found[item.id], abs=1e-6)
        again = with_meaning.model.ordinal.probabilities(np.array([item.score]))[0]
        assert item.probabilities == pytest.approx(tuple(again), abs=1e-6)
        last = item.contributions[-1]
        assert (last.label, last.label_en) == ("语义相近", "Meaning")
        assert last.reason == (NEAR if last.value > 0 else FAR if last.value < 0 else "")
        assert gettext(last.reason) == last.reason
    assert [item.expected for item in ranked] == sorted((item.expected for item in ranked), reverse=True)


def test_the_version_names_the_encoder_and_fits_its_column(with_meaning: Ranker, ranker: Ranker) -> None:
    need = ranker.corpus.shelves[NEED].documents[0]
    found = with_meaning.rank(need, today=TODAY, k=1)[0].model_version
    assert found == f"{ranker.version}+meaning-2026-11:invented@00000000"
    assert len(found) + len("x" * 20) - len("invented") <= 120


def test_without_an_encoder_nothing_changes(corpus: Corpus, ranker: Ranker) -> None:
    for need in corpus.shelves[NEED].documents[:5]:
        before = ranker.rank(need, today=TODAY)
        assert Ranker(corpus, cold.load(), None).rank(need, today=TODAY) == before
        assert lines(before) == {}
        assert {item.model_version for item in before} == {ranker.version}


def test_a_query_whose_vector_cannot_be_had_is_ranked_as_without_one(corpus: Corpus, ranker: Ranker) -> None:
    invented = stub.Invented()
    meaning = Meaning(invented, shelves(corpus))
    invented.failing = EncoderError("没有答复")
    new = Document("new", NEED, "稀土永磁材料制备", "需要低成本的工艺。")
    assert Ranker(corpus, cold.load(), meaning).rank(new, today=TODAY) == ranker.rank(new, today=TODAY)
    known = corpus.shelves[NEED].documents[0]
    assert lines(Ranker(corpus, cold.load(), meaning).rank(known, today=TODAY))


def test_a_text_typed_in_does_not_leave_the_house(corpus: Corpus) -> None:
    typed = Document("", NEED, "稀土永磁材料制备", "不公开的工艺。")
    far, near = stub.Invented(is_remote=True), stub.Invented()
    for encoder in (far, near):
        ranker = Ranker(corpus, cold.load(), Meaning(encoder, shelves(corpus)))
        encoder.texts.clear()
        assert bool(lines(ranker.rank(typed, today=TODAY))) is not encoder.is_remote
    assert far.texts == []
    assert near.texts == ["稀土永磁材料制备\n不公开的工艺。"]


def test_what_is_not_open_to_everybody_is_not_sent() -> None:
    opened = [Document(f"o{at}", OFFER, text, is_open=True) for at, text in enumerate(["气化渣", "乳清"])]
    shelf = {NEED: documents(NEED, ["内部的气化需求"]), OFFER: [*opened, Document("hidden", OFFER, "内部的气化成果")]}
    far = stub.Invented(is_remote=True)
    meaning = Meaning(far, shelf)
    changed = Document(shelf[NEED][0].id, NEED, "改过的内部需求")
    every = np.arange(3, dtype=np.int32)
    for query in (shelf[NEED][0], changed):
        assert meaning.parts(query, every) == pytest.approx([0, 0, 0])
    found = meaning.parts(Document("n", NEED, "气化", is_open=True), every)
    assert found is not None
    assert found[2] == 0
    assert found[0] != 0
    assert far.texts == ["气化渣", "乳清", "气化"]


def test_both_directions_give_a_pair_the_same_line(with_meaning: Ranker) -> None:
    for need in with_meaning.corpus.shelves[NEED].documents[:5]:
        best = with_meaning.rank(need, today=TODAY, k=1)[0]
        offer = next(d for d in with_meaning.corpus.shelves[OFFER].documents if d.id == best.id)
        back = lines(with_meaning.rank(offer, today=TODAY, k=500))
        assert back[need.id] == pytest.approx(lines([best])[best.id], abs=1e-6)


WORDS = st.text(alphabet="气化渣脱碳乳清膜永磁电机马铃薯", min_size=1, max_size=12)


def documents(side: Side, texts: list[str]) -> list[Document]:
    return [Document(f"{side}{at}", side, text) for at, text in enumerate(texts)]


@settings(max_examples=30, deadline=None)
@given(needs=st.lists(WORDS, max_size=4), offers=st.lists(WORDS, max_size=12), data=st.data())
def test_values_are_bounded_and_do_not_depend_on_the_order(
    needs: list[str], offers: list[str], data: st.DataObject
) -> None:
    shelf = {NEED: documents(NEED, needs), OFFER: documents(OFFER, offers)}
    order = data.draw(st.permutations(range(len(offers))))
    turned = {NEED: shelf[NEED], OFFER: [shelf[OFFER][at] for at in order]}
    everything = np.arange(len(offers), dtype=np.int32)
    encoder = stub.Invented()
    one, other = Meaning(encoder, shelf), Meaning(encoder, turned)
    for query in [*shelf[NEED], Document("new", NEED, "永磁")]:
        found = one.parts(query, everything)
        if found is None:
            assert not needs
            assert not offers
            continue
        assert np.isfinite(found).all()
        assert (np.abs(found) <= figures().limit).all()
        again = other.parts(query, everything)
        assert again is not None
        assert again == pytest.approx(found[list(order)], abs=1e-5)


def test_nearer_in_meaning_counts_more() -> None:
    offers = ["气化细渣", "气化细渣脱碳", "乳清膜", "马铃薯", "永磁电机", "电机降噪"]
    shelf = {NEED: documents(NEED, ["气化细渣脱碳"]), OFFER: documents(OFFER, offers)}
    found = Meaning(stub.Invented(size=64), shelf).parts(shelf[NEED][0], np.arange(6, dtype=np.int32))
    assert found is not None
    assert np.argsort(-found, kind="stable")[:2].tolist() == [1, 0]
    assert found[1] > 0


def test_a_text_that_is_not_there_says_nothing() -> None:
    shelf = {NEED: documents(NEED, ["气化", " "]), OFFER: documents(OFFER, ["气化渣", "", "马铃薯"])}
    encoder = stub.Invented()
    meaning = Meaning(encoder, shelf)
    assert "" not in encoder.texts
    every = np.arange(3, dtype=np.int32)
    assert meaning.parts(shelf[NEED][0], every)[1] == 0.0  # type: ignore[index] # a vector is kept for it
    assert meaning.parts(shelf[NEED][1], every) == pytest.approx([0, 0, 0])
    assert meaning.parts(Document("new", NEED, ""), every) == pytest.approx([0, 0, 0])


@pytest.mark.parametrize("empty", [(), (NEED,), (OFFER,), (NEED, OFFER)])
def test_an_empty_side_is_no_error(empty: tuple[Side, ...]) -> None:
    shelf = {side: [] if side in empty else documents(side, ["气化", "乳清"]) for side in Side}
    meaning = Meaning(stub.Invented(), shelf)
    for side in Side:
        found = meaning.parts(Document("new", side, "永磁"), np.arange(len(shelf[side.other]), dtype=np.int32))
        assert found is None or len(found) == len(shelf[side.other])


def test_identical_texts_differ_in_nothing() -> None:
    shelf = {NEED: documents(NEED, ["气化"]), OFFER: documents(OFFER, ["气化渣"] * 50)}
    found = Meaning(stub.Invented(), shelf).parts(shelf[NEED][0], np.arange(50, dtype=np.int32))
    assert found is not None
    assert np.ptp(found) == pytest.approx(0, abs=1e-9)
    assert found[0] == pytest.approx(-figures().weight * figures().centre, abs=1e-3)


def test_a_replaced_text_is_forgotten() -> None:
    shelf = {NEED: documents(NEED, ["气化细渣"]), OFFER: documents(OFFER, ["马铃薯", "乳清", "永磁"])}
    encoder = stub.Invented(size=64)
    meaning = Meaning(encoder, shelf)
    every = np.arange(3, dtype=np.int32)
    changed = Document(shelf[NEED][0].id, NEED, "马铃薯")
    assert meaning.parts(changed, every) == pytest.approx(meaning.parts(Document("x", NEED, "马铃薯"), every))
    before = meaning.parts(shelf[NEED][0], every)
    assert before is not None
    assert meaning.parts(changed, every)[0] > before[0]  # type: ignore[index] # it has a vector


def test_one_more_record_moves_a_pair_little() -> None:
    offers = [f"{a}{b}" for a in "气化渣脱碳乳清膜" for b in "永磁电机马铃薯"]
    need = documents(NEED, ["气化脱碳"])
    before = Meaning(stub.Invented(), {NEED: need, OFFER: documents(OFFER, offers)})
    after = Meaning(stub.Invented(), {NEED: need, OFFER: documents(OFFER, [*offers, "毫不相干"])})
    every = np.arange(len(offers), dtype=np.int32)
    assert after.parts(need[0], every) == pytest.approx(
        before.parts(need[0], every), abs=0.05
    )  # the root is steep near the mean
