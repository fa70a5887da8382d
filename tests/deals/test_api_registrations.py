"""Registrations through the API: the applicant's way, the registrar's desk, and nobody else."""

from typing import Any, get_args

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.config.api import PREFIX
from mengkeju.deals.api import registration_schemas as schemas
from mengkeju.deals.api.registrations import OFFERED
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.models import Registration
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event
from mengkeju.kernel.webhooks.offers import offers
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send, upload
from tests.deals import desk_samples as desk
from tests.deals import registration_samples as r
from tests.deals import samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
TYPE = {"answers": r.ANSWERS, "contract_type": "development", "contract_subtype": "commissioned"}
WHOLE = {
    "flags": ["first_time_seller"],
    "clauses": dict.fromkeys(CLAUSES, "present"),
    "invoice": "ordinary",
    "ip_improvements": True,
    "complete_text": True,
}
CERTIFICATE = {
    "number": "ＹＳ26 2611 0100 0001",
    "registered_on": "2026-11-20",
    "body_name": "呼和浩特技术合同登记处（演示）",
    "contract_value": "860000.00",
    "technology_value": "620000.00",
    "contract_type": "development",
    "contract_subtype": "commissioned",
}


def document(client: Client, path: str, key: str, name: str = "承诺书.pdf", once: str = "") -> Any:
    file = SimpleUploadedFile(name, s.PDF)
    headers = {"Idempotency-Key": once or f"document-{key}"}
    return client.post(f"{PREFIX}{path}/documents/{key}", {"file": file}, headers=headers)


@pytest.mark.covers("TRD-02", "PLT-08")
def test_from_the_deal_to_the_desk() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    institute = tokens.client_of(f.manager(pair.institute))
    made = send(institute, "POST", f"/deals/{deal.uid}/registration", {})
    assert made.status_code == 200, made.content
    body = made.json()
    assert (body["state"], body["deal"]["uid"], body["applied_value"]) == ("prepared", str(deal.uid), "1000000.00")
    assert body["steps"] == ["edit", "file", "withdraw"]
    path = f"/registrations/{body['uid']}"
    again = send(institute, "POST", f"/deals/{deal.uid}/registration", {"is_import": False})
    assert again.json()["uid"] == body["uid"]
    typed = send(institute, "PUT", f"{path}/type", TYPE, match=made)
    assert (typed.json()["contract_type"], typed.json()["suggested_type"]) == ("development", "development")
    assert problem(send(institute, "PUT", f"{path}/particulars", WHOLE, match=made)) == (409, "stale_revision")
    stated = send(institute, "PUT", f"{path}/particulars", WHOLE, match=typed)
    assert stated.json()["particulars"]["invoice"] == "ordinary"
    early = send(institute, "POST", f"{path}/file", {"declared_true": True}, match=stated)
    assert pointers(early) == {"#/checks"}
    assert pointers(send(institute, "POST", f"{path}/file", {"declared_true": False}, match=stated)) == {
        "#/declared_true"
    }
    for key in ("pledge", "business_licence", "representative_id"):
        kept = document(institute, path, key)
        assert kept.status_code == 201, kept.content
    twice = document(institute, path, "pledge")
    assert twice["Idempotent-Replayed"] == "true"
    papers = {one["key"]: one for one in get(institute, path).json()["papers"]}
    assert (papers["pledge"]["there"], papers["pledge"]["name"]) == (True, "承诺书.pdf")
    filed = send(institute, "POST", f"{path}/file", {"declared_true": True}, match=get(institute, path))
    assert filed.status_code == 200, filed.content
    assert (filed.json()["state"], filed.json()["steps"]) == ("filed", ["withdraw"])
    assert {one["result"] for one in filed.json()["findings"]} <= {"pass", "warning"}
    assert filed.json()["duty"]["mine"] is False
    back = send(institute, "POST", f"{path}/withdraw", {"note": "再谈"}, match=filed)
    assert (back.json()["state"], back.json()["steps"]) == ("withdrawn", [])


def test_a_file_is_taken_off_and_one_that_is_not_listed_is_refused() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    institute, path = tokens.client_of(f.manager(pair.institute)), f"/registrations/{made.uid}"
    assert pointers(document(institute, path, "nothing")) == {"#/key"}
    gone = send(institute, "DELETE", f"{path}/documents/pledge")
    assert not next(one for one in gone.json()["papers"] if one["key"] == "pledge")["there"]
    assert problem(send(institute, "DELETE", f"{path}/documents/pledge")) == (404, "not_found")
    wrong = send(institute, "PUT", f"{path}/type", TYPE | {"contract_type": "service"}, match=get(institute, path))
    assert pointers(wrong) == {"#/reason"}
    nonsense = send(institute, "PUT", f"{path}/particulars", {"flags": ["x"]}, match=get(institute, path))
    assert pointers(nonsense) == {"#/flags"}


@pytest.mark.covers("TRD-02", "PLT-08")
def test_the_desk_accepts_asks_and_registers() -> None:
    case = desk.filed()
    registrar = tokens.client_of(f.registrar())
    applicant = tokens.client_of(desk.applicant(case))
    path = f"/registrations/{case.uid}"
    assert [one["uid"] for one in get(registrar, "/registrations", state="filed").json()["items"]] == [str(case.uid)]
    seen = get(registrar, path)
    assert seen.json()["steps"] == ["accept", "ask_supplement", "refuse"]
    assert problem(send(registrar, "POST", f"{path}/accept")) == (428, "revision_required")
    accepted = send(registrar, "POST", f"{path}/accept", match=seen, key="a")
    assert (accepted.json()["state"], accepted.json()["accepted_on"]) == ("accepted", clock.today().isoformat())
    again = send(registrar, "POST", f"{path}/accept", match=seen, key="a")
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert Event.objects.filter(type="registration.accept", subject_uid=case.uid).count() == 1
    assert problem(send(registrar, "POST", f"{path}/accept", match=seen, key="b")) == (409, "stale_revision")
    wrong = send(registrar, "POST", f"{path}/ask-supplement", {"note": "补", "until": "2020-01-01"}, match=accepted)
    assert pointers(wrong) == {"#/until"}
    assert pointers(send(registrar, "POST", f"{path}/ask-supplement", {"note": ""}, match=accepted)) == {"#/note"}
    scan = upload(registrar, "登记证明.pdf", s.PDF).json()
    assert pointers(
        send(registrar, "POST", f"{path}/register", CERTIFICATE | {"technology_value": "900000"}, match=accepted)
    ) == {"#/technology_value"}
    stranger_file = upload(applicant, "别人的.pdf", s.PDF).json()["uid"]
    theirs = CERTIFICATE | {"scan": stranger_file}
    assert pointers(send(registrar, "POST", f"{path}/register", theirs, match=accepted)) == {"#/scan"}
    done = send(registrar, "POST", f"{path}/register", CERTIFICATE | {"scan": scan["uid"]}, match=accepted)
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["state"], body["number"], body["certified_technology"]) == (
        "registered", desk.NUMBER, "620000.00",
    )  # fmt: skip
    assert get(applicant, f"/files/{scan['uid']}").status_code == 200
    assert get(applicant, path).json()["steps"] == ["object"]
    objected = send(applicant, "POST", f"{path}/object", {"note": "金额不对"}, match=get(applicant, path))
    assert objected.json()["state"] == "objected"


def test_experts_and_refusal() -> None:
    registrar = tokens.client_of(f.registrar())
    case = desk.accepted(desk.registrar())
    path = f"/registrations/{case.uid}"
    seen = get(registrar, path)
    assert pointers(send(registrar, "POST", f"{path}/send-to-expert", {}, match=seen)) == {"#/expert_reason"}
    sent = send(registrar, "POST", f"{path}/send-to-expert", {"expert_reason": "类型有争议"}, match=seen)
    heard = send(registrar, "POST", f"{path}/expert-opinion", {"opinion": "属于委托开发"}, match=sent)
    assert (heard.json()["state"], heard.json()["expert_opinion"]) == ("expert", "属于委托开发")
    refused = send(registrar, "POST", f"{path}/refuse", {"note": "标的不是技术"}, match=heard)
    assert (refused.json()["state"], refused.json()["refusal"]) == ("refused", "标的不是技术")
    again = send(registrar, "POST", f"{path}/refuse", {"note": "再来"}, match=refused)
    assert problem(again) == (409, "transition_refused")


def test_corrections_are_supplied_and_start_the_clock_anew() -> None:
    pair = s.pair()
    case = r.filed(pair)
    registrar, institute = tokens.client_of(f.registrar()), tokens.client_of(f.manager(pair.institute))
    path = f"/registrations/{case.uid}"
    asked = send(registrar, "POST", f"{path}/ask-supplement", {"note": "请补章"}, match=get(registrar, path))
    assert (asked.json()["state"], asked.json()["supplement_note"]) == ("supplement", "请补章")
    mine = get(institute, path)
    assert mine.json()["steps"] == ["edit", "supply", "withdraw"]
    supplied = send(institute, "POST", f"{path}/supply", {"note": "补好了"}, match=mine)
    assert (supplied.json()["state"], supplied.json()["accepted_on"]) == ("accepted", clock.today().isoformat())


def test_who_gets_which_answer() -> None:
    case = desk.filed()
    path = f"/registrations/{case.uid}"
    stranger, far = tokens.client_of(f.manager(f.organisation())), tokens.client_of(f.registrar(f.BAOTOU))
    applicant = tokens.client_of(desk.applicant(case))
    writes: list[tuple[str, str, dict[str, Any] | None]] = [
        ("PUT", "type", TYPE), ("PUT", "particulars", WHOLE), ("POST", "file", {"declared_true": True}),
        ("POST", "supply", {}), ("POST", "withdraw", {}), ("POST", "object", {"note": "x"}), ("POST", "accept", None),
        ("POST", "ask-supplement", {"note": "x"}), ("POST", "send-to-expert", {}),
        ("POST", "expert-opinion", {"opinion": "x"}), ("POST", "register", CERTIFICATE),
        ("POST", "refuse", {"note": "x"}),
    ]  # fmt: skip
    for place in (path, "/registrations"):
        assert problem(get(Client(), place)) == (401, "unauthenticated")
    assert problem(get(stranger, path)) == problem(get(far, path)) == (404, "not_found")
    for method, step, body in writes:
        assert problem(send(stranger, method, f"{path}/{step}", body, match='"1"')) == (404, "not_found"), step
        assert problem(send(Client(), method, f"{path}/{step}", body, match='"1"')) == (401, "unauthenticated"), step
    for step, body in (("accept", None), ("register", CERTIFICATE), ("refuse", {"note": "x"})):
        # who has no right is refused, and is not told of the old revision
        assert problem(send(applicant, "POST", f"{path}/{step}", body, match='"1"')) == (403, "refused"), step
    registrar = f.registrar()
    assert problem(send(tokens.client_of(registrar), "PUT", f"{path}/type", TYPE, match='"1"')) == (403, "refused")
    reader = tokens.client_of(registrar, Scope.REGISTRATIONS_READ)
    assert get(reader, path).status_code == 200
    assert problem(send(reader, "POST", f"{path}/accept", match='"2"')) == (403, "scope_missing")
    assert problem(send(stranger, "POST", f"/deals/{case.deal.uid}/registration", {})) == (404, "not_found")
    assert get(stranger, "/registrations").json()["items"] == []


def test_papers_are_for_those_inside() -> None:
    pair = s.pair()
    case = r.filed(pair)
    Registration.objects.update(supplement_note="密语")
    for client in (tokens.client_of(f.manager(pair.firm)), tokens.service_client(pair.institute)):
        body = get(client, f"/registrations/{case.uid}").json()
        assert (body["supplement_note"], bool(body["papers"]), bool(body["findings"])) == ("密语", True, True)
        assert body["particulars"]["flags"] == ["first_time_seller"]


def test_a_list_is_filtered_and_its_queries_do_not_grow() -> None:
    cases = desk.queue_of(3)
    registrar = tokens.client_of(f.registrar())
    items = get(registrar, "/registrations").json()["items"]
    assert [one["uid"] for one in items] == [str(one.uid) for one in cases]
    assert [one["uid"] for one in get(registrar, "/registrations", text="第2件合同").json()["items"]] == [
        str(cases[1].uid)
    ]
    assert get(registrar, "/registrations", state="registered").json()["items"] == []
    assert problem(get(registrar, "/registrations", state="x")) == (422, "invalid")
    counts = [queries_of(lambda limit=limit: get(registrar, "/registrations", limit=limit)) for limit in (1, 3)]  # type: ignore[misc]  # bound at once
    assert counts[0] == counts[1]


def test_the_schemas_know_every_state_type_and_step() -> None:
    assert set(get_args(schemas.RegistrationState)) == set(REGISTRATION.states)
    assert set(get_args(schemas.ContractType)) == set(TYPES)
    assert set(get_args(schemas.RegistrationStep)) == {"edit", *OFFERED}
    assert set(OFFERED) <= set(REGISTRATION.transitions)
    assert {*SUBTYPES, ""} == set(get_args(schemas.CertificateIn.model_fields["contract_subtype"].annotation))
    assert offers["registration"].api == "get_registration"
