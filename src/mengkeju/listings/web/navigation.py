"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.listings.access import Perm


def reads_queue(request: HttpRequest) -> bool:
    """Officers have a queue, the auditor reads it."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.QUEUE_READ)


def reads_diagnoses(request: HttpRequest) -> bool:
    """Brokers diagnose vague needs; officers and the auditor read it."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.DIAGNOSES_READ)


def reads_all_records(request: HttpRequest) -> bool:
    """Whether the reader may see who read what everywhere."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.READS_ALL)


def sees_imports(request: HttpRequest) -> bool:
    """Whoever can import something, and the auditor."""
    actor = getattr(request, "actor", ANONYMOUS)
    return bool(actor.memberships) or actor.has_role("officer", "auditor")
