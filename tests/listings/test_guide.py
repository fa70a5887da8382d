"""The guided form: a factory engineer is led from a vague need to a good one; nothing typed is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.forms import FieldType
from mengkeju.listings import actions, queries
from mengkeju.listings.kinds import Topic, kinds
from mengkeju.listings.models import Listing, ListingLink
from tests import factories as f
from tests.listings import samples as s
from tests.listings.test_kinds import small

pytestmark = pytest.mark.django_db

MOBILE = "13800138000"


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def client(owner: Organisation) -> Client:
    return f.signed_in_client(f.manager(owner))


def fields_on(page: str) -> dict[str, Any]:
    """What the browser would send of the guided form: inputs, areas of text, chosen options, ticked boxes."""
    form = page.split('class="mk-card pg-form"', 1)[1].split("</form>", 1)[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name is None or (kind and kind[1] in {"checkbox", "radio"} and "checked" not in tag):
            continue
        found[name[1]] = value[1] if value else ""
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"\s+selected', body) or re.search(r'value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    return found


def fill(client: Client, address: str, go: str = "next", **given: Any) -> Any:
    """Open a screen, change some answers, press a button."""
    data = fields_on(s.text(client.get(address)))
    target = re.search(r'<form method="post" action="([^"]+)" class="mk-card pg-form"', s.text(client.get(address)))
    assert target is not None
    return client.post(target[1], data | given | {"go": go})


def walk_on(client: Client, next_: str) -> str:
    """From the third screen to the last, with a few answers; returns where the last one leads."""
    walked = ["targets"]
    answers: dict[str, dict[str, Any]] = {
        "constraints": {"constraints": "窗口只有 8 小时"},
        "tried": {"tried": "试过浮选，药剂太贵"},
        "budget": {"price_low": "200万", "price_high": "500万"},
        "deadline": {"deadline": "2027-06-30"},
        "sharing": {"tier_targets": "members", "confidential": "煤种为长焰煤"},
    }
    while "/guide/" in next_:
        topic = next_.rstrip("/").rsplit("/", 1)[1]
        walked.append(topic)
        answer = fill(client, next_, **answers.get(topic, {}))
        assert answer.status_code == 302, (topic, s.text(answer)[:2000])
        next_ = answer["Location"]
    assert walked == [topic.key for topic in kinds["need"].topics][1:]
    return next_


@pytest.mark.covers("NED-02")
def test_a_factory_engineer_writes_a_vague_need_and_is_led_to_a_good_one(owner: Organisation, client: Client) -> None:
    first = "/listings/new/need/"
    assert "卡在哪里" in s.text(client.get(first))
    vague = fill(client, first, title="渣", summary="渣太多怎么办")
    page = s.text(vague)
    assert vague.status_code == 422
    assert "题目至少写 4 个字" in page
    assert "只写了 6 个字" in page
    assert "渣太多怎么办" in page, "what was typed stays"
    assert not Listing.objects.exists()
    sent = fill(client, first, title="气化细渣处理", summary="气化细渣每年 6 万吨，建材厂不收，只能拉去填埋")
    row = Listing.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/listings/{row.uid}/guide/targets/")
    page = s.text(client.get(sent["Location"]))
    assert "没写要达到什么，供方无法判断能否做到" in page
    assert "25<small>%" in page
    empty = fill(client, sent["Location"])
    assert empty.status_code == 422
    assert "写一个指标" in s.text(empty)
    sent = fill(client, sent["Location"], target="越低越好")
    assert "目标没有数值，供方无法判断能否做到" in s.text(client.get(f"/listings/{row.uid}/guide/targets/"))
    check = s.text(client.get(f"/listings/{row.uid}/submit/"))
    assert "不到 60%" in check
    assert "请经纪人帮忙" in check
    halfway = fill(
        client,
        f"/listings/{row.uid}/guide/targets/",
        **{"measures-0-name": "烧失量", "measures-0-now": "32", "measures-0-target": "≤8", "measures-0-unit": ""},
    )
    assert halfway.status_code == 422
    assert "第 1 项：没填“单位”" in s.text(halfway)
    assert 'value="≤8"' in s.text(halfway)
    address = f"/listings/{row.uid}/guide/targets/"
    rows = {"measures-0-name": "烧失量", "measures-0-now": "32", "measures-0-target": "≤8", "measures-0-unit": "%"}
    next_ = fill(client, address, present="含碳高", **rows)["Location"]
    next_ = walk_on(client, next_)
    assert next_ == f"/listings/{row.uid}/submit/"
    check = s.text(client.get(next_))
    assert all(words in check for words in ("烧失量：现在 32，要达到 ≤8，单位 %", "200 万元", "煤种为长焰煤"))
    assert f"/listings/{row.uid}/guide/tried/" in check, "every answer has its way back"
    assert "提交后由当地科技管理人员审核" in check
    row.refresh_from_db()
    confirmed = {"secrecy_level": "公开", "secrecy_reviewed": "on", "revision": row.revision}
    assert client.post(next_, confirmed).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.details["tiers"]["targets"]) == ("submitted", "members")
    assert row.details["values"]["measures"] == [{"name": "烧失量", "now": "32", "target": "≤8", "unit": "%"}]


def test_left_and_come_back_nothing_is_lost(owner: Organisation, client: Client) -> None:
    sent = fill(client, "/listings/new/need/", "later", title="气化", summary="短")
    row = Listing.objects.get()
    assert sent["Location"] == row.get_absolute_url(), "to leave for later asks for no more than a title"
    page = s.text(client.get(sent["Location"]))
    assert "完整度" in page
    again = s.text(client.get(f"/listings/{row.uid}/guide/problem/"))
    assert 'value="气化"' in again
    assert "短" in again
    more = fill(client, f"/listings/{row.uid}/guide/targets/", "stay", **{f"measures-{n}-name": "甲" for n in range(2)})
    assert more.status_code == 422, "half a row is no row"
    rows = {f"measures-{n}-{key}": "1" for n in range(3) for key in ("name", "target", "unit")}
    stayed = fill(client, f"/listings/{row.uid}/guide/targets/", "stay", **rows)
    assert stayed["Location"] == f"/listings/{row.uid}/guide/targets/"
    assert 'name="measures-4-name"' in s.text(client.get(stayed["Location"])), "two empty rows below"


def test_one_key_makes_one_draft(owner: Organisation, client: Client) -> None:
    data = fields_on(s.text(client.get("/listings/new/need/")))
    data |= {"title": "气化细渣处理", "summary": s.SUMMARY, "go": "next"}
    first, again = (client.post("/listings/guide/need/", data) for _n in range(2))
    assert first["Location"] == again["Location"]
    assert Listing.objects.count() == 1


def test_a_stale_screen_shows_both_versions_and_keeps_the_other_screens(owner: Organisation, client: Client) -> None:
    row = s.draft(owner)
    address = f"/listings/{row.uid}/guide/tried/"
    data = fields_on(s.text(client.get(address))) | {"tried": "我写的办法", "go": "next"}
    given = s.stated(**(s.ENOUGH | {"title": "同事的新题目", "tried": "同事写的办法"}))
    actions.edit_listing(row, given, by=s.manager_of(owner), now=s.LATER)
    stale = client.post(address, data)
    page = s.text(stale)
    assert stale.status_code == 409
    assert "同事写的办法" in page
    assert "我写的办法" in page
    row.refresh_from_db()
    assert client.post(address, data | {"revision": row.revision}).status_code == 302
    row.refresh_from_db()
    assert (row.values["tried"], row.title) == ("我写的办法", "同事的新题目")


def test_what_was_typed_while_a_colleague_submitted_is_not_lost(owner: Organisation, client: Client) -> None:
    row = s.draft(owner)
    address = f"/listings/{row.uid}/guide/tried/"
    data = fields_on(s.text(client.get(address))) | {"tried": "我写的办法", "go": "next"}
    s.submit(row)
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert "现在是“待审核”" in s.text(answer)
    assert "我写的办法" in s.text(answer)
    assert client.get(address).status_code == 403


def test_who_may_open_the_screens(owner: Organisation, client: Client) -> None:
    row = s.draft(owner)
    address = f"/listings/{row.uid}/guide/problem/"
    assert Client().get(address).status_code == 302
    assert f.signed_in_client(f.manager(f.organisation())).get(address).status_code == 404
    assert f.signed_in_client(f.auditor()).get(address).status_code == 403
    assert client.get(address).status_code == 200
    assert client.get(f"/listings/{row.uid}/guide/nothing/").status_code == 404
    assert client.get("/listings/guide/nothing/").status_code == 404
    assert client.get("/listings/guide/patent/")["Location"] == "/listings/new/patent/", "a kind without screens"
    assert f.signed_in_client(f.account()).get("/listings/guide/need/").status_code == 403


def test_a_screen_of_a_published_need_asks_for_the_secrecy_review(owner: Organisation, client: Client) -> None:
    row = s.published(owner)
    address = f"/listings/{row.uid}/guide/tried/"
    refused = fill(client, address, tried="又试过一种")
    assert refused.status_code == 422
    assert "保密审查" in s.text(refused)
    assert fill(client, address, tried="又试过一种", secrecy_reviewed="on").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.values["tried"]) == ("published", "又试过一种")


def test_the_one_page_form_stays_for_experts(client: Client) -> None:
    guided = s.text(client.get("/listings/new/need/"))
    assert "/listings/new/need/?all=1" in guided
    whole = s.text(client.get("/listings/new/need/", {"all": "1"}))
    assert 'name="confidential"' in whole
    assert 'name="measures-0-name"' in whole
    assert "/listings/guide/need/" in whole


def test_the_contact_is_a_colleague(owner: Organisation, client: Client) -> None:
    row, colleague = s.draft(owner), f.member(owner)
    address = f"/listings/{row.uid}/guide/contact/"
    stranger = f.person(f.account())
    wrong = fill(client, address, contact=str(stranger.uid))
    assert wrong.status_code == 422
    assert fill(client, address, contact=str(f.person(colleague).uid)).status_code == 302
    row.refresh_from_db()
    assert row.contact == f.person(colleague)


# ---- Personal numbers, hostile input, near-duplicates ----------------------------------------------------


@pytest.mark.covers("NED-02")
def test_a_personal_number_is_warned_of_at_its_field_and_on_the_check_page(owner: Organisation, client: Client) -> None:
    row = s.draft(owner)
    address = f"/listings/{row.uid}/guide/tried/"
    written = fill(client, address, tried=f"问张工 {MOBILE}")
    assert written["Location"] == address, "back to the screen that says so"
    page = s.text(client.get(address))
    assert "mk-warning" in page
    assert "别人看到的是“〔手机号已隐去〕”" in page
    assert fill(client, address).headers["Location"] != address, "who leaves it there goes on"
    more = fill(client, address, tried=f"问张工 {MOBILE}，身份证 11010519491231002X")
    assert more["Location"] == address, "another kind of number is warned of too"
    check = s.text(client.get(f"/listings/{row.uid}/submit/"))
    assert "这些号码别人看不到" in check
    hidden = fill(client, f"/listings/{row.uid}/guide/sharing/", confidential=f"张工 {MOBILE}")
    assert "/guide/sharing/" not in hidden["Location"], "the parties read it as written"
    assert "mk-warning" in s.text(client.get(f"/listings/{row.uid}/edit/")), "on the one-page form too"


@pytest.mark.parametrize(
    "hostile",
    [s.SCRIPT, "'; DROP TABLE listings_listing; --", "{{ 7|add:7 }}", "\u202e反转\u0000", "😀" * 30, "%(x)s %s {0}"],
)
def test_hostile_input_is_text_or_an_error_at_its_field(owner: Organisation, client: Client, hostile: str) -> None:
    row = s.draft(owner)
    rows = {"measures-0-name": hostile[:60], "measures-0-target": hostile[:30], "measures-0-unit": "%"}
    for topic, given in (("targets", rows | {"present": hostile}), ("tried", {"tried": hostile})):
        address = f"/listings/{row.uid}/guide/{topic}/"
        answer = fill(client, address, **given)
        assert answer.status_code in {302, 422}
        if answer.status_code == 422:
            assert "mk-error" in s.text(answer)
        pages = [answer, client.get(address), client.get(f"/listings/{row.uid}/submit/")]
        assert not any(s.SCRIPT in s.text(page) for page in pages)
        assert "14" not in re.findall(r"<textarea[^>]*>(.*?)</textarea>", s.text(pages[1]), re.DOTALL)


def test_more_rows_than_allowed_are_dropped_by_the_form_and_refused_by_the_interface(owner: Organisation) -> None:
    field = next(x for x in kinds["need"].fields if x.type is FieldType.TABLE)
    assert len(field.columns) <= 8
    client = f.signed_in_client(f.manager(owner))
    row = s.draft(owner)
    rows = {f"measures-{n}-{key}": "1" for n in range(20) for key in ("name", "target", "unit")}
    fill(client, f"/listings/{row.uid}/guide/targets/", **rows)
    row.refresh_from_db()
    assert len(row.values["measures"]) == field.most


@pytest.mark.covers("NED-02")
def test_a_near_duplicate_is_shown_and_linked_instead_of_posted_again(owner: Organisation, client: Client) -> None:
    there = s.published(title="气化细渣脱碳与高值利用", present="只有会员看得到的现状", tiers={"targets": "members"})
    closed = s.published(title="气化细渣脱碳与高值利用", tier="parties")
    other = s.published(title="盐碱地耐盐牧草品种筛选", summary="河套灌区盐碱地上找耐盐的牧草品种，每亩增收两百元")
    row = s.draft(owner, title="气化细渣脱碳及高值利用")
    check = s.text(client.get(f"/listings/{row.uid}/submit/"))
    assert "已经有很像的" in check
    assert f"/listings/{there.uid}/" in check
    assert f"/listings/{closed.uid}/" not in check, "what he may not see is not shown"
    assert f"/listings/{other.uid}/" not in check
    address = f"/listings/{row.uid}/alike/{there.uid}/"
    assert client.post(address, {"role": "answers"}).status_code == 302
    assert not ListingLink.objects.exists()
    client.post(address, {"role": "similar"})
    client.post(address, {"role": "similar"})
    assert list(ListingLink.objects.values_list("source", "target", "role")) == [(row.pk, there.pk, "similar")]
    assert "已注明：相似" in s.text(client.get(f"/listings/{row.uid}/submit/"))
    assert client.post(f"/listings/{row.uid}/alike/{closed.uid}/", {"role": "similar"}).status_code == 404
    instead = client.post(address, {"role": "same_as", "instead": "yes"})
    assert instead["Location"] == there.get_absolute_url()
    row.refresh_from_db()
    assert row.state == "withdrawn"
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.post(address, {"role": "similar"}).status_code == 404
    assert row.title not in s.text(stranger.get(there.get_absolute_url())), "a draft nobody may read is not named"


def test_near_duplicates_cost_a_constant_number_of_queries(owner: Organisation) -> None:
    row, by = s.draft(owner, title="气化细渣脱碳及高值利用"), s.manager_of(owner)
    for n in range(2):
        s.published(title=f"气化细渣脱碳及高值利用{n}")
    assert len(queries.alike(row, by)) == 2
    few = s.queries_of(lambda: queries.alike(row, by))
    for n in range(3, 6):
        s.published(title=f"气化细渣脱碳及高值利用{n}")
    assert s.queries_of(lambda: queries.alike(row, by)) == few


# ---- The kind ------------------------------------------------------------------------------------------


def test_details_of_the_first_version_are_read_in_the_second() -> None:
    row = s.draft()
    Listing.objects.filter(pk=row.pk).update(
        details={"schema": "need", "version": 1, "values": {"present": "32%"}, "tiers": {}}
    )
    row.refresh_from_db()
    assert row.values["measures"] == []
    assert row.values["present"] == "32%"
    actions.edit_listing(row, s.stated(title="新的题目"), by=s.manager_of(row.owner), now=s.LATER)  # type: ignore[arg-type]  # it has an owner
    row.refresh_from_db()
    assert row.details["version"] == 2


def test_a_kind_says_how_it_is_upgraded_and_asks_each_field_once() -> None:
    with pytest.raises(ValueError, match="needs 1 upgrades"):
        small(version=2)
    with pytest.raises(ValueError, match="every field"):
        small(topics=(Topic("a", "甲", "A", ("nothing",)),))


def test_what_is_asked_before_going_on_is_not_called_optional(client: Client) -> None:
    """The target and the budget may stay away from a draft, but who goes on is asked for one or the other."""
    first = client.post("/listings/guide/need/", fields_on(s.text(client.get("/listings/new/need/"))) | {"go": "later"})
    assert first.status_code == 422, "a draft needs a title"
    made = fill(
        client, "/listings/new/need/", title="想把细渣处理掉", summary="细渣太多没地方放，每天都在堆，车间快满了"
    )
    for topic, asked in (("targets", "写一个指标"), ("budget", "写一个范围")):
        address = made["Location"].replace("/targets/", f"/{topic}/")
        answer = fill(client, address)
        assert (answer.status_code, asked in s.text(answer)) == (422, True)
        wanted = "要达到" if topic == "targets" else "投入下限"
        assert f"{wanted}</label>" in s.text(answer).replace("\n", ""), "no mark of 选填 behind the label"


def test_the_next_step_of_a_vague_draft_names_the_broker_and_both_confirmations(
    owner: Organisation, client: Client
) -> None:
    vague = s.draft(owner, title="想把渣弄好", present="", target="", tried="")
    page = s.text(client.get(vague.get_absolute_url()))
    assert "提交后先由技术经纪人帮您问清楚" in page
    assert "通过即发布" not in page
    assert "通过即发布" in s.text(client.get(s.draft(owner).get_absolute_url()))
    wrong = s.text(client.post(f"/listings/{vague.uid}/submit/", {"revision": vague.revision}))
    assert "请选择密级" in wrong
    assert "请确认已按本单位规定作保密审查" in wrong
    unsure = {"revision": vague.revision, "secrecy_level": "公开"}
    assert 'id="id_secrecy_reviewed_error"' in s.text(client.post(f"/listings/{vague.uid}/submit/", unsure))
