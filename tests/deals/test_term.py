"""The term of an agreement or a centre, its renewal, the duties of the night, and what every year brought."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.deals import actions
from mengkeju.deals.models import Renewal, YearResult
from mengkeju.deals.queries import cooperation
from mengkeju.kernel import clock
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal


# ---- Terms ------------------------------------------------------------------------------------------


def at(day: date) -> datetime:
    """A moment of a day."""
    return s.NOW + (day - c.TODAY)


@pytest.mark.covers("PRJ-26")
def test_the_duty_of_the_end_opens_some_days_before_and_never_moves_the_deal() -> None:
    pair = s.pair()
    until = date(2028, 6, 30)
    deal = c.signed("agreement", pair, until=until)
    actions.tend_terms(now=s.NOW)
    assert not Duty.objects.filter(key="renew_deal").exists()
    early = at(until - timedelta(days=40))
    for _again in range(2):
        actions.tend_terms(now=early)
    [duty] = Duty.objects.filter(key="renew_deal")
    assert (duty.subject_uid, duty.due_on, duty.holder_organisation) == (deal.uid, until, pair.firm.uid)
    assert Notice.objects.filter(account=f.manager(pair.firm).uid, subject_uid=deal.uid).exists()
    actions.tend_terms(now=at(until + timedelta(days=30)))
    deal.refresh_from_db()
    assert deal.state == "signed"
    assert cooperation.has_expired(deal, until + timedelta(days=1))
    assert not cooperation.has_expired(deal, until)
    actions.move_deal(deal, "close", by=pair.of_firm, now=at(until), note="合作完成")
    assert not Duty.objects.filter(subject_uid=deal.uid, closed_at=None).exists()
    assert not cooperation.has_expired(deal, until + timedelta(days=1))


@pytest.mark.covers("PRJ-26")
def test_a_confirmed_addendum_prolongs_the_term_once_and_what_was_stays() -> None:
    pair = s.pair()
    until, later = c.TODAY + timedelta(days=20), c.TODAY + c.YEAR
    deal = c.signed("joint_centre", pair, until=until)
    actions.tend_terms(now=s.NOW)
    waiting = c.addendum(deal, confirmed=False)
    for text, day, field in ((waiting, later, "addendum"),):
        with pytest.raises(ValidationError) as wrong:
            actions.renew_term(deal, text, day, by=pair.of_firm, now=s.NOW)
        assert set(wrong.value.message_dict) == {field}
    agreed = c.addendum(deal)
    with pytest.raises(ValidationError) as wrong:
        actions.renew_term(deal, agreed, until, by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"until"}
    made = actions.renew_term(deal, agreed, later, by=pair.of_institute, now=s.NOW)
    deal.refresh_from_db()
    assert (deal.effective_until, made.until_before, made.until_after) == (later, until, later)
    assert not Duty.objects.filter(key="renew_deal", closed_at=None).exists()
    with pytest.raises(ValidationError) as wrong:
        actions.renew_term(deal, agreed, later + c.YEAR, by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"addendum"}
    assert [row.addendum for row in cooperation.renewals_of(deal)] == [agreed]


def test_no_renewal_before_signing_nor_of_a_kind_without_term() -> None:
    pair = s.pair()
    talked = c.termed(c.made("agreement", pair), pair)
    project = c.signed("joint_project", pair)
    for deal, says in ((talked, "签约以前"), (project, "没有这一步")):
        with pytest.raises(TransitionRefusedError, match=says):
            actions.renew_term(deal, c.addendum(deal), c.TODAY + 2 * c.YEAR, by=pair.of_firm, now=s.NOW)
    assert not Renewal.objects.exists()


# ---- Years ------------------------------------------------------------------------------------------


@pytest.mark.covers("PRJ-22")
def test_a_year_that_has_ended_is_asked_for_until_it_is_reported() -> None:
    pair = s.pair()
    centre = c.signed("joint_centre", pair, until=c.TODAY + 5 * c.YEAR)
    actions.tend_terms(now=s.NOW)
    assert not Duty.objects.filter(key="report_deal_year").exists()
    next_year = at(date(c.TODAY.year + 1, 1, 3))
    for _again in range(2):
        actions.tend_terms(now=next_year)
    duty = Duty.objects.get(key="report_deal_year")
    assert (duty.subject_uid, duty.holder_organisation) == (centre.uid, pair.firm.uid)
    assert cooperation.missing_years(centre, clock.today(next_year)) == [c.TODAY.year]
    made = actions.report_year(centre, c.TODAY.year, c.result(), by=pair.of_institute, now=next_year)
    assert made.said_for == centre.parties.get(side="seller")
    duty.refresh_from_db()
    assert duty.closed_by == "year_reported"
    actions.tend_terms(now=next_year)
    assert not Duty.objects.filter(key="report_deal_year", closed_at=None).exists()
    actions.report_year(centre, c.TODAY.year, c.result(summary="更正后"), by=pair.of_firm, now=next_year)
    assert [row.summary for row in cooperation.year_results(pair.of_firm, centre)] == ["更正后"]
    body = Event.objects.get(type="deal.year_corrected").payload.body
    assert body["before"]["summary"] == c.result()["summary"]


@pytest.mark.parametrize(
    ("year", "given", "field"),
    [
        (c.TODAY.year - 1, {}, "year"),
        (c.TODAY.year + 1, {}, "year"),
        (c.TODAY.year, {"summary": " "}, "summary"),
        (c.TODAY.year, {"spent": D(-1)}, "spent"),
    ],
)
def test_a_wrong_year_is_refused_at_its_field(year: int, given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    centre = c.signed("joint_centre", pair)
    with pytest.raises(ValidationError) as wrong:
        actions.report_year(centre, year, c.result(**given), by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {field}


def test_years_are_reported_after_signing_and_by_kinds_that_have_them() -> None:
    pair = s.pair()
    for deal, says in ((c.made("agreement", pair), "签约以后"), (c.signed("joint_project", pair), "没有这一步")):
        with pytest.raises(TransitionRefusedError, match=says):
            actions.report_year(deal, c.TODAY.year, c.result(), by=pair.of_firm, now=s.NOW)
    assert not YearResult.objects.exists()


def test_both_parents_see_the_centre_on_their_page_and_a_stranger_does_not() -> None:
    pair = s.pair()
    centre = c.signed("joint_centre", pair)
    c.made("agreement", pair)  # not signed: not shown
    actions.report_year(centre, c.TODAY.year, c.result(), by=pair.of_firm, now=s.NOW)
    for organisation in (pair.firm, pair.institute):
        for reader in (pair.of_firm, pair.of_institute):
            assert list(cooperation.cooperations_of(reader, organisation)) == [centre]
    stranger = f.actor(f.manager(f.organisation()))
    assert list(cooperation.cooperations_of(stranger, pair.firm)) == []
    assert cooperation.last_results(stranger, [centre]) == {}
    told = d.from_source(pair, kind="agreement")
    assert list(cooperation.cooperations_of(stranger, pair.firm)) == [told]
