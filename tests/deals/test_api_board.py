"""The two-sided board through the API: listed, claimed, given back."""

from datetime import timedelta

import pytest
from django.test import Client

from mengkeju.deals.engine.board import BOARD
from mengkeju.deals.models import Claim
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.listings.models import Listing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.deals import samples as s
from tests.listings.samples import queries_of, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> s.Pair:
    found = s.pair()
    Listing.objects.update(published_at=clock.now() - timedelta(days=60))
    return found


@pytest.fixture
def broker() -> Client:
    return tokens.client_of(f.broker())


def test_a_broker_claims_from_the_board_and_gives_it_back(pair: s.Pair, broker: Client) -> None:
    needs = get(broker, "/board?side=need").json()["items"]
    assert [(one["listing"], one["claim"], one["own"]) for one in needs] == [(str(pair.need.uid), None, False)]
    assert needs[0]["working_days"] >= BOARD.unpaired_after_days
    assert [one["listing"] for one in get(broker, "/board?side=achievement").json()["items"]] == [
        str(pair.achievement.uid)
    ]
    assert get(broker, f"/board?side=need&city={f.HOHHOT}").json()["items"] == []
    path = f"/listings/{pair.need.uid}/claims"
    made = send(broker, "POST", path, key="k")
    assert made.status_code == 201
    claim = made.json()
    assert (claim["state"], claim["mine"], claim["listing_title"]) == ("held", True, pair.need.title)
    assert claim["until"] is not None
    assert send(broker, "POST", path, key="k").json() == claim
    board = get(broker, "/board?side=need&claim=mine").json()["items"]
    assert (board[0]["claim"]["uid"], board[0]["claim"]["mine"]) == (claim["uid"], True)
    assert get(broker, "/board?side=need&claim=free").json()["items"] == []
    assert [one["uid"] for one in get(broker, "/claims").json()["items"]] == [claim["uid"]]
    place = f"/claims/{claim['uid']}"
    assert pointers(send(broker, "POST", f"{place}/release", {"note": ""}, match=made)) == {"#/note"}
    assert problem(send(broker, "POST", f"{place}/release", {"note": "停产"})) == (428, "revision_required")
    back = send(broker, "POST", f"{place}/release", {"note": "停产"}, match=get(broker, place))
    assert (back.json()["state"], back.json()["reason"], back.json()["may_release"]) == ("released", "停产", False)
    assert problem(send(broker, "POST", f"{place}/release", {"note": "停产"}, match=made))[0] == 409
    assert get(broker, "/claims").json()["items"] == []


def test_who_may_not_claim(pair: s.Pair, broker: Client) -> None:
    path = f"/listings/{pair.need.uid}/claims"
    send(broker, "POST", path)
    other = tokens.client_of(f.broker())
    assert pointers(send(other, "POST", path)) == {"#"}
    claim = Claim.objects.get()
    release, note = f"/claims/{claim.uid}/release", {"note": "x"}
    assert problem(send(other, "POST", release, note, match='"1"')) == (403, "refused")
    firm, stranger = tokens.client_of(f.manager(pair.firm)), tokens.client_of(f.manager(f.organisation()))
    assert get(firm, f"/claims/{claim.uid}").json()["broker"] == claim.broker.name
    assert problem(send(firm, "POST", release, note, match='"1"')) == (403, "refused")
    assert problem(get(stranger, f"/claims/{claim.uid}")) == (404, "not_found")
    assert problem(send(stranger, "POST", release, note, match='"1"')) == (404, "not_found")
    for client in (firm, stranger):
        assert problem(send(client, "POST", path)) == problem(get(client, "/board?side=need")) == (403, "refused")
        assert problem(get(client, "/claims")) == (403, "refused")
    assert problem(send(Client(), "POST", path)) == problem(get(Client(), "/claims")) == (401, "unauthenticated")
    reads = tokens.client_of(f.broker(), Scope.MATCHES_READ)
    assert problem(send(reads, "POST", path)) == (403, "scope_missing")
    gone = "/listings/0193a4c6-0000-7000-8000-000000000101/claims"
    assert problem(send(other, "POST", gone)) == (404, "not_found")
    assert pointers(get(other, "/board?side=middle")) == {"#/side"}
    officer = tokens.client_of(f.officer(f.REGION))
    assert [one["mine"] for one in get(officer, "/claims").json()["items"]] == [False]
    assert send(officer, "POST", release, note, match='"1"').json()["state"] == "released"


def test_the_board_asks_the_same_number_of_questions_for_one_and_for_many(pair: s.Pair, broker: Client) -> None:
    get(broker, "/board?side=need")
    one = queries_of(lambda: get(broker, "/board?side=need"))
    rows(pair.firm, 3)
    Listing.objects.update(published_at=clock.now() - timedelta(days=60))
    assert len(get(broker, "/board?side=need").json()["items"]) == 4
    assert queries_of(lambda: get(broker, "/board?side=need")) == one
