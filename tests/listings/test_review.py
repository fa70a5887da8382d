import re

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.listings import actions, queries
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def officer() -> Client:
    return f.signed_in_client(f.officer(f.BAOTOU))


def test_the_queue_lists_what_waits_in_my_city(owner: Organisation, officer: Client) -> None:
    s.submitted(owner, title="本市的一条")
    s.submitted(f.organisation(area=f.XINCHENG), area=f.XINCHENG, title="他市的一条")
    page = s.text(officer.get("/reviews/"))
    assert "本市的一条" in page
    assert "乌拉演示厂" in page
    assert "他市的一条" not in page
    for login in (f.manager(owner), f.broker(), f.operator()):
        assert f.signed_in_client(login).get("/reviews/").status_code == 403


def test_who_may_open_a_review(owner: Organisation, officer: Client) -> None:
    row = s.submitted(owner)
    far, visitor = f.signed_in_client(f.officer(f.HOHHOT)), Client()
    address = f"/reviews/{row.uid}/"
    assert officer.get(address).status_code == 200
    assert f.signed_in_client(f.manager(owner)).post(address, {"decision": "approve"}).status_code == 403
    assert far.get(address).status_code == 404
    assert far.post(address, {"decision": "approve", "revision": row.revision}).status_code == 404
    assert visitor.get(address).status_code == 302
    actions.review_listing(row, approve=True, by=s.reviewer(), now=s.LATER)
    assert far.get(address).status_code == 403
    lame = f.signed_in_client(f.with_role("officer", area=f.BAOTOU, second_factor=False))
    assert lame.post(address, {"decision": "approve"}).status_code in {302, 403}


@pytest.mark.covers("PLT-05")
def test_the_auditor_reads_queue_and_review_and_decides_nothing(owner: Organisation) -> None:
    row = s.submitted(owner, title="审计看得到的一条")
    client, address = f.signed_in_client(f.auditor()), f"/reviews/{row.uid}/"
    queue = s.text(client.get("/reviews/"))
    assert "审计看得到的一条" in queue
    assert re.search(r"11月2\d日[^<]*</span>|2026-11-2", queue), "how long it may wait is shown to him as well"
    page = s.text(client.get(address))
    assert "您只能查看" in page
    assert 'name="decision"' not in page
    assert "等您来办" not in page
    for decision in ("approve", "return"):
        sent = {"decision": decision, "note": "理由", "revision": row.revision}
        assert client.post(address, sent).status_code == 403
    assert client.post("/reviews/").status_code == 405
    assert Listing.objects.get().state == "submitted"


def test_an_officer_of_the_owner_is_recused(owner: Organisation, officer: Client) -> None:
    row = s.submitted(owner, title="自家的一条")
    account = f.with_role("officer", area=f.BAOTOU, of=f.member(owner))
    client, address = f.signed_in_client(account), f"/reviews/{row.uid}/"
    assert "自家的一条" not in s.text(client.get("/reviews/"))
    assert "自家的一条" in s.text(officer.get("/reviews/"))
    for answer in (client.get(address), client.post(address, {"decision": "approve", "revision": row.revision})):
        assert answer.status_code == 403
        assert "须回避" in s.text(answer)
        assert "另一名或上级科技管理人员" in s.text(answer)
    assert address not in s.text(client.get(row.get_absolute_url()))
    assert queries.review_queue(f.actor(account)).count() == 0
    other = s.submitted(f.organisation(), title="别家的一条")
    assert client.post(f"/reviews/{other.uid}/", {"decision": "approve", "revision": other.revision}).status_code == 302
    assert Listing.objects.get(pk=row.pk).state == "submitted"


def test_a_return_needs_a_reason_that_the_owner_reads_and_a_stranger_does_not(
    owner: Organisation, officer: Client
) -> None:
    row = s.submitted(owner)
    address = f"/reviews/{row.uid}/"
    answer = officer.post(address, {"decision": "return", "note": "  ", "revision": row.revision})
    assert answer.status_code == 422
    assert "必须写明理由" in s.text(answer)
    answer = officer.post(address, {"decision": "return", "note": "请写明处理规模", "revision": row.revision})
    assert answer["Location"] == "/reviews/"
    client = f.signed_in_client(f.manager(owner))
    page = s.text(client.get(row.get_absolute_url()))
    assert "请写明处理规模" in page
    assert f"/listings/{row.uid}/edit/" in page
    s.submit(Listing.objects.get())
    row.refresh_from_db()
    assert officer.post(address, {"decision": "approve", "revision": row.revision}).status_code == 302
    for reader in (Client(), f.signed_in_client(f.manager(f.organisation())), f.signed_in_client(f.broker())):
        for path in (row.get_absolute_url(), f"/listings/{row.uid}/history/"):
            page = s.text(reader.get(path))
            assert "退回修改" in page
            assert "请写明处理规模" not in page
            assert f.person(f.manager(owner)).name not in page


def test_a_decision_on_content_that_has_changed_is_shown_the_new_content(owner: Organisation, officer: Client) -> None:
    row = s.submitted(owner, title="旧题目")
    data = {"decision": "return", "note": "我的理由", "revision": row.revision}
    by = s.manager_of(owner)
    actions.review_listing(row, approve=False, by=s.reviewer(), now=s.LATER, note="请补充")
    actions.edit_listing(row, s.stated(title="新题目", **s.ENOUGH), by=by, now=s.LATER)
    s.submit(Listing.objects.get())
    answer = officer.post(f"/reviews/{row.uid}/", data)
    page = s.text(answer)
    assert answer.status_code == 422
    assert "新题目" in page
    assert "我的理由" in page
    renewed = re.search(r'name="revision" value="(\d+)"', page)
    assert renewed is not None
    assert officer.post(f"/reviews/{row.uid}/", data | {"revision": renewed[1]}).status_code == 302
    assert Listing.objects.get().state == "returned"


def test_the_second_of_two_decisions_is_told(owner: Organisation, officer: Client) -> None:
    row = s.submitted(owner)
    data = {"decision": "return", "note": "来晚的理由", "revision": row.revision}
    actions.review_listing(row, approve=True, by=s.reviewer(), now=s.LATER)
    answer = officer.post(f"/reviews/{row.uid}/", data)
    page = s.text(answer)
    assert answer.status_code == 422
    assert "有了变动" in page
    assert "已办理" in page
    assert Listing.objects.get().state == "published"


def test_the_checks_name_what_is_missing_in_public(owner: Organisation, officer: Client) -> None:
    row = s.submitted(owner, tiers={"targets": "parties"}, title="题目")
    page = s.text(officer.get(f"/reviews/{row.uid}/"))
    missing = re.search(r"未填：([^<]*)", page)
    assert missing is not None
    assert "技术领域" in missing[1]
    assert "现状" not in missing[1], "a section only parties see is not missing in public"
    assert "只给合作方看的部分不在审核页显示" in page
