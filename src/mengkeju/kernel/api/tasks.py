"""What the API leaves to the night."""

from django_tasks import task

from mengkeju.kernel.api import limits


@task()
def forget_old_counters() -> int:
    """Drop counters nobody needs."""
    return limits.forget_old()
