"""A deal from published texts: the chain on one page for everybody, and what each text says of it."""

from decimal import Decimal

import pytest
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.actions import Reading
from mengkeju.deals.models import Deal, SourceReading
from mengkeju.kernel.models import Event
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
CHANNEL = Reading("channel", "met", "促成渠道", "平台签约", "报道 001", note="或为同一件事")
ORIGIN = Reading("origin", "met", "促成渠道", "路演达成意向", "报道 003", note="或为同一件事")


def told(pair: s.Pair) -> Deal:
    """With its need, two readings that differ, a person, the plan and the forecast."""
    deal = d.from_source(pair, need=pair.need, amount=Decimal(10_000_000))
    person = Reading(
        *("person", "p-1", "点到的人", "演示教授", "报道 001"), note="中心主任",
        person=f.person(f.account(name="演示教授")), organisation=pair.institute,
    )  # fmt: skip
    spelling = Reading("spelling", "name", "工艺名", "羧基化法", "报道 001", note="照印")
    actions.record_readings_from_source(deal, [CHANNEL, ORIGIN, person, spelling], now=s.NOW)
    actions.record_production_plan_from_source(
        deal, name="处理气化渣", product="填料", capacity=Decimal(20_000), unit="吨气化渣", source="001", now=s.NOW
    )
    actions.record_benefit_from_source(
        deal, revenue=Decimal(129_000_000), profit=Decimal(38_000_000), profit_bound="at_least", basis="按计划测算",
        source="001", now=s.NOW,
    )  # fmt: skip
    return deal


@pytest.mark.covers("ACH-20")
def test_a_visitor_walks_from_the_achievement_to_the_forecast_on_one_page() -> None:
    pair = s.pair()
    deal = told(pair)
    page = text(Client().get(deal.get_absolute_url()))
    chain = page[page.index('aria-labelledby="chain"') : page.index('aria-labelledby="readings"')]
    for link in (pair.achievement, pair.need, pair.institute, pair.firm):
        assert f'href="{link.get_absolute_url()}"' in chain, link
    steps = (
        "浮选脱碳的成果",
        "细渣脱碳的需求",
        "路演达成意向（报道 003）",
        "1,000万元",
        "每年 20,000 吨气化渣",
        "1.29亿元",
    )
    places = [chain.index(words) for words in steps]
    assert places == sorted(places)
    assert "不少于 3,800万元" in chain
    assert "是预计；没有公布实际数。" in chain
    assert "演示教授" in chain
    readings = page[page.index('aria-labelledby="readings"') :]
    assert readings.count("说法不一") == 1
    for words in ("平台签约", "路演达成意向", "羧基化法", "报道 001", "（照印）"):
        assert words in readings, words


def test_readings_are_kept_once_and_told_by_the_platform() -> None:
    deal = d.from_source()
    assert actions.record_readings_from_source(deal, [CHANNEL], now=s.NOW) == 1
    assert actions.record_readings_from_source(deal, [CHANNEL, ORIGIN], now=s.NOW) == 1
    assert actions.record_readings_from_source(deal, [CHANNEL, ORIGIN], now=s.NOW) == 0
    assert [row.value for row in SourceReading.objects.all()] == ["平台签约", "路演达成意向"]
    events = Event.objects.filter(type="deal.readings_recorded")
    assert [(event.subject_uid, event.actor_account) for event in events] == [(deal.uid, None)] * 2


@pytest.mark.parametrize("wrong", [{"kind": "rumour"}, {"value": " "}, {"source": ""}])
def test_a_reading_has_a_kind_a_value_and_its_source(wrong: dict[str, str]) -> None:
    deal = d.from_source()
    with pytest.raises(ValueError, match="a reading has"):
        actions.record_readings_from_source(deal, [Reading(**(vars(CHANNEL) | wrong))], now=s.NOW)
    assert not SourceReading.objects.exists()


def test_of_a_deal_between_members_nothing_is_read_out_of_texts() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    with pytest.raises(ValueError, match="source"):
        actions.record_readings_from_source(deal, [CHANNEL], now=s.NOW)
    page = text(pair.client("firm").get(deal.get_absolute_url()))
    assert 'aria-labelledby="chain"' not in page
    assert 'aria-labelledby="readings"' not in page


def test_a_listing_that_was_taken_down_leaves_the_chain() -> None:
    pair = s.pair()
    deal = told(pair)
    type(pair.need).objects.filter(pk=pair.need.pk).update(state="draft")
    page = text(Client().get(deal.get_absolute_url()))
    assert pair.need.title not in page
    assert pair.achievement.title in page
