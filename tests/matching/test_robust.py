"""Listings of every ugly sort go the whole way, worker, list, page, file, interface, without an error and in time."""

from time import process_time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.listings import actions as listing_acts
from mengkeju.listings.models import Listing
from mengkeju.matching import tasks
from mengkeju.matching.actions import compute
from mengkeju.matching.models import ListingVector, Partner, Proposal, Waiting
from tests import exported, factories, tokens
from tests.calls import get, send
from tests.matching import crowd, world
from tests.matching.engine.ugly import UGLY

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-03")]
SECONDS = 60.0
"""Of processor time to match some thirty listings, a dozen of them of 100,000 characters; it takes a fifth of it."""
TITLE = 200
"""What the forms let a title have, roughly; texts are left as long as they are."""
REFUSED = ("empty", "blank")
NEVER_STORED = (*REFUSED, "lone surrogate")


def pages(listing: Listing, client: Client) -> None:
    """What people and programmes see of a listing's matches."""
    url = reverse("listing-matches", args=[listing.uid])
    for path, query in ((listing.get_absolute_url(), {}), (url, {"more": "1"})):
        answer = client.get(path, query)
        assert answer.status_code == 200
        assert "<script>alert(1)" not in answer.content.decode()


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("kind", ["need", "achievement"])
def test_a_listing_without_a_title_is_refused_in_words(name: str, kind: str) -> None:
    with pytest.raises(ValidationError, match="请填写题目"):
        world.listing(kind, *UGLY[name])


def test_listings_of_every_ugly_sort_are_matched_and_shown() -> None:
    firm, institute = factories.organisation(), factories.organisation(kind="institute")
    makers = [factories.organisation() for _n in range(2)]
    # No form and not every database takes a NUL.
    ugly = {name: [part.replace("\0", "") for part in parts] for name, parts in UGLY.items()}
    stored = [(title[:TITLE], text) for name, (title, text) in ugly.items() if name not in NEVER_STORED]
    made = [world.listing("need", *text, owner=firm) for text in stored]
    made += [world.listing("achievement", *text, owner=institute) for text in stored]
    made += [
        world.listing("capability", *text, owner=makers[at % 2], partners=["suppliers"], partner_wish=text[1][:1000])
        for at, text in enumerate(stored)
    ]
    made += [world.listing("need", *world.NEEDS[0], owner=firm)]
    world.note_events()
    began = process_time()
    assert tasks.compute_waiting.call() == f"匹配了 {len(made)} 条"
    assert process_time() - began < SECONDS
    assert not Waiting.objects.exists()
    assert Proposal.objects.filter(retired_at=None).exists()
    clients = {
        owner.pk: (factories.signed_in_client(manager), tokens.client_of(manager))
        for owner in (firm, institute, *makers)
        for manager in [factories.manager(owner)]
    }
    for listing in made:
        page, api = clients[listing.owner_id or 0]
        pages(listing, page)
        answer = get(api, f"/listings/{listing.uid}/matches", below_bands=True)
        assert answer.status_code == 200
        for item in answer.json()["items"]:
            assert sum(part["value"] for part in item["parts"]) == pytest.approx(item["score"], abs=1e-6)
    assert Partner.objects.exists()
    partners = [reverse("listing-partners", args=[one.uid]) for one in made if one.owner_id == makers[0].pk]
    for one in (made[0], made[len(stored)]):
        file = clients[one.owner_id or 0][0].get(reverse("listing-matches", args=[one.uid]), {"export": "csv"})
        assert exported.content(file)
    for path in (reverse("home"), reverse("chain-partners"), *partners):
        assert clients[makers[0].pk][0].get(path).status_code == 200


@pytest.mark.parametrize("text", ["气化\ud800细渣", "气化\x00细渣"])
def test_what_no_database_stores_never_reaches_the_engine(text: str) -> None:
    firm = factories.organisation()
    client = tokens.client_of(factories.manager(firm))
    fields: dict[str, Any] = {"title": text, "summary": text, "area": factories.KUNDULUN}
    answer = send(client, "POST", "/listings", {"kind": "need", "fields": fields})
    assert answer.status_code in {201, 400, 422}, answer.content
    assert answer.status_code != 201 or "\x00" not in Listing.objects.get().title


def test_a_site_without_anything_and_with_one_listing() -> None:
    assert compute.match_all(now=world.AT) == 0
    alone = world.listing("need", *world.NEEDS[0])
    assert compute.compute_for(alone.uid, now=world.AT) == 0
    assert compute.match_all(now=world.AT) == 0
    assert alone.owner is not None
    manager = factories.manager(alone.owner)
    pages(alone, factories.signed_in_client(manager))
    assert get(tokens.client_of(manager), f"/listings/{alone.uid}/matches").json()["items"] == []


def test_a_shelf_of_the_same_text_again_and_again() -> None:
    institute, text = factories.organisation(kind="institute"), world.ACHIEVEMENTS[0]
    needs = [world.listing("need", *text) for _n in range(2)]
    offers = [world.listing("achievement", *text, owner=institute) for _n in range(12)]
    compute.match_all(now=world.AT)
    for need in needs:
        rows = list(Proposal.objects.filter(need=need, need_rank__isnull=False).order_by("need_rank"))
        assert {row.achievement_id for row in rows} == {row.pk for row in offers}
        assert len({row.expected for row in rows}) == 1
        assert [row.need_rank for row in rows] == list(range(1, len(offers) + 1))
    assert needs[0].owner is not None
    pages(needs[0], factories.signed_in_client(factories.manager(needs[0].owner)))


def test_a_replaced_text_is_forgotten() -> None:
    """Nothing of the old text stands in any list, reason or vector once the worker has matched the new one."""
    need, offers = crowd.matched()
    offer = offers[0]
    assert Proposal.objects.filter(need=need, achievement=offer, retired_at=None).exclude(band="").exists()
    before = bytes(ListingVector.objects.get(pk=offer.pk).title)
    given = listing_acts.ListingInput({"title": "马铃薯淀粉加工", "summary": "马铃薯淀粉。"}, secrecy_reviewed=True)
    listing_acts.edit_listing(offer, given, by=crowd.of(offer), now=world.LATER)
    world.note_events()
    assert tasks.compute_waiting.call() == "匹配了 1 条" or not Waiting.objects.exists()
    assert bytes(ListingVector.objects.get(pk=offer.pk).title) != before
    assert not Proposal.objects.filter(need=need, achievement=offer, retired_at=None).exclude(band="").exists()
    for row in Proposal.objects.filter(achievement=offer):
        assert "精碳" not in str(row.reasons)
        assert row.retired_at is not None or "细渣" not in str(row.reasons["terms"])
    client = tokens.client_of(factories.manager(need.owner))  # type: ignore[arg-type]  # crowd's needs have an owner
    items = get(client, f"/listings/{need.uid}/matches", below_bands=True).json()["items"]
    assert all("精碳" not in str(item["terms"]) for item in items if item["other"]["uid"] == str(offer.uid))
