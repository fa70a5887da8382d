"""Background work of matching. All of it may run twice."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute, rerank, vectors


@task()
def compute_waiting() -> str:
    """Match the listings that wait."""
    return f"匹配了 {compute.compute_waiting(now=clock.now())} 条"


@task()
def prune_showings() -> str:
    """Delete showings older than a year."""
    return f"删除了 {actions.prune_showings(now=clock.now())} 条展示记录"


@task()
def share_judgement(uid: str) -> str:
    """Let a judgement on a listing's list teach the lists of its near-duplicates."""
    listing = Listing.objects.filter(uid=uid).first()
    if listing is None:
        return "没有这一条"
    alike = vectors.link(listing)
    for other in Listing.objects.filter(pk__in=alike):
        rerank.rerank(other)
    return f"调整了 {len(alike)} 条相近的清单"
