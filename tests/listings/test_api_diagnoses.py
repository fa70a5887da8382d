"""A vague need before a broker, through the API: claimed, written, concluded, answered by the enterprise."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.api.scopes import Scope
from mengkeju.listings import queries
from mengkeju.listings.models import Diagnosis, Listing
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
VAGUE: dict[str, Any] = {"title": "想把渣弄好", "present": "", "target": "", "tried": ""}
SECRET = "问过车间：只有夜班会堵"
WORDING = {"title": "气化细渣连续脱水", "summary": "细渣连续脱水，含水从 48% 降到 25% 以下，每天 200 吨"}


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def need(owner: Organisation) -> Listing:
    return s.submitted(owner, **VAGUE)


@pytest.fixture
def path(need: Listing) -> str:
    found = queries.last_diagnosis(need)
    assert found is not None
    return f"/diagnoses/{found.uid}"


@pytest.fixture
def broker() -> Client:
    return tokens.client_of(f.broker())


def proposed(path: str, broker: Client) -> Any:
    """Claimed, written and sent to the enterprise."""
    claimed = send(broker, "POST", f"{path}/claim")
    assert (claimed.status_code, claimed.json()["state"]) == (200, "claimed")
    body = {"findings": SECRET, "keywords": "细渣", **WORDING}
    written = send(broker, "PATCH", path, body, match=claimed)
    assert (written.json()["findings"], written.json()["wording"]["title"]) == (SECRET, WORDING["title"])
    done = send(broker, "POST", f"{path}/conclude", {"outcome": "propose"}, match=written)
    assert (done.status_code, done.json()["state"]) == (200, "proposed")
    return done


def test_from_the_queue_to_the_review(need: Listing, owner: Organisation, path: str, broker: Client) -> None:
    row = get(broker, "/diagnoses").json()["items"][0]
    assert (row["need"], row["need_title"], row["state"], row["broker"]) == (str(need.uid), VAGUE["title"], "open", "")
    assert 0 <= row["complete"] < 60
    assert get(broker, "/diagnoses?show=mine").json()["items"] == []
    firm = tokens.client_of(f.manager(owner))
    send(broker, "POST", f"{path}/claim")
    assert (get(firm, path).json()["told"], get(firm, path).json()["findings"]) == (False, "")
    Diagnosis.objects.update(state="open", broker=None, claimed_at=None)
    proposed(path, broker)
    read = get(firm, path)
    assert (read.json()["findings"], read.json()["steps"]) == (SECRET, ["answer"])
    assert problem(send(firm, "POST", f"{path}/answer", {"decision": "accept"}, match=read)) == (
        409,
        "transition_refused",
    )
    body = {"decision": "accept", "title": "细渣连续脱水（200 吨/天）", "secrecy_reviewed": True}
    assert send(firm, "POST", f"{path}/answer", body, match=read).json()["state"] == "accepted"
    need.refresh_from_db()
    assert (need.state, need.title, need.summary) == ("submitted", body["title"], WORDING["summary"])


def test_the_wording_is_refused_with_a_reason(need: Listing, owner: Organisation, path: str, broker: Client) -> None:
    proposed(path, broker)
    firm = tokens.client_of(f.manager(owner))
    read, no = get(firm, path), {"decision": "refuse"}
    assert problem(send(firm, "POST", f"{path}/answer", no, match=read)) == (409, "transition_refused")
    assert send(firm, "POST", f"{path}/answer", no | {"note": "不对"}, match=read).json()["state"] == "refused"
    assert problem(send(firm, "POST", f"{path}/answer", no | {"note": "不对"}, match=read))[0] == 409
    need.refresh_from_db()
    assert (need.state, need.title) == ("draft", VAGUE["title"])


def test_a_second_broker_comes_too_late_and_gets_what_is_given_back(path: str, broker: Client) -> None:
    other = tokens.client_of(f.broker())
    claimed = send(broker, "POST", f"{path}/claim")
    late = send(other, "POST", f"{path}/claim")
    assert (problem(late), late.json()["reason"]) == ((409, "transition_refused"), "taken")
    assert problem(send(other, "PATCH", path, {"findings": "x"}, match=claimed)) == (403, "refused")
    assert problem(send(other, "POST", f"{path}/release", {"note": "x"})) == (403, "refused")
    assert pointers(send(broker, "POST", f"{path}/release", {"note": ""})) == {"#/note"}
    assert send(broker, "POST", f"{path}/release", {"note": "不熟悉"}).json()["state"] == "open"
    assert send(other, "POST", f"{path}/claim").json()["state"] == "claimed"
    empty = send(other, "POST", f"{path}/conclude", {"outcome": "propose"}, match=get(other, path))
    assert (problem(empty), empty.json()["reason"]) == ((409, "transition_refused"), "findings")
    assert pointers(send(other, "POST", f"{path}/conclude", {"outcome": "?"}, match=claimed)) == {"#/outcome"}
    assert problem(send(other, "PATCH", path, {"findings": "x"})) == (428, "revision_required")
    body = {"outcome": "send_on", "findings": SECRET}
    assert send(other, "POST", f"{path}/conclude", body, match=get(other, path)).json()["state"] == "second"
    second = get(broker, "/diagnoses").json()["items"][0]
    assert second["round"] == 2
    earlier = get(broker, f"/diagnoses/{second['uid']}").json()["earlier"]
    assert [(one["round"], one["findings"]) for one in earlier] == [(1, SECRET)]
    assert problem(send(other, "POST", f"/diagnoses/{second['uid']}/claim")) == (403, "refused")


def test_who_may_read_and_who_may_not(owner: Organisation, path: str) -> None:
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert problem(get(stranger, path)) == problem(send(stranger, "POST", f"{path}/claim")) == (404, "not_found")
    assert problem(get(stranger, "/diagnoses")) == (403, "refused")
    assert problem(get(Client(), path)) == problem(get(Client(), "/diagnoses")) == (401, "unauthenticated")
    firm = tokens.client_of(f.member(owner))
    assert problem(send(firm, "POST", f"{path}/claim")) == (403, "refused")
    assert problem(get(firm, "/diagnoses")) == (403, "refused")
    officer = tokens.client_of(f.officer(f.BAOTOU))
    assert len(get(officer, "/diagnoses").json()["items"]) == 1
    assert get(officer, f"/diagnoses?area={f.HOHHOT}").json()["items"] == []
    assert problem(send(officer, "POST", f"{path}/claim")) == (403, "refused")
    reads = tokens.client_of(f.broker(), Scope.LISTINGS_READ)
    assert problem(get(reads, "/diagnoses")) == (403, "refused"), "without matches:… the role does not pass"


def test_the_queue_asks_the_same_number_of_questions_for_one_and_for_many(owner: Organisation, broker: Client) -> None:
    s.submitted(owner, **VAGUE)
    get(broker, "/diagnoses")
    one = s.queries_of(lambda: get(broker, "/diagnoses"))
    for n in range(3):
        s.submitted(owner, **(VAGUE | {"title": f"想把渣弄好 {n}"}))
    assert len(get(broker, "/diagnoses").json()["items"]) == 4
    assert s.queries_of(lambda: get(broker, "/diagnoses")) == one
