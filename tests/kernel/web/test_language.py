"""The button in the foot: where it leads, what it keeps, and what mails make of it."""

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import translation

from mengkeju.directory import actions
from mengkeju.kernel import duties, notices, tasks
from mengkeju.kernel.models import Account, Duty, Notice
from tests import factories as f

pytestmark = pytest.mark.django_db


def choose(client: Client, language: str, back: str = "/terms/?from=foot") -> str:
    answer = client.post("/language/", {"language": language, "next": back})
    assert answer.status_code == 302
    return str(answer["Location"])


def page(client: Client, path: str = "/terms/") -> str:
    return client.get(path).content.decode()


def test_the_switch_keeps_the_page_and_goes_back() -> None:
    client = Client()
    assert '<html lang="zh-CN"' in page(client)
    assert choose(client, "en") == "/terms/?from=foot"
    text = page(client)
    assert '<html lang="en"' in text
    assert "Privacy notice" in text
    assert '<button class="btn btn-quiet btn-sm" type="submit" lang="zh-CN">' in text
    choose(client, "zh-hans")
    assert "个人信息" in page(client)


def test_it_leads_nowhere_but_to_this_site() -> None:
    assert choose(Client(), "en", "https://elsewhere.example/") == "/"


def test_an_unknown_language_changes_nothing() -> None:
    client = Client()
    choose(client, "xx")
    assert '<html lang="zh-CN"' in page(client)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert '<html lang="zh-CN"' in page(client)


def test_the_browser_s_own_wish_is_not_asked() -> None:
    answer = Client().get("/terms/", headers={"accept-language": "en-US,en;q=0.9"})
    assert answer["Content-Language"] == "zh-hans"
    assert "Accept-Language" not in answer.get("Vary", "")


def test_the_choice_survives_signing_in() -> None:
    client, account = Client(), f.account("reader", password=f.PASSWORD)
    choose(client, "en")
    client.post("/accounts/login/", {"login": "reader", "password": f.PASSWORD})
    assert client.session["_auth_user_id"] == str(account.pk)
    assert '<html lang="en"' in page(client)
    account.refresh_from_db()
    assert account.language == "en"


def test_another_browser_learns_it_at_sign_in() -> None:
    client, account = Client(), f.account("reader", password=f.PASSWORD)
    Account.objects.filter(pk=account.pk).update(language="en")
    client.post("/accounts/login/", {"login": "reader", "password": f.PASSWORD})
    assert '<html lang="en"' in page(client)


def test_chosen_while_signed_in_it_is_kept_for_mails() -> None:
    account = f.account()
    choose(f.signed_in_client(account), "en")
    assert Account.objects.get(pk=account.pk).language == "en"


def test_notices_and_mails_come_in_the_language_of_each_reader() -> None:
    firm, one, two = f.organisation(verified=False), f.account(), f.account()
    Account.objects.filter(pk=one.pk).update(language="en")
    title = notices.duty_title(Duty(label="核验单位", label_en="Verify the organisation"))
    uids = [one.uid, two.uid]
    notices.notify(uids, "test", title, subject_type="organisation", subject_uid=firm.uid, now=f.AT)
    told = {n.account: n for n in Notice.objects.filter(kind="test")}
    assert told[one.uid].title == "To do: Verify the organisation"
    assert told[two.uid].title == "待办：核验单位"
    for notice in told.values():
        tasks.mail_notice.func(str(notice.uid))
    assert {m.subject for m in mail.outbox} >= {
        "[Mengkeju] To do: Verify the organisation",
        "【蒙科聚】待办：核验单位",
    }


def test_a_duty_keeps_both_words() -> None:
    firm = f.organisation(verified=False)
    actions.submit_for_verification(firm, by=f.actor(f.manager(firm)), now=f.AT)
    duty = duties.open_on(firm).get()
    assert duties.word_of(duty) == "核验单位"
    with translation.override("en"):
        assert duties.word_of(duty) == "Verify the organisation"
