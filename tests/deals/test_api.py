"""Intentions through the API: the two sides, the broker, and nobody else."""

from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

import pytest
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.api import schemas
from mengkeju.deals.engine.workflow import INTENTION
from mengkeju.deals.models import ORIGINS, ORIGINS_BY_HAND, Intention, Message
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event, File
from mengkeju.kernel.testing.race import race
from mengkeju.listings import actions as listing_actions
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send, upload
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db
PHONE = "13900001234"


def sides(pair: s.Pair) -> tuple[Client, Client]:
    """Clients of the institute, which declares, and of the firm, which answers."""
    return tokens.client_of(f.manager(pair.institute)), tokens.client_of(f.manager(pair.firm))


def declare(client: Client, pair: s.Pair, key: str | None = None, **given: Any) -> Any:
    return send(client, "POST", "/intentions", {"target": str(pair.need.uid), **given}, key=key)


def secrets(pair: s.Pair) -> set[str]:
    """What opens only by acceptance."""
    for organisation in (pair.firm, pair.institute):
        person = f.person(f.manager(organisation))
        person.phone = PHONE + organisation.name
        person.save()
    return {PHONE + pair.firm.name, PHONE + pair.institute.name}


@pytest.mark.covers("PLT-08", "NED-11", "PLT-11")
def test_from_a_wish_to_ready() -> None:
    pair = s.pair()
    phones = secrets(pair)
    institute, firm = sides(pair)
    origin = {"kind": "search", "uid": str(uuid4())}
    made = declare(institute, pair, counter=str(pair.achievement.uid), message="想谈中试", origin=origin)
    assert made.status_code == 201, made.content
    path = f"/intentions/{made.json()['uid']}"
    assert (made.json()["direction"], made.json()["origin"]) == ("sent", "search")
    assert Intention.objects.get().origin_uid is not None
    seen = get(firm, path)
    assert (seen.json()["state_label"], seen.json()["direction"]) == ("等您答复", "received")
    assert seen.json()["steps"] == ["accept", "decline", "write"]
    assert (seen.json()["duty"]["mine"], seen.json()["opened"]) == (True, False)
    assert {one["phone"] for one in seen.json()["contacts"]} == {PHONE + pair.firm.name}
    accepted = send(firm, "POST", f"{path}/answer", {"answer": "accept"}, match=seen)
    assert (accepted.json()["state"], accepted.json()["opened"]) == ("accepted", True)
    assert {one["phone"] for one in accepted.json()["contacts"]} == phones
    stale = send(institute, "POST", f"{path}/move", {"step": "talk"}, match=made)
    assert problem(stale) == (409, "stale_revision")
    talking = send(institute, "POST", f"{path}/move", {"step": "talk"}, match=accepted)
    ready = send(firm, "POST", f"{path}/move", {"step": "agree"}, match=talking)
    assert (ready.json()["state"], ready.json()["steps"]) == ("ready", ["write"])
    history = [one["title"] for one in get(firm, f"{path}/history").json()["items"]]
    assert (len(history), history[-1]) == (4, "表达合作意向")


def test_one_key_declares_once_and_an_open_one_is_refused() -> None:
    pair = s.pair()
    institute, _firm = sides(pair)
    first, again = declare(institute, pair, "k1"), declare(institute, pair, "k1")
    assert (first.json()["uid"], again["Idempotent-Replayed"]) == (again.json()["uid"], "true")
    other = declare(institute, pair, "k2")
    assert (problem(other), "正在办理中" in other.json()["detail"]) == ((422, "invalid"), True)
    assert Intention.objects.count() == 1


def test_what_cannot_be_declared() -> None:
    pair = s.pair()
    institute, firm = sides(pair)
    hidden = listings.draft(pair.firm)
    for body, place in (
        ({"target": str(hidden.uid)}, "#/target"),
        ({"target": str(uuid4())}, "#/target"),
        ({"counter": str(listings.draft().uid)}, "#/counter"),
        ({"origin": {"kind": "broker"}}, "#/origin/kind"),
        ({"message": "字" * 2001}, "#/message"),
    ):
        assert pointers(declare(institute, pair, **body)) == {place}, body
    assert problem(declare(institute, pair, declaring=str(pair.firm.uid))) == (403, "refused")
    assert problem(declare(firm, pair)) == (422, "invalid")  # on one's own
    assert problem(declare(tokens.client_of(f.account()), pair)) == (403, "refused")
    service = tokens.service_client(pair.institute)
    assert problem(declare(service, pair)) == (403, "refused")  # a wish needs a person who answers for it
    assert not Intention.objects.exists()
    assert declare(institute, pair).status_code == 201
    assert [one["direction"] for one in get(service, "/intentions").json()["items"]] == ["sent"]


def test_declining_needs_a_reason_and_tells_it() -> None:
    pair = s.pair()
    institute, firm = sides(pair)
    path = f"/intentions/{pair.declared().uid}"
    bare = send(firm, "POST", f"{path}/answer", {"answer": "decline"}, match='"1"')
    assert (problem(bare), bare.json()["reason"]) == ((409, "transition_refused"), "reason_given")
    said = send(firm, "POST", f"{path}/answer", {"answer": "decline", "reason": "too_early"}, match='"1"')
    assert (said.json()["state"], said.json()["state_label"]) == ("declined", "已婉拒")
    told = get(institute, path).json()
    assert (told["reason"], bool(told["reason_label"]), told["state_label"]) == ("too_early", True, "对方婉拒")
    again = send(firm, "POST", f"{path}/answer", {"answer": "accept"}, match=said)
    assert (problem(again), again.json()["reason"]) == ((409, "transition_refused"), "wrong_state")


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    intention = pair.declared()
    institute, firm = sides(pair)
    stranger, officer = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.officer())
    path = f"/intentions/{intention.uid}"
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/answer", {"answer": "accept"}),
        ("POST", "/move", {"step": "talk"}),
        ("POST", "/confirm", None),
        ("POST", "/messages", {"text": "你好"}),
    ]
    for place in ("", "/messages", "/history"):
        assert problem(get(Client(), path + place)) == (401, "unauthenticated")
        for client in (stranger, officer):
            assert problem(get(client, path + place)) == (404, "not_found")
    for method, place, body in calls:
        for client in (stranger, officer):
            assert problem(send(client, method, path + place, body, match='"1"')) == (404, "not_found"), place
    assert get(stranger, "/intentions").json()["items"] == []
    assert problem(send(institute, "POST", f"{path}/answer", {"answer": "accept"}, match='"1"')) == (403, "refused")
    withdraw = {"step": "withdraw", "note": "不做了"}
    assert problem(send(firm, "POST", f"{path}/move", withdraw, match='"1"')) == (403, "refused")
    assert problem(send(institute, "POST", f"{path}/confirm")) == (422, "invalid")  # no broker introduced it
    reader = tokens.client_of(f.manager(pair.firm), Scope.INTENTIONS_READ)
    assert problem(send(reader, "POST", f"{path}/answer", {"answer": "accept"}, match='"1"')) == (403, "scope_missing")
    assert send(institute, "POST", f"{path}/move", withdraw, match='"1"').json()["state"] == "withdrawn"


def test_messages_carry_files_that_the_other_side_may_then_download() -> None:
    pair = s.pair()
    institute, firm = sides(pair)
    stranger = tokens.client_of(f.manager(f.organisation()))
    path = f"/intentions/{pair.declared().uid}/messages"
    kept = upload(institute, "化验单.pdf", s.PDF).json()
    content = f"/files/{kept['uid']}/content"
    assert problem(get(firm, content)) == (404, "not_found")
    body = {"text": "附上化验单", "files": [kept["uid"], kept["uid"]]}
    first, again = (send(institute, "POST", path, body, key="k1") for _n in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    assert [one["name"] for one in first.json()["files"]] == ["化验单.pdf"]
    assert b"".join(get(firm, content).streaming_content) == s.PDF
    assert problem(get(stranger, content)) == (404, "not_found")
    assert problem(get(stranger, f"/files/{kept['uid']}")) == (404, "not_found")
    assert pointers(send(firm, "POST", path, {"files": [kept["uid"]]})) == {"#/files/0"}  # another's
    assert pointers(send(firm, "POST", path, {"files": [str(uuid4())]})) == {"#/files/0"}
    assert pointers(send(firm, "POST", path, {"text": " "})) == {"#/text"}
    assert send(firm, "POST", path, {"text": "收到"}).status_code == 201
    page = get(firm, path, limit=1).json()
    assert [one["text"] for one in page["items"]] == ["附上化验单"]
    assert [one["text"] for one in firm.get(page["next"]).json()["items"]] == ["收到"]
    assert Message.objects.count() == 2
    assert Event.objects.filter(type="intention.message").first().payload.body["files"] == ["化验单.pdf"]  # type: ignore[union-attr]  # it is there
    assert File.objects.get().owner_organisation == pair.institute.uid


def test_a_broker_introduces_and_both_confirm() -> None:
    pair = s.pair()
    secrets(pair)
    institute, firm = sides(pair)
    broker = tokens.client_of(f.broker(), Scope.INTENTIONS_READ, Scope.INTENTIONS_WRITE)
    body = {"target": str(pair.need.uid), "counter": str(pair.achievement.uid), "message": "两家互补"}
    assert problem(send(institute, "POST", "/introductions", body)) == (403, "refused")
    made = send(broker, "POST", "/introductions", body)
    path = f"/intentions/{made.json()['uid']}"
    assert (made.json()["direction"], made.json()["origin"], made.json()["contacts"]) == ("introduced", "broker", [])
    accepted = send(firm, "POST", f"{path}/answer", {"answer": "accept"}, match=made)
    assert accepted.json()["opened"] is False
    assert "confirm" in get(institute, path).json()["steps"]
    opened = send(institute, "POST", f"{path}/confirm")
    assert (opened.json()["opened"], "confirm" in opened.json()["steps"]) == (True, False)
    assert opened.json()["introduction"]["declaring_confirmed_at"]
    assert send(institute, "POST", f"{path}/confirm").json() == opened.json()
    assert problem(send(broker, "POST", f"{path}/confirm")) == (403, "refused")
    assert get(broker, "/intentions", box="introduced").json()["items"][0]["uid"] == made.json()["uid"]


def test_a_list_is_filtered_by_box_state_and_listing() -> None:
    pair = s.pair()
    sent = pair.declared(counter=pair.achievement)
    pair.bring(sent, "declined")
    back = actions.declare_intention(target=pair.achievement, declaring=pair.firm, by=pair.of_firm, now=s.NOW)
    institute, firm = sides(pair)

    def uids(client: Client, **query: Any) -> list[str]:
        return [one["uid"] for one in get(client, "/intentions", **query).json()["items"]]

    assert uids(firm) == uids(institute) == [str(sent.uid), str(back.uid)]
    assert uids(firm, box="sent") == uids(institute, box="received") == uids(firm, state="declared") == [str(back.uid)]
    assert uids(firm, box="introduced") == uids(firm, listing=str(uuid4())) == []
    assert uids(firm, listing=str(pair.achievement.uid)) == [str(sent.uid), str(back.uid)]
    assert uids(firm, listing=str(pair.need.uid)) == [str(sent.uid)]
    assert uids(tokens.client_of(f.account()), box="introduced") == []
    assert problem(get(firm, "/intentions", box="all")) == (422, "invalid")


def test_a_counter_that_the_reader_may_not_read_is_not_named() -> None:
    pair = s.pair()
    intention = pair.declared(counter=pair.achievement)
    firm = tokens.client_of(f.manager(pair.firm))
    assert get(firm, f"/intentions/{intention.uid}").json()["counter"]["title"] == pair.achievement.title
    pair.achievement.refresh_from_db()
    listing_actions.move_listing(pair.achievement, "withdraw", by=pair.of_institute, now=s.NOW, note="不公开了")
    assert get(firm, f"/intentions/{intention.uid}").json()["counter"] is None


def test_the_schemas_know_every_state_step_and_origin() -> None:
    assert set(get_args(schemas.State)) == set(INTENTION.states)
    assert set(get_args(schemas.Origin)) == set(ORIGINS)
    assert set(get_args(schemas.OriginByHand)) == set(ORIGINS_BY_HAND)
    assert set(get_args(schemas.Step)) - {"confirm", "write"} == set(INTENTION.transitions) - {"lapse"}
    assert set(get_args(schemas.Move)) <= set(get_args(schemas.Step))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one pair", "control"])
def test_two_declare_at_once_by_api_and_web(*, same: bool) -> None:
    """On one pair one of them wins; the control, each for its own organisation, lets both: they do run at once."""
    pair = s.pair()
    other = pair.institute if same else f.organisation()
    api, web = tokens.client_of(f.member(pair.institute)), f.signed_in_client(f.manager(other))

    def by_api() -> int:
        return int(declare(api, pair).status_code)

    def by_web() -> int:
        data = {"declaring": str(other.uid), "counter": "", "message": "想谈", "one_time_key": "k1"}
        return int(web.post(f"/listings/{pair.need.uid}/intend/", data).status_code)

    acts: tuple[Callable[[], int], Callable[[], int]] = (by_api, by_web)
    outcomes = race(*acts)
    assert outcomes in ([[201, 422], [422, 302]] if same else [[201, 302]])
    assert Intention.objects.count() == (1 if same else 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [("k", "k"), ("a", "b")], ids=["one key", "control"])
def test_one_key_sent_twice_at_once_writes_one_message(keys: tuple[str, str]) -> None:
    """With one key one is written and both hear of it; the control, with two keys, writes both."""
    pair = s.pair()
    path = f"/intentions/{pair.declared().uid}/messages"
    clients = [tokens.client_of(f.manager(pair.firm)) for _n in range(2)]

    def act(client: Client, key: str) -> Callable[[], Any]:
        return lambda: send(client, "POST", path, {"text": "收到"}, key=key)

    outcomes = race(*(act(client, key) for client, key in zip(clients, keys, strict=True)))
    answers = [one for one in outcomes if not isinstance(one, BaseException)]
    assert [one.status_code for one in answers] == [201, 201]
    assert len({one.json()["uid"] for one in answers}) == Message.objects.count() == len(set(keys))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one intention", "control"])
def test_accepted_and_declined_at_once(*, same: bool) -> None:
    """One answer stands; the control, on two intentions, lets both answer."""
    pair = s.pair()
    asked = [pair.declared()] if same else [pair.declared(), pair.declared(counter=pair.achievement)]
    rows = asked * (2 if same else 1)
    clients = [tokens.client_of(f.manager(pair.firm)) for _n in range(2)]
    bodies = ({"answer": "accept"}, {"answer": "decline", "reason": "too_early"})

    def act(at: int) -> Callable[[], int]:
        path = f"/intentions/{rows[at].uid}/answer"
        return lambda: int(send(clients[at], "POST", path, bodies[at], match='"1"').status_code)

    outcomes = race(act(0), act(1))
    assert sorted(str(one) for one in outcomes) == (["200", "409"] if same else ["200", "200"])
    states = set(Intention.objects.values_list("state", flat=True))
    assert states == ({"accepted"} if outcomes[0] == 200 else {"declined"}) if same else {"accepted", "declined"}


def test_a_lapsed_one_takes_no_message() -> None:
    pair = s.pair()
    intention = pair.declared()
    actions.move_intention(intention, "lapse", by=SYSTEM, now=s.NOW)
    firm = tokens.client_of(f.manager(pair.firm))
    answer = send(firm, "POST", f"/intentions/{intention.uid}/messages", {"text": "还在吗"})
    assert pointers(answer) == {"#/text"}
    assert get(firm, f"/intentions/{intention.uid}").json()["steps"] == []
