"""Doubts about matches, and the switch of automated proposals, through the API."""

from typing import Any

import pytest
from django.test import Client

from mengkeju.kernel.api.scopes import Scope
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.models import AutomationChoice, Proposal, Question
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.matching import world

pytestmark = pytest.mark.django_db
TEXT = "这项成果用在建材上，为什么排在第一？"
ANSWER = "两边都写“气化细渣”，所以用字相近。"


class Scene:
    """A firm with a need that has a proposal, and clients of the asker, a colleague and the other side."""

    def __init__(self) -> None:
        needs, achievements = world.matched()
        self.need, self.other_need, self.achievement = needs[0], needs[1], achievements[0]
        assert self.need.owner is not None
        assert self.achievement.owner is not None
        self.proposal = Proposal.objects.get(need=self.need, need_rank=1)
        self.account = f.manager(self.need.owner)
        self.asker = tokens.client_of(self.account)
        self.colleague = tokens.client_of(f.member(self.need.owner))
        self.other_side = tokens.client_of(f.manager(self.achievement.owner))

    def ask(self, client: Client | None = None, **body: Any) -> Any:
        return send(client or self.asker, "POST", f"/listings/{self.need.uid}/match-questions", {"text": TEXT, **body})

    def answer(self, uid: str) -> Question:
        by = f.actor(f.operator())
        return actions.answer_question(Question.objects.get(uid=uid), ANSWER, by=by, now=world.LATER)


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.covers("PLT-08")
def test_a_proposal_is_questioned_answered_by_a_person_and_questioned_once_more(scene: Scene) -> None:
    made = scene.ask(match=str(scene.proposal.uid))
    assert made.status_code == 201, made.content
    asked = made.json()
    assert (asked["state"], asked["steps"], asked["match"]) == ("open", ["withdraw"], str(scene.proposal.uid))
    assert asked["listing"] == {"uid": str(scene.need.uid), "title": scene.need.title}
    assert asked["other"] == {"uid": str(scene.achievement.uid), "title": scene.achievement.title}
    assert [(turn["kind"], turn["text"]) for turn in asked["turns"]] == [("question", TEXT)]
    then = asked["then"]
    assert sum(part["value"] for part in then["parts"]) == pytest.approx(then["score"], abs=1e-6)
    assert (then["band"], then["model_version"]) == (scene.proposal.band, scene.proposal.model_version)
    assert then["reasons"]
    operator = scene.answer(asked["uid"]).answered_by
    assert operator is not None
    path = f"/match-questions/{asked['uid']}"
    told = get(scene.asker, path)
    assert (told.json()["state"], told.json()["steps"]) == ("answered", ["again", "close"])
    assert told.json()["turns"][1] | {"at": ""} == {
        "kind": "answer", "by": f.person(operator).name, "at": "", "text": ANSWER,
    }  # fmt: skip
    assert problem(send(scene.asker, "POST", f"{path}/again", {"text": "仍不明白"}, match=made)) == (
        409,
        "stale_revision",
    )
    again = send(scene.asker, "POST", f"{path}/again", {"text": "仍不明白"}, match=told)
    assert (again.status_code, again.json()["state"], again.json()["steps"]) == (200, "reopened", ["withdraw"])
    assert problem(send(scene.asker, "POST", f"{path}/end", {"step": "close"}, match=again)) == (
        409,
        "transition_refused",
    )
    scene.answer(asked["uid"])
    told = get(scene.asker, path)
    assert told.json()["steps"] == ["close"]
    assert [turn["kind"] for turn in told.json()["turns"]] == ["question", "answer", "again", "second_answer"]
    twice = send(scene.asker, "POST", f"{path}/again", {"text": "第三次"}, match=told)
    assert problem(twice) == (409, "transition_refused")
    closed = send(scene.asker, "POST", f"{path}/end", {"step": "close"}, match=told)
    assert (closed.json()["state"], closed.json()["steps"], closed.json()["due_on"]) == ("closed", [], None)


def test_what_was_not_proposed_is_questioned_and_taken_back(scene: Scene) -> None:
    made = scene.ask()
    assert (made.json()["match"], made.json()["other"], made.json()["then"]) == (None, None, None)
    twice = scene.ask()
    assert (twice.status_code, Question.objects.count()) == (422, 1)
    ended = send(scene.asker, "POST", f"/match-questions/{made.json()['uid']}/end", {"step": "withdraw"}, match=made)
    assert ended.json()["state"] == "closed"
    assert scene.ask().status_code == 201


def test_the_same_request_twice_asks_once(scene: Scene) -> None:
    path, body = f"/listings/{scene.need.uid}/match-questions", {"text": TEXT}
    first, second = (send(scene.asker, "POST", path, body, key="once") for _n in range(2))
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Question.objects.count() == 1


def test_what_is_wrong_in_a_doubt_is_named(scene: Scene) -> None:
    assert pointers(scene.ask(text="")) == {"#/text"}
    assert pointers(scene.ask(text="长" * 2001)) == {"#/text"}
    other = Proposal.objects.filter(need=scene.other_need).first()
    assert other is not None
    assert pointers(scene.ask(match=str(other.uid))) == {"#/match"}
    assert pointers(scene.ask(match=str(scene.need.uid))) == {"#/match"}
    assert not Question.objects.exists()


def test_who_may_question_and_read(scene: Scene) -> None:
    uid = scene.ask(match=str(scene.proposal.uid)).json()["uid"]
    read, again = f"/match-questions/{uid}", {"text": "仍不明白"}
    assert get(scene.colleague, read).json()["asked_by"] == f.person(scene.account).name
    assert get(scene.colleague, read).json()["steps"] == []
    assert problem(send(scene.colleague, "POST", f"{read}/again", again, match='"1"')) == (403, "refused")
    assert problem(send(scene.colleague, "POST", f"{read}/end", {"step": "withdraw"}, match='"1"')) == (403, "refused")
    for stranger in (scene.other_side, tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.broker())):
        assert problem(get(stranger, read)) == (404, "not_found")
        assert problem(send(stranger, "POST", f"{read}/again", again, match='"1"')) == (404, "not_found")
        assert get(stranger, "/match-questions").json()["items"] == []
    assert problem(scene.ask(scene.other_side)) == (403, "refused")
    program = tokens.service_client(scene.need.owner)  # type: ignore[arg-type]  # it has one
    assert problem(scene.ask(program)) == (403, "refused")
    assert get(program, read).status_code == 200
    assert problem(get(Client(), read)) == (401, "unauthenticated")
    narrow = tokens.client_of(scene.account, Scope.MATCHES_READ)
    assert problem(scene.ask(narrow)) == (403, "scope_missing")
    hidden = world.listing("need", "不公开的细渣需求", "气化细渣", tier="members")
    alone = tokens.client_of(f.account())
    assert problem(send(alone, "POST", f"/listings/{hidden.uid}/match-questions", {"text": TEXT})) == (
        404,
        "not_found",
    )


def test_no_token_carries_the_operators_right_to_read_and_answer_all(scene: Scene) -> None:
    scene.ask()
    assert get(tokens.client_of(f.operator()), "/match-questions").json()["items"] == []


def test_of_a_listing_no_longer_readable_no_title_is_told(scene: Scene) -> None:
    uid = scene.ask(match=str(scene.proposal.uid)).json()["uid"]
    Listing.objects.filter(pk=scene.achievement.pk).update(state="draft")
    told = get(scene.asker, f"/match-questions/{uid}").json()
    assert (told["other"], told["listing"]["title"]) == (None, scene.need.title)


def test_the_list_is_cut_into_pages_and_by_state(scene: Scene) -> None:
    first, second = scene.ask().json()["uid"], scene.ask(match=str(scene.proposal.uid)).json()["uid"]
    scene.answer(first)
    page = get(scene.asker, "/match-questions", limit=1).json()
    assert [one["uid"] for one in page["items"]] == [first]
    following = scene.asker.get(page["next"]).json()
    assert ([one["uid"] for one in following["items"]], following["next"]) == ([second], None)
    assert [one["uid"] for one in get(scene.colleague, "/match-questions", state="open").json()["items"]] == [second]
    assert get(scene.asker, "/match-questions", state="lost").status_code == 422


def test_the_list_takes_the_same_queries_however_long(scene: Scene, django_assert_max_num_queries: Any) -> None:
    scene.ask()
    with django_assert_max_num_queries(50) as one:
        get(scene.asker, "/match-questions")
    for proposal in Proposal.objects.filter(need=scene.need)[:3]:
        assert scene.ask(match=str(proposal.uid)).status_code == 201
    with django_assert_max_num_queries(50) as several:
        assert len(get(scene.asker, "/match-questions").json()["items"]) > 1
    assert len(several) == len(one)


def test_a_person_switches_automated_matches_off_and_on(scene: Scene) -> None:
    path, listed = "/me/automated-matches", f"/listings/{scene.need.uid}/matches"
    assert get(scene.asker, path).json() == {"on": True, "off_since": None}
    for _n in range(2):
        off = send(scene.asker, "PUT", path, {"on": False}).json()
        assert off["on"] is False
    assert get(scene.asker, path).json() == off
    assert get(scene.asker, listed).json() | {"listing": "", "waiting": False} == {
        "listing": "", "waiting": False, "switched_off": True, "items": [],
    }  # fmt: skip
    assert get(scene.colleague, listed).json()["items"]
    assert get(scene.colleague, path).json()["on"] is True
    assert send(scene.asker, "PUT", path, {"on": True}).json() == {"on": True, "off_since": None}
    assert get(scene.asker, listed).json()["items"]
    for wrong in ({}, {"on": 0}, {"on": "no"}):
        assert pointers(send(scene.asker, "PUT", path, wrong)) == {"#/on"}


def test_the_switch_is_a_persons(scene: Scene) -> None:
    path = "/me/automated-matches"
    program = tokens.service_client(scene.need.owner)  # type: ignore[arg-type]  # it has one
    assert problem(get(program, path)) == (403, "refused")
    assert problem(send(program, "PUT", path, {"on": False})) == (403, "refused")
    assert problem(get(Client(), path)) == (401, "unauthenticated")
    narrow = tokens.client_of(scene.account, Scope.MATCHES_READ)
    assert problem(send(narrow, "PUT", path, {"on": False})) == (403, "scope_missing")
    assert not AutomationChoice.objects.exists()
