"""Whether a list is still to come, and how a proposal stands: open, in hand, set aside."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import followers, panels, worker
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal, Running, Waiting
from mengkeju.matching.queries import judgements
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]


def owner(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def client(listing: Listing) -> Client:
    assert listing.owner is not None
    return factories.signed_in_client(factories.manager(listing.owner))


def panel(actor: Actor, slot: str, key: str, listing: Listing) -> dict[str, Any]:
    shown = {p.key: p.context for p in panels.build(actor, "listing", slot, listing)}
    return shown.get(key, {})


@pytest.mark.django_db(transaction=True)
def test_from_publication_to_the_worker_the_page_says_that_it_matches() -> None:
    world.listing("achievement", *world.ACHIEVEMENTS[0])
    worker.drain()
    need = world.listing("need", *world.NEEDS[0])
    page, browser = need.get_absolute_url(), client(need)
    assert queries.is_waiting(need), "published, and the follower has not read it"
    assert "正在匹配" in browser.get(page).content.decode()
    assert "正在匹配" in browser.get(reverse("listing-matches", args=[need.uid])).content.decode()
    while followers.follow(followers.followers["matching"]):
        pass
    assert queries.is_waiting(need), "read, and the task has not run"
    assert "正在匹配" in browser.get(page).content.decode()
    worker.drain()
    assert not queries.is_waiting(need)
    text = browser.get(page).content.decode()
    assert "正在匹配" not in text
    assert "推荐 1 项成果" in text
    assert world.ACHIEVEMENTS[0][0] in text


def test_nothing_found_says_so_and_what_to_do() -> None:
    need = world.listing("need", "海水淡化膜", "反渗透膜国产化")
    right = world.listing("achievement", "陶瓷刀具", "用于车削")
    world.note_events()
    compute.compute_waiting(now=world.AT)
    for listing, noun, advice, kind in (
        (need, "成果", "写清现状、目标、预算和期限", "achievement"),
        (right, "需求", "写清用在哪里", "need"),
    ):
        for url in (listing.get_absolute_url(), reverse("listing-matches", args=[listing.uid])):
            text = client(listing).get(url).content.decode()
            assert f"还没有达到推荐水平的{noun}" in text
            assert advice in text
            assert f"{reverse('search')}?kind={kind}" in text


def test_an_edit_keeps_the_old_results_and_says_that_they_are_old() -> None:
    needs, _ = world.matched()
    world.note_events()
    compute.compute_waiting(now=world.AT)
    text = client(needs[0]).get(needs[0].get_absolute_url()).content.decode()
    assert "正在重新匹配" not in text
    Waiting.objects.create(listing=needs[0], since=world.LATER)
    text = client(needs[0]).get(needs[0].get_absolute_url()).content.decode()
    assert "正在重新匹配" in text
    assert world.ACHIEVEMENTS[0][0] in text


def test_a_draft_does_not_wait() -> None:
    assert not queries.is_waiting(world.listing("need", "草稿", "还没写完", publish=False))


def numbers(actor: Actor, listing: Listing) -> tuple[int, int, int, int]:
    """The number on every place: the count, the next step, the panel's heading, the cards shown as open."""
    cards = [card for card in queries.proposals_for(actor, listing) if card.open]
    return (
        queries.open_count(actor, listing),
        panel(actor, "next", "matching.next", listing).get("count", 0),
        panel(actor, "main", "matching.list", listing)["count"],
        len(cards),
    )


def two_proposals() -> tuple[Listing, Listing, Listing]:
    need = world.listing("need", *world.NEEDS[0])
    one = world.listing("achievement", *world.ACHIEVEMENTS[0])
    other = world.listing(
        "achievement", "气化细渣脱碳与高值利用工艺", "水煤浆气化细渣脱水脱碳，碳做填料，灰做建材原料。"
    )
    compute.match_all(now=world.AT)
    return need, one, other


def test_one_number_everywhere() -> None:
    need, one, other = two_proposals()
    firm = owner(need)
    assert numbers(firm, need) == (2, 2, 2, 2)
    actions.mark_running(one, need, running=True, now=world.AT)
    actions.mark_running(need, one, running=True, now=world.AT)
    assert Running.objects.count() == 1
    assert numbers(firm, need) == (1, 1, 1, 1)
    text = client(need).get(reverse("listing-matches", args=[need.uid])).content.decode()
    assert "推荐 1 项成果" in text
    assert "已有意向、正在办理的 1 项" in text
    assert numbers(owner(one), one) == (0, 0, 0, 0)
    assert [c.target for c in queries.newest_for(firm, 5)] == [other]
    proposal = Proposal.objects.get(need=need, achievement=other)
    assert need.owner is not None
    actions.dismiss(proposal, need.owner, "vague", by=firm, now=world.AT)
    assert numbers(firm, need) == (0, 0, 0, 0)
    actions.mark_running(one, need, running=False, now=world.AT)
    assert numbers(firm, need) == (1, 1, 1, 1)
    kinds = [(card.open, card.running, card.dismissed is None) for card in queries.proposals_for(firm, need)]
    assert kinds == [(True, False, True), (False, False, False)]


def test_a_pair_in_hand_is_no_news_to_outsiders() -> None:
    need, one, _other = two_proposals()
    broker, stranger = factories.broker(), factories.broker()
    actions.mark_running(need, one, running=True, introduced_by=factories.person(broker).uid, now=world.AT)
    assert numbers(factories.actor(broker), need)[0] == 1
    for outsider in (stranger, factories.auditor(), factories.officer()):
        actor = factories.actor(outsider)
        assert queries.open_count(actor, need) == 2
        assert not any(card.running for card in queries.proposals_for(actor, need))


def test_two_of_one_side_are_no_pair() -> None:
    need = world.listing("need", *world.NEEDS[0])
    actions.mark_running(need, world.listing("need", *world.NEEDS[1]), running=True, now=world.AT)
    assert not Running.objects.exists()


def test_a_broker_answers_for_his_own_organisation_and_is_seen_by_it_only() -> None:
    need, one, _other = two_proposals()
    agency = factories.organisation(kind="agency")
    account = factories.with_role("broker", of=factories.manager(agency))
    proposal = Proposal.objects.get(need=need, achievement=one)
    client = factories.signed_in_client(account)
    assert "暂不考虑…" in client.get(reverse("listing-matches", args=[need.uid])).content.decode()
    answer = client.post(
        reverse("match-dismiss", args=[proposal.uid]), {"reason": "has_partner", "listing": str(need.uid)}
    )
    assert answer.status_code == 302
    broker, colleague = (
        factories.actor(account),
        factories.actor(factories.with_role("broker", of=factories.member(agency))),
    )
    for actor in (broker, colleague):
        assert queries.open_count(actor, need) == 1
    for actor in (owner(need), factories.actor(factories.broker())):
        assert queries.open_count(actor, need) == 2
    assert queries.open_count(owner(one), one) == 1


def test_a_broker_who_belongs_to_the_owner_answers_as_its_member() -> None:
    need, one, _other = two_proposals()
    assert need.owner is not None
    broker = factories.actor(factories.with_role("broker", of=factories.manager(need.owner)))
    proposal = Proposal.objects.select_related("need__owner", "achievement__owner").get(need=need, achievement=one)
    assert judgements.judge_of(broker, proposal) == need.owner
    assert all(card.decline_url for card in queries.proposals_for(broker, need))
