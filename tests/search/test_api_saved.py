"""Saved searches through the API: one's own, and what an organisation has ordered for its people."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event, EventPayload
from mengkeju.search import actions
from mengkeju.search.actions import SavedInput
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send

pytestmark = pytest.mark.django_db
PATH = "/saved-searches"
ASKED: dict[str, Any] = {"name": "细渣", "q": "镝铽配方", "kind": "need", "facets": {"city": ["150200"]}}


@pytest.fixture
def mine() -> Client:
    return tokens.client_of(f.account())


def test_a_search_is_kept_paused_resumed_and_deleted(mine: Client) -> None:
    made = send(mine, "POST", PATH, ASKED, key="k")
    assert made.status_code == 201
    saved = made.json()
    assert saved["asked"] == {"q": "镝铽配方", "kind": "need", "facets": {"city": ["150200"]}}
    assert (saved["way"], saved["state"], saved["organisation"], saved["news"]) == ("daily", "running", None, 0)
    assert send(mine, "POST", PATH, ASKED, key="k").json() == saved
    path = f"{PATH}/{saved['uid']}"
    assert get(mine, PATH).json()["items"] == [get(mine, path).json()] == [saved]
    assert send(mine, "POST", f"{path}/pause").json()["state"] == "paused"
    assert send(mine, "POST", f"{path}/pause").json()["revision"] == 2
    assert send(mine, "POST", f"{path}/resume").json()["state"] == "running"
    assert send(mine, "DELETE", path).status_code == 204
    assert problem(get(mine, path)) == problem(send(mine, "DELETE", path)) == (404, "not_found")
    assert (SavedSearch.objects.get().query, get(mine, PATH).json()["items"]) == (None, [])
    said = [str(body) for body in EventPayload.objects.values_list("body", flat=True)]
    assert Event.objects.filter(type="saved_search.created").exists()
    assert not any("镝铽" in text for text in said), "what is searched for never stands in the record"


def test_what_cannot_be_kept_is_refused(mine: Client) -> None:
    assert pointers(send(mine, "POST", PATH, {"name": "全部"})) == {"#"}
    assert pointers(send(mine, "POST", PATH, ASKED | {"name": " "})) == {"#/name"}
    assert pointers(send(mine, "POST", PATH, ASKED | {"kind": "nothing"})) == {"#/kind"}
    assert pointers(send(mine, "POST", PATH, ASKED | {"way": "hourly"})) == {"#/way"}
    assert pointers(send(mine, "POST", PATH, ASKED | {"facets": {"colour": ["red"]}})) == {"#/facets/colour"}
    assert pointers(send(mine, "POST", PATH, ASKED | {"organisation": "x"})) == {"#/organisation"}
    assert problem(mine.post(f"/api/v1{PATH}", ASKED, content_type="application/json")) == (400, "key_missing")
    send(mine, "POST", PATH, ASKED)
    assert pointers(send(mine, "POST", PATH, ASKED | {"name": "又一个"})) == {"#"}
    assert SavedSearch.objects.count() == 1


def test_what_a_person_looks_for_is_nobody_elses_business(mine: Client) -> None:
    path = f"{PATH}/{send(mine, 'POST', PATH, ASKED).json()['uid']}"
    for other in (f.account(), f.officer(), f.manager(f.organisation())):
        client = tokens.client_of(other)
        assert problem(get(client, path)) == problem(send(client, "POST", f"{path}/pause")) == (404, "not_found")
        assert problem(send(client, "DELETE", path)) == (404, "not_found")
        assert get(client, PATH).json()["items"] == []
    assert problem(get(Client(), PATH)) == problem(send(Client(), "POST", PATH, ASKED)) == (401, "unauthenticated")
    searches = tokens.client_of(f.account(), Scope.SEARCH_READ)
    assert problem(get(searches, PATH)) == (403, "scope_missing")
    reads = tokens.client_of(f.account(), Scope.ALERTS_READ)
    assert problem(send(reads, "POST", PATH, ASKED)) == (403, "scope_missing")


def test_an_organisations_own_is_read_by_its_people_and_managed_by_nobody_through_a_token() -> None:
    firm: Organisation = f.organisation()
    by = f.actor(f.manager(firm))
    saved = actions.save_search(SavedInput("本单位的", kept("细渣", "", {}), "weekly", firm.uid), by=by, now=f.AT)
    path = f"{PATH}/{saved.uid}"
    for client in (tokens.client_of(f.manager(firm)), tokens.client_of(f.member(firm)), tokens.service_client(firm)):
        shown = get(client, path).json()
        assert (shown["organisation_name"], shown["way"], shown["may_manage"]) == (firm.name, "weekly", False)
        assert problem(send(client, "POST", f"{path}/pause")) == (403, "refused")
        assert problem(send(client, "DELETE", path)) == (403, "refused")
    assert pointers(send(tokens.service_client(firm), "POST", PATH, ASKED)) == {"#"}, "nobody there to be told"
