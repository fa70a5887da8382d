"""Landings: every step in every state, what moves the deal, production against its plan, the yearly report, people."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import Expected, Made, Site
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import Arrival, Benefit, Deal, DealParty, Landing, Production
from mengkeju.deals.tasks import follow_landings
from mengkeju.kernel import clock, duty_clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.duties import open_on
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import after_samples as a
from tests.deals import deal_samples as d
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal
TODAY, LATER_DAY = clock.today(a.NOW), clock.today(a.LATER)
NEW_YEAR = datetime(TODAY.year + 1, 1, 10, 3, tzinfo=a.NOW.tzinfo)

# What the table must say, written down a second time. Everything that is not here must be refused.
ALLOWED = {
    ("planned", "build"): "building",
    ("planned", "produce"): "producing",
    ("building", "produce"): "producing",
    ("stopped", "produce"): "producing",
    ("planned", "stop"): "stopped",
    ("building", "stop"): "stopped",
    ("producing", "stop"): "stopped",
}
STATES = ("planned", "building", "producing", "stopped")


def moved(row: Landing, step: str, pair: s.Pair, **given: Any) -> Landing:
    """One step by the firm on LATER's day."""
    options: dict[str, Any] = {"on": LATER_DAY, "note": "停了", "by": pair.of_firm, "now": a.LATER}
    return actions.move_landing(row, step, **(options | given))


def brought(row: Landing, state: str, pair: s.Pair) -> Landing:
    """The landing in a state, by its steps."""
    for step in {"building": ["build"], "producing": ["produce"], "stopped": ["stop"]}.get(state, []):
        moved(row, step, pair)
    row.refresh_from_db()
    assert row.state == state
    return row


def test_the_table_is_what_is_written_here() -> None:
    found = {(source, key): t.target for key, t in LANDING.transitions.items() for source in t.source}
    assert (found, LANDING.problems(), set(LANDING.states)) == (ALLOWED, [], set(STATES))


@pytest.mark.covers("ACH-11")
@pytest.mark.parametrize("state", STATES)
def test_every_step_in_every_state(state: str) -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = brought(a.landed(deal, pair), state, pair)
    events = Event.objects.filter(subject_uid=row.uid).count()
    for step in LANDING.transitions:
        wanted = ALLOWED.get((state, step))
        with transaction.atomic():
            if wanted is None:
                with pytest.raises(TransitionRefusedError) as refused:
                    moved(row, step, pair)
                assert refused.value.code == "wrong_state", step
            else:
                moved(row, step, pair)
                assert Event.objects.filter(subject_uid=row.uid).count() == events + 1
                assert Event.objects.filter(subject_uid=deal.uid, type__startswith="deal.landing_").count() >= 2
            assert Landing.objects.get().state == (wanted or state), step
            transaction.set_rollback(True)
        row.refresh_from_db()
    with pytest.raises(TransitionRefusedError) as unknown:
        moved(row, "fly", pair)
    assert unknown.value.code == "unknown"


def test_a_landing_lands_the_deal_and_its_days_move_it() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    assert "land" not in dict(queries.moves(pair.of_firm, deal))
    with pytest.raises(TransitionRefusedError, match="先填写落地情况"):
        actions.move_deal(deal, "land", by=pair.of_firm, now=a.LATER, note="落地了")
    row = a.landed(deal, pair, began_on=TODAY, produced_on=LATER_DAY)
    deal.refresh_from_db()
    assert (deal.state, row.state, row.area, row.began_on) == ("landed", "producing", pair.firm.area, TODAY)
    kinds = list(Event.objects.filter(subject_uid=row.uid).order_by("pk").values_list("type", flat=True))
    assert kinds == ["landing.created", "landing.build", "landing.produce"]
    again = a.landed(deal, pair, name="二期")
    assert (again.state, Landing.objects.count()) == ("planned", 2)
    assert Notice.objects.filter(account=f.manager(pair.institute).uid, title__contains="成果落地").exists()


def test_of_a_site_its_own_party_speaks_or_any_where_it_is_not_here() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    for actor in (pair.of_institute, f.actor(f.manager(f.organisation())), f.actor(f.auditor())):
        with pytest.raises(RefusedError):
            actions.record_landing(deal, Site("产线", a.party(deal, "buyer")), by=actor, now=a.LATER)
    assert [party.side for party in queries.sites_open_to(pair.of_institute, deal)] == ["seller"]
    DealParty.objects.filter(deal=deal, side="buyer").update(organisation=None)
    assert [party.side for party in queries.sites_open_to(pair.of_institute, deal)] == ["seller", "buyer"]
    row = actions.record_landing(deal, Site("产线", a.party(deal, "buyer")), by=pair.of_institute, now=a.LATER)
    assert actions.move_landing(row, "build", on=TODAY, by=pair.of_institute, now=a.LATER).state == "building"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"area": "999999"}, "area"),
        ({"investment": D(-1)}, "investment"),
        ({"capacity": D(0)}, "capacity"),
        ({"unit": " "}, "unit"),
        ({"began_on": LATER_DAY + timedelta(days=1)}, "began_on"),
        ({"began_on": LATER_DAY, "produced_on": TODAY}, "produced_on"),
    ],
)
def test_a_landing_that_cannot_be_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as refused:
        a.landed(a.signed(pair), pair, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Landing.objects.exists()


def test_a_step_has_its_day_in_order() -> None:
    pair = s.pair()
    row = a.landed(a.signed(pair), pair, began_on=TODAY)
    for step, on in (("produce", LATER_DAY + timedelta(days=1)), ("produce", TODAY - timedelta(days=1))):
        with pytest.raises(ValidationError) as refused:
            moved(row, step, pair, on=on)
        assert set(refused.value.message_dict) == {"on"}
    with pytest.raises(TransitionRefusedError) as silent:
        moved(row, "stop", pair, note=" ")
    assert silent.value.code == "note_required"
    moved(row, "produce", pair, on=TODAY)
    moved(row, "stop", pair)
    moved(row, "produce", pair)
    row.refresh_from_db()
    assert (row.produced_on, row.stopped_on, row.state) == (TODAY, None, "producing")


def test_a_changed_landing_keeps_its_unit_once_volumes_stand() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.landed(deal, pair)
    site = Site("改名的产线", row.party, unit="吨", capacity=D(30_000), jobs_planned=80)
    actions.edit_landing(row, site, by=pair.of_firm, now=a.LATER, revision=row.revision)
    row.refresh_from_db()
    assert (row.name, row.capacity, row.jobs_planned, row.investment) == ("改名的产线", D(30_000), 80, None)
    with pytest.raises(StaleRevisionError):
        actions.edit_landing(row, site, by=pair.of_firm, now=a.LATER, revision=1)
    a.made(row, pair, Made("plan", TODAY.year, D(1)))
    with pytest.raises(ValidationError) as refused:
        actions.edit_landing(row, Site("产线", row.party, unit="套"), by=pair.of_firm, now=a.LATER)
    assert set(refused.value.message_dict) == {"unit"}


@pytest.mark.covers("ACH-21")
def test_production_is_set_against_its_plan() -> None:
    pair = s.pair()
    row = a.producing(a.signed(pair), pair)
    year = TODAY.year
    a.made(
        row, pair, Made("plan", year, D(20_000)), Made("actual", year, D(1_500), 10), Made("actual", year, D(1_400), 11)
    )
    (line,) = queries.years_of(queries.production_of([row])[row.pk])
    assert (line.plan, line.actual, line.months, line.deviation) == (D(20_000), D(2_900), 2, None)
    a.made(row, pair, Made("plan", year, D(1_600), 10), Made("plan", year, D(1_600), 11))
    (line,) = queries.years_of(queries.production_of([row])[row.pk])
    assert (line.deviation, line.percent) == (D(-300), D("-9.4"))
    a.made(row, pair, Made("actual", year, D(19_000)))
    a.made(row, pair, Made("actual", year, D(21_000)))
    (line,) = queries.years_of(queries.production_of([row])[row.pk])
    assert (line.actual, line.deviation, line.percent, line.months) == (D(21_000), D(1_000), D("5.0"), 0)
    gone = Production.objects.get(archived_at__isnull=False)
    assert (gone.volume, gone.archived_reason) == (D(19_000), "重新填写")


@pytest.mark.parametrize(
    ("row", "path"),
    [
        (Made("guess", 2026, D(1)), "rows.0.kind"),
        (Made("plan", 26, D(1)), "rows.0.year"),
        (Made("plan", 2026, D(1), 13), "rows.0.month"),
        (Made("plan", 2026, D(-1)), "rows.0.volume"),
        (Made("actual", 2099, D(1)), "rows.0.year"),
        (Made("plan", 2026, D(1), None, "长" * 301), "rows.0.note"),
    ],
)
def test_a_volume_that_cannot_be_is_refused_at_its_row(row: Made, path: str) -> None:
    pair = s.pair()
    landing = a.landed(a.signed(pair), pair)
    with pytest.raises(ValidationError) as refused:
        a.made(landing, pair, row)
    assert set(refused.value.message_dict) == {path}
    assert not Production.objects.exists()


def test_no_period_twice_in_a_form_and_no_volume_without_unit() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    landing, bare = a.landed(deal, pair), a.landed(deal, pair, capacity=None, unit="")
    with pytest.raises(ValidationError) as refused:
        a.made(landing, pair, Made("plan", 2026, D(1)), Made("plan", 2026, D(2)))
    assert set(refused.value.message_dict) == {"rows.1.year"}
    with pytest.raises(TransitionRefusedError, match="计量单位"):
        a.made(bare, pair, Made("plan", 2026, D(1)))


# ---- The yearly report ---------------------------------------------------------------------------------


@pytest.mark.covers("ACH-11")
def test_whoever_produces_is_asked_every_year_reminded_and_done_with_one_form() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row, planned = a.producing(deal, pair), a.landed(deal, pair, name="还没投产的")
    assert actions.follow_landings(now=a.NOW) == 0  # it did not produce last year
    assert (actions.follow_landings(now=NEW_YEAR), actions.follow_landings(now=NEW_YEAR)) == (1, 0)
    duty = open_on(row).get()
    assert (duty.key, duty.holder_organisation) == ("report_landing", pair.firm.uid)
    assert duty.due_on == clock.add_working_days(clock.today(NEW_YEAR), 40).day
    assert not open_on(planned)
    assert Notice.objects.filter(kind="duty.report_landing", account=f.manager(pair.firm).uid).exists()
    assert duty.due_on is not None
    before = datetime.combine(duty.due_on - timedelta(days=1), a.NOW.time(), a.NOW.tzinfo)
    duty_clock.remind(now=before)
    assert Notice.objects.filter(kind="reminder.report_landing").exists()
    said = Expected("actual", TODAY.year, "审计报告", row, revenue=D(120_000_000), profit=D(-500_000))
    actions.report_landing_year(row, said, volume=D(18_500), evidence=[m.voucher()], by=pair.of_firm, now=NEW_YEAR)
    assert not open_on(row)
    benefit = Benefit.objects.get()
    assert (benefit.year, benefit.profit, benefit.landing) == (TODAY.year, D(-500_000), row)
    assert Production.objects.get().volume == D(18_500)
    assert len(queries.evidence_of("benefit", [benefit])[benefit.uid]) == 1
    assert actions.follow_landings(now=NEW_YEAR) == 0
    assert actions.follow_landings(now=NEW_YEAR.replace(year=NEW_YEAR.year + 1)) == 1


def test_a_report_of_volume_alone_is_a_report_and_a_closed_deal_goes_on_telling() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.producing(deal, pair)
    actions.move_deal(deal, "close", by=pair.of_firm, now=a.LATER, note="办完了")
    actions.follow_landings(now=NEW_YEAR)
    assert open_on(row).exists()
    said = Expected("actual", TODAY.year, "产量报表", row)
    with pytest.raises(ValidationError):
        actions.report_landing_year(row, said, by=pair.of_firm, now=NEW_YEAR)
    actions.report_landing_year(row, said, volume=D(1), by=pair.of_firm, now=NEW_YEAR)
    assert not open_on(row)
    with pytest.raises(TransitionRefusedError, match="已经结束"):
        a.landed(deal, pair)


def test_nobody_is_asked_of_what_was_terminated_or_what_a_source_tells() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    a.producing(deal, pair)
    told = actions.record_production_plan_from_source(
        d.from_source(s.pair()), name="产线", product="", capacity=D(1), unit="吨", source="001", now=a.NOW
    )
    Landing.objects.filter(pk=told.pk).update(state="producing", produced_on=TODAY)
    actions.move_deal(deal, "terminate", by=pair.of_firm, now=a.LATER, note="不做了")
    assert actions.follow_landings(now=NEW_YEAR) == 0


def test_the_nightly_task_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = s.pair()
    a.producing(a.signed(pair), pair)
    monkeypatch.setattr(clock, "now", lambda: NEW_YEAR)
    assert "1 处" in follow_landings.func()


# ---- Benefit -------------------------------------------------------------------------------------------


@pytest.mark.covers("ACH-12")
def test_forecast_and_actual_stand_apart_and_are_compared_by_year() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    year = TODAY.year - 1
    Deal.objects.filter(pk=deal.pk).update(signed_on=date(year - 1, 5, 1))
    a.figures(deal, pair, profit_bound="at_least")
    a.figures(deal, pair, year=year, revenue=D(100), profit=None)
    a.figures(deal, pair, "actual", year=year, revenue=D(90), profit=D(20_000_000))
    average, line = queries.compared(queries.benefits_of(pair.of_firm, deal))
    assert (average.year, average.cells["revenue"].forecast, average.cells["profit"].bound) == (
        None, D(129_000_000), "at_least",
    )  # fmt: skip
    revenue, profit = line.cells["revenue"], line.cells["profit"]
    assert (revenue.forecast, revenue.actual, revenue.difference, revenue.of_average) == (D(100), D(90), D(-10), False)
    assert (profit.forecast, profit.difference, profit.of_average) == (D(38_000_000), D(-18_000_000), True)


def test_whoever_said_it_corrects_it_and_nobody_else() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    first = a.figures(deal, pair)
    again = a.figures(deal, pair, revenue=D(1))
    first.refresh_from_db()
    assert (first.archived_reason, again.archived_at, Benefit.objects.filter(archived_at=None).get()) == (
        "重新填写", None, again,
    )  # fmt: skip
    by, now = pair.of_institute, a.LATER
    with pytest.raises(TransitionRefusedError, match="要由该方更正"):
        actions.record_benefit(deal, Expected("forecast", None, "估计", revenue=D(2)), by=by, now=now)
    with pytest.raises(TransitionRefusedError, match="要由填写的一方"):
        actions.withdraw_benefit(again, "不对", by=by, now=now)
    actions.withdraw_benefit(again, "不对", by=pair.of_firm, now=now)
    actions.record_benefit(deal, Expected("forecast", None, "估计", revenue=D(2)), by=by, now=now)
    assert [row.said_for for row in queries.benefits_of(by, deal)] == [a.party(deal, "seller")]


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("guess", {}, "kind"),
        ("forecast", {"basis": " "}, "basis"),
        ("forecast", {"revenue": None, "profit": None}, "revenue"),
        ("forecast", {"revenue": D(-1)}, "revenue"),
        ("forecast", {"tax": D(10) ** 15}, "tax"),
        ("forecast", {"jobs": -1}, "jobs"),
        ("forecast", {"bound": "maybe"}, "bound"),
        ("forecast", {"year": 26}, "year"),
        ("actual", {}, "year"),
        ("actual", {"year": LATER_DAY.year}, "year"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_their_field(kind: str, given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as refused:
        a.figures(a.signed(pair), pair, kind, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Benefit.objects.exists()


def test_the_database_wants_a_basis_and_a_year_for_what_was_realised() -> None:
    pair = s.pair()
    row = a.figures(a.signed(pair), pair)
    for change in ({"basis": ""}, {"kind": "actual"}, {"revenue": None, "profit": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Benefit.objects.filter(pk=row.pk).update(**change)


# ---- People --------------------------------------------------------------------------------------------


@pytest.mark.covers("TRD-04")
def test_people_who_came_are_counted_and_withdrawn_with_a_reason() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.came(deal, pair)
    assert (row.employer, row.employer_name, row.headcount) == (pair.firm, pair.firm.name, 5)
    other = a.came(deal, pair, employer=None, employer_name="另一家（演示）")
    assert (other.employer, other.employer_name) == (None, "另一家（演示）")
    with pytest.raises(ValidationError):
        actions.withdraw_arrival(row, " ", by=pair.of_firm, now=a.LATER)
    actions.withdraw_arrival(row, "记错了", by=pair.of_firm, now=a.LATER)
    assert queries.arrivals_of(pair.of_institute, deal) == [other]
    with pytest.raises(RefusedError):
        actions.withdraw_arrival(other, "不归您管", by=f.actor(f.auditor()), now=a.LATER)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"team": " "}, "team"),
        ({"headcount": 0, "doctors": 0, "seniors": 0}, "headcount"),
        ({"doctors": 6}, "doctors"),
        ({"seniors": 6}, "seniors"),
        ({"employer": None}, "employer_name"),
        ({"arrived_on": LATER_DAY + timedelta(days=1)}, "arrived_on"),
    ],
)
def test_people_that_cannot_be_are_refused_at_their_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as refused:
        a.came(a.signed(pair), pair, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Arrival.objects.exists()
