"""The main job by a second client, written from the committed description alone (see second_client.py)."""

import copy
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from pytest_django.live_server_helper import LiveServer

from mengkeju.kernel import clock
from mengkeju.kernel.worker import drain
from mengkeju.matching import actions as matching
from mengkeju.matching.models import Question
from tests import factories as f
from tests import tokens
from tests.contract.second_client import Answer, ContractError, SecondClient, Upload, load

SECRET = "煤种为长焰煤并掺百分之七"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CONFIRMED = {"secrecy_level": "公开", "secrecy_reviewed": True}
Connect = Callable[[Any], SecondClient]
NEED = {
    "title": "气化细渣脱碳与高值利用",
    "summary": "每年副产气化细渣 6 万吨，含碳高，想脱碳后炭做填料、灰做建材。",
    "area": f.KUNDULUN,
    "target": "脱碳后烧失量不高于 8%",
    "price_low": "2000000.00",
    "price_high": "10000000.00",
    "confidential": SECRET,
}
ACHIEVEMENT = {
    "title": "煤气化细渣浮选脱碳与炭灰分质利用技术",
    "summary": "以微泡浮选从气化细渣中分离残碳，脱碳后的灰烧失量低于 6%，炭粉做填料，灰做胶凝材料。",
    "area": f.XINCHENG,
}


def publish(owner: SecondClient, officer: SecondClient, kind: str, fields: dict[str, Any]) -> str:
    """Draft, submission, publication; returns the uid."""
    form = owner.call("get_listing_kind", key=kind)
    wrong = list(jsonschema_rs.Draft202012Validator(form.body["fields_schema"]).iter_errors(fields))
    assert not wrong, wrong
    made = owner.call("create_listing", body={"kind": kind, "fields": fields})
    assert made.status == 201, made.body
    uid: str = made.body["uid"]
    submitted = owner.call("submit_listing", uid=uid, body=CONFIRMED, match=made)
    assert submitted.status == 200, submitted.body
    assert uid in {row["uid"] for row in officer.pages("list_reviews", limit=1)}
    published = officer.call("review_listing", uid=uid, body={"decision": "approve"}, match=submitted)
    assert published.body["state"] == "published", published.body
    return uid


def says(answer: Answer) -> bool:
    """Whether the answer holds what only both parties may read."""
    return SECRET in str(answer.body)


@pytest.fixture
def connect(live_server: LiveServer) -> Connect:
    """A second client for a login."""
    return lambda login: SecondClient(live_server.url, tokens.issue(login)[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("PLT-08", "NED-02", "NED-11", "PLT-11")
def test_a_need_finds_its_achievement_and_becomes_an_intention(connect: Connect, live_server: LiveServer) -> None:
    firm = connect(f.manager(f.organisation("鹿原化工（演示）")))
    university = f.organisation("青城理工大学（演示）", kind="university", area=f.XINCHENG)
    professor, stranger = connect(f.manager(university)), connect(f.manager(f.organisation()))
    officer, visitor = connect(f.officer(f.REGION)), SecondClient(live_server.url)
    assert firm.call("who_am_i").body["organisations"][0]["name"] == "鹿原化工（演示）"

    achievement = publish(professor, officer, "achievement", ACHIEVEMENT)
    need = publish(firm, officer, "need", NEED)
    assert firm.call("list_matches", uid=need).body["waiting"] is True
    drain()

    matches = firm.call("list_matches", uid=need).body
    best = matches["items"][0]
    assert (matches["waiting"], best["other"]["uid"], bool(best["reasons"])) == (False, achievement, True)
    hits = visitor.call("search", q="气化细渣").body["items"]
    assert {one["uid"] for one in hits} == {need, achievement}
    assert not says(professor.call("get_listing", uid=need))

    wish = {
        "target": achievement,
        "counter": need,
        "message": "下月能否到现场谈",
        "origin": {"kind": "match", "uid": best["uid"]},
    }
    declared = firm.call("declare_intention", body=wish)
    assert declared.status == 201, declared.body
    uid = declared.body["uid"]
    (received,) = professor.pages("list_intentions", box="received", state="declared")
    assert (received["uid"], received["counter"]["uid"]) == (uid, need)
    seen = professor.call("get_intention", uid=uid)
    assert {one["organisation"] for one in seen.body["contacts"]} == {"青城理工大学（演示）"}
    accepted = professor.call("answer_intention", uid=uid, body={"answer": "accept"}, match=seen)
    assert (accepted.body["opened"], len(accepted.body["contacts"])) == (True, 2)
    assert says(professor.call("get_listing", uid=need))

    kept = firm.call("upload_file", form={"file": Upload("slag.pdf", PDF), "tier": "parties"})
    assert kept.status == 201, kept.body
    firm.call("write_message", uid=uid, body={"text": "附上细渣化验单", "files": [kept.body["uid"]]})
    (message,) = professor.pages("list_messages", uid=uid)
    assert professor.call("download_file", uid=message["files"][0]["uid"]).body == PDF

    talking = professor.call("move_intention", uid=uid, body={"step": "talk"}, match=accepted)
    stale = firm.call("move_intention", uid=uid, body={"step": "agree"}, match=accepted)
    assert (stale.status, stale.body["code"]) == (409, "stale_revision")
    ready = firm.call("move_intention", uid=uid, body={"step": "agree"}, match=talking)
    assert ready.body["state"] == "ready"

    nobody_else_gets_in(stranger, uid=uid, file=kept.body["uid"], need=need)
    nobody_else_gets_in(visitor, uid=uid, file=kept.body["uid"], need=need)


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("PLT-08")
def test_a_match_is_questioned_and_automated_matches_are_switched_off(connect: Connect) -> None:
    owner, officer = f.manager(f.organisation("鹿原化工（演示）")), connect(f.officer(f.REGION))
    firm, stranger = connect(owner), connect(f.manager(f.organisation()))
    publish(connect(f.manager(f.organisation(kind="university", area=f.XINCHENG))), officer, "achievement", ACHIEVEMENT)
    need = publish(firm, officer, "need", NEED)
    drain()
    match = firm.call("list_matches", uid=need).body["items"][0]["uid"]
    asked = firm.call("ask_about_match", uid=need, body={"text": "为什么排在第一？", "match": match})
    assert (asked.status, asked.body["steps"]) == (201, ["withdraw"])
    uid = asked.body["uid"]
    by = f.actor(f.operator())
    matching.answer_question(Question.objects.get(uid=uid), "用字相近。", by=by, now=clock.now())
    (row,) = firm.pages("list_match_questions", state="answered")
    told = firm.call("get_match_question", uid=row["uid"])
    again = firm.call("ask_about_match_again", uid=uid, body={"text": "仍不明白"}, match=told)
    ended = firm.call("end_match_question", uid=uid, body={"step": "withdraw"}, match=again)
    assert ended.body["state"] == "closed"
    assert stranger.call("get_match_question", uid=uid).status == 404
    assert stranger.call("ask_about_match", uid=need, body={"text": "为什么？"}).status == 403
    assert firm.call("set_automated_matches", body={"on": False}).body["on"] is False
    assert firm.call("get_automated_matches").body["off_since"]
    assert firm.call("list_matches", uid=need).body["items"] == []


def nobody_else_gets_in(other: SecondClient, *, uid: str, file: str, need: str) -> None:
    """404 for who has a token, 401 for who has none; what is public is read, the parties' section never."""
    closed = 404 if other.token else 401
    for operation in ("get_intention", "list_messages", "get_intention_history"):
        assert other.call(operation, uid=uid).status == closed, operation
    for operation in ("get_file", "download_file"):
        assert other.call(operation, uid=file).status == closed, operation
    assert other.call("list_matches", uid=need).status == (403 if other.token else 401)
    assert other.call("write_message", uid=uid, body={"text": "我也想谈"}).status == closed
    for answer in (
        other.call("get_listing", uid=need),
        other.call("get_listing_history", uid=need),
        other.call("list_listings", q="细渣"),
        other.call("search", q=SECRET),
        other.call("search", q="气化细渣"),
    ):
        assert (answer.status, says(answer)) == (200, False)


@pytest.mark.django_db(transaction=True)
def test_a_description_that_leaves_something_out_is_found(live_server: LiveServer) -> None:
    """The negative control: the second client does notice."""
    cut = copy.deepcopy(load())
    cut["components"]["schemas"]["DeclineReasonOut"]["properties"]["key"] = {"type": "integer"}
    del cut["paths"]["/api/v1/listings/{uid}"]["get"]["responses"]["404"]
    client = SecondClient(live_server.url, description=cut)
    with pytest.raises(ContractError, match="answered 200"):
        client.call("list_decline_reasons")
    with pytest.raises(ContractError, match="does not tell of 404"):
        client.call("get_listing", uid="0193a4c6-0000-7000-8000-000000000000")
    with pytest.raises(ContractError, match="sent"):
        client.call("create_listing", body={"kind": 1, "fields": {}})
    with pytest.raises(ContractError, match="unknown"):
        client.call("list_listings", colour="red")


def test_every_example_fits_its_schema() -> None:
    told = load()["components"]
    examples = [(name, example) for name, schema in told["schemas"].items() for example in schema.get("examples", ())]
    assert len(examples) > 15
    for name, example in examples:
        schema = {"$ref": f"#/components/schemas/{name}", "components": told}
        assert not list(jsonschema_rs.Draft202012Validator(schema).iter_errors(example)), name
