"""Invented contracts that went as far as production: the clock, the sums of what they brought, a claim basis."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import claim_basis, conversions, lead_time, returns
from mengkeju.deals.queries.conversions import ConversionsAsked
from mengkeju.deals.queries.returns import AVERAGE, ReturnsAsked
from mengkeju.demo.cast import Cast
from mengkeju.demo.files import read
from mengkeju.demo.landed import months
from mengkeju.kernel import clock
from mengkeju.kernel.access import visible_to
from mengkeju.kernel.models import Account
from tests import factories as f
from tests.demo.region import NOW

TODAY = clock.today(NOW)
STORIES: list[dict[str, Any]] = read("landed")["cases"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


def story(key: str) -> Deal:
    title = next(row["title"] for row in STORIES if row["key"] == key)
    return Deal.objects.get(title=title, fictional=True)


def asked(year: int | None = None) -> ConversionsAsked:
    return ConversionsAsked(year)


def test_five_are_in_production_and_one_is_being_built() -> None:
    rows = [story(row["key"]) for row in STORIES]
    assert {deal.state for deal in rows} == {"landed"}
    assert all(deal.fictional and deal.origin == "listing" and deal.achievement is not None for deal in rows)
    states = [deal.landings.get().state for deal in rows]
    assert sorted(states) == ["building", *["producing"] * 5]
    for deal in rows:
        assert all(party.name.endswith("（演示）") for party in deal.parties.all())
        registered = deal.registrations.get()
        assert registered.state == "registered"
        assert registered.number.startswith("YS")


def test_the_clock_has_conversions_inside_six_months_and_beyond_them() -> None:
    leads = {row["key"]: lead_time.lead_of(story(row["key"]), TODAY) for row in STORIES}
    assert not any(lead.disorders for lead in leads.values())
    assert {key for key, lead in leads.items() if lead.total is None} == {"landed-whey"}
    found = conversions.lead_time_statistics(asked(), TODAY)
    assert (found.whole.finished, found.whole.kept, found.months) == (5, 3, 6)
    cities = {group.code: group.finished for group in found.cuts["city"] if group.finished}
    assert cities == {f.HOHHOT: 3, f.BAOTOU: 2}
    assert sum(1 for group in found.cuts["field"] if group.finished) == 5
    for lead in leads.values():
        stages = list(lead.dates)
        assert {"published", "talking", "signed", "registered"} <= set(stages)
        assert stages == sorted(stages, key=lambda key: lead.dates[key])
    finished = list(conversions.behind(ConversionsAsked(shelf="finished"), TODAY))
    assert {deal.pk for deal in finished} == {story(key).pk for key in leads if key != "landed-whey"}


def test_nothing_of_it_counts_among_the_published_figures() -> None:
    for year, count in ((2022, 742), (2023, 832)):
        assert queries.statistics(queries.of_year(year, f.HOHHOT)).figures.count == count
    years = {story(row["key"]).registrations.get().registered_on for row in STORIES}
    assert all(day is not None and day.year > 2023 for day in years)


def test_the_officer_sees_forecast_and_actual_apart_and_the_people_who_came() -> None:
    found = returns.returns(Cast().actor("officer-region"), ReturnsAsked())
    told = [act for row in STORIES for act in row["acts"] if act["do"] == "report_years"]
    last = str(TODAY.year - 1)
    assert found.period == last
    assert found.periods[last]["forecast"].rows == 0
    # Production began in that year, so every story tells its first.
    assert found.periods[last]["actual"].amounts["revenue"] == sum(act["revenue"][0] for act in told) > 0
    forecasts = [act for row in STORIES for act in row["acts"] if act["do"] == "expect"]
    assert found.periods[AVERAGE]["forecast"].rows >= len(forecasts) > 0
    assert found.landed["state"]["producing"].count == 5
    assert found.landed["state"]["building"].count == 1
    assert {code for code, part in found.landed["city"].items() if part.count} == {f.HOHHOT, f.BAOTOU}
    people = [act for row in STORIES for act in row["acts"] if act["do"] == "came"]
    assert (found.people.heads, found.people.doctors) == tuple(
        sum(act[name] for act in people) for name in ("heads", "doctors")
    )
    mine = returns.returns(Cast().actor("luyuan"), ReturnsAsked())
    assert (mine.whole.count, mine.people.heads) == (1, 4)


def test_the_buyer_drew_a_claim_basis_and_the_other_side_does_not_see_it() -> None:
    deal, luyuan = story("landed-slag-dry"), Cast().actor("luyuan")
    basis = claim_basis.claim_bases(luyuan).get()
    assert basis.deal == deal
    assert basis.base == Decimal(1_200_000)
    assert basis.amount == Decimal(110_000)  # 10 % of the first million, 5 % of the rest: nm-tech-trade-subsidy
    assert basis.claimed.count() == 2
    assert basis.number == "YS20260000900002"
    assert not claim_basis.changed_after(basis, claim_basis.claimed_payments(basis))
    assert not claim_basis.claim_bases(Cast().actor("qingcheng")).exists()
    # Of commissioned development no rate was found; the page of that contract says so and offers no basis.
    brine = Deal.objects.get(title__startswith="浓盐水分质结晶在线监测系统")
    party = brine.parties.get(side="buyer")
    window = claim_basis.window_of(date(TODAY.year, 10, 1), TODAY)
    assert "没有查到标准" in claim_basis.draft_claim(brine, party, TODAY, window).hindrance


def test_the_pages_show_them() -> None:
    deal = story("landed-slag-dry")
    for username, address, word in (
        ("luyuan", deal.get_absolute_url(), "细渣余热干化一号线"),
        ("qingcheng", deal.get_absolute_url(), "从成果发布到投产"),
        ("officer-hohhot", reverse("lead-time"), "中位数"),
        ("officer-region", reverse("returns"), "已投产"),
        ("luyuan", reverse("claim-bases"), "11万元"),
    ):
        account = Account.objects.get(username=username)
        if not Authenticator.objects.filter(user=account).exists():
            TOTP.activate(account, f.TOTP_SECRET)
        response = f.signed_in_client(account).get(address)
        assert response.status_code == 200, address
        assert word in response.content.decode(), address
    assert not visible_to(Deal.objects.filter(pk=deal.pk), Cast().actor("officer-hohhot"), DealPerm.READ).exists()


def test_months_between_two_days() -> None:
    assert months(date(2026, 11, 3), date(2027, 2, 1)) == [(2026, 11), (2026, 12), (2027, 1), (2027, 2)]
    assert months(date(2026, 5, 3), date(2026, 5, 31)) == [(2026, 5)]
