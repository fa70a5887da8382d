"""Background work of listings. Every task may run twice."""

from uuid import UUID

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.listings import actions


@task()
def prune_reads() -> str:
    """Delete the records of reading that were kept long enough."""
    return f"删除了 {actions.prune_reads(now=clock.now())} 条阅读记录"


@task()
def keep_fresh() -> str:
    """Nightly: ask owners to confirm what comes to its day, take off the shelf what nobody confirmed."""
    kept = actions.keep_fresh(now=clock.now())
    return f"新定期限 {kept.dated} 条，提醒 {kept.asked} 条，下架 {kept.hidden} 条"


@task()
def release_due(uid: str) -> str:
    """Release a batch whose planned moment has come."""
    return actions.release_due(UUID(uid), now=clock.now())


@task()
def sweep_releases() -> str:
    """Nightly: what should have been released and was not."""
    return f"补排了 {actions.sweep_due(now=clock.now())} 批联合发布"


@task()
def tend_rights() -> str:
    """Open and close what the dates of patents ask of their holders."""
    return f"核对了 {actions.tend_rights(now=clock.now())} 项知识产权的日期"
