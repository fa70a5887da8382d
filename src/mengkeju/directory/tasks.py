"""Tasks of the directory. All may run twice."""

from django_tasks import task

from mengkeju.directory import actions
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM


@task()
def warn_of_token_expiry() -> int:
    """Nightly: tell the holders of API tokens that end soon."""
    return actions.warn_of_expiry(now=clock.now())


@task()
def lapse_members_openings() -> int:
    """Nightly: record the end of openings for organisations outside the region whose last day is past."""
    return actions.lapse_members_openings(by=SYSTEM, now=clock.now())


@task()
def end_titles() -> int:
    """Nightly: record the end of titles whose last day is past."""
    return actions.end_titles(by=SYSTEM, now=clock.now())
