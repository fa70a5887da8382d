"""Tasks of search. All may run twice."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.search import actions


@task()
def prune_search_log() -> int:
    """Nightly: blank the words of searches older than the retention period."""
    return actions.prune_search_log(now=clock.now())
