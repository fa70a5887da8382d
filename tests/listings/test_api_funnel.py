"""The funnel through the API: every number is as many records as its address gives."""

from datetime import timedelta

import pytest
from django.test import Client

from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def followed(client: Client, address: str) -> list[dict[str, object]]:
    """The records behind a number, page by page."""
    found: list[dict[str, object]] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        found += answer.json()["items"]
        address = answer.json()["next"] or ""
    return found


def test_each_number_is_as_many_records_as_its_address_gives() -> None:
    firm, school = f.organisation(), f.organisation(area=f.XINCHENG, kind="university")
    s.published(firm)
    s.published(firm, tier="parties")
    s.published(school, "achievement", area=f.XINCHENG)
    officer = tokens.client_of(f.officer(f.REGION))
    told = get(officer, "/funnel").json()
    assert told["stages"][0]["key"] == "listed"
    assert told["stages"][0]["count"] == 3
    numbers = [*told["stages"], *(count for group in told["groups"] for count in group["counts"])]
    assert {group["key"] for group in told["groups"]} == {f.BAOTOU, f.HOHHOT}
    for number in numbers:
        assert len(followed(officer, number["records"])) == number["count"], number
    by_kind = get(officer, "/funnel?by=kind").json()
    assert {group["key"]: group["counts"][0]["count"] for group in by_kind["groups"]} == {"need": 2, "achievement": 1}
    assert get(officer, f"/funnel?city={f.HOHHOT}").json()["stages"][0]["count"] == 1
    assert get(officer, f"/funnel?owner={firm.uid}").json()["stages"][0]["count"] == 2
    tomorrow = (clock.today(s.LATER) + timedelta(days=1)).isoformat()
    assert get(officer, f"/funnel?first={tomorrow}").json()["stages"][0]["count"] == 0
    assert len(get(officer, "/funnel/records?limit=2").json()["items"]) == 2
    assert len(followed(officer, "/api/v1/funnel/records?limit=2")) == 3


def test_an_organisation_counts_its_own_and_a_visitor_nothing() -> None:
    firm = f.organisation()
    mine, closed = s.published(firm), s.closed(s.published(firm))
    s.published(f.organisation())
    client = tokens.service_client(firm, Scope.LISTINGS_READ)
    rows = get(client, "/funnel/records").json()["items"]
    assert {(one["uid"], one["state"]) for one in rows} == {
        (str(mine.uid), "published"),
        (str(closed.uid), "closed"),
    }
    assert {one["owner_name"] for one in rows} == {firm.name}
    assert all(one["stages"][0] == "listed" for one in rows)
    assert get(client, "/funnel").json()["stages"][0]["count"] == 2
    assert problem(get(Client(), "/funnel")) == problem(get(Client(), "/funnel/records")) == (401, "unauthenticated")
    alone = tokens.client_of(f.account())
    assert problem(get(alone, "/funnel")) == problem(get(alone, "/funnel/records")) == (403, "refused")
    narrow = tokens.client_of(f.officer(), Scope.LISTINGS_READ)
    assert problem(get(narrow, "/funnel")) == (403, "refused"), "an officer's role passes with listings:review"


def test_what_makes_no_sense_is_refused() -> None:
    client = tokens.client_of(f.manager(f.organisation()))
    assert pointers(get(client, "/funnel?first=2026-12-01&last=2026-11-01")) == {"#/last"}
    assert pointers(get(client, "/funnel/records?stage=nothing")) == {"#/stage"}
    assert pointers(get(client, "/funnel?by=colour")) == {"#/by"}
    assert pointers(get(client, "/funnel?first=20261201")) == {"#/first"}
    assert get(client, "/funnel?owner=none&kind=nothing&city=other").json()["stages"][0]["count"] == 0
