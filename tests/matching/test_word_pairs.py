"""Words found in public texts: mined, judged, entered in the vocabularies, and what that does to search and match."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory import actions as directory
from mengkeju.directory import queries as vocabularies
from mengkeju.directory.actions.vocabularies import TermInput
from mengkeju.directory.models import Term, Vocabulary
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching import actions
from mengkeju.matching.actions import mining
from mengkeju.matching.engine.mining.mine import Found
from mengkeju.matching.models import Waiting, WordPair
from mengkeju.matching.queries import word_pairs
from mengkeju.search.queries import synonyms
from mengkeju.search.queries.terms import _meant
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
AT, LATER = world.AT, world.LATER
SAID = "采用聚羟基脂肪酸酯（PHA）吹塑，玉米、小麦等农作物的淀粉为原料。"


@pytest.fixture
def operator() -> Actor:
    factories.areas()
    return factories.actor(factories.operator())


@pytest.fixture
def listings(operator: Actor) -> list[Any]:
    assert operator.is_authenticated
    return [
        world.listing("achievement", "聚羟基脂肪酸酯农作物地膜", SAID),
        world.listing("achievement", "农作物秸秆与玉米芯的利用", "农作物秸秆还田。"),
    ]


def pair(kind: str = "synonym", one: str = "PHA", other: str = "聚羟基脂肪酸酯") -> WordPair:
    """One that was found."""
    if not WordPair.objects.filter(kind=kind, one=one, other=other).exists():
        found = Found(kind, one, other, 0.5, {"alias": 1}, ())
        mining._keep([found], by=SYSTEM, now=AT)
    return WordPair.objects.get(kind=kind, one=one, other=other)


def groups() -> set[frozenset[str]]:
    return {frozenset(group) for group in vocabularies.synonym_groups()}


def technical(label: str, by: Actor, *, words: tuple[str, ...] = (), vocabulary: str = "word", key: str = "x1") -> Term:
    known = Vocabulary.objects.get(key=vocabulary)
    return directory.add_term(known, key, TermInput(label, label, "测试", synonyms=words), by=by, now=AT)


def test_a_run_finds_the_words_and_nothing_acts_by_itself(listings: list[Any]) -> None:
    before = groups()
    made = mining.mine_words(by=SYSTEM, now=AT)
    assert (made.texts, made.found, made.new) == (2, 2, 2)
    found = WordPair.objects.get(kind="synonym")
    assert (found.one, found.other, found.state) == ("PHA", "聚羟基脂肪酸酯", "found")
    assert found.evidence["texts"] == [str(listings[0].uid)]
    assert SAID not in str(found.evidence), "no text is kept"
    assert WordPair.objects.filter(kind="narrower", one="农作物", other="玉米").exists()
    assert groups() == before
    assert Event.objects.filter(type="word_pair.created").count() == 2


def test_a_second_run_adds_nothing_and_one_that_only_looks_keeps_nothing(listings: list[Any]) -> None:
    assert listings
    assert mining.mine_words(by=SYSTEM, now=AT, keep=False).found == 2
    assert not WordPair.objects.exists()
    mining.mine_words(by=SYSTEM, now=AT)
    again = mining.mine_words(by=SYSTEM, now=LATER)
    assert (again.found, again.new) == (2, 0)
    assert set(WordPair.objects.values_list("found_at", flat=True)) == {LATER}


def test_what_not_everybody_may_read_is_neither_mined_nor_quoted(operator: Actor) -> None:
    world.listing("achievement", "聚羟基脂肪酸酯薄膜吹塑工艺", SAID, tier="members")
    assert mining.mine_words(by=SYSTEM, now=AT).texts == 0
    listing = world.listing("achievement", "聚羟基脂肪酸酯纤维", SAID)
    mining.mine_words(by=SYSTEM, now=AT)
    row = word_pairs.pairs(operator, "found").get(kind="synonym")
    [quote] = word_pairs.quotes([row])[row.pk]
    assert [text for text, hit in quote.pieces if hit] == ["聚羟基脂肪酸酯", "PHA"]
    type(listing).objects.filter(pk=listing.pk).update(tier="members")
    assert word_pairs.quotes([row])[row.pk] == []


def test_what_is_no_longer_found_is_put_aside_and_comes_back(operator: Actor, listings: list[Any]) -> None:
    mining.mine_words(by=SYSTEM, now=AT)
    type(listings[0]).objects.filter(pk=listings[0].pk).update(state="withdrawn")
    mining.mine_words(by=SYSTEM, now=LATER)
    assert not word_pairs.pairs(operator, "found", "synonym").exists()
    assert WordPair.objects.get(kind="synonym").gone_at == LATER
    type(listings[0]).objects.filter(pk=listings[0].pk).update(state="published")
    mining.mine_words(by=SYSTEM, now=LATER)
    assert word_pairs.pairs(operator, "found", "synonym").count() == 1


def test_a_refused_pair_is_not_proposed_again_until_it_is_considered_again(
    operator: Actor, listings: list[Any]
) -> None:
    assert listings
    mining.mine_words(by=SYSTEM, now=AT)
    row = WordPair.objects.get(kind="synonym")
    actions.move_words(row, "refuse", by=operator, now=AT, note="不是一种")
    mining.mine_words(by=SYSTEM, now=LATER)
    row.refresh_from_db()
    assert (row.state, row.found_at) == ("refused", AT)
    assert actions.move_words(row, "reopen", by=operator, now=LATER).state == "found"


def test_accepted_synonyms_reach_search_and_matching(operator: Actor, listings: list[Any]) -> None:
    mining.mine_words(by=SYSTEM, now=AT)
    world.note_events()
    Waiting.objects.all().delete()
    row = WordPair.objects.get(kind="synonym")
    actions.accept_words(row, by=operator, now=LATER)
    assert row.term is not None
    assert (row.state, row.term.label, row.term.label_en) == ("accepted", "聚羟基脂肪酸酯", "PHA")
    assert frozenset({"聚羟基脂肪酸酯", "PHA"}) in groups()
    said, filed = _meant("找pha的供应商", synonyms.groups())
    assert said["pha"] == ("聚羟基脂肪酸酯",)
    assert not any(filed["pha"].values())
    world.note_events()
    assert set(Waiting.objects.values_list("listing__uid", flat=True)) == {listings[0].uid}
    assert mining.mine_words(by=SYSTEM, now=LATER).new == 0


def test_a_synonym_enters_the_term_that_has_one_of_the_words(operator: Actor) -> None:
    term = technical("可降解塑料甲", operator, words=("聚羟基脂肪酸酯",), vocabulary="cluster")
    row = pair()
    assert [p.key for p in word_pairs.places(row)] == ["cluster/x1", "new"]
    actions.accept_words(row, by=operator, now=AT)
    assert {s.text for s in term.synonyms.all()} == {"聚羟基脂肪酸酯", "PHA"}
    actions.move_words(row, "withdraw", by=operator, now=AT, note="弄错了")
    assert {s.text for s in term.synonyms.all()} == {"聚羟基脂肪酸酯"}
    assert row.term is None


def test_the_operator_chooses_another_place(operator: Actor) -> None:
    technical("可降解塑料甲", operator, words=("PHA",), vocabulary="cluster")
    with pytest.raises(ValidationError):
        actions.accept_words(pair(), by=operator, now=AT, into="field/nothing")
    assert pair().state == "found"
    actions.accept_words(pair(), by=operator, now=AT, into="new")
    assert Term.objects.get(vocabulary__key="word").label == "聚羟基脂肪酸酯"


def test_taking_back_retires_the_word_that_was_made_and_accepting_again_restores_it(operator: Actor) -> None:
    row = actions.accept_words(pair(), by=operator, now=AT)
    with pytest.raises(TransitionRefusedError):
        actions.move_words(row, "withdraw", by=operator, now=AT)
    actions.move_words(row, "withdraw", by=operator, now=AT, note="弄错了")
    term = Term.objects.get(vocabulary__key="word")
    assert term.retired_on is not None
    assert frozenset({"聚羟基脂肪酸酯", "PHA"}) not in groups()
    actions.move_words(row, "reopen", by=operator, now=AT)
    actions.accept_words(row, by=operator, now=LATER)
    assert frozenset({"聚羟基脂肪酸酯", "PHA"}) in groups()


def test_an_upper_term_finds_the_lower_one_and_not_the_reverse(operator: Actor) -> None:
    actions.accept_words(pair("narrower", "储能器件", "超级电容"), by=operator, now=AT)
    actions.accept_words(pair("synonym", "超级电容", "法拉电容"), by=operator, now=AT)
    said, _filed = _meant("储能器件", synonyms.groups())
    assert set(said["储能器件"]) == {"超级电容", "法拉电容"}
    said, _filed = _meant("超级电容", synonyms.groups())
    assert said["超级电容"] == ("法拉电容",)
    assert word_pairs.known_below() == {("储能器件", "超级电容"), ("储能器件", "法拉电容")}


def test_a_lower_term_has_one_upper_term_and_two_levels_are_kept(operator: Actor) -> None:
    actions.accept_words(pair("narrower", "储能器件", "电容"), by=operator, now=AT)
    deeper = actions.accept_words(pair("narrower", "电容", "超级电容"), by=operator, now=AT)
    assert deeper.term is not None
    assert deeper.term.parent is not None
    assert deeper.term.parent.label == "储能器件"
    with pytest.raises(ValidationError, match="已在"):
        actions.accept_words(pair("narrower", "电子元件", "电容"), by=operator, now=AT)
    with pytest.raises(ValidationError, match="自己"):
        actions.accept_words(pair("narrower", "电容", "储能器件"), by=operator, now=AT)
    actions.move_words(deeper, "withdraw", by=operator, now=AT, note="弄错了")
    assert Term.objects.get(label="超级电容").parent is None


def test_who_may_judge_and_mine(operator: Actor) -> None:
    row, auditor = pair(), factories.actor(factories.auditor())
    owner = factories.actor(factories.manager(factories.organisation()))
    for actor in (auditor, owner):
        with pytest.raises(RefusedError):
            actions.accept_words(row, by=actor, now=AT)
        with pytest.raises(RefusedError):
            actions.move_words(row, "refuse", by=actor, now=AT)
        with pytest.raises(RefusedError):
            actions.ask_mining(by=actor, now=AT)
    assert word_pairs.pairs(auditor).count() == word_pairs.pairs(operator).count() == 1
    assert not word_pairs.pairs(owner).exists()


def test_a_stale_page_and_an_unknown_step_do_nothing(operator: Actor) -> None:
    row = pair()
    with pytest.raises(StaleRevisionError):
        actions.accept_words(row, by=operator, now=AT, revision=row.revision + 1)
    with pytest.raises(TransitionRefusedError):
        actions.move_words(row, "accept", by=operator, now=AT)
    assert pair().state == "found"
