"""Tasks of the directory. All may run twice."""

from django_tasks import task

from mengkeju.directory import actions
from mengkeju.kernel import clock


@task()
def warn_of_token_expiry() -> int:
    """Nightly: tell the holders of API tokens that end soon."""
    return actions.warn_of_expiry(now=clock.now())
