"""An individual who is a party joins with his own account by the link that was mailed to him."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.models import Deal, DealParty
from mengkeju.directory.engine.periods import PERIODS
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, RefusedError, may
from mengkeju.kernel.models import Account, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


def sold_by_an_individual(pair: s.Pair) -> tuple[Deal, DealParty]:
    deal = d.by_hand(pair, other=PartyInput("seller", name="巴特尔（演示）", individual=True))
    return deal, deal.parties.get(individual=True)


def link(party: DealParty, pair: s.Pair, capture: object) -> str:
    """The token of the mail that was sent."""
    with capture(execute=True):  # type: ignore[operator]
        actions.invite_individual(party, "Bateer@Example.org ", by=pair.of_firm, now=s.NOW)
    sent = mail.outbox[-1]
    assert sent.to == ["bateer@example.org"]
    found = re.search(r"/deals/individual/([^/]+)/", str(sent.body))
    assert found is not None
    return found[1]


def himself() -> Account:
    account = f.account()
    f.person(account)
    return account


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_he_joins_once_and_acts_for_himself(django_capture_on_commit_callbacks: object) -> None:
    pair = s.pair()
    deal, party = sold_by_an_individual(pair)
    token = link(party, pair, django_capture_on_commit_callbacks)
    account = himself()
    assert queries.find_deal(f.actor(account), deal.uid) is None
    assert signed_in(account).get(reverse("deal-individual", args=[token])).status_code == 200
    actions.join_as_individual(token, by=f.actor(account), now=s.NOW)
    him = f.actor(account)
    assert queries.find_deal(him, deal.uid) == deal
    assert may(him, DealPerm.SIGN, deal)
    assert may(him, DealPerm.TEXT_CONFIRM, deal)
    text = d.text(deal)
    actions.confirm_text(text, party=party, sm3=text.sm3, by=him, now=s.NOW)
    assert text.confirmations.get().party == party
    types = list(Event.objects.filter(type__startswith="deal.individual").order_by("pk").values_list("type", flat=True))
    assert types == ["deal.individual_invited", "deal.individual_joined"]
    assert Notice.objects.filter(account=f.manager(pair.firm).uid, kind="deal.news").exists()
    other = himself()
    with pytest.raises(TransitionRefusedError, match="只能用一次"):
        actions.join_as_individual(token, by=f.actor(other), now=s.NOW)
    assert signed_in(other).get(reverse("deal-individual", args=[token])).status_code == 410


def test_a_link_lasts_two_weeks_and_a_forged_one_leads_nowhere(
    django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = s.pair()
    _deal, party = sold_by_an_individual(pair)
    token = link(party, pair, django_capture_on_commit_callbacks)
    account = himself()
    assert signed_in(account).get(reverse("deal-individual", args=[token[:-2] + "xx"])).status_code == 404
    late = (clock.now() + PERIODS["invitation"] + timedelta(minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: late)
    assert actions.party_of_link(token) is None
    with pytest.raises(TransitionRefusedError, match="过期"):
        actions.join_as_individual(token, by=f.actor(account), now=s.NOW)


def test_who_stands_on_the_deal_does_not_stand_there_twice(django_capture_on_commit_callbacks: object) -> None:
    pair = s.pair()
    deal, party = sold_by_an_individual(pair)
    second = actions.add_party(
        deal, PartyInput("seller", name="其木格（演示）", individual=True), by=pair.of_firm, now=s.NOW
    )
    account = himself()
    first, other = (link(one, pair, django_capture_on_commit_callbacks) for one in (party, second))
    actions.join_as_individual(first, by=f.actor(account), now=s.NOW)
    with pytest.raises(TransitionRefusedError, match="已经是这份合同的一方"):
        actions.join_as_individual(other, by=f.actor(account), now=s.NOW)


def test_only_parties_invite_and_only_individuals_are_invited(client: Client) -> None:
    pair = s.pair()
    deal, party = sold_by_an_individual(pair)
    with pytest.raises(RefusedError):
        actions.invite_individual(party, "a@example.org", by=f.actor(himself()), now=s.NOW)
    with pytest.raises(RefusedError):
        actions.join_as_individual("x", by=ANONYMOUS, now=s.NOW)
    with pytest.raises(ValidationError) as refused:
        actions.invite_individual(party, "没有邮箱", by=pair.of_firm, now=s.NOW)
    assert "email" in refused.value.message_dict
    lead = deal.parties.get(individual=False)
    with pytest.raises(TransitionRefusedError, match="不是个人"):
        actions.invite_individual(lead, "a@example.org", by=pair.of_firm, now=s.NOW)
    assert client.get(reverse("deal-individual", args=["x"])).status_code == 302


def test_the_page_of_the_deal_offers_it_until_he_has_joined(django_capture_on_commit_callbacks: object) -> None:
    pair = s.pair()
    deal, party = sold_by_an_individual(pair)
    browser = signed_in(f.manager(pair.firm))
    address = reverse("deal-party-invite", args=[deal.uid, party.uid])
    assert address in browser.get(reverse("deal", args=[deal.uid])).content.decode()
    assert browser.post(address, {"email": "nobody"}).status_code == 422
    assert browser.post(address, {"email": "bateer@example.org"}).status_code == 302
    token = link(party, pair, django_capture_on_commit_callbacks)
    account = himself()
    joined = signed_in(account).post(reverse("deal-individual", args=[token]))
    assert joined.status_code == 302
    assert joined["Location"] == deal.get_absolute_url()
    assert address not in browser.get(reverse("deal", args=[deal.uid])).content.decode()
