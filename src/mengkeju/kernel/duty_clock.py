"""The clocks of duties: each minute reminders and overdue notices, each night lapses and new calendars.

Everything is found by date in the database, so that a missed run is made up for by the next, and two
workers at once do nothing twice.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock, subjects
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance
from mengkeju.kernel.actors import provider
from mengkeju.kernel.bundles import MANY, bundles, words
from mengkeju.kernel.duties import dates
from mengkeju.kernel.figures import day_and_month
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Duty
from mengkeju.kernel.notices import about, notify
from mengkeju.kernel.workflow import DutySpec, TransitionRefusedError

log = logging.getLogger(__name__)
# The longest public holiday with its weekends stays below this: no due date further away can be tomorrow's.
HORIZON = timedelta(days=15)
# A notice is written once for each reader, in his language.
_words, _day = lazy(words, str), lazy(day_and_month, str)


class LapseHandler(Protocol):
    """How a capability ends a subject whose time is over, when more than the transition is to be done."""

    def __call__(self, uid: UUID, *, now: datetime) -> None:
        """End the subject. TransitionRefusedError when somebody moved it meanwhile."""


lapse_handlers: Registry[LapseHandler] = Registry("lapse handlers")
"""By subject type; a subject without one is moved by the transition its duty names."""


def every_minute(*, now: datetime) -> tuple[int, int]:
    """Reminders and overdue notices; returns how many duties of each."""
    return remind(now=now), escalate(now=now)


def every_night(*, now: datetime) -> tuple[int, int]:
    """Provisional due dates counted again, then lapses; returns how many of each."""
    clock.calendar_year.cache_clear()  # a calendar file may have arrived since this process started
    return recount_provisional(now=now), lapse(now=now)


def _open_duties() -> QuerySet[Duty]:
    return Duty.objects.filter(closed_at=None).order_by("pk")


def _each(duties: QuerySet[Duty], act: Callable[[Duty], bool]) -> int:
    """Act on every duty, one transaction each; a failing one is logged and left for the next run."""
    return _each_group(_alone(duties), lambda group: act(group[0]))


def _each_group(groups: Iterable[list[Duty]], act: Callable[[list[Duty]], int]) -> int:
    done = 0
    for group in groups:
        try:
            with transaction.atomic():
                done += act(group)
        except Exception:
            log.exception("duty %s (%s) failed", group[0].uid, group[0].key)
    return done


def _alone(duties: QuerySet[Duty]) -> Iterator[list[Duty]]:
    return ([duty] for duty in duties.iterator(chunk_size=200))


def _together(duties: QuerySet[Duty]) -> Iterator[list[Duty]]:
    """As they are told: what an organisation has of a bundle until one day together, every other duty alone."""
    bundled = Q(key__in=list(bundles), holder_organisation__isnull=False, escalate_to="")
    yield from _alone(duties.exclude(bundled))
    many = duties.filter(bundled).order_by("key", "holder_organisation", "due_on", "pk")
    for _same, rows in groupby(list(many), key=lambda duty: (duty.key, duty.holder_organisation, duty.due_on)):
        yield list(rows)


def _mark(group: list[Duty], field: str, now: datetime) -> list[Duty]:
    """Note the moment on those that are open and have none yet; these."""
    rows = Duty.objects.filter(pk__in=[duty.pk for duty in group], closed_at=None, **{field: None})
    marked = list(rows.select_for_update().order_by("pk"))
    Duty.objects.filter(pk__in=[duty.pk for duty in marked]).update(**{field: now})
    return marked


def _tell(rows: list[Duty], accounts: list[UUID], kind: str, title: str | Promise, now: datetime) -> None:
    duty, many = rows[0], MANY if len(rows) > 1 else ""
    notify(accounts, f"{many}{kind}.{duty.key}", title, **about(duty, len(rows)), now=now)


def remind(*, now: datetime) -> int:
    """Tell the holders of duties due within one working day, once; a duty opened today needs no reminder."""
    today = clock.today(now)
    days = (today + timedelta(days=n) for n in range(HORIZON.days + 1))
    soon = [day for day in days if clock.working_days_between(today, day) <= 1]

    def act(group: list[Duty]) -> int:
        rows = _mark([duty for duty in group if clock.today(duty.opened_at) != today], "reminded_at", now)
        if rows and rows[0].due_on is not None:
            said, day = _words(rows[0], len(rows)), _day(rows[0].due_on)
            title = format_lazy(_("即将到期：{duty}（{day} 前办理）"), duty=said, day=day)
            _tell(rows, provider().accounts_of(rows[0]), "reminder", title, now)
        return len(rows)

    return _each_group(_together(_open_duties().filter(reminded_at=None, due_on__in=soon)), act)


def escalate(*, now: datetime) -> int:
    """Tell the holders of what is overdue, and the role the duty names for that case, if it names one; once."""
    today = clock.today(now)

    def act(group: list[Duty]) -> int:
        rows = _mark(group, "escalated_at", now)
        if rows and rows[0].due_on is not None:
            duty, said, day = rows[0], _words(rows[0], len(rows)), _day(rows[0].due_on)
            accounts = set(provider().accounts_of(duty))
            if duty.escalate_to:
                accounts |= set(provider().accounts_of(Duty(holder_role=duty.escalate_to, area=duty.area)))
            title = format_lazy(_("已逾期：{duty}（应于 {day} 前办理）"), duty=said, day=day)
            _tell(rows, list(accounts), "overdue", title, now)
        return len(rows)

    return _each_group(_together(_open_duties().filter(escalated_at=None, due_on__lt=today)), act)


def lapse(*, now: datetime) -> int:
    """End what nobody moved in time, by its capability's handler or the transition the duty names."""

    def act(duty: Duty) -> bool:
        handler = lapse_handlers.get(duty.subject_type)
        try:
            if handler is not None:
                handler(duty.subject_uid, now=now)
                return True
            subject = subjects.find(duty.subject_type, duty.subject_uid)
            if subject is None:
                return False
            advance(subject, duty.lapse, by=SYSTEM, now=now, note="到期无人办理")
        except TransitionRefusedError as refused:  # moved by a person or another worker just now
            log.info("duty %s does not lapse: %s", duty.uid, refused.reason)
            return False
        return True

    return _each(_open_duties().filter(lapse_on__lt=clock.today(now)), act)


def _spec_of(duty: Duty) -> DutySpec | None:
    subject = subjects.subject_types.get(duty.subject_type)
    if subject is None or subject.workflow is None:
        return None
    specs = (state.duty for state in subject.workflow.states.values() if state.duty is not None)
    return next((spec for spec in specs if spec.key == duty.key), None)


def recount_provisional(*, now: datetime) -> int:
    """Count due dates again that were set before the year's calendar was published; a moved one reminds anew."""

    def act(duty: Duty) -> bool:
        spec = _spec_of(duty)
        if spec is None or spec.working_days is None:
            return False
        due, lapse_on = dates(spec, clock.today(duty.opened_at))
        if due is None or (due.day, due.provisional) == (duty.due_on, duty.due_provisional):
            return False
        told: dict[str, None] = {} if due.day == duty.due_on else {"reminded_at": None, "escalated_at": None}
        Duty.objects.filter(pk=duty.pk, closed_at=None).update(
            due_on=due.day, lapse_on=lapse_on, due_provisional=due.provisional, **told
        )
        log.info("duty %s is now due on %s (was %s), counted at %s", duty.uid, due.day, duty.due_on, now)
        return True

    return _each(_open_duties().filter(due_provisional=True), act)
