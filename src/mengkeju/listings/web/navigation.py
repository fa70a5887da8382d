"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.listings.access import Perm


def reads_queue(request: HttpRequest) -> bool:
    """Officers have a queue, the auditor reads it."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.QUEUE_READ)
