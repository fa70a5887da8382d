"""Vocabularies edited by the operator: which listings are matched again, and with which words."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from mengkeju.directory.actions import vocabularies
from mengkeju.directory.actions.vocabularies import TermInput
from mengkeju.directory.models import Term
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import compute, shelf, words
from mengkeju.matching.models import Waiting
from mengkeju.search.engine.text import expand
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
AT = world.AT


def cluster(key: str) -> Term:
    return Term.objects.get(vocabulary__key="cluster", key=key)


def edit(term: Term, by: Actor, *, label: str = "", synonyms: tuple[str, ...] | None = None, parent: str = "") -> None:
    kept = tuple(s.text for s in term.synonyms.all()) if synonyms is None else synonyms
    given = TermInput(label or term.label, term.label_en, term.source, parent=parent, synonyms=kept)
    vocabularies.edit_term(term, given, by=by, now=AT)


def added(by: Actor) -> Term:
    """A term of its own, so that the shipped words play no part."""
    given = TermInput("琥珀料", "Amber feed", "测试", synonyms=("赤金粉",))
    return vocabularies.add_term(cluster("rare_earth").vocabulary, "amber", given, by=by, now=AT)


@pytest.fixture
def operator() -> Actor:
    factories.areas()
    return factories.actor(factories.operator())


@pytest.fixture
def pair(operator: Actor) -> tuple[Listing, Listing]:
    """A need and an achievement that say different words for one thing, and have nothing else in common."""
    need = world.listing("need", "琥珀料", "琥珀料")
    right = world.listing("achievement", "Zq7", "Zq7")
    added(operator)
    compute.match_all(now=AT)
    world.note_events()
    Waiting.objects.all().delete()
    assert operator.is_authenticated
    return need, right


def waiting() -> set[UUID]:
    world.note_events()
    found = set(Waiting.objects.values_list("listing__uid", flat=True))
    compute.compute_waiting(now=world.LATER)
    return found


def meant(listing: Listing) -> list[str]:
    """The other words matching seeks for a listing, as the process has them fitted now."""
    document = shelf.document_of(listing)
    assert document is not None
    return sorted(expand(document.whole, shelf.fitted().ranker.corpus._synonyms))


def test_a_new_synonym_brings_together_what_says_the_one_and_the_other(
    pair: tuple[Listing, Listing], operator: Actor
) -> None:
    assert (meant(pair[0]), meant(pair[1])) == (["赤金粉"], [])
    edit(cluster("amber"), operator, synonyms=("赤金粉", "Zq7"))
    assert (meant(pair[0]), meant(pair[1])) == (["zq7", "赤金粉"], ["琥珀料", "赤金粉"]), "not told, it asked"
    assert waiting() == {listing.uid for listing in pair}


def test_a_withdrawn_term_brings_nothing_together(pair: tuple[Listing, Listing], operator: Actor) -> None:
    edit(cluster("amber"), operator, synonyms=("zq7",))
    waiting()
    vocabularies.retire_term(cluster("amber"), by=operator, now=AT)
    assert waiting() == {listing.uid for listing in pair}
    assert meant(pair[0]) == meant(pair[1]) == []
    vocabularies.retire_term(cluster("amber"), by=operator, now=AT, retired=False)
    assert waiting() == {listing.uid for listing in pair}
    assert (meant(pair[0]), meant(pair[1])) == (["zq7"], ["琥珀料"])


def test_what_says_the_old_word_of_a_renamed_term_is_matched_again(
    pair: tuple[Listing, Listing], operator: Actor
) -> None:
    edit(cluster("amber"), operator, synonyms=("zq7",))
    waiting()
    edit(cluster("amber"), operator, label="蜜蜡")
    assert waiting() == {listing.uid for listing in pair}
    assert (meant(pair[0]), meant(pair[1])) == ([], ["蜜蜡"])


def test_many_edits_read_the_shelf_once_and_make_one_task(
    pair: tuple[Listing, Listing], operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[set[str]] = []
    whole = words._saying

    def noted(wanted: set[str]) -> Iterator[UUID]:
        read.append(wanted)
        return whole(wanted)

    monkeypatch.setattr(words, "_saying", noted)
    for synonyms in (("甲",), ("乙",), ("zq7",)):
        edit(cluster("amber"), operator, synonyms=synonyms)
    assert waiting() == {listing.uid for listing in pair}
    assert [{"琥珀料", "甲", "乙", "zq7"} <= wanted for wanted in read] == [True]


def test_an_edit_of_a_word_nobody_says_disturbs_nobody(pair: tuple[Listing, Listing], operator: Actor) -> None:
    given = TermInput("无人提及的词", "Unsaid", "测试")
    vocabularies.add_term(cluster("rare_earth").vocabulary, "unsaid", given, by=operator, now=AT)
    modes = Term.objects.filter(vocabulary__key="cooperation_mode").first()
    assert modes is not None
    edit(modes, operator, synonyms=("琥珀料",))
    assert waiting() == set()
    assert pair


def test_a_stage_of_maturity_moved_is_read_anew(operator: Actor) -> None:
    need = world.listing("need", "气化细渣脱碳", "气化细渣", maturity="trl3")
    other = world.listing("need", "气化细渣制砖", "气化细渣", maturity="trl9")
    world.note_events()
    Waiting.objects.all().delete()

    def stage() -> str:
        held = {d.id: d for side in shelf.fitted().digests for d in shelf.fitted().documents(side)}
        found = held[str(need.uid)].profile.maturity
        return found.value if found else ""

    assert stage() == "early"
    term = Term.objects.get(vocabulary__key="maturity", key="trl3")
    edit(term, operator, parent="mid")
    assert stage() == "middle"
    assert waiting() == {need.uid}
    assert other.uid
