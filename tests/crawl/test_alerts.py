"""Alerts of every account over everything there is: none finds a closed word, no mail says one."""

import pytest

from mengkeju.kernel.models import Account
from mengkeju.search import queries, store
from mengkeju.search.actions.mail import compose
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch
from tests.crawl.crawl import Crawl

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.covers("ACH-17")]


def keys(crawl: Crawl) -> list[str]:
    return [store.key_of("listing", thing.obj.uid) for thing in crawl.world.things["listing"] if thing.obj is not None]


def test_no_mail_says_what_its_reader_may_not_see(crawl: Crawl) -> None:
    saved = SavedSearch.objects.filter(organisation=None).order_by("pk")[0]
    every, mails = keys(crawl), 0
    for name, account in crawl.world.people.accounts.items():
        actor = crawl.world.people.actor(name)
        login = Account.objects.get(pk=account.pk)
        for asked in (kept("", "need", {}), kept("", "achievement", {}), kept("", "patent", {})):
            found = queries.news(actor, asked, every)
            sent = [compose("新结果", saved, login, [one]) for one in found]
            text = "\n".join(f"{message.subject}{message.body}" for message in sent)
            text += "\n".join(f"{one.row['title']} {one.row['text']} {one.why} {one.row['meta']}" for one in found)
            crawl.search(f"alert of {asked.kind}", "alert", actor, text.replace(login.email, ""))
            mails += len(found)
    assert mails > len(crawl.world.people.accounts)
    assert not crawl.findings, "\n".join(crawl.findings[:50])


def test_no_alert_finds_a_word_its_owner_may_not_read(crawl: Crawl) -> None:
    every, planted = keys(crawl), crawl.world.planted
    words = [name for name, secret in planted.secrets.items() if name.startswith("zq") and ") of " in secret.what]
    assert len(words) > 100
    wrong, right = [], 0
    for who in ("visitor", "owner", "counterpart", "stranger", "unverified", "outside", "broker", "officer there"):
        actor = crawl.world.people.actor(who)
        for word in words:
            found, _understood = queries.found_among(actor, kept(word, "", {}), every)
            may_see = planted.may_see(actor, word)
            right += bool(found and may_see)
            if found and not may_see:
                wrong.append(f"{who} finds {planted.secrets[word].what}")
    assert not wrong, "\n".join(wrong[:50])
    assert right > 0, "nobody finds anything: the search is not tried"
