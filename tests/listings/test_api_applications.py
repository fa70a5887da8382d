"""Cases of use of an achievement through the API."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.listings.models import Application, Listing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
CASE: dict[str, Any] = {
    "adopter_name": "使用厂（演示）",
    "product": "细渣脱水工段",
    "since": "2026-05-01",
    "scale": "50000.5",
    "unit": "吨/年",
    "secrecy_reviewed": True,
}


@pytest.fixture
def listing() -> Listing:
    return s.published(kind="achievement")


@pytest.fixture
def firm(listing: Listing) -> Client:
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def stated(listing: Listing, firm: Client, **changes: Any) -> Any:
    return send(firm, "POST", f"/listings/{listing.uid}/applications", CASE | changes)


def test_a_case_is_stated_kept_up_to_date_and_taken_off(listing: Listing, firm: Client) -> None:
    adopter = f.organisation(CASE["adopter_name"])
    made = stated(listing, firm)
    assert made.status_code == 201
    assert (made.json()["adopter"], made.json()["scale"], made.json()["before"]) == (str(adopter.uid), "50000.5", None)
    path = f"/applications/{made.json()['uid']}"
    read = get(Client(), path)
    assert read.json() == made.json()
    assert get(Client(), f"/listings/{listing.uid}/applications").json() == {"items": [read.json()]}
    grown = {"scale": "80000", "before": "50000", "secrecy_reviewed": True}
    after = send(firm, "PATCH", path, grown, match=read)
    assert (after.json()["scale"], after.json()["before"], after.json()["product"]) == (
        "80000",
        "50000",
        "细渣脱水工段",
    )
    assert problem(send(firm, "PATCH", path, grown, match=read)) == (409, "stale_revision")
    emptied = {"scale": None, "before": None, "secrecy_reviewed": True}
    assert send(firm, "PATCH", path, emptied, match=after).json()["scale"] is None
    assert send(firm, "POST", f"{path}/remove", {"note": "合作结束"}).status_code == 204
    assert problem(get(firm, path)) == (404, "not_found")
    row = Application.objects.get()
    assert (row.archived_reason, row.scale) == ("合作结束", None)


def test_what_is_wrong_is_said_at_its_field(listing: Listing, firm: Client) -> None:
    assert pointers(stated(listing, firm, scale="-1")) == {"#/scale"}
    assert pointers(stated(listing, firm, scale=50000)) == {"#/scale"}
    assert pointers(stated(listing, firm, unit="")) == {"#/unit"}
    assert pointers(stated(listing, firm, since="2999-01-01")) == {"#/since"}
    assert pointers(stated(listing, firm, secrecy_reviewed=False)) == {"#/secrecy_reviewed"}
    made = stated(listing, firm)
    path = f"/applications/{made.json()['uid']}"
    blank = {"product": " ", "secrecy_reviewed": True}
    assert pointers(send(firm, "PATCH", path, blank, match=made)) == {"#/product"}
    assert pointers(send(firm, "POST", f"{path}/remove", {"note": ""})) == {"#/note"}
    assert problem(send(firm, "PATCH", path, {"product": "x"})) == (428, "revision_required")


def test_strangers_do_not_know_of_a_closed_case_and_change_none(listing: Listing, firm: Client) -> None:
    stranger = tokens.client_of(f.manager(f.organisation()))
    shown, closed = stated(listing, firm).json()["uid"], stated(listing, firm, tier="parties").json()["uid"]
    change = {"product": "x", "secrecy_reviewed": True}
    assert problem(get(stranger, f"/applications/{closed}")) == (404, "not_found")
    assert problem(send(stranger, "PATCH", f"/applications/{closed}", change, match='"1"')) == (404, "not_found")
    assert problem(send(stranger, "PATCH", f"/applications/{shown}", change, match='"1"')) == (403, "refused")
    assert problem(send(stranger, "POST", f"/applications/{shown}/remove", {"note": "x"})) == (403, "refused")
    assert problem(stated(listing, stranger)) == (403, "refused")
    assert problem(stated(listing, Client())) == (401, "unauthenticated")
    listed = get(stranger, f"/listings/{listing.uid}/applications").json()["items"]
    assert [one["uid"] for one in listed] == [shown]
    assert len(get(firm, f"/listings/{listing.uid}/applications").json()["items"]) == 2
