"""Landings, their production and yearly report, and benefits through the API; what a source tells is everybody's."""

from typing import Any, get_args

import pytest
from django.test import Client

from mengkeju.deals.actions import landings as actions
from mengkeju.deals.api import landing_schemas as schemas
from mengkeju.deals.engine.benefit import MEASURES
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import BOUNDS, PRODUCTION_KINDS, Benefit, Deal
from mengkeju.deals.models import MEASURES as KINDS
from mengkeju.kernel import clock
from mengkeju.kernel.webhooks.offers import offered
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send, upload
from tests.deals import after_samples as a
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.deals.test_api_performance import TODAY, clients
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
YEAR = a.SIGNED_ON.year
PAST = clock.today().year - 1


def site(deal: Deal, **given: Any) -> dict[str, Any]:
    """At the firm's."""
    own = {"party": str(a.party(deal, "buyer").uid), "name": "母粒填料生产线", "capacity": "20000", "unit": "吨"}
    return own | given


@pytest.mark.covers("ACH-11", "PLT-08")
def test_a_landing_is_recorded_once_changed_and_moved() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/landings"
    assert get(firm, path).json() == {"items": [], "writable": True}
    paper = upload(firm, "立项.pdf", s.PDF).json()["uid"]
    given = site(deal, investment="30000000.00", jobs_planned=60, evidence=[paper])
    made = send(firm, "POST", path, given, key="l1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, given, key="l1")["Idempotent-Replayed"] == "true"
    body = made.json()
    assert (body["state"], body["area"], body["party_name"]) == ("planned", pair.firm.area, pair.firm.name)
    assert body["steps"] == ["edit", "build", "produce", "stop", "production"]
    assert get(firm, f"/deals/{deal.uid}").json()["state"] == "landed"
    [seen] = get(institute, path).json()["items"]
    assert (seen["steps"], [file["uid"] for file in seen["evidence"]]) == ([], [paper])
    one = f"{path}/{body['uid']}"
    edit = {"name": "二号线", "capacity": "15000", "unit": "吨", "area": f.KUNDULUN}
    assert problem(send(institute, "PUT", one, edit, match=made)) == (403, "refused")
    changed = send(firm, "PUT", one, edit, match=made)
    body = changed.json()
    assert (body["name"], body["investment"], body["capacity"]) == ("二号线", None, "15000.000")
    assert problem(send(firm, "PUT", one, edit, match=made)) == (409, "stale_revision")
    stale = send(firm, "POST", f"{one}/move", {"step": "build", "on": TODAY}, match=made)
    assert problem(stale) == (409, "stale_revision")
    moved = send(firm, "POST", f"{one}/move", {"step": "produce", "on": TODAY}, match=changed)
    assert (moved.json()["state"], moved.json()["produced_on"]) == ("producing", TODAY)
    without = send(firm, "POST", f"{one}/move", {"step": "stop", "on": TODAY}, match=moved)
    assert problem(without) == (409, "transition_refused"), without.content
    back = send(firm, "POST", f"{one}/move", {"step": "build", "on": TODAY}, match=moved)
    assert (problem(back), back.json()["reason"]) == ((409, "transition_refused"), "wrong_state")
    stopped = send(firm, "POST", f"{one}/move", {"step": "stop", "on": TODAY, "note": "设备检修"}, match=moved)
    assert (stopped.json()["state"], stopped.json()["stopped_on"]) == ("stopped", TODAY)


@pytest.mark.covers("ACH-11", "PLT-08")
def test_production_and_the_yearly_report() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.producing(deal, pair)
    firm, institute = clients(pair)
    one = f"/deals/{deal.uid}/landings/{row.uid}"
    rows = [{"kind": "plan", "year": PAST, "volume": "20000"}, {"kind": "plan", "year": PAST + 1, "volume": "20000"}]
    assert problem(send(institute, "POST", f"{one}/production", {"rows": rows})) == (403, "refused")
    made = send(firm, "POST", f"{one}/production", {"rows": rows}, key="p1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", f"{one}/production", {"rows": rows}, key="p1")["Idempotent-Replayed"] == "true"
    assert row.production.count() == 2
    told = {"year": PAST, "volume": "18000", "revenue": "116000000", "profit": "-5.50", "basis": "审计报告（演示）"}
    done = send(firm, "POST", f"{one}/year", told, key="y1")
    assert done.status_code == 201, done.content
    assert send(firm, "POST", f"{one}/year", told, key="y1")["Idempotent-Replayed"] == "true"
    assert done.json()["production"][0] == {
        "year": PAST,
        "plan": "20000.000",
        "actual": "18000.000",
        "months": 0,
        "deviation": "-2000.000",
        "percent": "-10.0",
    }
    [figures] = get(institute, f"/deals/{deal.uid}/benefits").json()["items"]
    assert (figures["kind"], figures["year"], figures["revenue"], figures["profit"], figures["landing"]) == (
        "actual",
        PAST,
        "116000000.00",
        "-5.50",
        str(row.uid),
    )


def test_what_is_wrong_with_a_landing_is_said_at_its_member() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, _institute = clients(pair)
    path = f"/deals/{deal.uid}/landings"
    for given, place in (
        ({"party": str(deal.uid)}, "#/party"),
        ({"name": " "}, "#/name"),
        ({"area": "999999"}, "#/area"),
        ({"investment": "-1"}, "#/investment"),
        ({"investment": "1.005"}, "#/investment"),
        ({"capacity": "0"}, "#/capacity"),
        ({"unit": ""}, "#/unit"),
        ({"jobs_planned": -1}, "#/jobs_planned"),
        ({"produced_on": "2099-01-01"}, "#/produced_on"),
        ({"evidence": [str(deal.uid)]}, "#/evidence/0"),
        ({"colour": "red"}, "#/colour"),
    ):
        assert pointers(send(firm, "POST", path, site(deal, **given))) == {place}, given
    theirs = send(firm, "POST", path, site(deal, party=str(a.party(deal, "seller").uid)))
    assert problem(theirs) == (403, "refused")  # of the institute's site the institute speaks
    assert not deal.landings.exists()
    row = a.landed(deal, pair)
    one = f"{path}/{row.uid}"
    seen = get(firm, one)
    assert pointers(send(firm, "POST", f"{one}/move", {"step": "build", "on": "2099-01-01"}, match=seen)) == {"#/on"}
    right = {"kind": "plan", "year": YEAR, "volume": "1"}
    for wrong, place in (
        ({"kind": "wish"}, "kind"),
        ({"year": 1}, "year"),
        ({"month": 13}, "month"),
        ({"volume": "-1"}, "volume"),
        ({"volume": "0.0001"}, "volume"),
        ({"kind": "actual", "year": 2099}, "year"),
    ):
        rows = {"rows": [right, right | {"year": YEAR + 1} | wrong]}
        assert pointers(send(firm, "POST", f"{one}/production", rows)) == {f"#/rows/1/{place}"}, wrong
    assert pointers(send(firm, "POST", f"{one}/production", {"rows": [right, right]})) == {"#/rows/1/year"}
    assert pointers(send(firm, "POST", f"{one}/production", {"rows": []})) == {"#/rows"}
    report = {"year": PAST, "volume": "1", "basis": "报表"}
    for wrong, place in (({"volume": "-1"}, "#/volume"), ({"year": 2099}, "#/year")):
        assert pointers(send(firm, "POST", f"{one}/year", report | wrong)) == {place}, wrong
    assert pointers(send(firm, "POST", f"{one}/year", {"year": PAST, "basis": "报表"})) == {"#/revenue"}
    assert not row.production.exists()


@pytest.mark.covers("ACH-12", "PLT-08")
def test_forecast_and_actual_stand_apart_and_are_withdrawn_by_whose_word_they_were() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/benefits"
    assert get(firm, path).json() == {"items": [], "years": [], "writable": True}
    forecast = {"kind": "forecast", "revenue": "129000000", "bound": "at_least", "basis": "年产 × 单价"}
    made = send(firm, "POST", path, forecast, key="b1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, forecast, key="b1").json()["uid"] == made.json()["uid"]
    assert made.json()["revenue"] == "129000000.00"
    actual = {"kind": "actual", "year": PAST, "revenue": "116000000", "tax": "1", "basis": "审计报告"}
    assert send(firm, "POST", path, actual).status_code == 201
    body = get(institute, path).json()
    assert [(row["kind"], row["year"], row["may_withdraw"]) for row in body["items"]] == [
        ("forecast", None, False),
        ("actual", PAST, False),
    ]
    average, year = body["years"]
    assert average == {
        "year": None,
        "measures": {
            "revenue": {
                "forecast": "129000000.00",
                "bound": "at_least",
                "of_average": False,
                "actual": None,
                "difference": None,
            }
        },
    }
    assert year["measures"]["revenue"] == {
        "forecast": "129000000.00",
        "bound": "at_least",
        "of_average": True,
        "actual": "116000000.00",
        "difference": "-13000000.00",
    }
    other = send(institute, "POST", path, actual | {"revenue": "1"})
    assert (problem(other), other.json()["reason"]) == ((409, "transition_refused"), "not_own")
    one = f"{path}/{made.json()['uid']}/withdraw"
    refused = send(institute, "POST", one, {"reason": "不对"})
    assert (problem(refused), refused.json()["reason"]) == ((409, "transition_refused"), "not_own")
    assert pointers(send(firm, "POST", one, {"reason": " "})) == {"#/reason"}
    gone = send(firm, "POST", one, {"reason": "测算有误"})
    assert (gone.json()["withdrawn_reason"], gone.json()["may_withdraw"]) == ("测算有误", False)
    assert [row["kind"] for row in get(firm, path).json()["items"]] == ["actual"]
    assert problem(send(firm, "POST", one, {"reason": "再"})) == (404, "not_found")


def test_what_is_wrong_with_figures_is_said_at_its_member() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.landed(deal, pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/benefits"
    right = {"kind": "actual", "year": PAST, "revenue": "1", "basis": "审计报告"}
    for given, place in (
        ({"kind": "hope"}, "#/kind"),
        ({"basis": " "}, "#/basis"),
        ({"year": None}, "#/year"),
        ({"year": PAST + 1}, "#/year"),
        ({"revenue": None}, "#/revenue"),
        ({"revenue": "-1"}, "#/revenue"),
        ({"tax": "0.001"}, "#/tax"),
        ({"jobs": -1}, "#/jobs"),
        ({"bound": "near"}, "#/bound"),
        ({"landing": str(deal.uid)}, "#/landing"),
    ):
        assert pointers(send(firm, "POST", path, right | given)) == {place}, given
    assert problem(send(institute, "POST", path, right | {"landing": str(row.uid)})) == (403, "refused")
    assert not Benefit.objects.exists()


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row, said = a.landed(deal, pair), a.figures(deal, pair)
    stranger, registrar = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.registrar())
    helper = d.named_helper(deal, pair.of_firm)
    assert helper.organisation is not None
    agency = tokens.service_client(helper.organisation)
    base = f"/deals/{deal.uid}"
    one = f"{base}/landings/{row.uid}"
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"{base}/landings", site(deal)),
        ("PUT", one, {"name": "x"}),
        ("POST", f"{one}/move", {"step": "build", "on": TODAY}),
        ("POST", f"{one}/production", {"rows": [{"kind": "plan", "year": YEAR, "volume": "1"}]}),
        ("POST", f"{one}/year", {"year": PAST, "revenue": "1", "basis": "x"}),
        ("POST", f"{base}/benefits", {"kind": "forecast", "revenue": "1", "basis": "x"}),
        ("POST", f"{base}/benefits/{said.uid}/withdraw", {"reason": "x"}),
    ]
    for path in (f"{base}/landings", one, f"{base}/benefits"):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(stranger, path)) == problem(get(registrar, path)) == (404, "not_found")
        assert get(agency, path).status_code == 200
    firm, _institute = clients(pair)
    for method, path, given in writes:
        assert problem(send(Client(), method, path, given, match='"1"')) == (401, "unauthenticated"), path
        assert problem(send(stranger, method, path, given, match='"1"')) == (404, "not_found"), path
        assert problem(send(agency, method, path, given, match='"1"')) == (403, "refused"), path
        nothing = path.replace(str(row.uid), str(deal.uid)).replace(str(said.uid), str(deal.uid))
        if nothing != path:
            assert problem(send(firm, method, nothing, given, match='"1"')) == (404, "not_found"), path
            assert problem(send(agency, method, nothing, given, match='"1"')) == (403, "refused"), path


def test_what_a_source_tells_is_read_by_everybody_and_changed_by_nobody() -> None:
    pair = s.pair()
    told = d.from_source(pair)
    deal_rows.landing(told)
    stranger = tokens.client_of(f.manager(f.organisation()))
    firm, _institute = clients(pair)
    for client in (stranger, firm):
        [row] = get(client, f"/deals/{told.uid}/landings").json()["items"]
        assert row["steps"] == []
        [said] = get(client, f"/deals/{told.uid}/benefits").json()["items"]
        assert (said["kind"], said["may_withdraw"]) == ("forecast", False)
    assert get(stranger, f"/deals/{told.uid}/landings").json()["writable"] is False
    refused = send(firm, "POST", f"/deals/{told.uid}/landings", site(told))
    assert (problem(refused), refused.json()["reason"]) == ((409, "transition_refused"), "from_source")
    path = f"/deals/{told.uid}/landings/{row['uid']}"
    moved = send(firm, "POST", f"{path}/move", {"step": "build", "on": TODAY}, match=get(firm, path))
    assert (problem(moved), moved.json()["reason"]) == ((409, "transition_refused"), "from_source")


def test_lists_take_as_many_queries_for_many() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, _institute = clients(pair)
    paths = [f"/deals/{deal.uid}/{part}" for part in ("landings", "benefits")]

    def fill(year: int) -> None:
        row = a.landed(deal, pair)
        a.made(row, pair, actions.Made("plan", year, a.D(1)))
        a.figures(deal, pair, year=year)
        a.figures(deal, pair, year=year, landing=row)

    def count() -> list[int]:
        return [queries_of(lambda path=path: get(firm, path)) for path in paths]  # type: ignore[misc]  # bound at once

    fill(2030)
    count()  # the token is marked as used
    once = count()
    fill(2031)
    fill(2032)
    assert count() == once


def test_the_schemas_know_every_state_and_the_events_are_on_offer() -> None:
    assert set(get_args(schemas.LandingState)) == set(LANDING.states)
    assert set(get_args(schemas.LandingStep)) == set(LANDING.transitions)
    assert set(get_args(schemas.LandingAct)) == {"edit", *LANDING.transitions, "production", "year"}
    assert set(get_args(schemas.ProductionKind)) == set(PRODUCTION_KINDS)
    assert set(get_args(schemas.BenefitKind)) == set(KINDS)
    assert set(get_args(schemas.BenefitBound)) == set(BOUNDS)
    assert set(get_args(schemas.BenefitMeasure)) == set(MEASURES)
    assert (schemas.FIRST_YEAR, schemas.LAST_YEAR) == (actions.FIRST_YEAR, actions.LAST_YEAR)
    told = offered()
    verbs = ("landing_recorded", "landing_edited", "landing_building", "landing_producing", "landing_stopped",
             "production_recorded", "benefit_recorded", "benefit_withdrawn", "arrival_withdrawn")  # fmt: skip
    for verb in verbs:
        assert told[f"deal.{verb}"] != f"deal.{verb}"
