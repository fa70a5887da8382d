"""The month's figures: every one counted by hand, and as many queries for many rows as for few."""

from datetime import date, timedelta
from typing import Any

import pytest

from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries import figures, outcomes
from tests import factories
from tests.listings.samples import queries_of
from tests.matching import models_world as m
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
NOVEMBER, VERSION = date(2026, 11, 1), "cold-2026-11-2"
BEFORE = m.AT - timedelta(days=5)


def two() -> list[Proposal]:
    """Two proposals of the first need."""
    needs, achievements = world.shelf()
    return [m.proposal(needs[0], row, rank=at, p3=0.1 * at + 0.05) for at, row in enumerate(achievements[:2], 1)]


def facts(tally: figures.Tally) -> tuple[int, int, int, int]:
    return tally.shown, tally.opened, tally.taken, tally.set_aside


def test_a_proposal_counts_once_at_a_place_and_once_in_all() -> None:
    first, second = two()
    m.show(first, 1, at=BEFORE)
    m.show(first, 1, opened=True, at=m.AT)
    m.show(first, 3, at=m.AT + timedelta(days=1))
    m.show(second, 2)
    seen = figures.month(NOVEMBER, VERSION)
    assert facts(seen.total) == (2, 1, 0, 0)
    assert [facts(t)[:2] for t in seen.places[:4]] == [(1, 1), (1, 0), (1, 0), (0, 0)]


def test_what_followed_counts_and_what_came_before_makes_a_need_warm() -> None:
    first, second = two()
    m.say(first, step="intention", at=BEFORE)
    m.show(second, 2, opened=True)
    m.say(second, reason="off_direction", at=m.AT + timedelta(hours=1))
    seen = figures.month(NOVEMBER, VERSION)
    assert facts(seen.by_kind["warm"]) == (1, 1, 0, 1)
    assert facts(seen.by_kind["cold"]) == (0, 0, 0, 0)
    assert facts(figures.month(NOVEMBER, VERSION, "cold").total) == (0, 0, 0, 0)
    m.show(first, 1)
    assert facts(figures.month(NOVEMBER, VERSION).places[0]) == (1, 0, 0, 0), "the intention came before it was shown"


def test_the_first_answer_leaves_its_own_showing_cold() -> None:
    first, _second = two()
    m.show(first, 1)
    m.say(first, step="intention", at=m.AT + timedelta(hours=1))
    assert facts(figures.month(NOVEMBER, VERSION).by_kind["cold"]) == (1, 0, 1, 0)


def test_a_word_taken_back_does_not_count() -> None:
    first, _second = two()
    m.show(first, 1)
    m.say(first, reason="off_direction", at=m.AT + timedelta(hours=1))
    assert figures.month(NOVEMBER, VERSION).total.topic == 1
    Feedback.objects.update(withdrawn_at=m.AT + timedelta(hours=2))
    assert facts(figures.month(NOVEMBER, VERSION).total) == (1, 0, 0, 0)


def test_other_months_models_and_onlookers_are_left_out() -> None:
    first, second = two()
    m.show(first, 1, at=m.AT - timedelta(days=40))
    m.show(first, 1, version="cold-2026-11b+signals-x+bands-x")
    onlooker = m.show(second, 1)
    onlooker.organisation = factories.organisation()
    onlooker.save(update_fields=["organisation"])
    assert figures.month(NOVEMBER, VERSION).total.shown == 0
    assert figures.month(date(2026, 10, 1), VERSION).total.shown == 1
    assert figures.months(VERSION, now=m.AT) == [NOVEMBER, date(2026, 10, 1)]


def test_reliability_counts_answers_about_the_pair_only() -> None:
    first, second = two()
    for row, at in ((first, 1), (second, 2)):
        m.show(row, at)
    m.say(first, step="signed", at=m.AT + timedelta(hours=1))
    m.say(second, reason="too_early", at=m.AT + timedelta(hours=1))
    bins = figures.month(NOVEMBER, VERSION).bins
    assert (bins[1].shown, bins[1].answered, bins[1].taken, bins[1].share) == (1, 1, 1, 1.0)
    assert bins[1].predicted == pytest.approx(0.15)
    assert (bins[2].shown, bins[2].answered, bins[2].share) == (1, 0, None), "too early is no word on the topic"
    assert bins[1].few
    Proposal.objects.filter(pk=first.pk).update(model_version="another+x")
    assert figures.month(NOVEMBER, VERSION).bins[1].shown == 0, "its chances are no longer this model's"


def test_coverage_by_city_and_field_cold_and_warm() -> None:
    needs, achievements = world.shelf()
    elsewhere = world.listing("need", "海水淡化", "膜", owner=factories.organisation(area=factories.XINCHENG))
    m.proposal(needs[0], achievements[0])
    weak = m.proposal(needs[1], achievements[0], band="")
    m.say(weak, reason="vague")
    gone = m.proposal(needs[2], achievements[0])
    Proposal.objects.filter(pk=gone.pk).update(retired_at=m.AT, need_rank=None)
    operator = factories.actor(factories.operator())
    found = figures.coverage(operator)
    everything = found["all"][0]
    assert (everything.count(), everything.count(covered=True)) == (4, 1)
    assert everything.keys(covered=False, warm=True) == {needs[1].pk}
    assert everything.keys(covered=False, warm=False) == {needs[2].pk, elsewhere.pk}
    assert {part.value: part.count() for part in found["city"]} == {factories.BAOTOU: 3, factories.HOHHOT: 1}
    assert sum(part.count() for part in found["field"]) == 4
    assert {part.value: part.share for part in found["city"]}[factories.HOHHOT] == 0


def test_on_an_empty_site_there_is_nothing() -> None:
    factories.areas()
    found = figures.coverage(factories.actor(factories.operator()))
    assert found["all"][0].share is None
    assert figures.month(NOVEMBER, VERSION).total.shown == 0
    assert outcomes.histories() == []


def test_as_many_queries_for_many_rows_as_for_few() -> None:
    operator = factories.actor(factories.operator())

    def ask() -> Any:
        return figures.month(NOVEMBER, VERSION), figures.coverage(operator), outcomes.histories(), outcomes.seen()

    needs, achievements = world.shelf()
    m.show(m.proposal(needs[0], achievements[0]), 1)
    few = queries_of(ask)
    for need in needs:
        for achievement in achievements[1:]:
            row = m.proposal(need, achievement)
            m.show(row, 2, opened=True)
            m.say(row, step="opened", reason="off_direction")
    assert queries_of(ask) == few
    assert len(outcomes.histories()) == 15
