"""Consents on my own page: what is offered, given, withdrawn, and that each act is one event."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory.models import Person
from mengkeju.kernel import consent
from mengkeju.kernel.models import Account, Consent, Event
from mengkeju.search import actions as search
from mengkeju.search.models import SearchLog
from mengkeju.search.queries import SearchQuery
from tests import factories as f

pytestmark = pytest.mark.django_db
PURPOSE = search.CONSENT
ADDRESS = reverse("person-consent", args=[PURPOSE])


@pytest.fixture
def login() -> Account:
    account = f.account()
    f.person(account)
    return account


def page(client: Client) -> str:
    return client.get(reverse("directory-me")).content.decode()


def section(client: Client) -> str:
    """The part of the page that is about consents."""
    return page(client).partition('aria-labelledby="consents"')[2].partition("</section>")[0]


def key_on(client: Client) -> str:
    """The one-time key of the purpose's own form."""
    form = section(client).partition(f'action="{ADDRESS}"')[2]
    found = re.search(r'name="one_time_key" value="([^"]+)"', form)
    assert found is not None
    return found[1]


def acts(login: Account) -> list[str]:
    """The record of the person's consents to this purpose, oldest first."""
    person = Person.objects.get(account=login)
    events = Event.objects.filter(subject_uid=person.uid, type__startswith="consent.").order_by("pk")
    return [e.type for e in events if e.payload.body["purpose"] == PURPOSE]


def choose(client: Client, on: str, key: str | None = None) -> None:
    answer = client.post(ADDRESS, {"on": on, "one_time_key": key or key_on(client)})
    assert answer.headers["Location"] == reverse("directory-me") + "#consents"


def test_every_offer_stands_on_the_page_with_what_it_means(login: Account) -> None:
    shown = section(f.signed_in_client(login))
    assert {PURPOSE, "matching.showing"} <= set(consent.offers)
    for offer in consent.offers.values():
        assert str(offer.label) in shown
        assert str(offer.text) in shown
    assert f"最多保存 {search.keep_days()} 天" in shown
    assert shown.count("未同意") == len(consent.offers)


def test_given_and_withdrawn_with_text_version_and_times(login: Account) -> None:
    client = f.signed_in_client(login)
    choose(client, "1")
    assert "已同意" in section(client)
    assert search.CONSENT_TEXT_VERSION in section(client)
    choose(client, "0")
    assert acts(login) == ["consent.given", "consent.withdrawn"]
    row = Consent.objects.get(purpose=PURPOSE)
    assert row.withdrawn_at is not None
    assert row.given_by == login.uid
    shown = section(client)
    assert shown.count("<time") == 2  # given, withdrawn
    assert shown.count("未同意") == len(consent.offers)


def test_a_form_that_arrives_again_changes_nothing(login: Account) -> None:
    client = f.signed_in_client(login)
    first = key_on(client)
    choose(client, "1", first)
    choose(client, "1", first)
    choose(client, "0")
    choose(client, "1", first)  # late: he has withdrawn meanwhile
    assert acts(login) == ["consent.given", "consent.withdrawn"]
    assert not consent.has("person", Person.objects.get(account=login).uid, PURPOSE)


def test_a_new_wording_is_said_and_agreed_to_anew(login: Account) -> None:
    client, person = f.signed_in_client(login), Person.objects.get(account=login)
    consent.give("person", person.uid, PURPOSE, text_version="2020-01", by=f.actor(login), now=f.AT)
    assert "说明文字已更新" in section(client)
    choose(client, "1")
    assert "说明文字已更新" not in section(client)
    assert acts(login) == ["consent.given", "consent.withdrawn", "consent.given"]
    kept = Consent.objects.filter(purpose=PURPOSE, withdrawn_at=None).values_list("text_version", flat=True)
    assert list(kept) == [search.CONSENT_TEXT_VERSION]


def test_the_login_is_noted_only_while_consent_is_open(login: Account) -> None:
    client = f.signed_in_client(login)

    def searched() -> SearchLog:
        search.search_and_log(f.actor(login), SearchQuery(text="稀土"), now=f.AT)
        return SearchLog.objects.latest("pk")

    search.rebuild_index()
    assert searched().account is None
    choose(client, "1")
    noted = searched()
    assert noted.account == login.uid
    choose(client, "0")
    kept = SearchLog.objects.get(pk=noted.pk)
    assert (kept.account, kept.text) == (None, "稀土")  # also out of what was noted
    assert searched().account is None


def test_only_what_is_offered_can_be_chosen_and_only_by_oneself(login: Account) -> None:
    address = reverse("person-consent", args=["terms"])
    client = f.signed_in_client(login)
    assert client.post(address, {"on": "0"}).status_code == 404
    assert client.get(ADDRESS).status_code == 405
    assert reverse("account_login") in Client().post(ADDRESS, {"on": "1"}).headers["Location"]
    assert not Consent.objects.filter(purpose=PURPOSE).exists()
