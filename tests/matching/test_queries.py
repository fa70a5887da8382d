"""Match cards for one reader."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mengkeju.kernel.access import Actor
from mengkeju.listings.engine.markets import MARKETS
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.actions import compute, shelf
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import reasons
from tests import factories
from tests.matching import crowd, world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]


def owner(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def test_a_card_says_what_why_and_what_is_missing() -> None:
    needs, achievements = world.matched()
    card = queries.proposals_for(owner(needs[0]), needs[0])[0]
    assert card.target == achievements[0]
    assert card.other.title == achievements[0].title
    assert card.rank == 1
    assert card.band_label == "可供参考"
    assert ("细渣", True) in card.summary or any(hit and "渣" in text for text, hit in card.summary)
    assert card.rows[0].label == reasons.TEXT_LABEL
    assert abs(sum(row.percent for row in card.rows) - 100) <= len(card.rows)
    assert card.missing
    assert len(card.missing) <= reasons.MOST_MISSING + 1
    assert str(card.uid) in card.decline_url
    assert card.restore_url == ""


def test_no_contact_stands_on_a_card() -> None:
    needs, achievements = world.matched()
    assert achievements[0].owner is not None
    person = factories.person(factories.manager(achievements[0].owner))
    type(person).objects.filter(pk=person.pk).update(phone="0472-5550199")
    card = queries.proposals_for(owner(needs[0]), needs[0])[0]
    assert "5550199" not in repr(card.other)
    assert person.name not in repr(card.other) + card.meta


def test_weak_pairs_are_listed_only_when_asked_for() -> None:
    needs, achievements = world.matched()
    cards, more = queries.proposals_for(owner(needs[0]), needs[0]), queries.show_more(owner(needs[0]), needs[0])
    assert all(card.band for card in cards)
    assert not any(card.band for card in more)
    assert len(cards) + len(more) == len(achievements)


def test_both_directions() -> None:
    needs, achievements = world.matched()
    cards = queries.proposals_for(owner(achievements[1]), achievements[1])
    assert [card.target for card in cards] == [needs[1]]
    assert cards[0].url.endswith("/open/need/")


def test_nobody_else_gets_a_list() -> None:
    needs, achievements = world.matched()
    for actor in (
        factories.actor(factories.manager(factories.organisation())),
        owner(achievements[0]),
        factories.actor(factories.officer(factories.HOHHOT)),
    ):
        assert queries.proposals_for(actor, needs[0]) == []
        assert queries.show_more(actor, needs[0]) == []
        assert queries.open_count(actor, needs[0]) == 0
    for actor in (factories.actor(factories.officer()), factories.actor(factories.auditor())):
        card = queries.proposals_for(actor, needs[0])[0]
        assert card.decline_url == card.restore_url == ""


def test_setting_aside_changes_the_list_at_once_and_for_oneself_only() -> None:
    needs, achievements = world.matched()
    firm, institute = owner(needs[0]), owner(achievements[0])
    proposal = Proposal.objects.select_related("need__owner", "achievement__owner").get(need=needs[0], need_rank=1)
    assert needs[0].owner is not None
    assert queries.open_count(firm, needs[0]) == 1
    actions.dismiss(proposal, needs[0].owner, "other", "原料不同，只告诉平台", by=firm, now=world.LATER)
    card = next(c for c in queries.proposals_for(firm, needs[0]) if c.uid == proposal.uid)
    assert card.dismissed == queries.Dismissal("其他（必填说明）", "原料不同，只告诉平台", world.LATER)
    assert card.decline_url == ""
    assert str(card.uid) in card.restore_url
    assert queries.open_count(firm, needs[0]) == 0
    assert proposal.uid not in [c.uid for c in queries.newest_for(firm, 5)]
    theirs = next(c for c in queries.proposals_for(institute, achievements[0]) if c.uid == proposal.uid)
    assert theirs.dismissed is None
    assert proposal.uid in [c.uid for c in queries.newest_for(institute, 5)]
    for other in (factories.actor(factories.auditor()), factories.actor(factories.broker())):
        assert all(c.dismissed is None for c in queries.proposals_for(other, needs[0]))


def test_those_set_aside_stand_at_the_end() -> None:
    needs, _ = world.shelf()
    world.listing("achievement", "气化细渣脱碳与高值利用工艺", "水煤浆气化细渣脱水脱碳，碳做填料，灰做建材原料。")
    compute.match_all(now=world.AT)
    firm = owner(needs[0])
    first, second = [c.uid for c in queries.proposals_for(firm, needs[0])]
    assert needs[0].owner is not None
    actions.dismiss(Proposal.objects.get(uid=first), needs[0].owner, "vague", "", by=firm, now=world.AT)
    assert [c.uid for c in queries.proposals_for(firm, needs[0])] == [second, first]


def counted(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        read()
    return len(seen)


def test_queries_do_not_grow_with_the_list() -> None:
    needs, _ = world.matched()
    firm = owner(needs[0])
    few = counted(lambda: queries.proposals_for(firm, needs[0]))
    many = counted(lambda: queries.show_more(firm, needs[0]))
    assert len(queries.show_more(firm, needs[0])) > len(queries.proposals_for(firm, needs[0]))
    assert many <= few
    assert counted(lambda: queries.newest_for(firm, 1)) == counted(lambda: queries.newest_for(firm, 10))


def test_queries_do_not_grow_with_the_judgements() -> None:
    need, offers = crowd.matched()
    broker = factories.actor(factories.broker())
    said = []
    for at in (0, 2, 4):
        actions.dismiss(crowd.pair(need, offers[at]), None, "off_direction", by=broker, now=world.LATER)
        said.append(counted(lambda: queries.show_more(broker, need)))
    assert said[0] == said[1] == said[2]
    assert said[0] <= 12


def test_gaps_of_both_sides_are_one_line() -> None:
    assert reasons.missing_in_words(["需求没写合作方式", "成果没写合作方式", "成果没有正文介绍"]) == (
        "双方都没写合作方式",
        "成果没有正文介绍",
    )
    assert reasons.missing_in_words([f"成果没写{n}" for n in range(7)])[-1] == "还有：成果没写4、成果没写5、成果没写6"


def test_parts_that_count_against_are_called_so() -> None:
    rows = reasons.rows(reasons.filled({"text": {"title_chars": 1.5}, "signals": [["budget", -0.5, "报价高于预算"]]}))
    assert [(r.percent, r.tone, r.text) for r in rows] == [
        (75, "done", "比多数配对更相近，尤其是标题用字"),
        (25, "calm", "减分：报价高于预算"),
    ]


def test_topics_alone_are_not_said_to_be_words() -> None:
    (row,) = reasons.rows(reasons.filled({"text": {"whole_latent": 0.9, "near_latent": 0.4}, "signals": []}))
    assert row.text == "主题比多数配对更相近（按常在一起出现的词推算，不一定有相同的词）"


def test_the_shares_of_shared_words_add_up_to_all() -> None:
    why = reasons.filled({"terms": [["细渣", 0.52], ["脱碳", 0.31]]})
    said = "".join(text for text, _strong in reasons.summary(why, MARKETS["technology"]))
    assert said == "用词相同（百分数：占全部相同用词的分量）：细渣 52%、脱碳 31%，其余 17% 是没有列出的词和字。"
    whole = reasons.filled({"terms": [["细渣", 1.0]]})
    assert "其余" not in "".join(text for text, _strong in reasons.summary(whole, MARKETS["technology"]))
    none = reasons.filled({"cuts": [0.1, 2.0, 3.0]})
    assert reasons.summary(none, MARKETS["technology"]) == (("除各处都用的词外，没有相同的词。", False),)
    assert reasons.summary(reasons.filled({}), MARKETS["technology"]) == ()
    old = reasons.filled({"terms": ["细渣"]})
    assert "其余" not in "".join(text for text, _strong in reasons.summary(old, MARKETS["technology"]))


def test_how_far_a_report_says_a_need_has_come_is_not_matched() -> None:
    owner = factories.organisation()
    need = world.listing("need", "演示：细渣脱碳", "报道时的进展：续攻关。含碳高", owner=owner)
    document = shelf.document_of(need)
    assert document is not None
    assert "续攻关" not in document.body
    assert "含碳高" in document.body


def test_a_card_says_that_one_organisation_both_asks_and_offers() -> None:
    both = factories.organisation()
    need = world.listing("need", *world.NEEDS[0], owner=both)
    world.listing("achievement", *world.ACHIEVEMENTS[0], owner=both)
    world.note_events()
    compute.compute_waiting(now=world.AT)
    card = queries.proposals_for(factories.actor(factories.manager(both)), need)[0]
    assert "需求方也是持有单位" in card.meta
    other = world.matched()[0][0]
    assert other.owner is not None
    assert "也是持有单位" not in queries.proposals_for(factories.actor(factories.manager(other.owner)), other)[0].meta


def test_texts_less_alike_than_most_are_called_so() -> None:
    rows = reasons.rows(reasons.filled({"text": {"title_chars": 0.4, "body_chars": -1.4}, "signals": []}))
    assert [(r.percent, r.text) for r in rows] == [(100, "减分：不如多数配对相近")]


def test_reasons_of_an_older_version_are_read() -> None:
    assert reasons.read(Proposal(reasons={}))["terms"] == []
    assert reasons.rows(reasons.read(Proposal(reasons={}))) == ()
