"""The panels and pages of the talks."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.models import Deal, GapItem, Offer
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import samples as s
from tests.deals import text_samples as t

pytestmark = pytest.mark.django_db


def page(client: Client, deal: Deal) -> str:
    """The deal's page."""
    answer = client.get(deal.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def url(name: str, row: Any) -> str:
    return reverse(name, args=[row.deal.uid, row.uid])


@pytest.mark.covers("NED-10")
def test_from_the_empty_thread_to_an_accepted_offer() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    shown = page(firm, deal)
    assert "还没有提出条件" in shown
    address = reverse("deal-offer", args=[deal.uid])
    given = {"text": "分两期付", "amount": "86万", "one_time_key": "k"}
    for _again in range(2):
        assert institute.post(address, given)["Location"] == f"{deal.get_absolute_url()}#talks"
    one = Offer.objects.get()
    shown = page(firm, deal)
    for words in ("报价 86万元", "分两期付", "当前条件", url("deal-offer-accept", one)):
        assert words in shown, words
    assert f'value="{one.uid}"' in shown, "the form answers the newest of the other side"
    assert url("deal-offer-accept", one) not in page(institute, deal)
    firm.post(url("deal-offer-accept", one))
    shown = page(institute, deal)
    assert "已接受" in shown
    assert "当前条件" not in shown
    firm.post(address, {"text": "再便宜些", "amount": "", "answers": str(one.uid)})
    assert "回应" in page(institute, deal)


def test_what_is_wrong_stands_at_its_field_and_is_not_lost() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    client = pair.client("firm")
    address = reverse("deal-offer", args=[deal.uid])
    for given, words in (
        ({"text": "", "amount": ""}, "请写明条件"),
        ({"text": "按年付", "amount": "很多"}, "不是金额"),
    ):
        answer = client.post(address, given)
        shown = answer.content.decode()
        assert (answer.status_code, words in shown, given["text"] in shown) == (422, True, True)
    assert client.get(address).status_code == 200
    assert client.post(reverse("deal-gap", args=[deal.uid]), {"gap": " "}).status_code == 422
    assert not Offer.objects.exists()


@pytest.mark.covers("NED-10")
def test_a_gap_on_the_page_from_raised_to_failed_and_it_stays_after_the_end() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    assert "成果和需求之间还差什么" in page(firm, deal)
    firm.post(reverse("deal-gap", args=[deal.uid]), {"gap": "处理量差五倍", "proposal": ""})
    gap = GapItem.objects.get()
    assert "处理量差五倍" in page(institute, deal)
    form = institute.get(url("deal-gap-propose", gap)).content.decode()
    assert "处理量差五倍" in form
    institute.post(url("deal-gap-propose", gap), {"proposal": "并联五台", "revision": gap.revision})
    stale = institute.post(url("deal-gap-propose", gap), {"proposal": "换型号", "revision": gap.revision})
    assert (stale.status_code, "换型号" in stale.content.decode()) == (422, True)
    shown = page(firm, deal)
    assert f"{pair.institute.name}提出：并联五台" in shown
    assert url("deal-gap-agree", gap) in shown
    assert url("deal-gap-agree", gap) not in page(institute, deal)
    gap.refresh_from_db()
    firm.post(url("deal-gap-agree", gap), {"revision": gap.revision})
    assert "已商定" in page(institute, deal)
    institute.post(url("deal-gap-reopen", gap), {})
    assert "请写明谈不拢的原因" in firm.post(url("deal-gap-fail", gap), {"note": ""}, follow=True).content.decode()
    firm.post(url("deal-gap-fail", gap), {"note": "场地放不下"})
    actions.move_deal(deal, "terminate", note="没谈成", by=pair.of_firm, now=clock.now())
    for client in (firm, institute):
        shown = page(client, deal)
        assert "场地放不下" in shown
        assert "谈不拢" in shown
        for name in ("deal-gap-reopen", "deal-gap-propose"):
            assert url(name, gap) not in shown
        assert reverse("deal-offer", args=[deal.uid]) not in shown
    assert "已经结束" in firm.post(url("deal-gap-reopen", gap), {}, follow=True).content.decode()


def test_a_broker_has_the_forms_but_no_button_to_accept() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    account = f.broker()
    actions.add_helper(deal, person=f.person(account), by=pair.of_firm, now=clock.now())
    client = f.signed_in_client(account)
    one = actions.make_offer(deal, text="先付", amount=None, by=pair.of_firm, now=clock.now())
    gap = actions.raise_gap(deal, gap="差", proposal="补", by=pair.of_firm, now=clock.now())
    shown = page(client, deal)
    assert reverse("deal-offer", args=[deal.uid]) in shown
    assert "您以经纪人身份提建议" in shown
    for address in (url("deal-offer-accept", one), url("deal-gap-agree", gap), url("deal-gap-fail", gap)):
        assert address not in shown
        assert client.post(address, {"note": "x"}).status_code == 403, address
    client.post(reverse("deal-offer", args=[deal.uid]), {"text": "折中", "amount": "5万"})
    assert "建议" in page(pair.client("firm"), deal)


def test_who_may_open_the_pages() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    one = actions.make_offer(deal, text="先付", amount=None, by=pair.of_firm, now=clock.now())
    gap = actions.raise_gap(deal, gap="差", by=pair.of_firm, now=clock.now())
    auditor = f.signed_in_client(f.auditor())
    stranger = f.signed_in_client(f.manager(f.organisation()))
    firm = pair.client("firm")
    plain = [reverse(name, args=[deal.uid]) for name in ("deal-offer", "deal-gap")]
    of_gap = [url(f"deal-gap-{verb}", gap) for verb in ("propose", "agree", "fail", "reopen")]
    for address in (*plain, url("deal-offer-accept", one), *of_gap):
        assert Client().post(address).status_code == 302, address
        assert stranger.post(address).status_code == 404, address
        assert auditor.post(address).status_code == 403, address
    for address in (url("deal-offer-accept", one), *of_gap):
        unknown = address.replace(str(gap.uid), str(deal.uid)).replace(str(one.uid), str(deal.uid))
        assert auditor.post(unknown).status_code == 403, unknown
        assert firm.post(unknown).status_code == 404, unknown


def test_a_signed_deal_without_talks_shows_no_empty_panels() -> None:
    pair = s.pair()
    deal = t.signed(pair)
    shown = page(pair.client("firm"), deal)
    assert "还没有提出条件" not in shown
    assert "成果和需求之间还差什么" not in shown
