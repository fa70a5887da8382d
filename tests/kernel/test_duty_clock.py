"""The clocks of duties: reminders, overdue notices, lapses, and due dates counted again."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from mengkeju.deals.models import Intention
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, duties, duty_clock
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Duty, Notice
from tests import factories as f
from tests.kernel.makers import intention

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
MONDAY = FRIDAY + timedelta(days=3)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), clock.ZONE)


def duty_on(subject: Any, due: date, **fields: Any) -> Duty:
    given = {"key": "test", "label": "办一件事", "opened_at": at(due - timedelta(days=10)), "due_on": due} | fields
    if not {"holder_role", "holder_organisation"} & set(given):
        given["holder_account"] = f.manager(subject).uid
    return Duty.objects.create(subject_type="organisation", subject_uid=subject.uid, area=subject.area, **given)


@pytest.fixture
def firm() -> Organisation:
    made = f.organisation()
    Notice.objects.all().delete()
    return made


def test_a_reminder_comes_one_working_day_before_and_once(firm: Organisation) -> None:
    duty_on(firm, MONDAY)
    assert duty_clock.remind(now=at(FRIDAY - timedelta(days=1))) == 0
    assert duty_clock.remind(now=at(FRIDAY)) == 1  # over the weekend: Friday is the working day before
    assert duty_clock.remind(now=at(FRIDAY, 15)) == 0
    notice = Notice.objects.get()
    assert notice.account == f.manager(firm).uid
    assert notice.title == "即将到期：办一件事（11月23日 前办理）"


def test_a_duty_opened_today_needs_no_reminder(firm: Organisation) -> None:
    duty_on(firm, MONDAY, opened_at=at(FRIDAY))
    assert duty_clock.remind(now=at(FRIDAY, 16)) == 0
    assert duty_clock.remind(now=at(FRIDAY + timedelta(days=1))) == 1


def test_closed_duties_and_those_without_date_are_left_alone(firm: Organisation) -> None:
    duty_on(firm, FRIDAY, closed_at=at(FRIDAY), closed_by="done", escalate_to="officer", lapse="lapse")
    duty_on(firm, FRIDAY, key="open-ended", due_on=None, escalate_to="officer", lapse="lapse")
    much_later = at(FRIDAY + timedelta(days=60))
    assert duty_clock.every_minute(now=much_later) == (0, 0)
    assert duty_clock.every_night(now=much_later) == (0, 0)


def test_overdue_goes_to_the_role_above_and_the_holder_once_after_midnight(firm: Organisation) -> None:
    officer, elsewhere = f.officer(f.BAOTOU), f.officer(f.HOHHOT)
    duty_on(firm, FRIDAY, escalate_to="officer")
    assert duty_clock.escalate(now=at(FRIDAY, 23)) == 0  # the day itself belongs to the deadline
    assert duty_clock.escalate(now=at(FRIDAY + timedelta(days=1), 0)) == 1
    assert duty_clock.escalate(now=at(MONDAY)) == 0
    told = set(Notice.objects.values_list("account", flat=True))
    assert told == {officer.uid, f.manager(firm).uid}
    assert elsewhere.uid not in told


def test_overdue_without_a_role_above_goes_to_the_holder_alone(firm: Organisation) -> None:
    officer, broker = f.officer(f.BAOTOU), f.broker()
    duty_on(firm, FRIDAY)
    assert duty_clock.escalate(now=at(MONDAY)) == 1
    told = set(Notice.objects.values_list("account", flat=True))
    assert told == {f.manager(firm).uid}
    assert not told & {officer.uid, broker.uid}


def test_a_failing_duty_does_not_stop_the_next(
    firm: Organisation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = duty_on(firm, FRIDAY), duty_on(firm, FRIDAY, key="second", label="第二件")
    tell = duty_clock._tell

    def sometimes(rows: list[Duty], *rest: Any) -> None:
        if rows[0].pk == first.pk:
            raise OSError("mail server away")
        tell(rows, *rest)

    monkeypatch.setattr(duty_clock, "_tell", sometimes)
    assert duty_clock.remind(now=at(FRIDAY)) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.reminded_at is None  # it will be tried again
    assert second.reminded_at is not None
    assert "mail server away" in caplog.text


def test_an_intention_nobody_moves_lapses_by_its_capability() -> None:
    declared = intention()
    assert isinstance(declared, Intention)
    last = duties.open_on(declared).get().lapse_on
    assert last is not None
    assert duty_clock.lapse(now=at(last, 23)) == 0
    assert duty_clock.lapse(now=at(last + timedelta(days=1))) == 1
    declared.refresh_from_db()
    assert declared.state == "lapsed"
    assert not duties.open_on(declared).exists()
    assert duty_clock.lapse(now=at(last + timedelta(days=2))) == 0


def test_without_handler_the_transition_of_the_duty_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = intention()
    Duty.objects.filter(subject_uid=declared.uid).update(lapse_on=FRIDAY)
    monkeypatch.setattr(duty_clock, "lapse_handlers", Registry[duty_clock.LapseHandler]("empty"))
    assert duty_clock.lapse(now=at(MONDAY)) == 1
    declared.refresh_from_db()
    assert declared.state == "lapsed"


def test_a_handler_gets_uid_and_time(firm: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[UUID, datetime]] = []
    handlers = Registry[duty_clock.LapseHandler]("test")
    handlers.register("organisation", lambda uid, *, now: called.append((uid, now)))
    monkeypatch.setattr(duty_clock, "lapse_handlers", handlers)
    duty_on(firm, FRIDAY, lapse="gone", lapse_on=FRIDAY)
    assert duty_clock.lapse(now=at(MONDAY)) == 1
    assert called == [(firm.uid, at(MONDAY))]


def test_provisional_dates_are_counted_again_when_the_calendar_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    firm = f.organisation(verified=False)
    opened = date(2027, 9, 30)  # a Thursday; the notice for 2027 is not out
    assert not clock.calendar_year(2027).notice
    duty = duty_on(
        firm,
        date(2027, 10, 8),
        key="verify_organisation",
        holder_role="officer",
        opened_at=at(opened),
        due_provisional=True,
        reminded_at=at(opened),
        escalated_at=at(opened),
    )
    week = clock.expand(date(2027, 10, 1), date(2027, 10, 7))
    official = clock.CalendarYear(2027, week, frozenset(), "测试用通知")
    monkeypatch.setattr(clock, "calendar_year", lambda _year: official)
    assert duty_clock.recount_provisional(now=at(opened)) == 1
    duty.refresh_from_db()
    spec = duty_clock._spec_of(duty)
    assert spec is not None
    assert spec.working_days is not None
    assert not duty.due_provisional
    assert duty.due_on is not None
    assert clock.working_days_between(opened, duty.due_on) == spec.working_days
    assert duty.due_on != date(2027, 10, 8)
    assert (duty.reminded_at, duty.escalated_at) == (None, None)  # another day, so both are told anew
    assert duty_clock.recount_provisional(now=at(opened)) == 0
