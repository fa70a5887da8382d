"""The clock of deals: only dates that stand in the record, and medians that say what they rest on."""

from datetime import date, timedelta

import pytest

from mengkeju.deals import actions
from mengkeju.deals.engine.lead_time import Disorder, LeadTime, Part
from mengkeju.deals.models import Acceptance, Deal, Registration
from mengkeju.deals.queries import conversions, lead_time
from mengkeju.deals.queries.conversions import ConversionsAsked
from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from mengkeju.policy import queries as policy
from tests import factories as f
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import lead_time_samples as sample
from tests.deals import samples as s
from tests.deals.test_statistics import entry, record
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
PROMISED = 6  # months, as policy/documents/platform-promises.yaml has it


def of(deal: Deal) -> LeadTime:
    return lead_time.lead_of(deal, TODAY)


def statistics(**asked: object) -> conversions.LeadTimeStatistics:
    return conversions.lead_time_statistics(ConversionsAsked(**asked), TODAY)  # type: ignore[arg-type]  # by name


@pytest.mark.covers("ACH-16")
def test_every_stage_is_read_from_the_record() -> None:
    lead = of(sample.conversion(s.pair()))
    assert lead.dates == {stage: sample.day(number) for stage, number in sample.DAYS.items()}
    assert (lead.total, lead.missing, lead.disorders) == (181, (), ())
    assert lead.slowest == Part("talking", "agreed", 60)


def test_the_earliest_landing_and_the_first_acceptance_that_passed_count() -> None:
    deal = sample.conversion(s.pair(), landed=200, accepted=None)
    sample.land(deal, sample.day(190))
    sample.land(deal, None)
    for number, verdict in ((150, "failed"), (180, "conditional"), (185, "passed")):
        Acceptance.objects.create(
            deal=deal,
            said_for=deal.parties.all()[0],
            held_on=sample.day(number),
            verdict=verdict,
            opinion="演示",
            area=deal.area,
            created_at=d.NOW,
        )
    lead = of(deal)
    assert (lead.total, lead.dates["accepted"]) == (190, sample.day(180))


def test_a_day_that_nobody_knows_is_none() -> None:
    deal = sample.conversion(s.pair())
    Registration.objects.update(day_known=False)
    lead = of(deal)
    assert lead.missing == ("registered",)
    assert Part("signed", "accepted", 79, ("registered",)) in lead.parts
    Registration.objects.update(day_known=True, state="cancelled")
    assert of(deal).missing == ("registered",)


def test_a_date_before_the_one_it_follows_is_flagged() -> None:
    lead = of(sample.conversion(s.pair(), registered=90))
    assert lead.disorders == (Disorder("registered", "signed", 2),)
    assert lead.total == 181


def test_started_by_hand_the_talks_begin_with_the_deal_and_there_is_no_intention() -> None:
    deal = d.by_hand(s.pair())
    lead = of(deal)
    assert lead.dates == {"talking": clock.today(deal.created_at)}
    assert "intention" in lead_time.missing_of(deal, lead)


def test_a_published_source_gives_no_beginning() -> None:
    pair = s.pair()
    Listing.objects.filter(pk=pair.achievement.pk).update(origin="source")
    pair.achievement.refresh_from_db()
    assert of(d.from_source(pair)).dates == {"signed": date(2026, 8, 1)}


def test_what_was_signed_at_an_event_and_entered_later_was_not_talked_about_here() -> None:
    pair = s.pair()
    row = c.row(pair, kind="contract")
    entered = d.NOW + timedelta(days=5)
    (deal,) = actions.record_signings("签约活动（演示）", c.TODAY, [row], by=f.actor(f.officer()), now=entered).deals
    lead = of(deal)
    assert (lead.dates, lead.disorders) == ({"signed": c.TODAY}, ())


def test_many_clocks_are_read_by_as_many_queries_as_one() -> None:
    deals = [sample.conversion(s.pair()) for _n in range(3)]
    rows = list(Deal.objects.select_related("achievement", "intention"))
    assert len(rows) == len(deals)
    counts = [queries_of(lambda some=some: lead_time.leads_of(some, TODAY)) for some in (rows[:1], rows)]  # type: ignore[misc]  # bound at once
    assert counts == [5, 5]


def test_the_promise_is_the_figure_of_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lead_time.promised_months(TODAY) == PROMISED
    assert lead_time.promise(TODAY).value == policy.amount("platform-promises.lab_to_market", TODAY).value
    sample.conversion(s.pair())
    monkeypatch.setattr(conversions, "promised_months", lambda _day: None)
    found = statistics()
    assert (found.months, found.whole.kept, found.whole.finished) == (None, 0, 1)


@pytest.mark.covers("ACH-16")
def test_medians_are_of_what_landed_and_the_rest_is_counted_apart() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=301)
    sample.conversion(s.pair(), landed=None)
    record(entry("a", area=f.XINCHENG, registered_on=date(2026, 5, 8)), entry("b", area=f.KUNDULUN))
    d.put(d.by_hand(s.pair()), "talking")
    whole = statistics().whole
    assert (whole.median, whole.finished, whole.kept, whole.running, whole.no_start) == (241.0, 2, 1, 1, 2)
    assert (whole.count, whole.left_out) == (5, 3)
    assert whole.slowest is not None
    assert (whole.slowest.key, whole.slowest.median.days) == ("accepted-landed", 70.0)
    assert {one.key: one.median.count for one in statistics().stages}["signed-registered"] == 3


def test_by_every_cut_the_parts_sum_to_the_whole() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=None)
    Deal.objects.update(field="new_materials")
    record(entry("a"), entry("b", registered_on=date(2026, 5, 8), field="agriculture", area=f.KUNDULUN))
    found = statistics()
    for groups in found.cuts.values():
        for number in ("count", "finished", "kept", "running", "no_start"):
            assert sum(getattr(one, number) for one in groups) == getattr(found.whole, number), number
    assert [(one.code, one.count) for one in found.cuts["year"]] == [("2026", 3), ("2023", 1)]
    assert {one.code: one.median for one in found.cuts["field"]} == {
        "new_materials": 181.0,
        "agriculture": None,
        "": None,
    }
    assert {one.code for one in found.cuts["city"]} == {f.HOHHOT, f.BAOTOU}
    assert statistics(year=2023).whole.count == 1
    assert statistics(area=f.BAOTOU).whole.count == 1
    assert statistics(area=f.REGION).whole.count == 4


def test_every_number_opens_its_deals() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=300)
    sample.conversion(s.pair(), landed=None)
    record(entry("a"), entry("b", area=f.KUNDULUN, field="agriculture"))
    found = statistics()
    shelves = {"all": "count", "finished": "finished", "kept": "kept", "running": "running", "no_start": "no_start"}
    opened = 0
    for cut, groups in found.cuts.items():
        for group in groups:
            for shelf, number in shelves.items():
                asked = ConversionsAsked(cut=cut, code=group.code, shelf=shelf)
                assert conversions.behind(asked, TODAY).count() == getattr(group, number), asked
                opened += 1
    assert opened > 20
    for stage in found.stages:
        asked = ConversionsAsked(shelf="stage", stage=stage.key)
        assert conversions.behind(asked, TODAY).count() == stage.median.count


def test_the_statistics_take_as_many_queries_for_many_as_for_one() -> None:
    sample.conversion(s.pair())
    record(entry("a"))
    first = queries_of(statistics)
    for number in range(3):
        sample.conversion(s.pair(), landed=181 + number)
    record(*(entry(f"b{n}", area=(f.KUNDULUN, "150602", "110000")[n % 3]) for n in range(9)))
    assert queries_of(statistics) == first <= 12


def test_on_the_achievement_only_those_inside_see_the_clock() -> None:
    pair = s.pair()
    deal = sample.conversion(pair)
    seen = lead_time.on_listing(pair.of_firm, pair.achievement, TODAY)
    assert [(one.pk, lead.total) for one, lead in seen] == [(deal.pk, 181)]
    assert lead_time.on_listing(f.actor(f.manager(f.organisation())), pair.achievement, TODAY) == []
    assert lead_time.on_listing(pair.of_firm, pair.need, TODAY) == []
    told = d.from_source(pair, title="另一份")
    stranger = f.actor(f.account())
    assert lead_time.on_listing(stranger, pair.achievement, TODAY) == []
    assert told in [one for one, _lead in lead_time.on_listing(pair.of_firm, pair.achievement, TODAY)]
