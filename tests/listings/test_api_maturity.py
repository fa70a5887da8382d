"""The ladder of an achievement through the API."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from mengkeju.kernel.api.scopes import Scope
from mengkeju.listings import actions
from mengkeju.listings.actions import StepInput
from mengkeju.listings.models import Listing, MaturityStep, ReadRecord
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
RUNG: dict[str, Any] = {
    "level": "trl6",
    "reached_on": "2026-06-30",
    "evidence": "中试报告 2026-017",
    "secrecy_reviewed": True,
}


def of(listing: Listing) -> Client:
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def test_a_rung_is_noted_once_and_the_listing_follows() -> None:
    listing = s.published(kind="achievement")
    firm, path = of(listing), f"/listings/{listing.uid}/maturity-steps"
    first = send(firm, "POST", path, RUNG, key="k")
    assert first.status_code == 201
    assert (first.json()["level"], first.json()["open"], first.json()["evidence"]) == ("trl6", True, RUNG["evidence"])
    again = send(firm, "POST", path, RUNG, key="k")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert MaturityStep.objects.count() == 1
    assert Listing.objects.get(pk=listing.pk).maturity == "trl6"
    send(firm, "POST", path, RUNG | {"level": "trl7", "reached_on": "2026-09-30"})
    assert [one["level"] for one in get(Client(), path).json()["items"]] == ["trl7", "trl6"]


def test_what_is_wrong_is_said_at_its_field() -> None:
    listing = s.published(kind="achievement")
    firm, path = of(listing), f"/listings/{listing.uid}/maturity-steps"
    assert pointers(send(firm, "POST", path, RUNG | {"level": "trl99"})) == {"#/level"}
    assert pointers(send(firm, "POST", path, RUNG | {"reached_on": "2999-01-01"})) == {"#/reached_on"}
    assert pointers(send(firm, "POST", path, RUNG | {"reached_on": 20260630})) == {"#/reached_on"}
    assert pointers(send(firm, "POST", path, RUNG | {"secrecy_reviewed": False})) == {"#/secrecy_reviewed"}
    assert pointers(send(firm, "POST", path, RUNG | {"tier": "everyone"})) == {"#/tier"}
    assert pointers(send(firm, "POST", path, RUNG | {"rung": 1})) == {"#/rung"}
    need = s.published()
    assert send(of(need), "POST", f"/listings/{need.uid}/maturity-steps", RUNG).status_code == 422
    assert MaturityStep.objects.count() == 0


def test_evidence_of_a_closed_tier_is_kept_back_and_its_reading_noted() -> None:
    listing = s.published(kind="achievement")
    assert listing.owner is not None
    step = StepInput("trl4", date(2026, 1, 5), "只给合作方的密语", "members")
    actions.add_maturity_step(listing, step, by=s.manager_of(listing.owner), now=s.LATER, secrecy_reviewed=True)
    path = f"/listings/{listing.uid}/maturity-steps"
    closed = get(Client(), path).json()["items"][0]
    assert (closed["level"], closed["open"], closed["evidence"], closed["file"]) == ("trl4", False, "", None)
    reader = f.organisation()
    assert get(tokens.client_of(f.manager(reader)), path).json()["items"][0]["evidence"] == "只给合作方的密语"
    noted = ReadRecord.objects.get(listing=listing)
    assert (noted.organisation, noted.channel, noted.tier) == (reader, "api", "members")


def test_only_its_owner_notes_a_rung() -> None:
    listing, hidden = s.published(kind="achievement"), s.draft(kind="achievement")
    path = f"/listings/{listing.uid}/maturity-steps"
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert problem(send(stranger, "POST", path, RUNG)) == (403, "refused")
    assert problem(send(stranger, "POST", f"/listings/{hidden.uid}/maturity-steps", RUNG)) == (404, "not_found")
    assert problem(get(stranger, f"/listings/{hidden.uid}/maturity-steps")) == (404, "not_found")
    assert problem(send(Client(), "POST", path, RUNG)) == (401, "unauthenticated")
    assert listing.owner is not None
    reads = tokens.service_client(listing.owner, Scope.LISTINGS_READ)
    assert problem(send(reads, "POST", path, RUNG)) == (403, "scope_missing")
    assert send(tokens.service_client(listing.owner), "POST", path, RUNG).status_code == 201
