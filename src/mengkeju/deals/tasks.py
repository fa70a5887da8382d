"""Background work of deals. Every task may run twice."""

from django_tasks import task

from mengkeju.deals import actions
from mengkeju.kernel import clock


@task()
def follow_landings() -> str:
    """Nightly: ask those whose landings produce what last year brought."""
    return f"提醒了 {actions.follow_landings(now=clock.now())} 处落地填写上一年情况"
