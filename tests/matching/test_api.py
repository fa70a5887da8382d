"""Matches through the API: the cards of the page, their reasons in words, and 暂不考虑."""

from typing import Any, get_args

import pytest
from django.test import Client

from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.reasons import REASONS
from mengkeju.listings import actions as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.api import shapes
from mengkeju.matching.models import Feedback, Outcome, Showing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.matching import crowd, world

pytestmark = pytest.mark.django_db


def of(listing: Listing, *scopes: str) -> Client:
    """A client of the manager of the listing's owner."""
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner), *scopes)


def matches(client: Client, listing: Listing, **query: Any) -> list[dict[str, Any]]:
    answer = get(client, f"/listings/{listing.uid}/matches", **query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.covers("PLT-08", "PLT-05")
def test_the_matches_are_those_of_the_page_and_their_showing_is_logged() -> None:
    needs, achievements = world.matched()
    client, owner = of(needs[0]), f.actor(f.manager(needs[0].owner))  # type: ignore[arg-type]  # each has one
    body = get(client, f"/listings/{needs[0].uid}/matches").json()
    cards = queries.proposals_for(owner, needs[0])
    assert cards
    assert [one["uid"] for one in body["items"]] == [str(card.uid) for card in cards]
    assert (body["listing"], body["waiting"]) == (str(needs[0].uid), queries.is_waiting(needs[0]))
    best = body["items"][0]
    assert best["other"]["title"] == achievements[0].title
    assert (best["band_label"], best["state"], best["may_dismiss"]) == (cards[0].band_label, "open", True)
    assert [one["text"] for one in best["reasons"]] == [row.text for row in cards[0].rows]
    assert sum(one["percent"] for one in best["reasons"]) in range(97, 104)
    assert best["missing"] == list(cards[0].missing)
    assert best["model_version"] == cards[0].proposal.model_version
    assert Showing.objects.filter(organisation=needs[0].owner).count() == len(cards)
    assert Outcome.objects.filter(step="shown").count() == len(cards)
    assert len(matches(client, needs[0], below_bands=True)) >= len(cards)
    english = get(
        tokens.client(tokens.issue(f.manager(needs[0].owner))[1], **{"Accept-Language": "en"}),  # type: ignore[arg-type]  # as above
        f"/listings/{needs[0].uid}/matches",
    )
    assert english.json()["items"][0]["band_label"] != best["band_label"]


def test_a_changed_listing_is_told_to_wait() -> None:
    needs, _achievements = world.matched()
    assert needs[1].owner is not None
    given = listings.ListingInput({"title": "改了题目", "summary": "乳清粉"}, secrecy_reviewed=True)
    listings.edit_listing(needs[1], given, by=f.actor(f.manager(needs[1].owner)), now=world.LATER)
    assert get(of(needs[1]), f"/listings/{needs[1].uid}/matches").json()["waiting"] is True


def test_who_may_see_the_matches_of_a_listing() -> None:
    needs, _achievements = world.matched()
    path = f"/listings/{needs[0].uid}/matches"
    assert problem(get(Client(), path)) == (401, "unauthenticated")
    assert problem(get(tokens.client_of(f.manager(f.organisation())), path)) == (403, "refused")
    assert matches(tokens.client_of(f.broker(), Scope.MATCHES_READ), needs[0])
    assert matches(tokens.client_of(f.officer(), Scope.MATCHES_READ, Scope.LISTINGS_REVIEW), needs[0])
    officer = tokens.client_of(f.officer(), Scope.MATCHES_READ)
    assert problem(get(officer, path)) == (403, "refused")  # without the scope he is no officer
    hidden = world.listing("need", "不公开的细渣需求", "气化细渣", tier="members")
    outsider = tokens.client_of(f.account())
    assert problem(get(outsider, f"/listings/{hidden.uid}/matches")) == (404, "not_found")


def test_a_match_is_set_aside_and_taken_back() -> None:
    needs, achievements = world.matched()
    client = of(needs[0])
    first = matches(client, needs[0])[0]
    path = f"/matches/{first['uid']}/dismissal"
    assert pointers(send(client, "PUT", path, {"reason": "nothing"})) == {"#/reason"}
    noted = next(key for key, reason in REASONS.items() if reason.note_required)
    assert pointers(send(client, "PUT", path, {"reason": noted})) == {"#/note"}
    said = send(client, "PUT", path, {"reason": "too_early"})
    assert (said.status_code, said.json()["reason"]) == (200, "too_early")
    again = send(client, "PUT", path, {"reason": noted, "note": "换个说法"})
    assert again.json() == said.json()
    card = next(one for one in matches(client, needs[0]) if one["uid"] == first["uid"])
    assert (card["state"], card["may_dismiss"]) == ("dismissed", False)
    assert card["dismissal"]["reason_label"] == REASONS["too_early"].label
    other = next(one for one in matches(of(achievements[0]), achievements[0]) if one["uid"] == first["uid"])
    assert (other["state"], other["dismissal"]) == ("open", None)  # the other side does not see it
    for _n in range(2):
        assert send(client, "DELETE", path).status_code == 204
    assert matches(client, needs[0])[0]["state"] == "open"
    assert Feedback.objects.filter(withdrawn_at=None).count() == 0


def test_who_may_set_a_match_aside() -> None:
    needs, _achievements = world.matched()
    uid = matches(of(needs[0]), needs[0])[0]["uid"]
    stranger, officer = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.officer())
    for method, body in (("PUT", {"reason": "too_early"}), ("DELETE", None)):
        assert problem(send(stranger, method, f"/matches/{uid}/dismissal", body)) == (404, "not_found")
        assert problem(send(officer, method, f"/matches/{uid}/dismissal", body)) == (403, "refused")
    reader = of(needs[0], Scope.MATCHES_READ)
    assert problem(send(reader, "DELETE", f"/matches/{uid}/dismissal")) == (403, "scope_missing")
    assert not Feedback.objects.exists()


def test_judgements_say_what_they_moved_and_are_taken_back() -> None:
    need, offers = crowd.matched()
    client = tokens.client_of(f.broker())
    listed = matches(client, need, below_bands=True)
    uid = {one["other"]["title"]: one["uid"] for one in listed}
    said = send(client, "PUT", f"/matches/{uid[offers[0].title]}/dismissal", {"reason": "off_direction"}).json()
    assert (said["side"], said["moved_down"], said["moved_up"]) == ("need", 1, 0)
    good = send(client, "PUT", f"/matches/{uid[offers[2].title]}/approval", {})
    assert good.status_code == 200
    assert good.json()["moved_up"] >= 0
    assert send(client, "PUT", f"/matches/{uid[offers[2].title]}/approval", {}).json() == good.json()
    marked = next(one for one in matches(client, need, below_bands=True) if one["other"]["title"] == offers[2].title)
    assert (marked["suits"], marked["state"]) == (True, "open")
    refused = send(client, "PUT", f"/matches/{uid[offers[0].title]}/approval", {})
    assert refused.status_code == 422
    assert problem(send(tokens.client_of(f.officer()), "PUT", f"/matches/{uid[offers[2].title]}/approval", {})) == (
        403,
        "refused",
    )
    for _n in range(2):
        assert send(client, "DELETE", f"/matches/{uid[offers[2].title]}/approval").status_code == 204
    assert send(client, "DELETE", f"/matches/{uid[offers[0].title]}/dismissal").status_code == 204
    assert matches(client, need, below_bands=True) == listed


def test_the_reasons_for_declining_are_public() -> None:
    told = get(Client(), "/decline-reasons").json()["items"]
    assert [one["key"] for one in told] == list(REASONS)
    assert any(one["note_required"] for one in told)
    assert set(get_args(shapes.State)) == {"open", "running", "dismissed"}
