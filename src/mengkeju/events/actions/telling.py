"""Who is told of what happens to a meeting or a pitch, and when the clock looks at it again."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils.functional import Promise

from mengkeju.directory.models import Organisation, Person
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel import clock, jobs
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Duty
from mengkeju.kernel.notices import notify

MAIL = "mengkeju.events.tasks.mail_meeting"
TEND_MEETING = "mengkeju.events.tasks.tend_meeting"
TEND_PITCH = "mengkeju.events.tasks.tend_pitch"
MORNING = time(9, 0)


def accounts_of(organisation: Organisation) -> list[UUID]:
    """The logins of an organisation's members."""
    return provider().accounts_of(Duty(holder_organisation=organisation.uid))


def account_of(person: Person | None) -> list[UUID]:
    """The login of a person, if he has one."""
    return [person.account.uid] if person is not None and person.account is not None else []


def tell_meeting(
    meeting: Meeting,
    title: str | Promise,
    *,
    by: Actor,
    now: datetime,
    sides: Iterable[str] = ("requesting", "invited"),
) -> None:
    """Both sides and the broker, except whoever did it; by mail with the calendar file once a time stands."""
    accounts = [uid for side in sides for uid in accounts_of(getattr(meeting, side))] + account_of(meeting.broker)
    told = {uid for uid in accounts if uid != by.account_uid}
    notify(told, "meeting.news", title, subject_type="meeting", subject_uid=meeting.uid, now=now, mail=MAIL)


def tell_pitch(accounts: Iterable[UUID], pitch: Pitch, title: str | Promise, *, now: datetime) -> None:
    """A notice to some logins about a pitch."""
    notify(set(accounts), "pitch.news", title, subject_type="pitch", subject_uid=pitch.uid, now=now)


def listening(pitch: Pitch) -> list[UUID]:
    """The logins of those who registered to listen."""
    rows = pitch.listeners.filter(archived_at=None).select_related("person__account")
    return [uid for row in rows for uid in account_of(row.person)]


def reminder_at(starts_at: datetime) -> datetime:
    """The morning of the last working day before the day of a meeting."""
    day = clock.today(starts_at) - clock.DAY
    while not clock.is_working_day(day):
        day -= clock.DAY
    return datetime.combine(day, MORNING, clock.ZONE)


def look_again(task: str, uid: UUID, moments: Iterable[datetime], *, now: datetime) -> None:
    """Let the clock look at it at these moments; what is missed is found by the nightly task."""
    for moment in sorted(set(moments)):
        if moment > now:
            jobs.defer(task, str(uid), at=moment + timedelta(seconds=1))
