"""Deals through the API: both sides, who helped, what a source tells, and nobody else."""

from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

import pytest
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.api import deal_schemas as schemas
from mengkeju.deals.engine.deal_workflow import DEAL, OWN_MOVES
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import DEAL_ORIGINS, Deal
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.webhooks.offers import offers
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.deals import cooperation_samples as c
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def clients(pair: s.Pair) -> tuple[Client, Client]:
    """Of the firm and of the institute."""
    return tokens.client_of(f.manager(pair.firm)), tokens.client_of(f.manager(pair.institute))


def start(client: Client, pair: s.Pair, key: str | None = None, **given: Any) -> Any:
    body = {"title": "电话谈成的合作", "side": "buyer", "other": str(pair.institute.uid)}
    return send(client, "POST", "/deals", body | given, key=key)


@pytest.mark.covers("PLT-08", "TRD-01")
def test_from_an_intention_to_the_end() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    firm, institute = clients(pair)
    made = send(firm, "POST", f"/intentions/{intention.uid}/deal")
    assert made.status_code == 200, made.content
    again = send(institute, "POST", f"/intentions/{intention.uid}/deal").json()
    assert again["uid"] == made.json()["uid"]
    path = f"/deals/{made.json()['uid']}"
    seen = get(institute, path)
    body = seen.json()
    assert [(p["side"], p["name"]) for p in body["parties"]] == [
        ("seller", pair.institute.name), ("buyer", pair.firm.name),
    ]  # fmt: skip
    assert (body["need"]["title"], body["achievement"]["title"]) == (pair.need.title, pair.achievement.title)
    assert (body["intention"], body["state"], body["writable"]) == (str(intention.uid), "talking", True)
    assert (body["steps"], body["duty"]["mine"]) == (["terminate"], False)
    changed = send(institute, "PATCH", path, {"title": "细渣脱碳中试", "effective_from": "2026-12-01"}, match=seen)
    assert (changed.json()["title"], changed.json()["effective_from"]) == ("细渣脱碳中试", "2026-12-01")
    emptied = send(firm, "PATCH", path, {"effective_from": None}, match=changed)
    assert (emptied.json()["effective_from"], emptied.json()["title"]) == (None, "细渣脱碳中试")
    assert problem(send(firm, "PATCH", path, {"channel": "路演"}, match=seen)) == (409, "stale_revision")
    d.put(Deal.objects.get(), "signed")
    signed = get(firm, path)
    performing = send(firm, "POST", f"{path}/move", {"step": "perform"}, match=signed)
    assert performing.json()["state"] == "performing"
    stale = send(firm, "POST", f"{path}/move", {"step": "accept"}, match=signed)
    assert problem(stale) == (409, "stale_revision")
    bare = send(firm, "POST", f"{path}/move", {"step": "close"}, match=performing)
    assert (problem(bare), bare.json()["reason"]) == ((409, "transition_refused"), "note_required")
    closed = send(institute, "POST", f"{path}/move", {"step": "close", "note": "做完了"}, match=performing)
    assert (closed.json()["state"], closed.json()["steps"], closed.json()["writable"]) == ("closed", [], False)
    history = [one["title"] for one in get(firm, f"{path}/history").json()["items"]]
    assert (history[0], history[-1]) == ("办结", "建立合作项目")


def test_started_by_hand_once_for_one_key() -> None:
    pair = s.pair()
    firm, _institute = clients(pair)
    first, again = (start(firm, pair, "k1", listing=str(pair.need.uid)) for _n in range(2))
    assert (first.status_code, again.json()["uid"]) == (201, first.json()["uid"])
    assert again["Idempotent-Replayed"] == "true"
    assert (first.json()["origin"], first.json()["need"]["uid"]) == ("listing", str(pair.need.uid))
    person = start(firm, pair, other=None, other_name="巴特尔（演示）", individual=True)
    [seller] = [p for p in person.json()["parties"] if p["side"] == "seller"]
    assert (seller["name"], seller["organisation"], seller["individual"]) == ("巴特尔（演示）", None, True)
    assert Deal.objects.count() == 2


def test_what_cannot_be_started_is_said_at_its_member() -> None:
    pair = s.pair()
    firm, _institute = clients(pair)
    hidden, young = listings.draft(pair.institute, "achievement"), f.organisation(verified=False)
    for given, place in (
        ({"title": ""}, "#/title"),
        ({"title": "  "}, "#/title"),
        ({"side": "nobody"}, "#/side"),
        ({"other": str(uuid4())}, "#/other"),
        ({"other": str(young.uid)}, "#/other"),
        ({"other": str(pair.firm.uid)}, "#/other"),
        ({"other": None}, "#/other"),
        ({"other_name": "又一家"}, "#/other"),
        ({"listing": str(hidden.uid)}, "#/listing"),
    ):
        assert pointers(start(firm, pair, **given)) == {place}, given
    assert pointers(start(tokens.client_of(f.manager(young)), pair)) == {"#/own"}
    assert problem(start(firm, pair, own=str(pair.institute.uid))) == (403, "refused")
    assert problem(start(tokens.client_of(f.account()), pair)) == (403, "refused")
    assert not Deal.objects.exists()


def test_too_early_and_wrong_words_are_refused() -> None:
    pair = s.pair()
    firm, _institute = clients(pair)
    early = send(firm, "POST", f"/intentions/{pair.declared().uid}/deal")
    assert (problem(early), early.json()["reason"]) == ((409, "transition_refused"), "wrong_state")
    deal = d.by_hand(pair)
    path, seen = f"/deals/{deal.uid}", get(firm, f"/deals/{deal.uid}")
    for body, place in (
        ({"title": " "}, "#/title"),
        ({"title": None}, "#/title"),
        ({"field": "nonsense"}, "#/field"),
        ({"effective_from": "2027-02-01", "effective_until": "2027-01-01"}, "#/effective_until"),
        ({"state": "signed"}, "#/state"),
        ({"signed_on": "2026-01-01"}, "#/signed_on"),
    ):
        assert pointers(send(firm, "PATCH", path, body, match=seen)) == {place}, body
    d.put(deal, "signed")
    assert pointers(send(firm, "PATCH", path, {"title": "签约后改名"}, match=seen)) == {"#/title"}
    assert pointers(send(firm, "POST", f"{path}/move", {"step": "sign"}, match=seen)) == {"#/step"}


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    helper = d.named_helper(deal, pair.of_firm)
    assert helper.organisation is not None
    assert deal.intention is not None
    stranger, agency = tokens.client_of(f.manager(f.organisation())), tokens.service_client(helper.organisation)
    path, opening = f"/deals/{deal.uid}", f"/intentions/{deal.intention.uid}/deal"
    calls = [("PATCH", path, {"channel": "x"}), ("POST", f"{path}/move", {"step": "terminate", "note": "x"})]
    for place in (path, f"{path}/history", "/deals"):
        assert problem(get(Client(), place)) == (401, "unauthenticated")
    for place in (path, f"{path}/history"):
        assert problem(get(stranger, place)) == (404, "not_found")
        assert get(agency, place).status_code == 200
    for method, place, body in calls:
        assert problem(send(stranger, method, place, body, match='"1"')) == (404, "not_found")
        assert problem(send(agency, method, place, body, match='"1"')) == (403, "refused")
    assert problem(send(stranger, "POST", opening)) == (404, "not_found")
    assert problem(send(agency, "POST", opening)) == (404, "not_found")
    assert get(stranger, "/deals").json()["items"] == []
    assert [one["uid"] for one in get(agency, "/deals").json()["items"]] == [str(deal.uid)]
    reader = tokens.client_of(f.manager(pair.firm), Scope.DEALS_READ)
    assert problem(send(reader, "PATCH", path, {"channel": "x"}, match='"1"')) == (403, "scope_missing")
    programme = tokens.service_client(pair.firm)
    assert send(programme, "PATCH", path, {"channel": "自动写入"}, match=get(programme, path)).status_code == 200


def test_what_a_source_tells_shows_nothing_of_the_inside() -> None:
    pair = s.pair()
    deal = d.from_source(pair)
    stranger, firm = tokens.client_of(f.account()), tokens.client_of(f.manager(pair.firm))
    told, known = get(stranger, f"/deals/{deal.uid}").json(), get(firm, f"/deals/{deal.uid}").json()
    for body in (told, known):
        assert (body["origin"], body["channel"], body["contract_value"]) == ("source", "演示大会", None)
        assert (body["writable"], body["steps"]) == (False, [])
        assert len(body["parties"]) == 2
    assert (told["terms"], told["paid_value"], len(known["terms"]), known["paid_value"]) == ([], None, 2, "0.00")
    edit = send(firm, "PATCH", f"/deals/{deal.uid}", {"channel": "别的"}, match=f'"{deal.revision}"')
    assert (problem(edit), edit.json()["reason"]) == ((409, "transition_refused"), "from_source")


def test_sums_are_decimal_strings() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    deal_rows.prices(deal)
    body = get(clients(pair)[0], f"/deals/{deal.uid}").json()
    assert (body["contract_value"], body["technology_value"], body["paid_value"]) == (
        "1000000.00", "800000.00", "500000.00",
    )  # fmt: skip


def test_a_list_is_filtered_and_leafed_without_growing_queries() -> None:
    pair = s.pair()
    firm, institute = clients(pair)
    deals = [d.by_hand(pair, title=f"第{n}个") for n in range(3)]
    told = d.from_source(pair)
    d.put(deals[0], "signed")
    every = [str(one.uid) for one in (*deals, told)]

    def uids(client: Client, **query: Any) -> list[str]:
        return [one["uid"] for one in get(client, "/deals", **query).json()["items"]]

    assert uids(firm) == uids(institute) == uids(firm, kind="contract") == every
    assert uids(firm, state="signed") == [every[0], every[3]]
    assert uids(firm, text="第1个") == uids(firm, text=deals[1].number) == [every[1]]
    assert uids(firm, year=2026) == [every[3]]
    assert uids(tokens.client_of(f.account()), mine="true") == []
    assert problem(get(firm, "/deals", state="nonsense")) == (422, "invalid")
    first = get(firm, "/deals", limit=2).json()
    second = firm.get(first["next"]).json()
    assert [one["uid"] for one in first["items"] + second["items"]] == every
    counts = [listings.queries_of(lambda limit=limit: get(firm, "/deals", limit=limit)) for limit in (1, 4)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_the_schemas_know_every_state_move_origin_and_kind() -> None:
    assert set(get_args(schemas.DealState)) == set(DEAL.states)
    assert set(get_args(schemas.DealMove)) == set(OWN_MOVES)
    assert set(get_args(schemas.DealOrigin)) == set(DEAL_ORIGINS)
    assert set(get_args(schemas.DealKindKey)) == set(kinds)
    assert set(get_args(schemas.DealSide)) == {side for kind in kinds.values() for side in kind.sides}
    assert offers["deal"].api == "get_deal"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one revision", "control"])
def test_two_write_from_one_revision_at_once(*, same: bool) -> None:
    """One of them is stale; the control, on two deals, lets both write."""
    pair = s.pair()
    deals = [d.by_hand(pair)] * 2 if same else [d.by_hand(pair), d.by_hand(pair)]
    callers = clients(pair)

    def act(at: int) -> Callable[[], int]:
        path = f"/deals/{deals[at].uid}"
        return lambda: int(send(callers[at], "PATCH", path, {"channel": f"写法{at}"}, match='"1"').status_code)

    outcomes = race(act(0), act(1))
    assert sorted(str(one) for one in outcomes) == (["200", "409"] if same else ["200", "200"])


@pytest.mark.covers("PRJ-07", "PRJ-16")
def test_every_kind_is_opened_listed_and_shows_what_carries_it() -> None:
    pair = s.pair()
    firm, institute = clients(pair)
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    project = send(firm, "POST", f"/intentions/{intention.uid}/deal?kind=joint_project").json()
    assert project["kind"] == "joint_project"
    made = start(firm, pair, kind="agreement").json()
    assert (made["kind"], made["parent"], made["parts"]) == ("agreement", None, [])
    actions.set_parent(
        Deal.objects.get(uid=project["uid"]), Deal.objects.get(uid=made["uid"]), by=pair.of_firm, now=s.NOW
    )
    assert get(institute, f"/deals/{project['uid']}").json()["parent"] == made["uid"]
    assert get(institute, f"/deals/{made['uid']}").json()["parts"] == [project["uid"]]
    listed = get(firm, "/deals?kind=agreement").json()
    assert [row["uid"] for row in listed["items"]] == [made["uid"]]
    assert get(firm, "/deals?place=outside").json()["items"] == []
    assert problem(start(firm, pair, kind="friendship"))[0] == 422


def test_who_recorded_a_signing_sees_no_money_that_came_after() -> None:
    pair = s.pair()
    officer = f.officer()
    [deal] = actions.record_signings(
        "演示签约", c.TODAY, [c.row(pair, kind="contract")], by=f.actor(officer), now=s.NOW
    ).deals
    own = get(clients(pair)[0], "/deals").json()["items"]
    assert [row["paid_value"] for row in own] == ["0.00"]
    told = get(tokens.client_of(officer), "/deals").json()["items"]
    assert [(row["uid"], row["paid_value"]) for row in told] == [(str(deal.uid), None)]
