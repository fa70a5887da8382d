"""The pages of deals: the list, one deal, its forms; filled, empty, wrong, forbidden."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.models import Deal, DealParty
from mengkeju.kernel.testing.race import race
from mengkeju.listings import actions as listing_actions
from tests import exported
from tests import factories as f
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings import samples as listings
from tests.listings.samples import SCRIPT, text

pytestmark = pytest.mark.django_db


def fields_with_errors(answer: Any) -> set[str]:
    """Names of the form's fields that were refused; `__all__` above the form."""
    context = answer.context
    return set((context.get("sign") if context.get("sign") is not None else context["form"]).errors)


# ---- From the intention -----------------------------------------------------------------------------


@pytest.mark.covers("TRD-01", "PLT-11")
def test_one_click_on_the_intention_and_the_page_knows_everything() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    firm, institute = pair.client("firm"), pair.client("institute")
    address = f"/intentions/{intention.uid}/deal/"
    assert address in text(firm.get(intention.get_absolute_url()))
    sent = firm.post(address)
    deal = Deal.objects.get()
    assert sent["Location"] == deal.get_absolute_url()
    page = text(institute.get(deal.get_absolute_url()))
    for words in (
        deal.number,
        pair.firm.name,
        pair.institute.name,
        pair.need.title,
        pair.achievement.title,
        intention.number,
    ):
        assert words in page, words
    assert "谈定内容和文本，各方确认签约" in page
    assert institute.post(address)["Location"] == deal.get_absolute_url()
    again = text(firm.get(intention.get_absolute_url()))
    assert deal.number in again
    assert address not in again, "the button is gone, its deal stands there"
    assert Deal.objects.count() == 1


def test_too_early_is_said_on_the_intention() -> None:
    pair = s.pair()
    intention, firm = pair.declared(), pair.client("firm")
    assert "建合作项目" not in text(firm.get(intention.get_absolute_url()))
    answer = firm.post(f"/intentions/{intention.uid}/deal/", follow=True)
    assert "开始商谈以后才能建合作项目" in text(answer)
    assert firm.get(f"/intentions/{intention.uid}/deal/").status_code == 405
    assert not Deal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_lead_to_one_page() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "talking")
    clients = [pair.client("firm"), pair.client("institute")]
    answers = race(*[lambda c=c: c.post(f"/intentions/{intention.uid}/deal/")["Location"] for c in clients])
    assert answers == [Deal.objects.get().get_absolute_url()] * 2


# ---- By hand ----------------------------------------------------------------------------------------


def new(client: Client, pair: s.Pair, **given: Any) -> Any:
    data = {
        "title": "电话谈成的合作",
        "own": str(pair.firm.uid),
        "side": "buyer",
        "other": pair.institute.name,
        "one_time_key": "k1",
    }
    return client.post("/deals/new/", data | given)


def test_a_deal_by_hand_finds_the_other_side_and_comes_once() -> None:
    pair = s.pair()
    firm = pair.client("firm")
    assert pair.firm.name in text(firm.get("/deals/new/"))
    first, second = (new(firm, pair) for _n in range(2))
    deal = Deal.objects.get()
    assert first["Location"] == second["Location"] == deal.get_absolute_url()
    assert deal.parties.get(side="seller").organisation == pair.institute
    assert deal.origin == "call"
    assert "电话或见面联系" in text(firm.get(deal.get_absolute_url()))
    code = new(firm, pair, other=pair.institute.credit_code, one_time_key="k2", listing=str(pair.need.uid))
    bought = Deal.objects.get(uid=code["Location"].strip("/").rpartition("/")[2])
    assert (bought.origin, bought.need, bought.parties.get(side="seller").organisation) == (
        "listing", pair.need, pair.institute,
    )  # fmt: skip
    person = new(firm, pair, other="巴特尔（演示）", individual="on", one_time_key="k3")
    seller = DealParty.objects.get(deal__uid=person["Location"].strip("/").rpartition("/")[2], side="seller")
    assert (seller.organisation, seller.individual, seller.name) == (None, True, "巴特尔（演示）")


def test_what_is_wrong_in_a_new_one_stands_at_its_field_and_the_words_stay() -> None:
    pair = s.pair()
    young = f.organisation(verified=False)
    firm = pair.client("firm")
    for given, names in (
        ({"title": ""}, {"title"}),
        ({"title": "题" * 201}, {"title"}),
        ({"side": "nobody"}, {"side"}),
        ({"own": str(pair.institute.uid)}, {"own"}),
        ({"other": ""}, {"other"}),
        ({"other": pair.firm.name}, {"other"}),
    ):
        answer = new(firm, pair, **({"title": "打了很久的字"} | given))
        assert (answer.status_code, fields_with_errors(answer)) == (422, names), given
        assert "title" in given or "打了很久的字" in text(answer)
    answer = new(f.signed_in_client(f.manager(young)), pair, own=str(young.uid))
    assert (answer.status_code, fields_with_errors(answer)) == (422, {"own"})
    assert not Deal.objects.exists()


# ---- The list ---------------------------------------------------------------------------------------


def test_the_list_is_empty_filled_and_filtered() -> None:
    pair = s.pair()
    firm = pair.client("firm")
    assert "还没有合作项目" in text(firm.get("/deals/"))
    elsewhere = {"sellers": (f.organisation(),), "buyers": (f.organisation(),), "achievement": None}
    deal, told = d.signed(pair), d.from_source(pair, **elsewhere, signed_on=date(2025, 5, 1))
    assert all(title in text(firm.get("/deals/")) for title in (deal.title, told.title))
    for asked, shown, hidden in (
        ({"mine": "on"}, deal, told),
        ({"text": pair.institute.name}, deal, told),
        ({"text": told.number.lower()}, told, deal),
        ({"year": "2025"}, told, deal),
        ({"year": str(d.SIGNED_ON.year)}, deal, told),
    ):
        page = text(firm.get("/deals/", asked))
        assert f">{shown.title}<" in page, asked
        assert f">{hidden.title}<" not in page, asked
    both = {one.title for one in (deal, told)}
    for asked in ({"state": "signed"}, {"kind": "contract"}, {"year": "x"}, {"state": "nonsense"}, {"page": "99"}):
        page = text(firm.get("/deals/", asked))
        assert all(f">{title}<" in page for title in both), asked
    none = text(firm.get("/deals/", {"text": "没有这样的"}))
    assert "没有符合条件的合作项目" in none
    assert "False" not in none
    assert "没有符合条件的合作项目" in text(firm.get("/deals/", {"state": "closed"}))
    assert deal.title in text(firm.get("/workbench/"))
    assert deal.title in text(firm.get(pair.need.get_absolute_url()))


def test_deals_as_a_file_hold_no_text_of_the_contract() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    actions.edit_deal(deal, {"ip_terms": "密语条款", "summary": "密语内容"}, by=pair.of_firm, now=s.NOW)
    deal_rows.prices(deal)
    rows, _source = exported.table(pair.client("institute").get("/deals/", {"export": "csv"}))
    [row] = rows
    assert (row["编号"], row["卖方"], row["买方"]) == (deal.number, pair.institute.name, pair.firm.name)
    assert row["成交额（元）"].replace(",", "").startswith("1000000")
    assert "密语" not in "".join(row.values())
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert exported.table(stranger.get("/deals/", {"export": "csv"}))[0] == []


# ---- One deal ---------------------------------------------------------------------------------------


def test_the_page_says_why_it_cannot_be_signed_and_then_signs() -> None:
    pair = s.pair()
    deal, firm = d.deal(pair), pair.client("firm")
    path = deal.get_absolute_url()
    page = text(firm.get(path))
    assert "还没有上传合同文本" in page
    assert f"{path}sign/" not in page
    refused = firm.post(f"{path}sign/", {"signed_on": d.SIGNED_ON.isoformat()}, follow=True)
    assert "还没有上传合同文本" in text(refused)
    d.confirmed(deal)
    assert f"{path}sign/" in text(firm.get(path))
    for given in ({}, {"signed_on": "明天"}, {"signed_on": (d.SIGNED_ON + timedelta(days=4000)).isoformat()}):
        answer = firm.post(f"{path}sign/", given)
        assert (answer.status_code, fields_with_errors(answer)) == (422, {"signed_on"}), given
    done = text(firm.post(f"{path}sign/", {"signed_on": d.SIGNED_ON.isoformat()}, follow=True))
    assert "已记为签约" in done
    assert "已签约" in done
    late = text(firm.post(f"{path}sign/", {"signed_on": d.SIGNED_ON.isoformat()}, follow=True))
    assert "不能“签约”" in late


def test_moves_by_button_with_their_reason() -> None:
    pair = s.pair()
    deal, institute = d.signed(pair), pair.client("institute")
    path = deal.get_absolute_url()
    page = text(institute.get(path))
    found = set(re.findall(rf"{path}move/(\w+)/", page))
    assert found == {"perform", "close", "terminate", "dispute"}  # accept and land come with a verdict and a landing
    assert "已办理" in text(institute.post(f"{path}move/perform/", follow=True))
    assert "必须写明理由" in text(institute.post(f"{path}move/close/", {"note": ""}, follow=True))
    assert institute.post(f"{path}move/fly/").status_code == 404
    assert institute.post(f"{path}move/sign_from_source/").status_code == 404
    institute.post(f"{path}move/close/", {"note": "都做完了"})
    closed = text(institute.get(path))
    assert "已办结" in closed
    assert "都做完了" in closed
    assert "/move/" not in closed
    assert f"{path}edit/" not in closed


def test_particulars_are_edited_and_a_stale_form_shows_both() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    path = f"{deal.get_absolute_url()}edit/"
    form = {"title": "细渣脱碳中试", "channel": "路演现场", "revision": str(deal.revision)}
    assert deal.title in text(firm.get(path))
    assert firm.post(path, form)["Location"] == deal.get_absolute_url()
    page = text(institute.get(deal.get_absolute_url()))
    assert "细渣脱碳中试" in page
    assert "路演现场" in page
    stale = institute.post(path, form | {"title": "另一个名称"})
    assert stale.status_code == 409
    assert "另一个名称" in text(stale)
    assert "细渣脱碳中试" in text(stale)
    fresh = {"revision": str(deal.revision + 1)}
    for given, names in (
        ({"title": ""}, {"title"}),
        ({"title": "  "}, {"title"}),
        ({"effective_from": "2027-02-01", "effective_until": "2027-01-01"}, {"effective_until"}),
        ({"effective_from": "下月"}, {"effective_from"}),
        ({"field": "nonsense"}, {"field"}),
        ({"summary": "字" * 4001}, {"summary"}),
    ):
        answer = firm.post(path, form | fresh | {"ip_terms": "打了很久的字"} | given)
        assert (answer.status_code, fields_with_errors(answer)) == (422, names), given
        assert "打了很久的字" in text(answer)
    d.put(deal, "signed")
    answer = firm.post(path, form | fresh | {"title": "签约后改名"})
    assert (answer.status_code, fields_with_errors(answer)) == (422, {"title"})
    assert "请上传补充协议" in text(answer)


def test_parties_come_and_go_on_the_page() -> None:
    pair = s.pair()
    deal, firm = d.deal(pair), pair.client("firm")
    path = deal.get_absolute_url()
    third = f.organisation()
    given = {"side": "seller", "name": third.name, "one_time_key": "p1"}
    for _twice in range(2):
        assert firm.post(f"{path}parties/", given)["Location"] == path
    party = deal.parties.get(organisation=third)
    page = text(firm.get(path))
    assert third.name in page
    assert "牵头" in page
    for wrong, names in (
        ({"name": third.name, "one_time_key": "p2"}, {"name"}),
        ({"name": "", "one_time_key": "p3"}, {"name"}),
        ({"side": "nobody", "one_time_key": "p4"}, {"side"}),
    ):
        answer = firm.post(f"{path}parties/", given | wrong)
        assert (answer.status_code, fields_with_errors(answer)) == (422, names), wrong
    terms = f"{path}parties/{party.uid}/"
    assert third.name in text(firm.get(terms))
    assert firm.post(terms, {"ip_share": "30", "deducts": "own_cost"})["Location"] == path
    assert "知识产权 30%" in text(firm.get(path))
    answer = firm.post(terms, {"ip_share": "130", "deducts": ""})
    assert (answer.status_code, fields_with_errors(answer)) == (422, {"ip_share"})
    assert "先让同侧的另一方牵头" in text(
        firm.post(
            f"{path}parties/{deal.parties.get(organisation=pair.institute).uid}/remove/", {"note": "x"}, follow=True
        )
    )
    firm.post(f"{path}parties/{party.uid}/lead/")
    party.refresh_from_db()
    assert party.role == "lead"
    gone = deal.parties.get(organisation=pair.institute)
    assert "请写明移出的理由" in text(firm.post(f"{path}parties/{gone.uid}/remove/", {"note": ""}, follow=True))
    firm.post(f"{path}parties/{gone.uid}/remove/", {"note": "改由他所"})
    assert pair.client("institute").get(path).status_code == 404
    assert firm.get(f"{path}parties/{gone.uid}/").status_code == 404
    assert firm.get(f"{path}parties/{uuid4()}/").status_code == 404


def test_who_helped_is_named_and_confirmed_on_the_page() -> None:
    pair = s.pair()
    deal, firm, institute = d.deal(pair), pair.client("firm"), pair.client("institute")
    path = deal.get_absolute_url()
    login, agency = f.broker(), f.organisation(kind="platform")
    for wrong, names in (
        ({"name": "没有这个人"}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": pair.institute.name}, {"name"}),
        ({"name": login.username, "share": "101"}, {"share"}),
    ):
        answer = firm.post(f"{path}helpers/", {"one_time_key": "h0", "note": "打了很久的字"} | wrong)
        assert (answer.status_code, fields_with_errors(answer)) == (422, names), wrong
        assert "打了很久的字" in text(answer)
    for key, name in (("h1", login.username), ("h1", login.username), ("h2", agency.name)):
        assert firm.post(f"{path}helpers/", {"name": name, "share": "10", "one_time_key": key})["Location"] == path
    assert deal.helpers.count() == 2
    helper = deal.helpers.get(role="broker")
    confirm = f"{path}helpers/{helper.uid}/confirm/"
    assert confirm not in text(firm.get(path)), "whoever named him does not confirm"
    assert "请合同另一方的人员确认" in text(firm.post(confirm, follow=True))
    assert confirm in text(institute.get(path))
    institute.post(confirm)
    page = text(institute.get(path))
    assert confirm not in page
    assert f"{pair.institute.name}已确认" in page
    assert "份额 10%" in page
    assert f.person(login).name in page
    assert f.signed_in_client(login).get(path).status_code == 200


def test_a_listing_that_its_reader_may_not_open_is_not_named() -> None:
    pair, broker = s.pair(), f.broker()
    deal = d.brokered(pair, f.actor(broker))
    Deal.objects.filter(pk=deal.pk).update(title="两家的合作")
    path = deal.get_absolute_url()
    reader = f.signed_in_client(broker)
    assert pair.need.title in text(reader.get(path))
    pair.need.refresh_from_db()
    listing_actions.move_listing(pair.need, "withdraw", by=pair.of_firm, now=s.NOW, note="不公开了")
    assert pair.need.title not in text(reader.get(path))
    assert pair.need.title in text(pair.client("firm").get(path))


def test_a_record_from_a_source_shows_what_the_source_says_and_no_button() -> None:
    pair = s.pair()
    deal = d.from_source(pair)
    path = deal.get_absolute_url()
    for client in (Client(), f.signed_in_client(f.account()), pair.client("firm")):
        page = text(client.get(path))
        assert "据公开资料记录" in page
        assert "演示大会" in page
        assert "<form" not in page.partition('class="pg-object"')[2].partition("<footer")[0]
    assert "金额未载" in text(f.signed_in_client(f.account()).get("/deals/"))


def test_script_in_every_field_is_text_on_every_page() -> None:
    pair = s.pair()
    deal, firm = d.with_members(pair), pair.client("firm")
    words = {"title": f"题{SCRIPT}", "summary": SCRIPT, "ip_terms": SCRIPT, "channel": SCRIPT}
    actions.edit_deal(deal, words, by=pair.of_firm, now=s.NOW)
    party = actions.add_party(
        deal, PartyInput("buyer", name=f"人{SCRIPT}", individual=True), by=pair.of_firm, now=s.NOW
    )
    d.named_helper(deal, pair.of_firm, note=SCRIPT)
    path = deal.get_absolute_url()
    pages = [
        firm.get(path),
        firm.get(f"{path}edit/"),
        firm.get(f"{path}parties/{party.uid}/"),
        firm.get("/deals/"),
        firm.get("/deals/", {"text": SCRIPT}),
        firm.get("/workbench/"),
        firm.get(pair.need.get_absolute_url()),
        firm.post(f"{path}parties/", {"name": SCRIPT, "side": "x"}),
        firm.post(f"{path}helpers/", {"name": SCRIPT}),
        firm.post(f"{path}edit/", {"title": "", "summary": SCRIPT, "revision": "1"}),
        firm.post("/deals/new/", {"title": SCRIPT}),
    ]
    assert [page.status_code for page in pages] == [200] * 7 + [422] * 4
    for page in pages:
        assert "<script>alert" not in text(page), page.request["PATH_INFO"]
        assert "&lt;script&gt;alert" in text(page), page.request["PATH_INFO"]


def test_the_number_of_queries_does_not_grow() -> None:
    pair = s.pair()
    deal, firm = d.with_members(pair), pair.client("firm")
    d.named_helper(deal, pair.of_firm, share=None)
    for path in (deal.get_absolute_url(), "/deals/"):
        firm.get(path)
    before = {path: listings.queries_of(partial(firm.get, path)) for path in (deal.get_absolute_url(), "/deals/")}
    for number in range(3):
        d.named_helper(deal, pair.of_firm, organisation=f.organisation(kind="platform"), share=None)
        actions.add_party(deal, PartyInput("seller", f.organisation()), by=pair.of_firm, now=s.NOW)
        d.by_hand(pair, title=f"第{number}个")
    after = {path: listings.queries_of(partial(firm.get, path)) for path in before}
    assert after == before
