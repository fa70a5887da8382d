"""Who takes part, and the answer of the person named, through the API."""

import pytest
from django.test import Client

from mengkeju.listings import actions
from mengkeju.listings.actions import ParticipantInput
from mengkeju.listings.models import Listing, Participation
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def add(listing: Listing, **given: object) -> Participation:
    assert listing.owner is not None
    stated = ParticipantInput("inventor", **given)  # type: ignore[arg-type]  # assembled from named parts
    by = s.manager_of(listing.owner)
    return actions.add_participant(listing, stated, by=by, now=s.LATER, secrecy_reviewed=True)


def of(listing: Listing) -> Client:
    assert listing.owner is not None
    return tokens.client_of(f.manager(listing.owner))


def test_the_person_named_answers_and_his_objection_takes_his_name_off_the_list() -> None:
    listing = s.published(kind="achievement")
    account = f.member(f.organisation())
    himself, firm, visitor = tokens.client_of(account), of(listing), Client()
    add(listing, name="署名甲")
    row, team = add(listing, person=f.person(account)), f"/listings/{listing.uid}/participations"
    path = f"/participations/{row.uid}"
    assert [one["uid"] for one in get(himself, "/participations?mine=true").json()["items"]] == [str(row.uid)]
    read = get(himself, path).json()
    assert (read["answer"], read["may_answer"], read["listing"]) == ("asked", True, str(listing.uid))
    assert [(one["name"], one["answer_label"]) for one in get(visitor, team).json()["items"]] == [
        ("署名甲", ""),
        (f.person(account).name, ""),
    ]
    answered = send(himself, "POST", f"{path}/answer", {"decision": "object", "reason": "没有参加"}).json()
    assert (answered["answer"], answered["reason"]) == ("objected", "没有参加")
    shown = get(visitor, team).json()
    assert ([one["name"] for one in shown["items"]], shown["unsettled"]) == (["署名甲"], True)
    assert get(firm, path).json()["reason"] == "没有参加"
    assert get(firm, "/participations?answer=objected").json()["items"][0]["may_answer"] is False
    assert send(himself, "POST", f"{path}/answer", {"decision": "agree"}).json()["answer"] == "agreed"
    assert len(get(visitor, team).json()["items"]) == 2


def test_nobody_else_answers_and_a_programme_cannot() -> None:
    listing = s.published(kind="achievement")
    account = f.member(f.organisation())
    row = add(listing, person=f.person(account))
    path, agree = f"/participations/{row.uid}", {"decision": "agree"}
    assert problem(send(of(listing), "POST", f"{path}/answer", agree)) == (403, "refused")
    assert listing.owner is not None
    assert problem(send(tokens.service_client(listing.owner), "POST", f"{path}/answer", agree)) == (403, "refused")
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert (
        problem(get(stranger, path)) == problem(send(stranger, "POST", f"{path}/answer", agree)) == (404, "not_found")
    )
    assert problem(get(Client(), path)) == problem(get(Client(), "/participations")) == (401, "unauthenticated")
    assert get(stranger, "/participations").json()["items"] == []
    himself = tokens.client_of(account)
    assert pointers(send(himself, "POST", f"{path}/answer", {"decision": "perhaps"})) == {"#/decision"}
    assert pointers(send(himself, "POST", f"{path}/answer", agree | {"reason": "长" * 501})) == {"#/reason"}
    assert Participation.objects.get().answer == "asked"


def test_a_closed_list_is_not_told_and_hidden_listings_neither() -> None:
    closed = s.published(kind="achievement", tiers={"better": "parties"})
    add(closed, name="密语署名")
    told = get(Client(), f"/listings/{closed.uid}/participations")
    assert told.json() == {"open": False, "unsettled": False, "items": []}
    assert get(of(closed), f"/listings/{closed.uid}/participations").json()["items"][0]["name"] == "密语署名"
    draft = s.draft(kind="achievement")
    assert problem(get(Client(), f"/listings/{draft.uid}/participations")) == (404, "not_found")


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many() -> None:
    listing = s.published(kind="achievement")
    firm = of(listing)
    add(listing, name="署名甲")
    get(firm, "/participations")
    one = s.queries_of(lambda: get(firm, "/participations"))
    for name in "乙丙丁":
        add(listing, name=f"署名{name}")
    assert s.queries_of(lambda: get(firm, "/participations")) == one
