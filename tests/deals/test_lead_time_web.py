"""The pages of the clock, its panels and its export."""

import re
from functools import partial

import pytest
from django.test import Client

from tests import exported
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import lead_time_samples as sample
from tests.deals import samples as s
from tests.deals.test_statistics import entry, record
from tests.listings.samples import queries_of, text

pytestmark = pytest.mark.django_db
PAGE = "/contract-statistics/lead-time/"


def officer() -> Client:
    return f.signed_in_client(f.officer(f.HOHHOT))


@pytest.mark.covers("ACH-16")
def test_the_page_says_the_median_beside_the_promise_and_where_the_time_is_lost() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=None)
    record(entry("a"))
    shown = text(officer().get(PAGE))
    for said in ("181", "6 个月以内投产", "公开报道 003", "最慢的一段：开始商谈 → 谈妥 · 60 天", "没有起点", "未载"):
        assert said in shown, said


def test_every_number_opens_to_as_many_deals() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=300)
    record(entry("a"), entry("b", area=f.KUNDULUN))
    client = officer()
    page = client.get(PAGE).content.decode()
    found = re.findall(r'href="(/contract-statistics/lead-time/deals/[^"]+)">([^<]*)', page)
    assert len(found) > 20
    for link, words in (one for one in found if "export=" not in one[0]):
        answer = client.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        count = answer.context["page"].paginator.count
        if "shelf=finished" not in link and "shelf=all" not in link and words.isdecimal():  # days, years, names
            assert (str(count), bool(answer.context["rows"])) == (words, True), link


def test_the_deals_are_exported_with_every_date() -> None:
    deal = sample.conversion(s.pair(), registered=90)
    record(entry("a"))
    _heads, rows = exported.xlsx(officer().get(PAGE + "deals/", {"export": "xlsx"}))
    row = next(row for row in rows if row["编号"] == deal.number)
    assert (row["天数"], row["在承诺期内"], row["发布"].date()) == (181, "是", sample.day(0))
    assert row["次序"] == "次序有误：认定登记早于签约 2 天"
    assert [row["天数"] for row in rows if row["编号"] != deal.number] == [None]


def test_a_record_opens_only_to_whoever_may_read_it() -> None:
    deal = sample.conversion(s.pair())
    assert str(deal.uid) not in officer().get(PAGE + "deals/").content.decode()
    assert str(deal.uid) in f.signed_in_client(f.auditor()).get(PAGE + "deals/").content.decode()


@pytest.mark.parametrize("address", [PAGE, PAGE + "deals/"])
def test_visitors_sign_in_first_and_firms_are_told_who_may(address: str) -> None:
    f.areas()
    assert Client().get(address).status_code == 302
    answer = f.signed_in_client(f.manager(f.organisation())).get(address)
    assert answer.status_code == 403
    assert "科技管理人员" in text(answer)
    assert f.signed_in_client(f.registrar()).get(address).status_code == 200


@pytest.mark.parametrize(
    "query", ["cut=id__in&code=1", "shelf=nonsense", "shelf=stage&stage=signed", "shelf=stage&stage=a-b"]
)
def test_a_number_that_no_page_has_is_not_found(query: str) -> None:
    f.areas()
    assert officer().get(f"{PAGE}deals/?{query}").status_code == 404


def test_what_makes_no_sense_is_said_and_an_empty_year_too() -> None:
    f.areas()
    client = officer()
    assert "没有已签约的合同" in text(client.get(PAGE, {"year": 2020}))
    for asked, said in (({"year": "1"}, "1985"), ({"area": "nowhere"}, "nowhere")):
        assert said in text(client.get(PAGE, asked))
    assert "没有符合条件的合同" in text(client.get(PAGE + "deals/", {"cut": "year", "code": "1999"}))


def test_the_queries_do_not_grow_with_the_deals() -> None:
    sample.conversion(s.pair())
    record(entry("a"))
    client = officer()

    def count() -> list[int]:
        return [queries_of(partial(client.get, url)) for url in (PAGE, PAGE + "deals/")]

    once = count()
    for _n in range(2):
        sample.conversion(s.pair())
    record(*(entry(f"b{n}") for n in range(5)))
    assert count() == once


@pytest.mark.covers("ACH-16")
def test_the_clock_stands_on_the_deal_and_on_the_achievement() -> None:
    pair = s.pair()
    deal = sample.conversion(pair)
    for client in (pair.client("firm"), pair.client("institute")):
        for address in (deal.get_absolute_url(), pair.achievement.get_absolute_url()):
            shown = text(client.get(address))
            assert "从成果发布到投产：181 天" in shown
            assert "最慢的一段：开始商谈 → 谈妥 · 60 天" in shown
            assert "在 6 个月以内" in shown
    for outside in (Client(), f.signed_in_client(f.manager(f.organisation()))):
        assert "转化周期" not in text(outside.get(pair.achievement.get_absolute_url()))


def test_on_the_deal_what_is_missing_waited_for_and_out_of_order_is_said() -> None:
    pair = s.pair()
    deal = sample.conversion(pair, landed=None, accepted=None, registered=90)
    shown = text(pair.client("firm").get(deal.get_absolute_url()))
    for said in ("还没有投产；签约以来已有", "没有日期：验收、落地", "次序有误：认定登记早于签约 2 天", "超过 6 个月"):
        assert said in shown, said
    assert 'class="mk-note mk-note-wait pg-mt"><svg' in shown  # beside its icon: alone it falls into the icon's column


def test_without_achievement_or_from_a_source() -> None:
    pair = s.pair()
    by_hand = d.by_hand(pair)
    assert "没有写明成果，算不出总天数" in text(pair.client("firm").get(by_hand.get_absolute_url()))
    told = d.from_source(pair)
    stranger = f.signed_in_client(f.account())
    assert "转化周期" not in text(stranger.get(told.get_absolute_url()))
