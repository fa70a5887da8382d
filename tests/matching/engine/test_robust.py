"""The engine survives whatever people paste, and the shelves nobody tests: empty, of one, all the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import isfinite
from time import process_time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine import (
    asking,
    cold,
    families,
    feedback,
    full,
    hashed,
    judged,
    keywords,
    methods,
    protocol,
)
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.judged import Base, Entry, Lesson
from mengkeju.matching.engine.meaning import Meaning
from mengkeju.matching.engine.meaning_figures import KEY
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow
from mengkeju.matching.engine.ranker import Ranked, Ranker
from mengkeju.matching.engine.space import MAX_BODY, MAX_SENTENCES, body_sentences
from tests.matching.engine.embeddings import Invented
from tests.matching.engine.ugly import UGLY, need, offer

pytestmark = pytest.mark.covers("PLT-03")
TODAY = date(2026, 11, 20)
GOOD = ("气化细渣脱碳与高值利用", "水煤浆气化产生细渣，希望脱水脱碳，碳做填料，灰做建材原料。")
SECONDS = 5.0
"""Of processor time for one text against a small shelf; it takes a tenth of it."""
PIECES = st.text(
    st.one_of(st.characters(exclude_categories=[]), st.sampled_from("气化细渣脱碳與氣細脫🔥ａA1。，\n")), max_size=60
)


def check(found: Sequence[Ranked]) -> None:
    """What every list promises, whatever the texts."""
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    for one in found:
        assert sum(part.value for part in one.contributions) == pytest.approx(one.score, abs=1e-6)
        assert isfinite(one.score)
        assert 0 <= one.probabilities[2] <= one.probabilities[1] <= one.probabilities[0] <= 1
        assert 1 <= one.expected <= 4
        assert all(term.text.strip() and isfinite(term.weight) for term in one.shared_terms)
        assert all(isfinite(way.gain) for way in one.raises)


def ranker(documents: Sequence[Document]) -> Ranker:
    model = cold.load()
    return Ranker(Corpus.build(documents, reference=model.reference), model)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("name", UGLY)
def test_ugly_texts_are_asked_for_and_stand_on_the_shelf(name: str, side: Side) -> None:
    ugly, good = Document("u", side, *UGLY[name]), Document("g", side.other, *GOOD)
    began = process_time()
    made = ranker([ugly, good, Document("same", side.other, *UGLY[name]), Document("other", side, *GOOD)])
    for query in (ugly, good):
        check(made.rank(query, today=TODAY, k=10))
    assert process_time() - began < SECONDS
    words = {"u": keywords.words_of("\n".join(UGLY[name])), "g": keywords.words_of("\n".join(GOOD))}
    assert all(isfinite(word.weight) for word in keywords.keywords(words, None))


@pytest.mark.parametrize("name", UGLY)
def test_ugly_texts_on_an_empty_shelf_and_on_one_of_their_kind(name: str) -> None:
    for documents in ([], [offer(*GOOD)], [offer(*UGLY[name])], [need(*UGLY[name])]):
        made = ranker(documents)
        for query in (need(*UGLY[name]), offer(*UGLY[name], key="q"), need(*GOOD)):
            check(made.rank(query, today=TODAY, k=5))


def test_an_empty_shelf_answers_nothing() -> None:
    made = ranker([])
    assert made.rank(need(*GOOD), today=TODAY) == made.rank(offer(*GOOD), today=TODAY) == []
    assert made.shortlist(need(*GOOD)) == []


def test_one_listing_is_found_and_only_by_what_is_like_it() -> None:
    made = ranker([offer(*GOOD)])
    assert [one.id for one in made.rank(need(*GOOD), today=TODAY)] == ["a"]
    assert made.rank(need("马铃薯种薯"), today=TODAY) == []


@pytest.mark.parametrize("count", [2, 40])
def test_where_all_say_the_same_all_score_the_same(count: int) -> None:
    made = ranker(
        [offer(*GOOD, key=str(at)) for at in range(count)] + [need(*GOOD, key=str(at)) for at in range(count)]
    )
    for query in (need(*GOOD), offer(*GOOD)):
        found = made.rank(query, today=TODAY, k=count)
        check(found)
        assert sorted(one.id for one in found) == sorted(map(str, range(count)))
        assert len({round(one.score, 9) for one in found}) == 1
        assert len({one.band for one in found}) == 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(PIECES, PIECES, st.booleans()), max_size=8), PIECES, PIECES)
def test_any_texts_at_all(shelf: list[tuple[str, str, bool]], title: str, body: str) -> None:
    made = ranker([(need if is_need else offer)(t, b, key=str(at)) for at, (t, b, is_need) in enumerate(shelf)])
    check(made.rank(need(title, body, key="q"), today=TODAY))
    check(made.rank(offer(title, body, key="q"), today=TODAY))


@pytest.mark.parametrize("name", UGLY)
def test_what_is_quoted_is_a_sentence_of_what_was_read(name: str) -> None:
    query = need(*UGLY[name])
    for one in ranker([offer(*UGLY[name]), offer(*GOOD, key="g")]).rank(query, today=TODAY):
        assert one.best_sentence in query.body[:MAX_BODY]
    began = process_time()
    read = body_sentences(query)
    assert len(asking.uses(read)) == len(read) <= MAX_SENTENCES
    assert process_time() - began < SECONDS


def test_pure_english_is_matched() -> None:
    made = ranker([
        offer("Flotation and dewatering of gasification slag", key="slag"),
        offer("Membrane separation of whey protein", key="whey"),
    ])  # fmt: skip
    found = made.rank(need(*UGLY["English"]), today=TODAY)
    assert found[0].id == "slag"
    assert {"gasification", "slag"} <= {term.text for term in found[0].shared_terms}
    assert found[0].best_sentence


def test_emoji_are_no_hindrance() -> None:
    plain, decorated = need(*GOOD), need(f"🔥{GOOD[0]}🚀", f"{GOOD[1]}🙂")
    made = ranker([offer("煤气化细渣提取精碳技术", key="slag"), offer("乳清蛋白膜分离", key="whey")])
    one, other = (made.rank(query, today=TODAY)[0] for query in (plain, decorated))
    assert one.id == other.id == "slag"
    assert other.score == pytest.approx(one.score, abs=1e-6)


def test_traditional_characters_are_found_as_far_as_they_are_the_same() -> None:
    """They are not folded to simplified ones (docs/matching.md): what both scripts write alike still finds it."""
    made = ranker([offer("气化细渣脱碳与高值利用", key="slag"), offer("马铃薯脱毒种薯繁育", key="potato")])
    found = made.rank(need(*UGLY["traditional"]), today=TODAY)
    check(found)
    assert [one.id for one in found][:1] == ["slag"]
    same = made.rank(need("气化细渣脱碳与高值利用", "水煤浆气化产生细渣，希望脱水脱碳，灰做建材原料。"), today=TODAY)
    assert found[0].score < same[0].score


@pytest.mark.parametrize("name", UGLY)
def test_an_encoder_is_given_ugly_texts_too(name: str) -> None:
    given = [offer(*UGLY[name]), offer(*GOOD, key="g"), need(*UGLY[name])]
    documents = [replace(document, is_open=True) for document in given]
    model = cold.load()
    corpus = Corpus.build(documents, reference=model.reference)
    line = Meaning(Invented(), {side: corpus.shelves[side].documents for side in Side})
    found = Ranker(corpus, model, line).rank(documents[-1], today=TODAY)
    check(found)
    assert all(KEY in {part.key for part in one.contributions} for one in found)


@pytest.mark.parametrize("name", UGLY)
def test_judgements_on_ugly_texts_move_nothing_to_infinity(name: str) -> None:
    corpus = Corpus.build([offer(*UGLY[name]), offer(*GOOD, key="g"), need(*GOOD)])
    rows, terms = corpus.shelves[Side.ACHIEVEMENT].table.title_chars, corpus.space.chars.terms
    packed = [hashed.pack(rows[at], terms) for at in range(2)]
    entries = [Entry(at, row, "", Base(0.5, (-1.0, 1.0, 2.0), 0.0, 0.0)) for at, row in enumerate(packed)]
    for acts_on in judged.ACTING:
        for moved in judged.learn(entries, [Lesson(entries[0], acts_on, 1.0)]):
            assert isfinite(moved.expected)
            assert 1 <= moved.expected <= 4


def test_feedback_on_the_same_text_again_and_again_stays_finite() -> None:
    alike, ids = np.ones((30, 30)), tuple(map(str, range(30)))
    learned = feedback.learn(ids, feedback.kernel(alike), np.zeros(30), np.full(30, 4), np.array([-1.0, 1.0, 2.0]))
    parts = learned.contributions(feedback.kernel(np.ones((1, 30))))
    assert np.isfinite(parts).all()
    assert parts.sum() > 0


@pytest.mark.parametrize("model", methods.METHODS)
def test_every_method_predicts_for_ugly_pairs(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", 5)
    monkeypatch.setattr(full, "BAGS", 1)
    texts = {key: (title[:500], body[:500]) for key, (title, body) in UGLY.items()}
    needs = [NeedRow(key, *text) for key, text in texts.items()]
    pairs = [
        PairRow(one, f"{one}-{other}", texts[other][0], 1 + (at + also) % 4)
        for at, one in enumerate(texts)
        for also, other in enumerate(texts)
    ]
    found = protocol.predict(needs, pairs[::2], pairs[1::2], methods.METHODS[model])
    assert np.isfinite(found.expected).all()
    assert ((found.expected >= 1) & (found.expected <= 4)).all()
    assert set(np.unique(found.level)) <= {1, 2, 3, 4}


@pytest.mark.parametrize("model", methods.METHODS)
def test_every_method_predicts_where_all_texts_are_the_same(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full, "ROUNDS", 5)
    monkeypatch.setattr(full, "BAGS", 1)
    needs = [NeedRow(str(at), *GOOD) for at in range(6)]
    pairs = [PairRow(str(at % 6), f"a{at}", GOOD[0], 1 + at % 4) for at in range(60)]
    found = protocol.predict(needs, pairs[:40], pairs[40:], methods.METHODS[model])
    assert np.isfinite(found.expected).all()
    assert ((found.expected >= 1) & (found.expected <= 4)).all()


@pytest.mark.covers("PLT-17")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b'"engine": "', b'"engine": "1999-'), "另一版匹配程序（1999-"),
        ((b'"schema_version": 1', b'"schema_version": 99'), "第 99 版，本程序只读第 1 版"),
        ((b'"family": "cold"', b'"family": "oracle"'), "“oracle”这一类模型"),
        ((b'"features": ["', b'"features": ["sixth_sense", "'), "sixth_sense"),
    ],
)
def test_a_model_file_of_another_version_is_refused_in_words(change: tuple[bytes, bytes], said: str) -> None:
    good = families.pack(families.shipped())
    assert families.refuse(good) == ""
    assert change[0] in good
    assert said in families.refuse(good.replace(*change, 1))
    assert families.refuse(b"") == families.refuse(b"\xff\x00" * 100) == "这不是蒙科聚的匹配模型文件"
