"""Milestones, the acceptance and people who came through the API: both sides, those who may read, nobody else."""

from typing import Any, get_args

import pytest
from django.test import Client

from mengkeju.deals.actions import Part
from mengkeju.deals.actions.under_way import MOST_FILES
from mengkeju.deals.api import performance_schemas as schemas
from mengkeju.deals.api.milestones import STEPS
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models import VERDICTS, Acceptance, Arrival, Deal, Milestone
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.webhooks.offers import offered
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send, upload
from tests.deals import after_samples as a
from tests.deals import deal_samples as d
from tests.deals import money_samples as money
from tests.deals import samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
TODAY = d.SIGNED_ON.isoformat()


def clients(pair: s.Pair) -> tuple[Client, Client]:
    """Of the firm and of the institute."""
    return tokens.client_of(f.manager(pair.firm)), tokens.client_of(f.manager(pair.institute))


def planned(deal: Deal, **given: Any) -> dict[str, Any]:
    """A milestone that the institute is to reach."""
    own = {"title": "完成中试", "due_on": a.DUE_ON.isoformat(), "reporter": str(a.party(deal, "seller").uid)}
    return own | given


@pytest.mark.covers("TRD-04", "PLT-08")
def test_a_milestone_is_planned_once_changed_reported_sent_back_and_accepted() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/milestones"
    assert get(firm, path).json() == {"items": [], "writable": True}
    given = {"milestones": [planned(deal, criteria="连续运行 72 小时"), planned(deal, title="交付样品")]}
    made = send(firm, "POST", path, given, key="m1")
    assert made.status_code == 201, made.content
    again = send(firm, "POST", path, given, key="m1")
    assert (again["Idempotent-Replayed"], deal.milestones.count()) == ("true", 2)
    first = made.json()["items"][0]
    assert (first["state"], first["steps"], first["instalment"]) == ("planned", ["edit", "drop"], None)
    one = f"{path}/{first['uid']}"
    seen = get(institute, one)
    assert seen.json()["steps"] == ["edit", "report"]
    changed = send(institute, "PUT", one, planned(deal, title="完成百吨级中试"), match=seen)
    assert (changed.json()["title"], changed.json()["criteria"]) == ("完成百吨级中试", "")
    assert problem(send(firm, "PUT", one, planned(deal), match=seen)) == (409, "stale_revision")
    paper = upload(institute, "检测报告.pdf", s.PDF).json()["uid"]
    report = {"report": "已连续运行 80 小时", "reached_on": TODAY, "evidence": [paper]}
    assert problem(send(institute, "POST", f"{one}/report", report, match=seen)) == (409, "stale_revision")
    assert problem(send(firm, "POST", f"{one}/report", report, match=changed)) == (403, "refused")
    told = send(institute, "POST", f"{one}/report", report, match=changed)
    assert (told.json()["state"], told.json()["reached_on"]) == ("reported", TODAY), told.content
    assert get(firm, f"/deals/{deal.uid}").json()["state"] == "performing"
    assert get(firm, f"/files/{paper}").status_code == 200
    assert problem(send(institute, "POST", f"{one}/accept", match=told)) == (403, "refused")
    assert pointers(send(firm, "POST", f"{one}/send-back", {}, match=told)) == {"#/note"}
    back = send(firm, "POST", f"{one}/send-back", {"note": "还缺第三方检测"}, match=told)
    assert (back.json()["state"], [file["uid"] for file in back.json()["evidence"]]) == ("planned", [paper])
    told = send(institute, "POST", f"{one}/report", report | {"evidence": []}, match=back)
    assert problem(send(firm, "POST", f"{one}/accept", match=back)) == (409, "stale_revision")
    done = send(firm, "POST", f"{one}/accept", match=told)
    assert (done.json()["state"], done.json()["accepted_for_name"], done.json()["steps"]) == (
        "reached",
        pair.firm.name,
        [],
    )
    late = send(firm, "POST", f"{one}/drop", {"note": "不要了"}, match=done)
    assert (problem(late), late.json()["reason"]) == ((409, "transition_refused"), "wrong_state")
    other = f"{path}/{made.json()['items'][1]['uid']}"
    gone = send(firm, "POST", f"{other}/drop", {"note": "合并到第一项"}, match=get(firm, other))
    assert gone.json()["state"] == "dropped"


def test_an_instalment_is_named_by_its_place_in_the_price() -> None:
    pair = s.pair()
    parts = [Part(a.D(6_000_000), condition="合同签订后"), Part(a.D(4_000_000), condition="完成中试后")]
    deal = money.signed(money.priced(pair, mode="instalments", instalments=parts))
    firm, _institute = clients(pair)
    path = f"/deals/{deal.uid}/milestones"
    made = send(firm, "POST", path, {"milestones": [planned(deal, instalment=2)]})
    assert made.json()["items"][0]["instalment"] == {"number": 2, "amount": "4000000.00"}
    beyond = send(firm, "POST", path, {"milestones": [planned(deal), planned(deal, instalment=3)]})
    assert pointers(beyond) == {"#/milestones/1/instalment"}
    assert deal.milestones.count() == 1


def test_what_is_wrong_is_said_at_its_member() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    base = f"/deals/{deal.uid}"
    theirs = upload(institute, "报告.pdf", s.PDF).json()["uid"]
    for row, place in (
        ({"title": " "}, "title"),
        ({"due_on": "2000-01-01"}, "due_on"),
        ({"due_on": "明年"}, "due_on"),
        ({"reporter": str(deal.uid)}, "reporter"),
    ):
        both = {"milestones": [planned(deal), planned(deal, **row)]}
        assert pointers(send(firm, "POST", f"{base}/milestones", both)) == {f"#/milestones/1/{place}"}, row
    assert pointers(send(firm, "POST", f"{base}/milestones", {"milestones": []})) == {"#/milestones"}
    one = f"{base}/milestones/{a.planned(deal, pair).uid}"
    seen = get(institute, one)
    report = {"report": "完成", "reached_on": TODAY}
    assert pointers(send(institute, "POST", f"{one}/report", report | {"report": " "}, match=seen)) == {"#/report"}
    early = report | {"reached_on": "2020-01-01"}
    assert pointers(send(institute, "POST", f"{one}/report", early, match=seen)) == {"#/reached_on"}
    foreign = report | {"evidence": [str(deal.uid)]}
    assert pointers(send(institute, "POST", f"{one}/report", foreign, match=seen)) == {"#/evidence/0"}
    given: dict[str, Any]
    judged = {"held_on": TODAY, "verdict": "passed", "opinion": "达到约定指标"}
    for given, place in (
        ({"held_on": "2099-01-01"}, "#/held_on"),
        ({"verdict": "fine"}, "#/verdict"),
        ({"opinion": " "}, "#/opinion"),
        ({"papers": [theirs]}, "#/papers/0"),
    ):
        assert pointers(send(firm, "POST", f"{base}/acceptances", judged | given)) == {place}, given
    came = {"team": "材料分选团队", "headcount": 5, "arrived_on": TODAY, "employer_name": "鹿原化工"}
    for given, place in (
        ({"employer": str(deal.uid)}, "#/employer"),
        ({"employer_name": ""}, "#/employer_name"),
        ({"doctors": 6}, "#/doctors"),
        ({"headcount": 0}, "#/headcount"),
        ({"arrived_on": "2099-01-01"}, "#/arrived_on"),
    ):
        assert pointers(send(firm, "POST", f"{base}/arrivals", came | given)) == {place}, given
    assert (deal.milestones.count(), Acceptance.objects.count(), Arrival.objects.count()) == (1, 0, 0)


def test_nothing_of_it_before_the_signature() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, _institute = clients(pair)
    base = f"/deals/{deal.uid}"
    for path, given in (
        ("milestones", {"milestones": [planned(deal)]}),
        ("acceptances", {"held_on": TODAY, "verdict": "passed", "opinion": "好"}),
        ("arrivals", {"team": "团队", "headcount": 1, "arrived_on": TODAY, "employer_name": "单位"}),
    ):
        assert get(firm, f"{base}/{path}").json()["writable"] is False
        early = send(firm, "POST", f"{base}/{path}", given)
        assert (problem(early), early.json()["reason"]) == ((409, "transition_refused"), "wrong_state"), path


@pytest.mark.covers("TRD-04", "PLT-08")
def test_a_verdict_moves_the_deal_and_is_withdrawn_by_whose_word_it_was() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/acceptances"
    paper = upload(firm, "验收报告.pdf", s.PDF).json()["uid"]
    given = {"held_on": TODAY, "verdict": "passed", "opinion": "达到约定指标", "papers": [paper]}
    assert problem(send(institute, "POST", path, given)) == (403, "refused")
    made = send(firm, "POST", path, given, key="v1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, given, key="v1")["Idempotent-Replayed"] == "true"
    body = made.json()
    assert (body["said_for_name"], body["may_withdraw"], body["papers"][0]["uid"]) == (pair.firm.name, True, paper)
    assert get(firm, f"/deals/{deal.uid}").json()["state"] == "accepted"
    [seen] = get(institute, path).json()["items"]
    assert (seen["uid"], seen["may_withdraw"], seen["verdict_label"]) == (body["uid"], False, "通过")
    one = f"{path}/{body['uid']}/withdraw"
    assert problem(send(institute, "POST", one, {"reason": "不对"})) == (403, "refused")
    assert pointers(send(firm, "POST", one, {"reason": " "})) == {"#/reason"}
    gone = send(firm, "POST", one, {"reason": "填错了日期"})
    assert (gone.json()["withdrawn_reason"], gone.json()["may_withdraw"]) == ("填错了日期", False)
    assert get(firm, f"/deals/{deal.uid}").json()["state"] == "performing"
    twice = send(firm, "POST", one, {"reason": "再一次"})
    assert (problem(twice), twice.json()["reason"]) == ((409, "transition_refused"), "archived")


@pytest.mark.covers("TRD-04", "PLT-08")
def test_people_who_came_are_counted_and_taken_back() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/arrivals"
    employer = a.party(deal, "buyer")
    given = {"team": "材料分选团队", "headcount": 5, "doctors": 2, "arrived_on": TODAY, "employer": str(employer.uid)}
    made = send(firm, "POST", path, given, key="a1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, given, key="a1").json()["uid"] == made.json()["uid"]
    assert (made.json()["employer"], made.json()["employer_name"]) == (str(pair.firm.uid), pair.firm.name)
    body = get(institute, path).json()
    assert (body["heads"], [row["doctors"] for row in body["items"]]) == (5, [2])
    one = f"{path}/{made.json()['uid']}/withdraw"
    gone = send(institute, "POST", one, {"reason": "重复"})
    assert gone.json()["withdrawn_reason"] == "重复"
    assert get(firm, path).json() == {"items": [], "heads": 0, "writable": True}
    assert problem(send(firm, "POST", one, {"reason": "重复"})) == (404, "not_found")


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row, verdict, came = a.planned(deal, pair), a.judged(deal, pair, "failed"), a.came(deal, pair)
    told = d.from_source(pair)
    stranger, registrar = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.registrar())
    helper = d.named_helper(deal, pair.of_firm)
    assert helper.organisation is not None
    agency = tokens.service_client(helper.organisation)
    base = f"/deals/{deal.uid}"
    one = f"{base}/milestones/{row.uid}"
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"{base}/milestones", {"milestones": [planned(deal)]}),
        ("PUT", one, planned(deal)),
        ("POST", f"{one}/report", {"report": "完成", "reached_on": TODAY}),
        ("POST", f"{one}/accept", None),
        ("POST", f"{one}/send-back", {"note": "x"}),
        ("POST", f"{one}/drop", {"note": "x"}),
        ("POST", f"{base}/acceptances", {"held_on": TODAY, "verdict": "failed", "opinion": "x"}),
        ("POST", f"{base}/acceptances/{verdict.uid}/withdraw", {"reason": "x"}),
        ("POST", f"{base}/arrivals", {"team": "x", "headcount": 1, "arrived_on": TODAY}),
        ("POST", f"{base}/arrivals/{came.uid}/withdraw", {"reason": "x"}),
    ]
    for path in (f"{base}/milestones", one, f"{base}/acceptances", f"{base}/arrivals"):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(stranger, path)) == problem(get(registrar, path)) == (404, "not_found")
        assert get(agency, path).status_code == 200
    for part in ("milestones", "acceptances", "arrivals"):
        assert get(agency, f"{base}/{part}").json()["writable"] is False
        assert problem(get(stranger, f"/deals/{told.uid}/{part}")) == (403, "refused")
    for method, path, given in writes:
        assert problem(send(Client(), method, path, given, match='"1"')) == (401, "unauthenticated"), path
        assert problem(send(stranger, method, path, given, match='"1"')) == (404, "not_found"), path
        assert problem(send(agency, method, path, given, match='"1"')) == (403, "refused"), path
        nothing = path.replace(str(row.uid), str(deal.uid)).replace(str(verdict.uid), str(deal.uid))
        nothing = nothing.replace(str(came.uid), str(deal.uid))
        if nothing != path:
            firm = tokens.client_of(f.manager(pair.firm))
            assert problem(send(firm, method, nothing, given, match='"1"')) == (404, "not_found"), path
            assert problem(send(agency, method, nothing, given, match='"1"')) == (403, "refused"), path


def test_a_token_to_read_does_not_write_and_a_write_names_what_was_read() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    reader = tokens.client_of(f.manager(pair.firm), Scope.DEALS_READ)
    one = f"/deals/{deal.uid}/milestones/{row.uid}"
    assert get(reader, one).status_code == 200
    assert problem(send(reader, "POST", f"{one}/drop", {"note": "x"}, match='"1"')) == (403, "scope_missing")
    firm, _institute = clients(pair)
    assert problem(send(firm, "POST", f"{one}/drop", {"note": "x"})) == (428, "revision_required")
    assert Milestone.objects.get().state == "planned"


def test_lists_take_as_many_queries_for_many() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, _institute = clients(pair)
    paths = [f"/deals/{deal.uid}/{part}" for part in ("milestones", "acceptances", "arrivals")]

    def fill() -> None:
        a.planned(deal, pair)
        a.judged(deal, pair, "failed")
        a.came(deal, pair)

    def count() -> list[int]:
        return [queries_of(lambda path=path: get(firm, path)) for path in paths]  # type: ignore[misc]  # bound at once

    fill()
    count()  # the token is marked as used
    once = count()
    fill()
    fill()
    assert count() == once


def test_the_schemas_know_every_state_and_the_events_are_on_offer() -> None:
    assert set(get_args(schemas.MilestoneState)) == set(MILESTONE.states)
    assert set(get_args(schemas.MilestoneStep)) == set(STEPS) == {"edit", *MILESTONE.transitions}
    assert set(get_args(schemas.Verdict)) == set(VERDICTS)
    assert schemas.MOST_FILES == MOST_FILES
    told = offered()
    steps = ("planned", "edited", "reported", "accepted", "sent_back", "dropped")
    rest = ("acceptance_recorded", "acceptance_withdrawn", "arrival_recorded")
    for verb in (*(f"milestone_{step}" for step in steps), *rest):
        assert told[f"deal.{verb}"] != f"deal.{verb}"
