"""Tasks of search. All may run twice."""

from uuid import UUID

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.search import actions


@task()
def prune_search_log() -> int:
    """Nightly: blank the words of searches older than the retention period."""
    return actions.prune_search_log(now=clock.now())


@task()
def tell_of_news(uid: str) -> int:
    """Tell everybody a saved search is kept for of what is due."""
    return actions.tell(UUID(uid), now=clock.now())


@task()
def mail_news(uid: str) -> bool:
    """Mail what one notice of a saved search tells of."""
    return actions.mail_news(uid, now=clock.now())


@task()
def forget_news() -> int:
    """Nightly: clear the traces of saved searches that are gone."""
    return actions.forget_news()
