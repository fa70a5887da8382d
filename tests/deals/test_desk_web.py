"""The registrar's desk in the browser: who is let in, the queue, the case, decisions that lose nothing."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.models import Deal, Registration
from mengkeju.kernel import clock
from mengkeju.kernel.models import Account
from tests import factories as f
from tests.deals import desk_samples as s

pytestmark = pytest.mark.django_db


def texts(page: Any) -> str:
    """The page without tags."""
    plain = re.sub(r"<(script|style)\b.*?</\1>", "", page.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def at_desk(area: str = f.HOHHOT, **given: Any) -> tuple[Client, Account]:
    account = f.with_role("registrar", area=area, **given)
    return f.signed_in_client(account), account


def act(client: Client, case: Registration, key: str, query: str = "", **given: Any) -> Any:
    case.refresh_from_db()
    values = {"revision": case.revision} | given
    return client.post(reverse(f"desk-act-{key}", args=[case.uid]) + query, values)


def result(**changes: Any) -> dict[str, Any]:
    values = s.certificate() | {"registered_on": clock.today().isoformat()}
    return values | changes


def test_registrars_act_auditors_read_others_are_refused() -> None:
    case = s.filed()
    seller = case.applicant.organisation  # type: ignore[union-attr]
    assert seller is not None
    client, _account = at_desk()
    elsewhere, _account = at_desk(f.BAOTOU)
    auditor = f.signed_in_client(f.auditor())
    party = f.signed_in_client(f.manager(seller))
    stranger = f.signed_in_client(f.account())
    own, _account = at_desk(of=f.member(seller))
    queue, page = reverse("desk"), reverse("desk-case", args=[case.uid])
    answers = {
        "elsewhere": (elsewhere, 200, 404, 404),
        "auditor": (auditor, 200, 200, 403),
        "party": (party, 403, 403, 403),
        "stranger": (stranger, 403, 404, 404),
        "own": (own, 200, 200, 403),
        "visitor": (Client(), 302, 302, 302),
    }
    for name, (who, listed, read, done) in answers.items():
        assert who.get(queue).status_code == listed, name
        assert who.get(page).status_code == read, name
        assert act(who, case, "accept").status_code == done, name
        assert who.post(reverse("desk-act-refuse", args=[case.uid]), {}).status_code == done, name  # before the form
    assert "回避" in texts(own.get(page))
    assert "回避" in texts(act(own, case, "accept"))
    assert "这里没有您能办的事" in texts(auditor.get(page))
    assert "accept/" not in auditor.get(page).content.decode()
    case.refresh_from_db()
    assert case.state == "filed"
    assert client.get(queue).status_code == 200
    assert act(client, case, "accept").status_code == 302


def test_the_queue_tells_what_waits_how_long_and_what_was_found() -> None:
    client, _account = at_desk()
    assert "这一栏是空的" in texts(client.get("/desk/"))
    late, soon = s.filed(at=clock.now() - timedelta(days=30)), s.filed(at=clock.now())
    page = texts(client.get("/desk/"))
    assert page.index(late.number_here) < page.index(soon.number_here)
    assert "待受理 2" in page
    assert re.search(r"超 \d+ 个工作日", page)
    assert "剩 5 个工作日" in page
    assert "要改 1 提醒 1" in page
    assert "86万元" in page
    only = texts(client.get("/desk/?overdue=on"))
    assert late.number_here in only
    assert soon.number_here not in only
    assert "没有符合条件" in texts(client.get("/desk/?text=没有这一件"))
    file = client.get("/desk/?export=csv&overdue=on")
    body = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert late.number_here in body
    assert soon.number_here not in body


def test_a_case_shows_what_a_decision_needs() -> None:
    client, account = at_desk()
    case = s.accepted(f.actor(account), at=clock.now() - timedelta(days=1), needs_expert=True)
    s.with_text(case.deal, at=clock.now())
    Deal.objects.filter(pk=case.deal_id).update(contract_value=Decimal(900000))
    page = texts(client.get(reverse("desk-case", args=[case.uid])))
    for said in (
        "技术开发（委托开发）",
        "试验箱归入技术费用",
        "高低温试验箱",
        "240,000.00",
        "合同文本 第 1 版",
        "要听取专家意见",
        "提交登记申请以后，合同又有变动",
        "现在是 900,000.00 元",
        "又传了“合同文本”第 1 版",
    ):
        assert said in page, said


def test_after_a_decision_comes_the_next_case_of_the_tab() -> None:
    client, _account = at_desk()
    first, second, third = s.queue_of(3, at=clock.now() - timedelta(days=10))
    query = "?tab=filed&kind=development"
    assert client.get("/desk/next/" + query)["Location"] == f"/desk/{first.uid}/?tab=filed&kind=development"
    gone = act(client, second, "accept", query)
    assert gone["Location"] == f"/desk/{third.uid}/?tab=filed&kind=development"
    gone = act(client, third, "refuse", query, note="不是技术合同")
    assert gone["Location"] == f"/desk/{first.uid}/?tab=filed&kind=development"
    gone = act(
        client, first, "supplement", query, note="缺授权书", until=(clock.today() + timedelta(days=20)).isoformat()
    )
    assert gone["Location"] == "/desk/?tab=filed&kind=development"
    assert "没有等您办的了" in texts(client.get(gone["Location"]))
    states = {c.pk: Registration.objects.get(pk=c.pk).state for c in (first, second, third)}
    assert states == {first.pk: "supplement", second.pk: "accepted", third.pk: "refused"}


def test_a_refused_form_keeps_everything_and_shows_the_number_in_its_groups() -> None:
    client, account = at_desk()
    case = s.accepted(f.actor(account), at=clock.now())
    typed = result(number="ys26-261101-000001", body_name="某登记处", contract_type="service", type_reason="")
    page = act(client, case, "register", **typed)
    assert page.status_code == 422
    body = page.content.decode()
    assert "请写明改判的理由" in body
    assert 'value="YS26 2611 01 000001"' in body
    assert 'value="某登记处"' in body
    assert f'value="{typed["registered_on"]}"' in body
    short = act(client, case, "register", **result(number="YS26"))
    assert 'value="YS26"' in short.content.decode()
    assert "少 12 位" in texts(short)
    assert act(client, case, "register", **result(number="ys26-261101-000001")).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.number) == ("registered", s.NUMBER)
    again = s.accepted(f.actor(account), at=clock.now())
    taken = act(client, again, "register", **result())
    assert case.number_here in texts(taken)


def test_what_was_typed_on_an_older_page_is_not_lost() -> None:
    client, account = at_desk()
    by = f.actor(account)
    case = s.filed(at=clock.now())
    old = case.revision
    other = s.registrar()
    actions.accept_registration(case, by=other, now=clock.now())
    page = client.post(reverse("desk-act-refuse", args=[case.uid]), {"revision": old, "note": "写了很久的理由"})
    assert page.status_code == 409
    assert "写了很久的理由" in texts(page)
    assert "内容有了变动" in texts(page)
    assert f'name="revision" value="{Registration.objects.get(pk=case.pk).revision}"' in page.content.decode()
    old = Registration.objects.get(pk=case.pk).revision
    actions.refuse_registration(case, "另一人先办了", by=by, now=clock.now())
    late = client.post(reverse("desk-act-register", args=[case.uid]), {**result(), "revision": old})
    assert late.status_code in {409, 422}
    assert "没有办成：予以登记" in texts(late)
    assert "呼和浩特技术合同登记处（演示）" in texts(late)
    case.refresh_from_db()
    assert (case.state, case.number) == ("refused", "")


def test_every_act_of_a_long_life() -> None:
    client, _account = at_desk()
    case = s.filed(at=clock.now())
    act(client, case, "accept")
    act(client, case, "expert", expert_reason="双方有争议")
    stays = act(client, case, "opinion", "?tab=expert", opinion="属于技术开发")
    assert stays["Location"] == f"/desk/{case.uid}/?tab=expert"
    act(client, case, "register", **result())
    changed = result(certified_value="860000", certified_technology="600000", note="补充协议一")
    answer = act(client, case, "change", "?tab=decided", **changed)
    assert answer["Location"] == f"/desk/{case.uid}/?tab=decided"
    page = texts(client.get(answer["Location"]))
    assert "核定的技术交易额（元） 620000.00 → 600000" in page
    assert "补充协议一" in page
    missing = act(client, case, "cancel", note="")
    assert missing.status_code == 422
    act(client, case, "cancel", note="合同解除")
    case.refresh_from_db()
    assert (case.state, case.certified_technology) == ("cancelled", Decimal(600000))
    assert [event for event in ("变更登记", "注销登记") if event not in texts(client.get(f"/desk/{case.uid}/"))] == []


def test_an_objection_is_decided_on_the_page() -> None:
    client, account = at_desk()
    case = s.accepted(f.actor(account), at=clock.now())
    act(client, case, "register", **result())
    Registration.objects.filter(pk=case.pk).update(state="objected", objected_from="registered")
    assert act(client, case, "objection", note="看过了").status_code == 422
    act(client, case, "objection", upheld="no", note="核对无误")
    case.refresh_from_db()
    assert (case.state, case.objected_from) == ("registered", "")


def test_the_workbench_counts_what_waits() -> None:
    client, _account = at_desk()
    s.filed(at=clock.now() - timedelta(days=40))
    page = texts(client.get("/workbench/"))
    assert "1 待受理的登记申请" in page
    assert "1 超期的登记" in page
    assert "登记受理" in page
    other = f.signed_in_client(f.officer(f.HOHHOT))
    assert "登记受理" not in texts(other.get("/workbench/"))


def test_how_many_queries_does_not_hang_on_how_many_cases() -> None:
    client, _account = at_desk()
    cases = s.queue_of(2, at=clock.now() - timedelta(days=3))
    addresses = ["/desk/", f"/desk/{cases[0].uid}/"]
    few = [_queries(client, address) for address in addresses]
    s.queue_of(4, at=clock.now() - timedelta(days=3))
    assert [_queries(client, address) for address in addresses] == few


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)
