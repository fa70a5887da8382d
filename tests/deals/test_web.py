import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.models import Intention, Message
from mengkeju.kernel.models import File
from mengkeju.kernel.testing.race import race
from tests import exported
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples as listings
from tests.listings.samples import SCRIPT, text

pytestmark = pytest.mark.django_db


def declare(client: Client, pair: s.Pair, **given: Any) -> Any:
    data = {"declaring": str(pair.institute.uid), "counter": "", "message": "想谈中试", "one_time_key": "k1"}
    return client.post(f"/listings/{pair.need.uid}/intend/", data | given)


@pytest.mark.covers("NED-11", "PLT-11")
def test_from_the_listing_to_ready() -> None:
    pair = s.pair()
    institute, firm = pair.client("institute"), pair.client("firm")
    page = text(institute.get(pair.need.get_absolute_url(), {"from": "search", "s": str(pair.firm.uid)}))
    link = re.search(rf'href="(/listings/{pair.need.uid}/intend/[^"]*)"', page)
    assert link is not None
    form = text(institute.get(link[1].replace("&amp;", "&")))
    assert "浮选脱碳的成果" in form
    assert re.search(r'name="origin" value="search"', form)
    assert str(pair.firm.uid) in form
    sent = declare(institute, pair, counter=str(pair.achievement.uid), origin="search", origin_uid=str(pair.firm.uid))
    intention = Intention.objects.get()
    assert sent["Location"] == intention.get_absolute_url()
    assert (intention.origin, intention.origin_uid, intention.counter) == ("search", pair.firm.uid, pair.achievement)
    page = text(firm.get(intention.get_absolute_url()))
    assert "想谈中试" in page
    assert f.manager(pair.institute).email not in page
    assert "厂方密语" not in text(institute.get(pair.need.get_absolute_url()))
    answered = firm.post(f"/intentions/{intention.uid}/answer/", {"answer": "accept"}, follow=True)
    assert "双方现在能看到联系人" in text(answered)
    assert f.manager(pair.institute).email in text(answered)
    assert "厂方密语" in text(institute.get(pair.need.get_absolute_url()))
    assert "院方密语" in text(firm.get(pair.achievement.get_absolute_url()))
    for verb in ("talk", "agree"):
        firm.post(f"/intentions/{intention.uid}/move/{verb}/")
    assert "准备签约" in text(institute.get(intention.get_absolute_url()))
    again = text(institute.get(pair.need.get_absolute_url()))
    assert "去看进展" in again
    assert "/intend/" not in again, "one open intention per pair: the button would be refused"


def test_stopping_closes_the_secrets_again() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "talking")
    institute = pair.client("institute")
    address = f"/intentions/{intention.uid}/move/stop/"
    answer = institute.post(address, {"reason": "other", "reason_note": ""})
    assert answer.status_code == 422
    assert "请写明说明" in text(answer)
    answer = institute.post(address, {"reason": "", "reason_note": "打了很久的字"})
    assert answer.status_code == 422
    assert "打了很久的字" in text(answer)
    assert institute.post(address, {"reason": "has_partner"}).status_code == 302
    assert "厂方密语" not in text(institute.get(pair.need.get_absolute_url()))
    page = text(pair.client("firm").get(intention.get_absolute_url()))
    assert "已有合作方" in page
    assert f.manager(pair.institute).email not in page


def test_a_decline_carries_its_reason() -> None:
    pair = s.pair()
    intention, firm = pair.declared(), pair.client("firm")
    address = f"/intentions/{intention.uid}/answer/"
    page = text(firm.get(intention.get_absolute_url()))
    assert re.search(r'<option value=""\s+selected>请选择', page), "no reason is chosen for the person"
    for given, words in (
        ({}, "原因"),
        ({"reason": "nonsense"}, "nonsense"),
        ({"reason": "technical", "reason_note": ""}, "请写明说明"),
    ):
        answer = firm.post(address, {"answer": "decline"} | given)
        assert answer.status_code == 422, given
        assert words in text(answer)
        assert re.search(r"<details class=\"mk-confirm[^>]*open", text(answer))
    said = {"answer": "decline", "reason": "technical", "reason_note": "回收率？"}
    assert firm.post(address, said).status_code == 302
    page = text(pair.client("institute").get(intention.get_absolute_url()))
    assert re.search(r"技术疑问[^<]*：回收率？", page)
    late = firm.post(address, {"answer": "accept"}, follow=True)
    assert "不能“接受意向”" in text(late)


@pytest.mark.parametrize("origin", ["broker", "roadshow", "window", "nonsense", ""])
def test_an_origin_nobody_can_claim_is_browsing(origin: str) -> None:
    pair = s.pair()
    declare(pair.client("institute"), pair, origin=origin)
    assert Intention.objects.get().origin == "listing"


def test_what_cannot_be_declared_is_said_and_the_words_stay() -> None:
    pair = s.pair()
    young = f.organisation(verified=False)
    answer = declare(f.signed_in_client(f.manager(young)), pair, declaring=str(young.uid), message="写了很多")
    assert answer.status_code == 422
    assert "还没有通过核验" in text(answer)
    assert "写了很多" in text(answer)
    answer = declare(pair.client("firm"), pair, declaring=str(pair.firm.uid))
    assert "不能对本单位自己的条目表意向" in text(answer)
    answer = declare(pair.client("institute"), pair, declaring=str(pair.firm.uid))
    assert answer.status_code == 422
    answer = declare(pair.client("institute"), pair, counter=str(pair.need.uid))
    assert answer.status_code == 422
    answer = declare(pair.client("institute"), pair, message="长" * 2001)
    assert answer.status_code == 422
    alone = f.signed_in_client(f.account()).get(f"/listings/{pair.need.uid}/intend/")
    assert alone.status_code == 403
    assert "还没有加入任何单位" in text(alone)
    assert not Intention.objects.exists()
    draft = listings.draft(pair.firm)
    assert pair.client("institute").get(f"/listings/{draft.uid}/intend/").status_code == 404


def test_a_double_click_declares_once_and_writes_once() -> None:
    pair = s.pair()
    institute = pair.client("institute")
    first, second = (declare(institute, pair) for _n in range(2))
    assert first["Location"] == second["Location"]
    assert Intention.objects.count() == 1
    third = declare(institute, pair, one_time_key="k2")
    assert third.status_code == 422
    assert "已对这一条表过意向" in text(third)
    for _n in range(2):
        institute.post(f"{first['Location']}messages/", {"text": "下月来看", "one_time_key": "m1"})
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_lead_to_one_page() -> None:
    pair = s.pair()
    clients = [pair.client("institute") for _n in range(2)]
    answers = race(*[lambda c=c: declare(c, pair)["Location"] for c in clients])
    assert answers == [Intention.objects.get().get_absolute_url()] * 2


def test_who_gets_which_answer() -> None:
    pair = s.pair()
    intention = pair.declared()
    visitor, stranger = Client(), f.signed_in_client(f.manager(f.organisation()))
    officer, auditor = f.signed_in_client(f.officer()), f.signed_in_client(f.auditor())
    address = intention.get_absolute_url()
    for path in (address, "/intentions/", f"/listings/{pair.need.uid}/intend/"):
        assert "/accounts/login/" in visitor.get(path)["Location"]
    for path in ("answer/", "confirm/", "messages/", "move/talk/"):
        assert "/accounts/login/" in visitor.post(address + path)["Location"]
        for client in (stranger, officer):
            assert client.post(address + path, {"answer": "accept", "text": "x"}).status_code == 404
    for client in (stranger, officer):
        assert client.get(address).status_code == 404
        assert pair.need.title not in text(client.get("/intentions/"))
    assert auditor.get(address).status_code == 200
    assert auditor.get("/intentions/").status_code == 200
    for path in ("answer/", "confirm/", "messages/", "move/talk/", "move/stop/"):
        assert auditor.post(address + path, {"answer": "accept", "text": "x"}).status_code == 403, path
    institute = pair.client("institute")
    for given in ({"answer": "accept"}, {"answer": "decline"}):
        assert institute.post(address + "answer/", given).status_code == 403
    assert institute.post(address + "move/lapse/").status_code == 404
    assert institute.get(address + "answer/").status_code == 405
    assert Intention.objects.get().state == "declared"


def test_files_of_the_thread_are_for_the_two_sides() -> None:
    pair, broker = s.pair(), f.broker()
    intention = pair.introduced(f.actor(broker))
    institute = pair.client("institute")
    sent = institute.post(
        f"/intentions/{intention.uid}/messages/",
        {"text": "见附件", "upload": SimpleUploadedFile("方案.pdf", s.PDF), "one_time_key": "m1"},
    )
    assert sent.status_code == 302
    page = text(pair.client("firm").get(intention.get_absolute_url()))
    found = re.search(rf'href="([^"]*{File.objects.get().uid}[^"]*)"', page)
    assert found is not None
    link = found[1]
    assert "方案.pdf" in page
    for client in (
        institute,
        pair.client("firm"),
        f.signed_in_client(f.member(pair.firm)),
        f.signed_in_client(broker),
        f.signed_in_client(f.auditor()),
    ):
        answer = client.get(link)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == s.PDF  # type: ignore[attr-defined]  # a FileResponse
        assert answer["X-Content-Type-Options"] == "nosniff"
    for client in (
        f.signed_in_client(f.manager(f.organisation())),
        f.signed_in_client(f.officer()),
        f.signed_in_client(f.broker()),
    ):
        assert client.get(link).status_code == 404
    assert Client().get(link).status_code in {302, 404}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("方案.pdf", s.EXE, "请确认没有改过扩展名"),
        ("程序.exe", s.EXE, "不接收“.exe”文件"),
        ("空.pdf", b"", "空"),
        ("表.xlsx", s.EXE, "请确认没有改过扩展名"),
    ],
)
def test_a_refused_file_keeps_the_text(name: str, content: bytes, words: str) -> None:
    pair = s.pair()
    intention = pair.declared()
    answer = pair.client("firm").post(
        f"/intentions/{intention.uid}/messages/",
        {"text": "打了很久的字", "upload": SimpleUploadedFile(name, content), "one_time_key": "m1"},
    )
    assert answer.status_code == 422
    assert words in text(answer)
    assert "打了很久的字" in text(answer)
    assert not Message.objects.exists()
    assert not File.objects.exists()


def test_after_the_end_the_words_are_shown_back() -> None:
    pair = s.pair()
    intention, firm = pair.declared(), pair.client("firm")
    empty = firm.post(f"/intentions/{intention.uid}/messages/", {"text": " ", "one_time_key": "m1"})
    assert "请写点内容" in text(empty)
    pair.bring(intention, "withdrawn")
    answer = firm.post(f"/intentions/{intention.uid}/messages/", {"text": "还想说一句", "one_time_key": "m1"})
    assert answer.status_code == 422
    assert "已经结束，不能再留言" in text(answer)
    assert "还想说一句" in text(answer)
    assert not Message.objects.exists()


@pytest.mark.covers("NED-11")
def test_a_broker_introduces_in_the_browser() -> None:
    pair, login = s.pair(), f.broker()
    broker, institute, firm = f.signed_in_client(login), pair.client("institute"), pair.client("firm")
    address = f"/listings/{pair.need.uid}/introduce/{pair.achievement.uid}/"
    assert "引荐的时间会记下来" in text(broker.get(address))
    assert firm.get(address).status_code == 403
    assert broker.post(address, {"message": ""}).status_code == 422
    sent = [broker.post(address, {"message": "两家互补", "one_time_key": "i1"}) for _n in range(2)]
    assert sent[0]["Location"] == sent[1]["Location"]
    intention = Intention.objects.get()
    page = text(institute.get(intention.get_absolute_url()))
    assert "确认由他引荐" in page
    assert f.person(login).name in page
    accepted = text(firm.post(f"/intentions/{intention.uid}/answer/", {"answer": "accept"}, follow=True))
    assert "双方都确认引荐后" in accepted
    assert f.manager(pair.institute).email not in accepted
    assert "院方密语" not in text(firm.get(pair.achievement.get_absolute_url()))
    institute.post(f"/intentions/{intention.uid}/confirm/")
    opened = text(firm.get(intention.get_absolute_url()))
    assert opened.count("已确认") == 2
    assert f.manager(pair.institute).email in opened
    assert "院方密语" in text(firm.get(pair.achievement.get_absolute_url()))
    assert "我引荐" in text(broker.get("/intentions/"))
    assert "我引荐" not in text(f.signed_in_client(f.auditor()).get("/intentions/"))
    assert broker.post(f"/intentions/{intention.uid}/messages/", {"text": "有事找我"}).status_code == 302
    assert "有事找我" in text(firm.get(intention.get_absolute_url()))


def test_both_see_what_happened_and_each_his_direction() -> None:
    pair = s.pair()
    intention = pair.declared()
    actions.write_message(intention, "来看样品", by=pair.of_firm, now=s.NOW)
    pair.bring(intention, "accepted")
    for side, direction in (("firm", "对方发来"), ("institute", "我方发出")):
        page = text(pair.client(side).get(intention.get_absolute_url()))
        assert all(words in page for words in ("表达合作意向", "留言", "接受意向"))
        assert direction in text(pair.client(side).get("/intentions/"))
        assert pair.need.title in text(pair.client(side).get("/workbench/"))


def test_script_in_every_field_is_text_on_every_page() -> None:
    firm, institute = f.organisation(f"厂{SCRIPT}"), f.organisation(f"院{SCRIPT}")
    need = listings.published(firm, title=f"题{SCRIPT}", confidential=SCRIPT)
    pair = s.Pair(firm, institute, need, listings.published(institute, "achievement", title=f"成果{SCRIPT}"))
    client, answering = pair.client("institute"), pair.client("firm")
    pages = [client.get(f"/listings/{need.uid}/intend/"), declare(client, pair, message=SCRIPT + "长" * 2000)]
    made = declare(client, pair, message=SCRIPT, counter=str(pair.achievement.uid))
    assert made.status_code == 302
    intention = Intention.objects.get()
    upload = SimpleUploadedFile(f"{SCRIPT.replace('/', '')}.pdf", s.EXE)
    pages.append(answering.post(made["Location"] + "messages/", {"text": SCRIPT, "upload": upload}))
    upload = SimpleUploadedFile("附<script>alert(1)<script>.pdf", s.PDF)
    answering.post(made["Location"] + "messages/", {"text": SCRIPT, "upload": upload})
    pages.append(answering.post(made["Location"] + "answer/", {"answer": "decline", "reason_note": SCRIPT}))
    answering.post(made["Location"] + "answer/", {"answer": "decline", "reason": "other", "reason_note": SCRIPT})
    pages += [
        client.get(made["Location"]),
        client.get("/intentions/"),
        client.get("/workbench/"),
        client.get(need.get_absolute_url()),
    ]
    assert [page.status_code for page in pages] == [200, 422, 422, 422, 200, 200, 200, 200]
    assert intention.messages.count() == 1
    for page in pages:
        assert "<script>alert" not in text(page), page.request["PATH_INFO"]
        assert "&lt;script&gt;alert" in text(page), page.request["PATH_INFO"]


def test_intentions_as_a_file_for_each_side_and_the_broker() -> None:
    pair = s.pair()
    intention = pair.declared(message="能否到现场看看")
    for side, direction in (("firm", "对方发来"), ("institute", "我方发出")):
        rows, _source = exported.table(pair.client(side).get("/intentions/", {"export": "csv"}))
        assert [(row["编号"], row["方向"]) for row in rows] == [(intention.number, direction)]
        assert "能否到现场看看" not in "".join(rows[0].values())
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert exported.table(stranger.get("/intentions/", {"export": "csv"}))[0] == []
    assert Client().get("/intentions/", {"export": "csv"}).status_code == 302
