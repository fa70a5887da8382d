"""Background work of matching. Both tasks may run twice."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.matching import actions
from mengkeju.matching.actions import compute


@task()
def compute_waiting() -> str:
    """Match the listings that wait."""
    return f"匹配了 {compute.compute_waiting(now=clock.now())} 条"


@task()
def prune_showings() -> str:
    """Delete showings older than a year."""
    return f"删除了 {actions.prune_showings(now=clock.now())} 条展示记录"
