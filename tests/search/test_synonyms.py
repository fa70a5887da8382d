"""Words of the vocabularies as the operator edits them: they count from the next search on."""

from uuid import UUID

import pytest

from mengkeju.directory.actions import vocabularies
from mengkeju.directory.actions.vocabularies import TermInput
from mengkeju.directory.models import Organisation, Term
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.kernel.followers import follow, followers
from mengkeju.search.queries import SearchQuery, search
from mengkeju.search.queries.synonyms import groups
from tests import factories
from tests.search.samples import listing

# The index follows settled events only, so these tests commit.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.covers("PLT-04")]


def found(text: str) -> list[UUID]:
    return [row["uid"] for row in search(ANONYMOUS, SearchQuery(text)).rows]


def follow_up() -> None:
    while follow(followers["search"]):
        pass


def edit(key: str, by: Actor, *, label: str = "", add: tuple[str, ...] = ()) -> Term:
    """The operator's edit of a cluster."""
    term = Term.objects.get(vocabulary__key="cluster", key=key)
    synonyms = (*(s.text for s in term.synonyms.all()), *add)
    parent = term.parent.key if term.parent else ""
    given = TermInput(label or term.label, term.label_en, term.source, parent=parent, synonyms=synonyms)
    return vocabularies.edit_term(term, given, by=by, now=factories.AT)


def term_in_use(key: str, by: Actor) -> Term:
    """A first-level cluster of its own, so that the shipped words play no part."""
    cluster = Term.objects.get(vocabulary__key="cluster", key="rare_earth").vocabulary
    given = TermInput("锂云母集群", "Lepidolite", "测试", synonyms=("旧称词甲",))
    return vocabularies.add_term(cluster, key, given, by=by, now=factories.AT)


@pytest.fixture
def owner() -> Organisation:
    return factories.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def operator(owner: Organisation) -> Actor:
    assert owner.pk
    return factories.actor(factories.operator())


def test_a_new_synonym_finds_what_is_filed_under_the_term_and_what_says_its_other_words(
    owner: Organisation, operator: Actor
) -> None:
    term_in_use("demo_cluster", operator)
    filed = listing(owner, "高速主轴降噪", cluster="demo_cluster")
    says = listing(owner, "旧称词甲装备的润滑")
    listing(owner, "乳清蛋白浓缩")
    follow_up()
    assert found("乌拉特料") == []
    edit("demo_cluster", operator, add=("乌拉特料",))
    assert set(found("乌拉特料")) == {filed.uid, says.uid}, "at once, without the follower or a new index"
    assert set(found("乌拉特料 降噪")) == {filed.uid, says.uid}
    follow_up()
    assert set(found("乌拉特料")) == {filed.uid, says.uid}
    assert filed.uid not in found("乳清蛋白浓缩")


def test_what_says_the_word_itself_stands_first(owner: Organisation, operator: Actor) -> None:
    term_in_use("demo_cluster", operator)
    filed = listing(owner, "高速主轴降噪", cluster="demo_cluster")
    edit("demo_cluster", operator, add=("乌拉特料",))
    says = listing(owner, "乌拉特料的分选")
    follow_up()
    assert found("乌拉特料") == [says.uid, filed.uid]


def test_a_renamed_term_is_found_by_its_new_word_only(owner: Organisation, operator: Actor) -> None:
    term_in_use("demo_cluster", operator)
    filed = listing(owner, "高速主轴降噪", cluster="demo_cluster")
    follow_up()
    assert found("锂云母集群") == [filed.uid]
    edit("demo_cluster", operator, label="静音机床产业")
    assert (found("静音机床产业"), found("锂云母集群")) == ([filed.uid], [])


def test_a_withdrawn_term_says_nothing_until_it_is_offered_again(owner: Organisation, operator: Actor) -> None:
    term = term_in_use("demo_cluster", operator)
    filed = listing(owner, "高速主轴降噪", cluster="demo_cluster")
    follow_up()
    assert found("旧称词甲") == [filed.uid]
    vocabularies.retire_term(term, by=operator, now=factories.AT)
    assert found("旧称词甲") == []
    assert found("主轴降噪") == [filed.uid], "the listing itself stays"
    vocabularies.retire_term(term, by=operator, now=factories.AT, retired=False)
    assert found("旧称词甲") == [filed.uid]


def test_a_word_of_a_term_finds_what_is_filed_below_it(owner: Organisation) -> None:
    magnets = listing(owner, "高速主轴降噪", cluster="rare_earth_magnets")
    follow_up()
    assert found("白云鄂博矿") == [magnets.uid]
    below = {group.words[0]: group.values for group in groups()}
    assert {"rare_earth", "rare_earth_magnets"} <= set(below["稀土"])
    assert "rare_earth" not in below["稀土永磁"]


def test_being_filed_under_a_term_opens_nothing(owner: Organisation, operator: Actor) -> None:
    term_in_use("demo_cluster", operator)
    closed = listing(owner, "高速主轴降噪", cluster="demo_cluster", tier="members")
    follow_up()
    assert found("旧称词甲") == []
    rows = search(factories.actor(factories.manager(owner)), SearchQuery("旧称词甲")).rows
    assert [row["uid"] for row in rows] == [closed.uid]
