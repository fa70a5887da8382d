"""Tasks of events. All may run twice."""

from uuid import UUID

from django_tasks import task

from mengkeju.events import actions
from mengkeju.kernel import clock


@task()
def mail_meeting(uid: str) -> bool:
    """Mail one notice about a meeting."""
    return actions.mail_meeting(uid, now=clock.now())


@task()
def tend_meeting(uid: str) -> str:
    """Remind, end or lapse a meeting when it is time."""
    return actions.tend_meeting(UUID(uid), now=clock.now())


@task()
def tend_pitch(uid: str) -> str:
    """Remind, end or lapse a remote pitch when it is time."""
    return actions.tend_pitch(UUID(uid), now=clock.now())


@task()
def tend_all() -> int:
    """Nightly: meetings and pitches whose moment was missed."""
    return actions.tend_all(now=clock.now())


@task()
def blank_guests() -> int:
    """Nightly: clear personal data of guests whose keeping has ended."""
    return actions.blank_guests(now=clock.now())
