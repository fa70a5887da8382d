"""Background work of deals. Every task may run twice."""

from django_tasks import task

from mengkeju.deals import actions
from mengkeju.kernel import clock


@task()
def follow_landings() -> str:
    """Nightly: ask those whose landings produce what last year brought."""
    return f"提醒了 {actions.follow_landings(now=clock.now())} 处落地填写上一年情况"


@task()
def tend_terms() -> str:
    """Nightly: ask to renew what is about to end, and for the results of the year that has ended."""
    return f"合作协议和联合研究中心：新开 {actions.tend_terms(now=clock.now())} 件待办"
