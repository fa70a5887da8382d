"""What webhooks leave to the night."""

from django_tasks import task

from mengkeju.kernel import clock
from mengkeju.kernel.webhooks import deliveries


@task()
def tidy() -> list[int]:
    """Give up and forget old deliveries; returns how many of each."""
    return list(deliveries.tidy(now=clock.now()))
