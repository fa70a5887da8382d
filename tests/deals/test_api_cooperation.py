"""Packages, funding, years, terms, parts and lists of signings through the API: parties, officer, nobody else."""

from datetime import date, timedelta
from typing import Any, get_args

import pytest
from django.test import Client

from mengkeju.deals.api import cooperation_schemas as schemas
from mengkeju.deals.models import FUNDING_SOURCES, Deal, FundingLine, Renewal, WorkPackage, YearResult
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API's clock stands on the day of the samples."""
    monkeypatch.setattr(clock, "now", lambda: s.NOW)


def clients(pair: s.Pair) -> tuple[Client, Client]:
    """Of the firm and of the institute."""
    return tokens.client_of(f.manager(pair.firm)), tokens.client_of(f.manager(pair.institute))


def lead(deal: Deal, side: str = "seller") -> str:
    return str(deal.parties.get(side=side, role="lead", archived_at=None).uid)


@pytest.mark.covers("PRJ-07", "PLT-08")
def test_a_package_is_written_changed_from_what_was_read_and_taken_off() -> None:
    pair = s.pair()
    deal = c.made("joint_project", pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/packages"
    given = {"title": "演示任务", "lead": lead(deal), "ends_on": "2027-12-31", "budget": "800000.00"}
    made = send(firm, "POST", path, given, key="p1")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, given, key="p1")["Idempotent-Replayed"] == "true"
    assert WorkPackage.objects.count() == 1
    body = made.json()
    assert (body["lead_name"], body["budget"], body["revision"]) == (pair.institute.name, "800000.00", 1)
    one = f"{path}/{body['uid']}"
    read = get(institute, one)
    assert read.json() == body
    changed = send(institute, "PUT", one, given | {"budget": None, "content": "做一条线"}, match=read)
    assert (changed.json()["budget"], changed.json()["revision"]) == (None, 2)
    late = send(firm, "PUT", one, given, match=made)
    assert (problem(late), late.json()["current_revision"]) == ((409, "stale_revision"), 2)
    assert problem(send(firm, "PUT", one, given)) == (428, "revision_required")
    assert pointers(send(firm, "POST", f"{one}/remove", {"reason": " "})) == {"#/reason"}
    assert send(firm, "POST", f"{one}/remove", {"reason": "不做了"}).status_code == 204
    assert problem(send(firm, "POST", f"{one}/remove", {"reason": "不做了"})) == (404, "not_found")
    assert get(firm, path).json()["items"] == []


@pytest.mark.covers("PRJ-07", "PLT-08")
def test_funding_is_summed_and_packages_that_go_beyond_it_are_told() -> None:
    pair = s.pair()
    deal = c.made("joint_project", pair)
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/funding"
    given = {"source": "city", "amount": "500000", "year": 2027, "said_by_plan": "演示〔2027〕1号"}
    made = send(firm, "POST", path, given)
    assert made.status_code == 201, made.content
    own = send(institute, "POST", path, {"source": "own", "amount": "100000.5", "party": lead(deal)})
    assert (own.json()["party_name"], own.json()["source_label"]) == (pair.institute.name, "合作方自筹")
    c.package(deal, pair, 80)
    c.package(deal, pair, None)
    shown = get(institute, path).json()
    assert [shown[name] for name in ("funded", "public", "own", "other")] == [
        "600000.50", "500000.00", "100000.50", "0.00",
    ]  # fmt: skip
    packages = get(firm, f"/deals/{deal.uid}/packages").json()
    assert (packages["planned"], packages["funded"], packages["beyond"], packages["open_packages"]) == (
        "800000.00", "600000.50", "199999.50", 1,
    )  # fmt: skip
    one = f"{path}/{made.json()['uid']}"
    changed = send(firm, "PUT", one, given | {"amount": "900000"}, match=made)
    assert (changed.json()["amount"], changed.json()["revision"]) == ("900000.00", 2)
    assert problem(send(institute, "PUT", one, given, match=made)) == (409, "stale_revision")
    assert send(firm, "POST", f"{one}/remove", {"reason": "没有落实"}).status_code == 204
    assert FundingLine.objects.get(uid=made.json()["uid"]).archived_reason == "没有落实"


def test_what_is_wrong_is_said_at_its_member() -> None:
    pair = s.pair()
    deal = c.made("joint_project", pair)
    firm, _institute = clients(pair)
    package = {"title": "任务", "lead": lead(deal)}
    for given, place in (
        ({"title": " "}, "#/title"),
        ({"lead": str(deal.uid)}, "#/lead"),
        ({"begins_on": "2027-02-01", "ends_on": "2027-01-01"}, "#/ends_on"),
        ({"budget": "-1"}, "#/budget"),
        ({"price": "1"}, "#/price"),
    ):
        assert pointers(send(firm, "POST", f"/deals/{deal.uid}/packages", package | given)) == {place}, given
    wrong_lines: list[tuple[dict[str, Any], str]] = [
        ({"source": "gift"}, "#/source"),
        ({"amount": "0"}, "#/amount"),
        ({"year": 1900}, "#/year"),
        ({"party": str(deal.uid)}, "#/party"),
    ]
    for given, place in wrong_lines:
        line = {"source": "city", "amount": "1"} | given
        assert pointers(send(firm, "POST", f"/deals/{deal.uid}/funding", line)) == {place}, given
    assert not deal.packages.exists()
    assert not deal.funding_lines.exists()


def test_a_kind_without_the_step_has_none_of_it() -> None:
    pair = s.pair()
    contract, project = d.deal(pair), c.made("joint_project", s.pair())
    firm, _institute = clients(pair)
    for part in ("packages", "funding", "years", "term"):
        assert problem(get(firm, f"/deals/{contract.uid}/{part}")) == (404, "not_found"), part
    given = {"title": "任务", "lead": lead(contract)}
    assert problem(send(firm, "POST", f"/deals/{contract.uid}/packages", given)) == (404, "not_found")
    assert problem(get(firm, f"/deals/{project.uid}/packages")) == (404, "not_found")  # somebody else's


@pytest.mark.covers("PRJ-22", "PLT-08")
def test_a_year_is_reported_once_and_corrected_from_what_was_read() -> None:
    pair = s.pair()
    deal = c.signed("joint_centre", pair, signed_on=date(2025, 5, 1))
    firm, institute = clients(pair)
    path = f"/deals/{deal.uid}/years"
    assert get(firm, path).json() == {"items": [], "missing": [2025]}
    given = {"year": 2025, "summary": "建成两条试验线（演示）", "projects": 3, "spent": "1200000"}
    for wrong, place in (({"year": 2020}, "#/year"), ({"summary": " "}, "#/summary"), ({"spent": "-1"}, "#/spent")):
        assert pointers(send(firm, "POST", path, given | wrong)) == {place}
    made = send(firm, "POST", path, given, key="y")
    assert made.status_code == 201, made.content
    assert send(firm, "POST", path, given, key="y")["Idempotent-Replayed"] == "true"
    body = made.json()
    assert (body["spent"], body["patents"], body["said_for"]) == ("1200000.00", None, pair.firm.name)
    again = send(institute, "POST", path, given | {"summary": "另一种说法"})
    assert (problem(again), again.json()["current_revision"]) == ((409, "stale_revision"), 1)
    one = f"{path}/{body['uid']}"
    better = {"summary": "建成三条试验线（演示）"}
    changed = send(institute, "PUT", one, better, match=made)
    assert (changed.json()["summary"], changed.json()["projects"], changed.json()["said_for"]) == (
        better["summary"], None, pair.institute.name,
    )  # fmt: skip
    assert problem(send(firm, "PUT", one, better, match=made)) == (409, "stale_revision")
    assert get(firm, path).json()["missing"] == []
    assert YearResult.objects.get().revision == 2
    early = c.made("joint_centre", pair)
    told = send(firm, "POST", f"/deals/{early.uid}/years", given | {"year": c.TODAY.year})
    assert (problem(told), told.json()["reason"]) == ((409, "transition_refused"), "wrong_state")


@pytest.mark.covers("PRJ-26", "PLT-08")
def test_a_term_is_renewed_by_an_addendum_from_what_was_read() -> None:
    pair = s.pair()
    until = c.TODAY + timedelta(days=20)
    deal = c.signed("agreement", pair, until=until)
    firm, institute = clients(pair)
    path, waiting, agreed = f"/deals/{deal.uid}", c.addendum(deal, confirmed=False), c.addendum(deal)
    seen = get(institute, f"{path}/term")
    body = seen.json()
    assert (body["effective_until"], body["expired"], body["addenda"]) == (until.isoformat(), False, [str(agreed.uid)])
    later = (c.TODAY + c.YEAR).isoformat()
    given = {"addendum": str(agreed.uid), "until": later}
    for wrong, place in (
        ({"addendum": str(waiting.uid)}, "#/addendum"),
        ({"addendum": str(deal.uid)}, "#/addendum"),
        ({"until": until.isoformat()}, "#/until"),
    ):
        assert pointers(send(firm, "POST", f"{path}/renewals", given | wrong, match=seen)) == {place}, wrong
    made = send(firm, "POST", f"{path}/renewals", given, match=seen, key="r")
    assert made.status_code == 201, made.content
    assert (made.json()["until_before"], made.json()["until_after"]) == (until.isoformat(), later)
    assert send(firm, "POST", f"{path}/renewals", given, match=seen, key="r")["Idempotent-Replayed"] == "true"
    assert problem(send(institute, "POST", f"{path}/renewals", given, match=seen)) == (409, "stale_revision")
    assert [one["uid"] for one in get(firm, f"{path}/term").json()["renewals"]] == [made.json()["uid"]]
    assert Renewal.objects.count() == 1


@pytest.mark.covers("PRJ-03", "PRJ-26", "PLT-08")
def test_a_deal_is_hung_below_another_and_opened_from_it() -> None:
    pair = s.pair()
    agreement, project = c.signed("agreement", pair), c.made("joint_project", pair)
    firm, institute = clients(pair)
    path = f"/deals/{project.uid}"
    seen = get(firm, path)
    below = {"parent": str(agreement.uid)}
    assert pointers(send(firm, "PUT", f"{path}/parent", {"parent": str(project.uid)}, match=seen)) == {"#/parent"}
    hidden = c.made("agreement", s.pair())
    assert pointers(send(firm, "PUT", f"{path}/parent", {"parent": str(hidden.uid)}, match=seen)) == {"#/parent"}
    hung = send(firm, "PUT", f"{path}/parent", below, match=seen)
    assert hung.json()["parent"] == str(agreement.uid)
    assert problem(send(institute, "PUT", f"{path}/parent", below, match=seen)) == (409, "stale_revision")
    parts = f"/deals/{agreement.uid}/parts"
    assert [one["uid"] for one in get(institute, parts).json()["items"]] == [str(project.uid)]
    given = {"kind": "contract", "title": "演示：由此建的合同", "parties": [lead(project), lead(project, "buyer")]}
    assert pointers(send(firm, "POST", f"{path}/parts", given | {"parties": [lead(project)]})) == {"#/parties"}
    made = send(firm, "POST", f"{path}/parts", given, key="c")
    assert made.status_code == 201, made.content
    assert (made.json()["parent"], made.json()["kind"]) == (str(project.uid), "contract")
    assert send(firm, "POST", f"{path}/parts", given, key="c").json()["uid"] == made.json()["uid"]
    assert get(firm, path).json()["parts"] == [made.json()["uid"]]
    off = send(firm, "PUT", f"{path}/parent", {"parent": None}, match=hung)
    assert off.json()["parent"] is None
    nothing = send(firm, "POST", f"/deals/{made.json()['uid']}/parts", given)  # a contract carries nothing
    assert problem(nothing) == (404, "not_found")


def signings(pair: s.Pair, **given: Any) -> dict[str, Any]:
    row = {
        "title": "演示：活动上签的联合攻关",
        "kind": "joint_project",
        "seller": [{"organisation": str(pair.institute.uid)}, {"name": "京城演示院", "area": "110000"}],
        "buyer": [{"name": pair.firm.name}],
        "amount": "5000000",
    }
    return {"event": "两市科技合作签约（演示）", "day": c.TODAY.isoformat(), "rows": [row | given]}


@pytest.mark.covers("PRJ-03", "PLT-08")
def test_a_list_of_signings_is_recorded_once_by_an_officer_and_listed() -> None:
    pair = s.pair()
    officer = f.officer()
    client = tokens.client_of(officer)
    made = send(client, "POST", "/signings", signings(pair))
    assert made.status_code == 200, made.content
    [deal] = made.json()["items"]
    assert (deal["state"], deal["origin"], made.json()["known"]) == ("signed", "signing", 0)
    kept = Deal.objects.get()
    assert {p.organisation for p in kept.parties.all()} == {pair.firm, pair.institute, None}
    again = send(client, "POST", "/signings", signings(pair))
    assert (again.json()["known"], Deal.objects.count()) == (1, 1)
    for narrow in (Scope.DEALS_READ, Scope.DEALS_WRITE):  # the role passes with the scope of the operation
        only = tokens.client_of(officer, narrow)
        assert (get(only, "/signings").status_code, send(only, "POST", "/signings", signings(pair)).status_code) == (
            (200, 403) if narrow == Scope.DEALS_READ else (403, 200)
        )
    for asked, found in (({}, 1), ({"event": kept.channel}, 1), ({"event": "别的活动"}, 0), ({"day": "2020-01-01"}, 0)):
        assert len(get(client, "/signings", **asked).json()["items"]) == found, asked
    firm, _institute = clients(pair)
    assert [one["uid"] for one in get(firm, "/signings").json()["items"]] == [deal["uid"]]
    assert get(tokens.client_of(f.officer(f.HOHHOT)), "/signings").json()["items"] == []
    assert Event.objects.filter(type="deal.sign_at_event", actor_account=officer.uid).count() == 1


def test_what_is_wrong_with_a_list_is_said_at_its_row() -> None:
    pair = s.pair()
    client = tokens.client_of(f.officer())
    here = str(pair.institute.uid)
    for given, place in (
        ({"title": " "}, "#/rows/0/title"),
        ({"amount": "0"}, "#/rows/0/amount"),
        ({"seller": []}, "#/rows/0/seller"),
        ({"seller": [{"name": " "}]}, "#/rows/0/seller/0/name"),
        ({"seller": [{"organisation": here, "name": "又写名称"}]}, "#/rows/0/seller/0/name"),
        ({"seller": [{"organisation": str(f.person(f.account()).uid)}]}, "#/rows/0/seller/0/organisation"),
        ({"buyer": [{"name": "某厂", "area": "999999"}]}, "#/rows/0/buyer/0/area"),
        ({"buyer": [{"organisation": here}]}, "#/rows/0/buyer"),
        ({"kind": "friendship"}, "#/rows/0/kind"),
    ):
        assert pointers(send(client, "POST", "/signings", signings(pair, **given))) == {place}, given
    late = signings(pair) | {"day": (c.TODAY + timedelta(days=1)).isoformat()}
    assert pointers(send(client, "POST", "/signings", late)) == {"#/day"}
    assert pointers(send(client, "POST", "/signings", signings(pair) | {"rows": []})) == {"#/rows"}
    assert not Deal.objects.exists()


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    project, centre = c.made("joint_project", pair), c.signed("joint_centre", pair)
    package, line = c.package(project, pair), c.funding(project, pair)
    helper = d.named_helper(project, pair.of_firm)
    assert helper.organisation is not None
    agency, stranger = tokens.service_client(helper.organisation), tokens.client_of(f.manager(f.organisation()))
    told = d.from_source(pair)
    base, writing = f"/deals/{project.uid}", {"title": "任务", "lead": lead(project)}
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"{base}/packages", writing),
        ("PUT", f"{base}/packages/{package.uid}", writing),
        ("POST", f"{base}/packages/{package.uid}/remove", {"reason": "x"}),
        ("POST", f"{base}/funding", {"source": "city", "amount": "1"}),
        ("PUT", f"{base}/funding/{line.uid}", {"source": "city", "amount": "1"}),
        ("POST", f"{base}/funding/{line.uid}/remove", {"reason": "x"}),
        ("PUT", f"{base}/parent", {"parent": None}),
        ("POST", f"{base}/parts", {"kind": "contract", "title": "x", "parties": []}),
    ]
    others: list[tuple[str, str, Any]] = [
        ("POST", f"/deals/{centre.uid}/years", {"year": c.TODAY.year, "summary": "x"}),
        ("PUT", f"/deals/{centre.uid}/years/{centre.uid}", {"summary": "x"}),
        ("POST", f"/deals/{centre.uid}/renewals", {"addendum": str(centre.uid), "until": "2099-01-01"}),
    ]
    for path in (f"{base}/packages", f"{base}/packages/{package.uid}", f"{base}/funding", f"{base}/parts"):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(stranger, path)) == (404, "not_found")
        assert get(agency, path).status_code == 200
    for method, path, given in (*writes, *others):
        assert problem(send(Client(), method, path, given, match='"1"')) == (401, "unauthenticated"), path
        assert problem(send(stranger, method, path, given, match='"1"')) == (404, "not_found"), path
    for method, path, given in writes:  # refused before a row is looked for or a revision compared
        wanted = path.replace(str(package.uid), str(project.uid)).replace(str(line.uid), str(project.uid))
        assert problem(send(agency, method, wanted, given, match='"9"')) == (403, "refused"), path
    for part in ("packages", "funding", "years", "term"):  # the source's record is open, its inside is not
        assert problem(get(stranger, f"/deals/{told.uid}/{part}")) == (403, "refused")
    assert problem(send(stranger, "POST", "/signings", signings(pair))) == (403, "refused")
    assert problem(send(Client(), "POST", "/signings", signings(pair))) == (401, "unauthenticated")
    firm, _institute = clients(pair)
    assert problem(send(firm, "PUT", f"{base}/packages/{line.uid}", writing, match='"1"')) == (404, "not_found")


def test_a_list_of_parts_takes_as_many_queries_for_many() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    firm, _institute = clients(pair)
    for number in range(3):
        given = {"kind": "contract", "title": f"第{number}份", "parties": [lead(project), lead(project, "buyer")]}
        assert send(firm, "POST", f"/deals/{project.uid}/parts", given).status_code == 201
    path = f"/deals/{project.uid}/parts"
    get(firm, path)
    counts = [queries_of(lambda limit=limit: get(firm, path, limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_the_schemas_know_every_source_of_funding() -> None:
    assert set(get_args(schemas.FundingSource)) == set(FUNDING_SOURCES)
