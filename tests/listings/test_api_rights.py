"""Rights of intellectual property through the API: the register, linking by number, keeping one up to date."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.listings.models import IpRight, Listing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "200310102344.5", "85100001.0"
STATED: dict[str, Any] = {
    "number": "ZL 2003 1 0102344.5",
    "title": "一种脱水装置",
    "status": "granted",
    "applied_on": "2013-10-08",
    "secrecy_reviewed": True,
}


def of(listing: Listing) -> Client:
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def link(client: Client, listing: Listing, **changes: Any) -> Any:
    return send(client, "POST", f"/listings/{listing.uid}/ip-rights", STATED | changes)


def test_a_right_is_linked_by_its_number_read_and_taken_off() -> None:
    listing = s.published(kind="achievement")
    firm = of(listing)
    made = link(firm, listing)
    assert made.status_code == 201
    assert listing.owner is not None
    right = made.json()
    assert (right["number"], right["kind"], right["expires_on"]) == (NUMBER, "invention", "2033-10-08")
    assert [one["name"] for one in right["holders"]] == [listing.owner.name]
    assert [one["uid"] for one in right["listings"]] == [str(listing.uid)]
    assert right["may_edit"] is True
    for path in (f"/ip-rights/{right['uid']}", f"/listings/{listing.uid}/ip-rights", "/ip-rights?q=ZL 2003 1"):
        found = get(Client(), path).json()
        assert found.get("items", [found]) == [right | {"may_edit": False}]
    assert get(Client(), "/ip-rights?kind=design").json()["items"] == []
    assert get(Client(), f"/ip-rights?area={f.HOHHOT}").json()["items"] == []
    assert len(get(firm, "/ip-rights?own=true&offered=true").json()["items"]) == 1
    place = f"/listings/{listing.uid}/ip-rights/{right['uid']}"
    assert send(firm, "DELETE", place).status_code == send(firm, "DELETE", place).status_code == 204
    assert get(firm, f"/listings/{listing.uid}/ip-rights").json() == {"items": []}
    assert get(Client(), f"/ip-rights/{right['uid']}").json()["listings"] == []


def test_its_holder_keeps_it_up_to_date_and_nobody_else() -> None:
    listing = s.published(kind="achievement")
    firm, stranger = of(listing), tokens.client_of(f.manager(f.organisation()))
    made = link(firm, listing)
    path = f"/ip-rights/{made.json()['uid']}"
    ceased = {"status": "ceased"}
    assert problem(send(stranger, "PATCH", path, ceased, match=made)) == (403, "refused")
    assert problem(send(Client(), "PATCH", path, ceased, match=made)) == (401, "unauthenticated")
    after = send(firm, "PATCH", path, ceased | {"granted_on": "2015-02-03"}, match=made)
    assert (after.json()["status"], after.json()["granted_on"]) == ("ceased", "2015-02-03")
    assert (after.json()["title"], after.json()["applied_on"]) == ("一种脱水装置", "2013-10-08")
    assert problem(send(firm, "PATCH", path, ceased, match=made)) == (409, "stale_revision")
    wrong = {"granted_on": "2012-01-01"}
    assert pointers(send(firm, "PATCH", path, wrong, match=after)) == {"#/granted_on"}
    assert pointers(send(firm, "PATCH", path, {"title": ""}, match=after)) == {"#/title"}
    assert pointers(send(firm, "PATCH", path, {"status": "gone"}, match=after)) == {"#/status"}
    assert pointers(send(firm, "PATCH", path, {"number": OTHER}, match=after)) == {"#/number"}


def test_two_that_claim_one_number_make_it_disputed() -> None:
    listing, rival = s.published(kind="achievement"), s.published(kind="achievement")
    made, second = link(of(listing), listing), link(of(rival), rival)
    assert (made.json()["disputed"], second.json()["disputed"]) == (False, True)
    assert (second.json()["holders"], len(second.json()["claimants"])) == ([], 2)
    assert [one["uid"] for one in get(Client(), "/ip-rights?disputed=true").json()["items"]] == [made.json()["uid"]]
    path = f"/ip-rights/{made.json()['uid']}"
    assert problem(send(of(listing), "PATCH", path, {"title": "x"}, match=second)) == (403, "refused")
    assert "basis" not in get(of(listing), path).json()


def test_what_is_no_number_and_what_is_not_published() -> None:
    listing = s.published(kind="achievement", tier="members")
    firm, visitor = of(listing), Client()
    assert pointers(link(firm, listing, number="ZL 2003 1 0102344.9")) == {"#/number"}
    assert pointers(link(firm, listing, applied_on="2999-01-01")) == {"#/applied_on"}
    assert pointers(link(firm, listing, secrecy_reviewed=False)) == {"#/secrecy_reviewed"}
    filed = link(firm, listing, number=OTHER, status="applied", applied_on="1985-05-01").json()
    path = f"/ip-rights/{filed['uid']}"
    assert problem(get(visitor, path)) == (404, "not_found")
    assert get(visitor, "/ip-rights").json()["items"] == []
    assert problem(get(visitor, f"/listings/{listing.uid}/ip-rights")) == (404, "not_found")
    member = tokens.client_of(f.manager(f.organisation()))
    assert get(member, path).json()["status"] == "applied"
    assert problem(link(member, listing)) == (403, "refused")
    assert problem(send(member, "DELETE", f"/listings/{listing.uid}/ip-rights/{filed['uid']}")) == (403, "refused")
    assert problem(link(visitor, listing)) == (401, "unauthenticated")
    assert IpRight.objects.count() == 1


def test_the_register_asks_the_same_number_of_questions_for_one_and_for_many() -> None:
    listing = s.published(kind="achievement")
    firm, reader = of(listing), tokens.client_of(f.manager(f.organisation()))
    link(firm, listing)
    get(reader, "/ip-rights")
    one = s.queries_of(lambda: get(reader, "/ip-rights"))
    for n in range(4):
        link(firm, listing, number=f"2019SR{1000001 + n}", kind="software", applied_on=None)
    assert len(get(reader, "/ip-rights").json()["items"]) == 5
    assert s.queries_of(lambda: get(reader, "/ip-rights")) == one
