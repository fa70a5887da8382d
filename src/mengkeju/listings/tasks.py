"""Background work of listings. Every task may run twice."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.listings import actions


@task()
def prune_reads() -> str:
    """Delete the records of reading that were kept long enough."""
    return f"删除了 {actions.prune_reads(now=clock.now())} 条阅读记录"


@task()
def tend_rights() -> str:
    """Open and close what the dates of patents ask of their holders."""
    return f"核对了 {actions.tend_rights(now=clock.now())} 项知识产权的日期"
