import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.directory.queries import term_choices
from mengkeju.kernel.models import Event
from mengkeju.kernel.testing.race import race
from mengkeju.listings import actions
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def client(owner: Organisation) -> Client:
    return f.signed_in_client(f.manager(owner))


def hidden(page: str) -> list[tuple[str, str]]:
    """Name and value of the hidden inputs of the form that sends one's own version again."""
    form = page.split("用我的版本保存", maxsplit=1)[0].rsplit("<form", 1)[1]
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)


@pytest.mark.covers("NED-02", "ACH-01")
def test_a_need_goes_from_form_to_shelf(owner: Organisation, client: Client) -> None:
    asked = client.get("/listings/new/need/", {"text": "贴进来的需求"})
    assert "贴进来的需求" in s.text(asked)
    sent = client.post(
        "/listings/new/need/",
        s.form_data("need", owner, price_low="200万", price_high="1.5亿元", deadline="2027-06-30"),
    )
    row = Listing.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/listings/{row.uid}/submit/")
    check = s.text(client.get(sent["Location"]))
    assert all(words in check for words in ("气化细渣脱碳", "200 万元", "1.5 亿元", "2027年6月30日", "密级"))
    confirmed = {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": row.revision}
    assert client.post(sent["Location"], confirmed)["Location"] == row.get_absolute_url()
    assert "等待审核" in s.text(client.get(row.get_absolute_url()))
    officer = f.signed_in_client(f.officer())
    row.refresh_from_db()
    officer.post(f"/reviews/{row.uid}/", {"decision": "approve", "revision": row.revision})
    row.refresh_from_db()
    visitor = s.text(Client().get(row.get_absolute_url()))
    assert "气化细渣脱碳" in visitor
    assert row.number in visitor
    assert (row.contact, row.owner) == (f.person(f.manager(owner)), owner)


def test_every_form_says_that_the_platform_takes_no_secrets(client: Client) -> None:
    words = "本平台为非涉密平台，严禁存储、处理、传输国家秘密和工作秘密"
    for kind in kinds:
        assert words in s.text(client.get(f"/listings/new/{kind}/"))


def test_what_was_typed_stays_after_an_error(owner: Organisation, client: Client) -> None:
    data = s.form_data(
        "need",
        owner,
        title="",
        summary="六万吨细渣",
        price_low="200万",
        price_high="一百万",
        deadline="2027-06-31",
        tier="members",
        tier_terms="parties",
        ip_wish="可共有",
    )
    modes = [key for key, _label in term_choices("cooperation_mode")][:2]
    answer = client.post("/listings/new/need/", data | {"modes": modes})
    page = s.text(answer)
    assert answer.status_code == 422
    assert not Listing.objects.exists()
    for words in (
        'value="200万"',
        'value="一百万"',
        'value="2027-06-31"',
        "六万吨细渣",
        'value="可共有"',
        data["one_time_key"],
    ):
        assert words in page, words
    for name, value in (
        ("tier", "members"),
        ("tier_terms", "parties"),
        ("owner", str(owner.uid)),
        ("area", f.KUNDULUN),
    ):
        select = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert select is not None
        assert re.search(rf'value="{value}"\s+selected', select[0]), name
    assert len(re.findall(r'type="checkbox" name="modes"[^>]*checked', page)) == 2
    assert "不是金额" in page
    fixed = client.post(
        "/listings/new/need/",
        data | {"title": "补上题目", "price_high": "面议", "deadline": "2027-06-30", "modes": modes},
    )
    assert fixed.status_code == 302, "the same one-time key must still work after an error"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"price_low": "300万", "price_high": "200万"}, "上限不能小于下限"),
        ({"area": "999999"}, "999999"),
        ({"tier": "everybody"}, "everybody"),
        ({"title": "长" * 121}, "121"),
        ({"price_low": "9" * 30}, "金额"),
        ({"tier_private": "nobody"}, "nobody"),
    ],
)
def test_bad_input_is_refused_at_its_place(
    owner: Organisation, client: Client, given: dict[str, Any], place: str
) -> None:
    answer = client.post("/listings/new/need/", s.form_data("need", owner, **given))
    assert answer.status_code == 422
    assert place in s.text(answer)
    assert not Listing.objects.exists()


def test_a_double_click_creates_one(owner: Organisation, client: Client) -> None:
    data = s.form_data("need", owner, one_time_key="zwei-klicks")
    first, second = (client.post("/listings/new/need/", data) for _n in range(2))
    assert first["Location"] == second["Location"]
    assert Listing.objects.count() == 1
    client.post("/listings/new/need/", data | {"one_time_key": "another"})
    assert Listing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_create_one(owner: Organisation) -> None:
    data = s.form_data("need", owner, one_time_key="zwei-klicks")
    clients = [f.signed_in_client(f.manager(owner)) for _n in range(2)]
    answers = race(*[lambda c=c: c.post("/listings/new/need/", data)["Location"] for c in clients])
    assert answers[0] == answers[1] == f"/listings/{Listing.objects.get().uid}/submit/"


def test_in_the_name_of_others_nothing_is_created(owner: Organisation, client: Client) -> None:
    other = f.organisation()
    answer = client.post("/listings/new/need/", s.form_data("need", other))
    assert answer.status_code == 422
    assert not Listing.objects.exists()


def test_who_may_open_which_page(owner: Organisation, client: Client) -> None:
    draft, shown = s.draft(owner), s.published(owner)
    stranger, visitor = f.signed_in_client(f.manager(f.organisation())), Client()
    for page in ("edit", "submit"):
        assert stranger.get(f"/listings/{draft.uid}/{page}/").status_code == 404
        assert stranger.get(f"/listings/{shown.uid}/{page}/").status_code == 403
        assert "/accounts/login/" in visitor.get(f"/listings/{shown.uid}/{page}/")["Location"]
    assert stranger.get(draft.get_absolute_url()).status_code == 404
    assert visitor.get(draft.get_absolute_url()).status_code == 404
    refused = stranger.get(f"/listings/{shown.uid}/edit/")
    assert "所属单位人员" in s.text(refused)
    for address in ("/listings/mine/", "/listings/new/need/", "/reviews/"):
        assert visitor.get(address).status_code == 302
    assert stranger.post(f"/listings/{shown.uid}/move/close/", {"note": "关掉"}).status_code == 403
    assert stranger.post(f"/listings/{draft.uid}/move/withdraw/", {"note": "撤"}).status_code == 404
    assert client.get("/listings/new/nothing/").status_code == 404
    assert client.post(f"/listings/{shown.uid}/move/approve/").status_code == 404
    alone = f.signed_in_client(f.account()).get("/listings/new/need/")
    assert alone.status_code == 403
    assert "还没有加入任何单位" in s.text(alone)
    assert Listing.objects.filter(state="published").count() == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"secrecy_level": "秘密"}, "密级为“秘密”的内容不能提交"),
        ({"secrecy_level": "内部"}, "密级为“内部”的内容不能提交"),
        ({"secrecy_reviewed": ""}, "请确认已按本单位规定作保密审查"),
        ({"secrecy_level": ""}, "secrecy_level"),
    ],
)
def test_a_refused_submission_says_why(owner: Organisation, client: Client, given: dict[str, str], reason: str) -> None:
    row = s.draft(owner)
    data = {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": row.revision} | given
    answer = client.post(f"/listings/{row.uid}/submit/", data)
    page = s.text(answer)
    assert answer.status_code == 422
    assert reason in page
    assert s.SUMMARY in page
    row.refresh_from_db()
    assert (row.state, row.summary) == ("draft", s.SUMMARY)
    if data["secrecy_reviewed"]:
        assert re.search(r'name="secrecy_reviewed"[^>]*checked', page)


def test_without_body_or_verified_owner_the_page_says_what_to_do(owner: Organisation, client: Client) -> None:
    empty = s.draft(owner, summary="")
    confirmed = {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": 1}
    answer = client.post(f"/listings/{empty.uid}/submit/", confirmed)
    assert answer.status_code == 422
    assert "还没有写要点说明" in s.text(answer)
    assert f"/listings/{empty.uid}/edit/" in s.text(answer)
    young = f.organisation("新来演示所（演示）", verified=False)
    row = s.draft(young, "achievement")
    answer = f.signed_in_client(f.manager(young)).post(f"/listings/{row.uid}/submit/", confirmed)
    assert answer.status_code == 422
    assert "“新来演示所（演示）”还没有通过核验" in s.text(answer)


def test_a_submission_of_content_a_colleague_changed_is_shown_again(owner: Organisation, client: Client) -> None:
    row = s.draft(owner)
    address = f"/listings/{row.uid}/submit/"
    data = {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": row.revision}
    actions.edit_listing(row, s.stated(title="同事的新题目"), by=s.manager_of(owner), now=s.LATER)
    answer = client.post(address, data)
    page = s.text(answer)
    assert answer.status_code == 422
    assert "同事改过" in page
    assert "同事的新题目" in page
    again = re.search(r'name="revision" value="(\d+)"', page)
    assert again is not None
    assert client.post(address, data | {"revision": again[1]}).status_code == 302


def test_what_was_typed_while_a_colleague_submitted_is_not_lost(owner: Organisation, client: Client) -> None:
    row = s.draft(owner, title="原题目")
    data = s.form_data("need", owner, revision=row.revision, title="我正在改的题目")
    actions.submit_listing(row, by=s.manager_of(owner), now=s.LATER, secrecy_level="公开", secrecy_reviewed=True)
    answer = client.post(f"/listings/{row.uid}/edit/", data)
    assert answer.status_code == 422
    assert "现在是“待审核”" in s.text(answer)
    assert "我正在改的题目" in s.text(answer)
    assert Listing.objects.get().title == "原题目"
    assert client.get(f"/listings/{row.uid}/edit/").status_code == 403


def test_a_stale_edit_shows_both_versions_and_can_be_sent_again(owner: Organisation, client: Client) -> None:
    row = s.draft(owner, title="原题目")
    colleague = f.signed_in_client(f.member(owner))
    address = f"/listings/{row.uid}/edit/"
    start = s.form_data("need", owner, revision=row.revision)
    modes = [key for key, _label in term_choices("cooperation_mode")][:2]
    theirs = start | {"title": "同事的题目", "tier": "members"}
    assert colleague.post(address, theirs).status_code == 302
    mine = start | {"title": '我的"题目"', "price_low": "200万", "modes": modes, "tier_terms": "parties"}
    answer = client.post(address, mine)
    page = s.text(answer)
    assert answer.status_code == 409
    for words in ("同事的题目", "我的&quot;题目&quot;", "200 万元", "整条信息谁能看到", "“投入与时间”谁能看到"):
        assert words in page, words
    fields = [(name, value.replace("&quot;", '"')) for name, value in hidden(page)]
    assert ("price_low", "200万") in fields
    assert [value for name, value in fields if name == "modes"] == modes
    assert Listing.objects.get().title == "同事的题目"
    retry: dict[str, Any] = {}
    for name, value in fields:
        retry.setdefault(name, []).append(value)
    assert client.post(address, retry).status_code == 302
    saved = Listing.objects.get()
    assert (saved.title, saved.price_low, saved.tier) == ('我的"题目"', Decimal(2_000_000), "public")
    assert saved.details["tiers"]["terms"] == "parties"
    assert Event.objects.filter(type="listing.edited").count() == 2


def test_an_edit_form_without_its_revision_is_not_taken(owner: Organisation, client: Client) -> None:
    row = s.draft(owner, title="原题目")
    answer = client.post(f"/listings/{row.uid}/edit/", s.form_data("need", owner))
    assert answer.status_code == 422
    assert "请刷新页面" in s.text(answer)
    assert Listing.objects.get().title == "原题目"


def test_the_edit_form_starts_from_what_is_stated(owner: Organisation, client: Client) -> None:
    row = s.published(owner, "achievement", price_low=2_000_000, trl="7", tiers={"better": "members"})
    page = s.text(client.get(f"/listings/{row.uid}/edit/"))
    assert 'value="200万"' in page
    assert re.search(r'name="tier_better".*?value="members"\s+selected', page, re.DOTALL)
    assert re.search(r'name="trl".*?value="7"\s+selected', page, re.DOTALL)
    assert "修改后立即生效" in page
    data = s.form_data("achievement", owner, revision=row.revision, price_low="200万", title=row.title, trl="8")
    unconfirmed = client.post(f"/listings/{row.uid}/edit/", data | {"secrecy_reviewed": ""})
    assert unconfirmed.status_code == 422
    assert "请确认改后的内容已按本单位规定作保密审查" in s.text(unconfirmed)
    assert client.post(f"/listings/{row.uid}/edit/", data)["Location"] == row.get_absolute_url()
    history = s.text(client.get(f"/listings/{row.uid}/history/"))
    for words in ("7 级", "8 级", "“好在哪里”谁能看到", "已核验单位"):
        assert words in history, words
    assert "意向价格下限" not in history, "an amount that did not change is no difference"


def test_closing_asks_for_a_reason(owner: Organisation, client: Client) -> None:
    row = s.published(owner, "achievement")
    answer = client.post(f"/listings/{row.uid}/move/close/", {"note": " "}, follow=True)
    assert "必须写明理由" in s.text(answer)
    answer = client.post(f"/listings/{row.uid}/move/close/", {"note": "已由演示大学解决"}, follow=True)
    assert "已由演示大学解决" in s.text(answer)
    row.refresh_from_db()
    assert row.state == "closed"
    again = client.post(f"/listings/{row.uid}/move/close/", {"note": "再来"}, follow=True)
    assert "不能“办结”" in s.text(again)
    assert "已由演示大学解决" not in s.text(Client().get(row.get_absolute_url()))
    client.post(f"/listings/{row.uid}/move/reopen/")
    row.refresh_from_db()
    assert row.state == "draft"


def test_my_list_by_state(owner: Organisation, client: Client) -> None:
    s.draft(owner, title="一份草稿")
    s.published(owner, title="一份已发布")
    s.published(f.organisation(), title="别人的")
    page = s.text(client.get("/listings/mine/"))
    assert "一份草稿" in page
    assert "一份已发布" in page
    assert "别人的" not in page
    assert "一份草稿" not in s.text(client.get("/listings/mine/", {"state": "published"}))
    assert client.get("/listings/mine/", {"state": "nonsense", "page": "x"}).status_code == 200


@pytest.mark.parametrize("kind", ["need", "achievement", "patent"])
def test_script_in_every_field_is_text_on_every_page(kind: str) -> None:
    owner = f.organisation(f"厂{s.SCRIPT}")
    login = f.manager(owner)
    client, officer = f.signed_in_client(login), f.signed_in_client(f.officer())
    every = {spec.key: s.SCRIPT for spec in kinds[kind].fields if spec.type in {"text", "long_text"}}
    pages = [client.post(f"/listings/new/{kind}/", s.form_data(kind, owner, **every, price_low=s.SCRIPT))]
    made = client.post(f"/listings/new/{kind}/", s.form_data(kind, owner, **every))
    assert (pages[0].status_code, made.status_code) == (422, 302)
    row = Listing.objects.get()
    pages += [
        client.get(made["Location"]),
        client.get(f"/listings/{row.uid}/edit/"),
        client.post(made["Location"], {"secrecy_level": s.SCRIPT}),
    ]
    client.post(made["Location"], {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": row.revision})
    pages += [
        officer.get("/reviews/"),
        officer.get(f"/reviews/{row.uid}/"),
        officer.post(f"/reviews/{row.uid}/", {"decision": s.SCRIPT, "note": s.SCRIPT}),
    ]
    officer.post(f"/reviews/{row.uid}/", {"decision": "return", "note": s.SCRIPT})
    pages += [client.get(row.get_absolute_url())]
    row.refresh_from_db()
    changed = s.form_data(kind, owner, **{k: v + "2" for k, v in every.items()}, revision=row.revision)
    assert client.post(f"/listings/{row.uid}/edit/", changed).status_code == 302
    pages += [
        client.post(f"/listings/{row.uid}/edit/", changed | {"title": s.SCRIPT}),
        client.get(f"/listings/{row.uid}/history/"),
        client.get("/listings/mine/"),
    ]
    assert [page.status_code for page in pages] == [422, 200, 200, 422, 200, 200, 422, 200, 409, 200, 200]
    for page in pages:
        assert "<script>alert" not in s.text(page), page.request["PATH_INFO"]
        assert "&lt;script&gt;alert" in s.text(page), page.request["PATH_INFO"]
