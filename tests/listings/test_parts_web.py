"""The pages of what hangs on an achievement, as the people who get them."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.listings import actions, queries
from mengkeju.listings.actions import ParticipantInput, RightInput
from mengkeju.listings.models import Application, FirstOffer, IpRight, Listing, Participation
from tests import exported
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
NUMBER = "ZL 2003 1 0102344.5"


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示院（演示）", kind="institute")


@pytest.fixture
def listing(owner: Organisation) -> Listing:
    return s.published(owner, "achievement", title="细渣脱碳成套技术")


@pytest.fixture
def client(owner: Organisation) -> Client:
    return f.signed_in_client(f.manager(owner))


def stranger() -> Client:
    return f.signed_in_client(f.manager(f.organisation()))


def page(client: Client, url: str, **query: Any) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200, (url, answer.status_code)
    return s.text(answer)


def at(listing: Listing, part: str) -> str:
    return f"/listings/{listing.uid}/{part}/"


@pytest.mark.parametrize("part", ["maturity", "applications", "registration", "first-offer", "team", "rights"])
def test_who_may_open_a_form(listing: Listing, client: Client, part: str) -> None:
    assert Client().get(at(listing, part)).status_code == 302
    assert stranger().get(at(listing, part)).status_code == 403
    assert "<h1>" in page(client, at(listing, part))
    hidden = s.draft(kind="achievement")
    assert client.get(at(hidden, part)).status_code == 404
    empty = client.post(at(listing, part), {})
    assert empty.status_code == 422
    assert "还有这些地方要改" in s.text(empty)


@pytest.mark.covers("ACH-14")
def test_a_rung_is_noted_and_shown_on_the_ladder(listing: Listing, client: Client) -> None:
    data = {"level": "trl5", "reached_on": "2025-03-01", "evidence": "检测报告 031", "tier": "members"}
    refused = client.post(at(listing, "maturity"), data)
    assert refused.status_code == 422
    assert "保密审查" in s.text(refused)
    data |= {"secrecy_reviewed": "on", "one_time_key": "k-step"}
    for _twice in range(2):
        sent = client.post(at(listing, "maturity"), data)
        assert sent["Location"].endswith("#ladder")
    assert listing.maturity_steps.count() == 1, "the same form sent twice"
    assert "检测报告 031" in page(client, listing.get_absolute_url())
    seen = page(Client(), listing.get_absolute_url())
    assert "TRL 5" in seen
    assert "检测报告 031" not in seen
    assert "证据仅已核验单位可见" in seen


@pytest.mark.covers("ACH-25")
def test_a_case_is_added_changed_stale_and_removed(listing: Listing, client: Client) -> None:
    data = {
        "adopter_name": "丙乳业（演示）", "product": "包装瓶", "since": "2024-05-01", "scale": "2", "unit": "万吨/年",
        "tier": "public", "secrecy_reviewed": "on", "one_time_key": "k1",
    }  # fmt: skip
    assert client.post(at(listing, "applications"), data).status_code == 302
    row = Application.objects.get()
    assert "2 万吨/年" in page(Client(), listing.get_absolute_url())
    url = f"/applications/{row.uid}/"
    assert "包装瓶" in page(client, url)
    assert (
        client.post(url, data | {"scale": "5", "before": "2", "revision": "1", "one_time_key": "k2"}).status_code == 302
    )
    stale = client.post(url, data | {"scale": "9", "revision": "1", "one_time_key": "k3"})
    assert stale.status_code == 409
    text = s.text(stale)
    assert "有人先改过了" in text
    assert 'name="revision" value="2"' in text
    assert stranger().get(url).status_code == 403
    assert client.post(f"{url}remove/", {"note": ""}).status_code == 302
    assert client.post(f"{url}remove/", {"note": "停用"}).status_code == 302
    assert client.get(url).status_code == 404


@pytest.mark.covers("PLT-10")
def test_a_right_is_linked_shown_disputed_and_decided(listing: Listing, client: Client) -> None:
    data = {"number": NUMBER, "own": "yes", "status": "granted", "secrecy_reviewed": "on"}
    wrong = client.post(at(listing, "rights"), data | {"number": "200310102344.6"})
    assert wrong.status_code == 422
    assert "校验位不对" in s.text(wrong)
    assert client.post(at(listing, "rights"), data).status_code == 302
    right = IpRight.objects.get()
    assert "ZL 200310102344.5" in page(Client(), listing.get_absolute_url())
    other = s.published(f.organisation("丁厂（演示）"), "patent", patent_number=NUMBER)
    assert other.owner is not None
    rival = f.signed_in_client(f.manager(other.owner))
    assert NUMBER in page(rival, at(other, "rights")), "its own number is filled in"
    assert rival.post(at(other, "rights"), data).status_code == 302
    for one in (listing, other):
        assert "有争议" in page(Client(), one.get_absolute_url())
    url = right.get_absolute_url()
    assert "归属有争议" in page(Client(), url)
    assert "谁主张这项权利" not in page(Client(), url)
    assert "谁主张这项权利" in page(rival, url)
    judge = f.signed_in_client(f.officer(f.REGION))
    assert "去裁定" in page(judge, url)
    assert client.get(f"{url}decide/").status_code == 403
    right.refresh_from_db()
    assert judge.post(f"{url}decide/", {"revision": right.revision}).status_code == 422
    given = {"upheld": [str(other.owner.uid)], "note": "登记簿"}
    stale = judge.post(f"{url}decide/", {**given, "revision": right.revision - 1})
    assert stale.status_code == 409
    assert other.owner.name in s.text(stale), "whom the reader had chosen is not lost"
    sent = judge.post(f"{url}decide/", {**given, "revision": right.revision})
    assert sent.status_code == 302
    assert "登记簿" in page(client, url)
    assert client.post(f"/listings/{listing.uid}/rights/{right.uid}/unlink/").status_code == 302
    assert "200310102344" not in page(Client(), listing.get_absolute_url())


def test_the_holder_keeps_facts_and_notes_fees(listing: Listing, client: Client) -> None:
    data = {"number": NUMBER, "own": "yes", "secrecy_reviewed": "on"}
    client.post(at(listing, "rights"), data)
    right = IpRight.objects.get()
    url = right.get_absolute_url()
    facts = {"title": "新名", "status": "granted", "applied_on": "2020-01-10", "granted_on": "2021-01-10"}
    assert client.post(f"{url}edit/", facts | {"revision": right.revision}).status_code == 302
    stale = client.post(f"{url}edit/", facts | {"title": "别的", "revision": right.revision})
    assert stale.status_code == 409
    assert "新名" in s.text(stale)
    assert "第 8 年度" in page(client, f"{url}fee/")
    assert client.post(f"{url}fee/", {"year": "8", "paid_on": "2026-11-01"}).status_code == 302
    assert "第 8 年度：11月1日 缴" in page(client, url)
    assert stranger().get(f"{url}fee/").status_code == 403
    assert "年费" not in page(Client(), url)


def test_the_register_is_public_filtered_and_a_file(listing: Listing, client: Client) -> None:
    assert "登记册还是空的" in page(Client(), "/ip-rights/")
    client.post(at(listing, "rights"), {"number": NUMBER, "own": "yes", "secrecy_reviewed": "on"})
    assert "ZL 200310102344.5" in page(Client(), "/ip-rights/", q="2003 1 0102344", kind="invention", offered="on")
    assert "没有符合条件" in page(Client(), "/ip-rights/", kind="design")
    assert "没有符合条件" in page(Client(), "/ip-rights/", disputed="on")
    answer = client.get("/ip-rights/", {"export": "xlsx"})
    assert [row["号码"] for row in exported.xlsx(answer)[1]] == ["ZL 200310102344.5"]


def test_the_register_reads_a_constant_number_of_times(owner: Organisation, client: Client) -> None:
    numbers = ("200310102344.5", "85100001.0", "2021SR0123456", "2021SR0123457")

    def link(number: str) -> None:
        made = s.published(owner, "achievement")
        stated = RightInput(number)
        actions.link_right(made, stated, by=s.manager_of(owner), now=s.LATER, secrecy_reviewed=True)

    link(numbers[0])
    one = s.queries_of(lambda: client.get("/ip-rights/"))
    for number in numbers[1:]:
        link(number)
    assert s.queries_of(lambda: client.get("/ip-rights/")) == one


def test_the_list_of_names_is_managed_and_answered(listing: Listing, client: Client, owner: Organisation) -> None:
    named = f.account(name="王异议", email="wang@example.org")
    url = at(listing, "team")
    base = {"role": "inventor", "secrecy_reviewed": "on"}
    for n, given in enumerate(({"name": "张三"}, {"name": "王", "email": "wang@example.org"}, {"name": "李四"})):
        assert client.post(url, base | given | {"one_time_key": f"t{n}"}).status_code == 302
    unit = {"role": "completer_unit", "name": owner.name, "one_time_key": "t9"}
    assert client.post(url, base | unit).status_code == 302
    assert Participation.objects.get(role="completer_unit").organisation == owner
    text = page(Client(), listing.get_absolute_url())
    assert text.index("张三") < text.index("王异议") < text.index("李四")
    row = Participation.objects.get(person__name="王异议")
    himself = f.signed_in_client(named)
    assert "确认您在这条信息里的署名" in page(himself, "/workbench/")
    own = f"/participations/{row.uid}/"
    assert "同意署名" in page(himself, own)
    assert stranger().get(own).status_code == 404
    assert "只有被署名的本人" in page(client, own)
    assert client.post(f"{own}answer/", {"answer": "agree"}).status_code == 403
    assert himself.post(f"{own}answer/", {"answer": "object", "note": "没有参加"}).status_code == 302
    seen = page(Client(), listing.get_absolute_url())
    assert "王异议" not in seen
    assert "名单尚未核定" in seen
    assert "没有参加" in page(client, url)
    moved = Participation.objects.get(name="李四")
    assert client.post(f"/participations/{moved.uid}/up/").status_code == 302
    assert client.post(f"/participations/{moved.uid}/nothing/").status_code == 404
    assert himself.post(f"/participations/{row.uid}/remove/").status_code == 403
    assert client.post(f"{own}remove/").status_code == 302
    assert "名单尚未核定" not in page(Client(), listing.get_absolute_url())


@pytest.mark.covers("ACH-13")
def test_the_window_is_set_seen_and_ended(owner: Organisation, client: Client) -> None:
    draft = s.draft(owner, "achievement")
    assert client.post(at(draft, "first-offer"), {"area": f.HOHHOT, "days": "30"}).status_code == 302
    assert FirstOffer.objects.get().days == 30
    s.submit(draft)
    listing = actions.review_listing(draft, approve=True, by=s.reviewer(), now=s.LATER)
    url = listing.get_absolute_url()
    for reader in (Client(), stranger()):
        text = page(reader, url)
        assert "本地优先期" in text
        assert "呼和浩特市" in text
    assert "贵单位不在优先地区内" in page(stranger(), url)
    assert "向对方表达合作意向" not in page(stranger(), url)
    near = f.signed_in_client(f.manager(f.organisation(area=f.XINCHENG)))
    assert "向对方表达合作意向" in page(near, url)
    assert client.post(f"{url}first-offer/end/").status_code == 302
    assert "24:00 前，只有" not in page(stranger(), url)


@pytest.mark.covers("ACH-22")
def test_goals_have_pages(owner: Organisation) -> None:
    listing = s.published(owner, "achievement", policy_goals=["zero_waste_city"])
    assert "无废城市" in page(Client(), listing.get_absolute_url())
    assert "国办发〔2018〕128号" in page(Client(), "/goals/")
    assert listing.title in page(Client(), "/goals/zero_waste_city/")
    assert "还没有条目" in page(Client(), "/goals/yellow_river/")
    assert Client().get("/goals/nothing/").status_code == 404
    assert exported.table(Client().get("/goals/zero_waste_city/", {"export": "csv"}))[0][0]["题目"] == listing.title


def test_registration_is_stated_on_its_page(listing: Listing, client: Client) -> None:
    data = {
        "number": "１５０ 2023 Y 0001", "registered_on": "2023-09-01", "office": "演示科技厅", "revision": "0",
        "secrecy_reviewed": "on", "one_time_key": "r1",
    }  # fmt: skip
    wrong = client.post(at(listing, "registration"), data | {"number": "1502023Z0001"})
    assert wrong.status_code == 422
    assert "不是成果登记号" in s.text(wrong)
    assert client.post(at(listing, "registration"), data).status_code == 302
    assert "1502023Y0001" in page(Client(), listing.get_absolute_url())
    stale = client.post(at(listing, "registration"), data | {"office": "别处", "one_time_key": "r2"})
    assert stale.status_code == 409


def test_the_comparison_is_shown_in_numbers(owner: Organisation) -> None:
    table = [{"measure": "能耗", "present": "120", "this": "98", "unit": "kWh/t"}]
    listing = s.published(owner, "achievement", purpose="把细渣变成填料", comparison=table)
    text = page(Client(), listing.get_absolute_url())
    assert "把细渣变成填料" in text
    assert "98" in text
    assert "kWh/t" in text


def test_a_name_on_the_list_leads_nowhere_else() -> None:
    made = s.published(kind="patent")
    assert made.owner is not None
    given = ParticipantInput("inventor", name="张三")
    actions.add_participant(made, given, by=s.manager_of(made.owner), now=s.LATER, secrecy_reviewed=True)
    assert queries.participation(s.manager_of(made.owner), UUID(int=0)) is None
