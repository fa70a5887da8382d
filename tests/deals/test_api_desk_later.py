"""After the decision through the API: change, cancellation, objections; closing a period and opening it again."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.actions import Certificate
from mengkeju.deals.models import Amendment, Registration, StatClosing
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.deals import desk_samples as desk
from tests.deals.test_statistics import entry, record
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
PERIOD = {"first_on": "2023-01-01", "last_on": "2023-12-31", "area": f.HOHHOT}


def registered(**given: Any) -> Registration:
    """A case that a registrar registered."""
    by = desk.registrar()
    case = desk.accepted(by)
    return actions.register_contract(case, Certificate(**desk.certificate(**given)), by=by, now=clock.now())


@pytest.mark.covers("TRD-02", "PLT-08")
def test_a_change_keeps_what_was_and_is_done_once() -> None:
    case = registered()
    registrar, path = tokens.client_of(f.registrar()), f"/registrations/{case.uid}"
    seen = get(registrar, path)
    assert seen.json()["steps"] == ["change", "cancel"]
    given = {"certified_value": "800000.00", "number": "ＹＳ26 2611 0100 0002", "note": "补充协议（演示）"}
    done = send(registrar, "POST", f"{path}/change", given, match=seen, key="c")
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["state"], body["certified_value"], body["number"]) == ("changed", "800000.00", desk.OTHER_NUMBER)
    assert {(row["name"], row["reason"]) for row in body["amendments"]} == {
        ("certified_value", "补充协议（演示）"), ("number", "补充协议（演示）"),
    }  # fmt: skip
    again = send(registrar, "POST", f"{path}/change", given, match=seen, key="c")
    assert (again.status_code, again["Idempotent-Replayed"], Amendment.objects.count()) == (200, "true", 2)
    assert problem(send(registrar, "POST", f"{path}/change", given, match=seen)) == (409, "stale_revision")


def test_what_is_wrong_with_a_change_is_said_at_its_member() -> None:
    case = registered()
    registrar, path = tokens.client_of(f.registrar()), f"/registrations/{case.uid}"
    seen = get(registrar, path)
    for given, place in (
        ({"certified_technology": "900000"}, "#/certified_technology"),
        ({"number": "12"}, "#/number"),
        ({"number": "2611010000000001"}, "#/number"),
        ({"registered_on": "2099-01-01"}, "#/registered_on"),
        ({"body_name": " "}, "#/body_name"),
        ({"body_name": None}, "#/body_name"),
        ({"contract_type": "gift"}, "#/contract_type"),
        ({"certified_value": "-1"}, "#/certified_value"),
        ({"certified_value": "1.00", "certified_technology": "1.00", "note": " "}, "#/note"),
        ({}, "#"),
        ({"certified_value": "860000.00"}, "#"),
    ):
        answer = send(registrar, "POST", f"{path}/change", {"note": "理由", **given}, match=seen)
        assert pointers(answer) == {place}, (given, answer.content)
    assert not Amendment.objects.exists()


@pytest.mark.covers("TRD-02", "PLT-08")
def test_a_registration_is_cancelled_with_the_reason() -> None:
    case = registered()
    registrar, path = tokens.client_of(f.registrar()), f"/registrations/{case.uid}"
    seen = get(registrar, path)
    assert pointers(send(registrar, "POST", f"{path}/cancel", {"note": " "}, match=seen)) == {"#/note"}
    done = send(registrar, "POST", f"{path}/cancel", {"note": "合同解除（演示）"}, match=seen)
    assert (done.json()["state"], done.json()["steps"]) == ("cancelled", [])
    again = send(registrar, "POST", f"{path}/cancel", {"note": "再来"}, match=done)
    assert problem(again) == (409, "transition_refused")
    assert Event.objects.filter(type="deal.registration_cancelled").count() == 1


@pytest.mark.covers("TRD-02", "PLT-08")
@pytest.mark.parametrize(("upheld", "state"), [(True, "accepted"), (False, "registered")])
def test_an_objection_is_decided(upheld: bool, state: str) -> None:  # noqa: FBT001 - a table of cases
    case = registered()
    registrar, applicant = tokens.client_of(f.registrar()), tokens.client_of(desk.applicant(case))
    path = f"/registrations/{case.uid}"
    early = send(
        registrar, "POST", f"{path}/decide-objection", {"upheld": upheld, "note": "x"}, match=get(registrar, path)
    )
    assert problem(early) == (409, "transition_refused")
    objected = send(applicant, "POST", f"{path}/object", {"note": "金额不对"}, match=get(applicant, path))
    assert objected.json()["state"] == "objected"
    seen = get(registrar, path)
    assert seen.json()["steps"] == ["uphold_objection", "keep_registered"]
    assert pointers(send(registrar, "POST", f"{path}/decide-objection", {"note": "x"}, match=seen)) == {"#/upheld"}
    given = {"upheld": upheld, "note": "核对过（演示）"}
    done = send(registrar, "POST", f"{path}/decide-objection", given, match=seen)
    assert done.json()["state"] == state
    assert (done.json()["accepted_on"] == clock.today().isoformat()) is upheld


def test_who_gets_which_answer() -> None:
    case = registered()
    path = f"/registrations/{case.uid}"
    applicant = tokens.client_of(desk.applicant(case))
    stranger, far = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.registrar(f.BAOTOU))
    reader = tokens.client_of(f.registrar(), Scope.REGISTRATIONS_READ)
    for step, given in (
        ("change", {"note": "x", "body_name": "另一处（演示）"}),
        ("cancel", {"note": "x"}),
        ("decide-objection", {"upheld": True, "note": "x"}),
    ):
        place = f"{path}/{step}"
        assert problem(send(Client(), "POST", place, given, match='"1"')) == (401, "unauthenticated"), step
        for client in (stranger, far):
            assert problem(send(client, "POST", place, given, match='"1"')) == (404, "not_found"), step
        assert problem(send(applicant, "POST", place, given, match='"1"')) == (403, "refused"), step
        assert problem(send(reader, "POST", place, given, match='"1"')) == (403, "scope_missing"), step
        assert problem(send(tokens.client_of(f.registrar()), "POST", place, given)) == (428, "revision_required")
    case.refresh_from_db()
    assert case.state == "registered"


# ---- Periods ----------------------------------------------------------------------------------------


@pytest.mark.covers("TRD-01", "PLT-08")
def test_a_period_is_closed_once_and_what_was_published_stays_when_it_is_opened_again() -> None:
    record(entry("a", registered_on=date(2023, 5, 8)))
    registrar = tokens.client_of(f.registrar())
    made = send(registrar, "POST", "/statistics/closings", PERIOD, key="z")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["version"], body["area"], body["published"]["count"], body["reopened_at"]) == (1, f.HOHHOT, 1, None)
    assert send(registrar, "POST", "/statistics/closings", PERIOD, key="z")["Idempotent-Replayed"] == "true"
    assert pointers(send(registrar, "POST", "/statistics/closings", PERIOD)) == {"#"}
    assert get(registrar, "/statistics/contracts", year=2023, area=f.HOHHOT).json()["closed"] is True
    record(entry("b", registered_on=date(2023, 6, 8)))
    one = f"/statistics/closings/{body['uid']}/reopen"
    assert pointers(send(registrar, "POST", one, {"reason": " "})) == {"#/reason"}
    opened = send(registrar, "POST", one, {"reason": "补录漏登的合同（演示）"})
    assert (opened.json()["reopened_reason"], opened.json()["published"]["count"]) == ("补录漏登的合同（演示）", 1)
    assert pointers(send(registrar, "POST", one, {"reason": "再开"})) == {"#"}
    second = send(registrar, "POST", "/statistics/closings", PERIOD)
    assert (second.json()["version"], second.json()["published"]["count"]) == (2, 2)
    listed = get(registrar, "/statistics/closings", year=2023).json()["items"]
    assert [(row["version"], row["published"]["count"]) for row in listed] == [(1, 1), (2, 2)]
    assert get(registrar, "/statistics/closings", area=f.BAOTOU).json()["items"] == []


def test_a_period_is_closed_by_those_over_its_area() -> None:
    registrar, account = tokens.client_of(f.registrar()), f.registrar()
    for given, place in (
        ({"first_on": "2023-12-31", "last_on": "2023-01-01"}, "#/last_on"),
        ({"last_on": "2099-01-01"}, "#"),
        ({"first_on": "1900-01-01"}, "#/first_on"),
        ({"month": 1}, "#/month"),
    ):
        assert pointers(send(registrar, "POST", "/statistics/closings", PERIOD | given)) == {place}, given
    assert problem(send(registrar, "POST", "/statistics/closings", PERIOD | {"area": f.BAOTOU})) == (403, "refused")
    assert problem(send(registrar, "POST", "/statistics/closings", PERIOD | {"area": ""})) == (403, "refused")
    assert problem(send(registrar, "POST", "/statistics/closings", PERIOD | {"area": "no"})) == (403, "refused")
    officer = tokens.client_of(f.officer(f.HOHHOT), Scope.STATISTICS_WRITE)
    made = send(officer, "POST", "/statistics/closings", PERIOD)
    assert made.status_code == 201, made.content
    one = f"/statistics/closings/{made.json()['uid']}/reopen"
    reader = tokens.client_of(account, Scope.STATISTICS_READ)
    for path, given in (("/statistics/closings", PERIOD), (one, {"reason": "x"})):
        assert problem(send(Client(), "POST", path, given)) == (401, "unauthenticated")
        assert problem(send(reader, "POST", path, given)) == (403, "scope_missing")
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert problem(send(stranger, "POST", "/statistics/closings", PERIOD)) == (403, "refused")
    assert problem(send(stranger, "POST", one, {"reason": "x"})) == (404, "not_found")
    assert problem(get(stranger, "/statistics/closings")) == (403, "refused")
    assert problem(send(tokens.client_of(f.registrar(f.BAOTOU)), "POST", one, {"reason": "x"})) == (403, "refused")
    assert StatClosing.objects.get().reopened_at is None


def test_a_list_of_closings_takes_as_many_queries_for_many() -> None:
    registrar = tokens.client_of(f.registrar())
    for year in (2021, 2022, 2023):
        given = PERIOD | {"first_on": f"{year}-01-01", "last_on": f"{year}-12-31"}
        assert send(registrar, "POST", "/statistics/closings", given).status_code == 201
    get(registrar, "/statistics/closings")
    counts = [queries_of(lambda limit=limit: get(registrar, "/statistics/closings", limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]
