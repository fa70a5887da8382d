"""A person switches automated proposals off for himself: nothing is proposed, search stays."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory.actions import personal
from mengkeju.kernel import panels
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor
from mengkeju.kernel.models import Event
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.models import AutomationChoice, Proposal, Showing
from mengkeju.matching.queries import automation
from mengkeju.search import actions as search
from mengkeju.search.actions import index
from tests import factories as f
from tests import tokens
from tests.calls import get
from tests.matching import world

pytestmark = pytest.mark.django_db


def keys(actor: Actor, listing: Listing) -> set[str]:
    found = [*panels.build(actor, "listing", "main", listing), *panels.build(actor, "listing", "next", listing)]
    found += panels.build(actor, "me", "main")
    return {p.key for p in found if p.key.startswith("matching.")}


def test_off_means_nothing_is_proposed_anywhere_to_this_person_only() -> None:
    needs, achievements = world.matched()
    need = needs[0]
    assert need.owner is not None
    account, colleague = f.manager(need.owner), f.actor(f.member(need.owner))
    actor = f.actor(account)
    on = keys(actor, need)
    assert {"matching.list", "matching.next", "matching.newest"} <= on
    assert actions.switch_off(by=actor, now=world.AT)
    assert keys(actor, need) == set()
    assert keys(actor, achievements[0]) == set()
    assert queries.proposals(actor).count() == 0
    assert queries.open_count(actor, need) == 0
    assert keys(colleague, need) == on
    before = Showing.objects.count()
    client = f.signed_in_client(account)
    page = client.get(reverse("listing-matches", args=[need.uid])).content.decode()
    assert "您已关闭自动推荐" in page
    assert world.ACHIEVEMENTS[0][0] not in page
    assert (
        world.ACHIEVEMENTS[3][0]
        not in client.get(reverse("listing-matches", args=[need.uid]), {"more": "1"}).content.decode()
    )
    assert Showing.objects.count() == before
    answer = get(tokens.client_of(account), f"/listings/{need.uid}/matches", below_bands=True).json()
    assert (answer["items"], answer["switched_off"]) == ([], True)
    assert actions.switch_on(by=actor, now=world.LATER)
    assert keys(actor, need) == on
    answer = get(tokens.client_of(account), f"/listings/{need.uid}/matches").json()
    assert answer["items"]
    assert answer["switched_off"] is False


def test_an_older_link_and_the_search_still_lead_somewhere(settings: Any, tmp_path: Path) -> None:
    settings.INDEX_DIR = tmp_path / "index"
    needs, _achievements = world.matched()
    assert needs[0].owner is not None
    account = f.manager(needs[0].owner)
    actions.switch_off(by=f.actor(account), now=world.AT)
    proposal = Proposal.objects.get(need=needs[0], need_rank=1)
    client = f.signed_in_client(account)
    assert client.get(reverse("match-open", args=[proposal.uid, "achievement"])).status_code == 302
    assert client.get(proposal.achievement.get_absolute_url()).status_code == 200
    search.rebuild_index()
    found = client.get(reverse("search"), {"q": "气化细渣"})
    index._let_go()
    assert str(proposal.achievement.uid) in found.content.decode()


def test_every_act_leaves_an_event_and_a_second_time_changes_nothing() -> None:
    account = f.account()
    actor = f.actor(account)
    assert not actions.switch_on(by=actor, now=world.AT)
    assert actions.switch_off(by=actor, now=world.AT)
    assert not actions.switch_off(by=actor, now=world.LATER)
    assert automation.off_since(actor) == world.AT
    assert actions.switch_on(by=actor, now=world.LATER)
    found = Event.objects.filter(subject_uid=f.person(account).uid, type__startswith="person.matching_")
    assert list(found.order_by("pk").values_list("type", flat=True)) == ["person.matching_off", "person.matching_on"]
    for nobody in (ANONYMOUS, SYSTEM):
        assert not actions.switch_off(by=nobody, now=world.AT)
    assert AutomationChoice.objects.count() == 1


def test_the_switch_on_the_pages() -> None:
    need = world.listing("need", *world.NEEDS[0])
    assert need.owner is not None
    client = f.signed_in_client(f.manager(need.owner))
    url = reverse("match-switch")
    assert Client().post(url, {"on": "0"}).status_code == 302
    assert client.get(url).status_code == 405
    assert not AutomationChoice.objects.exists()
    assert "为我关闭自动推荐" in client.get(reverse("match-how")).content.decode()
    answer = client.post(url, {"on": "0"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("match-how")
    assert "重新打开自动推荐" in answer.content.decode()
    assert "重新打开自动推荐" in client.get(reverse("directory-me")).content.decode()
    answer = client.post(url, {"on": "1", "listing": str(need.uid)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("listing-matches", args=[need.uid])
    assert "您已关闭自动推荐" not in answer.content.decode()
    assert client.post(url, {"on": "0", "listing": "//example.org"})["Location"] == reverse("match-how")
    assert "登录后在这里关闭" in Client().get(reverse("match-how")).content.decode()


def test_the_choice_goes_with_the_person() -> None:
    account = f.account()
    actor = f.actor(account)
    actions.switch_off(by=actor, now=world.AT)
    personal.erase_person(f.person(account), by=actor, now=world.LATER)
    assert AutomationChoice.objects.get().off_since is None


def test_it_costs_a_list_no_query(django_assert_num_queries: object) -> None:
    needs, _achievements = world.matched()
    assert needs[0].owner is not None
    actor = f.actor(f.manager(needs[0].owner))
    with django_assert_num_queries(1):  # type: ignore[operator]  # the fixture is untyped
        assert list(queries.proposals(actor))
