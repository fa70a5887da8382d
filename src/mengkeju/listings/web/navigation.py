"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.listings import queries
from mengkeju.listings.access import Perm, ReleasePerm


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


def belongs(request: HttpRequest) -> bool:
    """Whoever belongs to an organisation."""
    return bool(getattr(request, "actor", ANONYMOUS).memberships)


def sees_funnel(request: HttpRequest) -> bool:
    """Whoever has listings to count."""
    return queries.sees_funnel(getattr(request, "actor", ANONYMOUS))


def prepares_releases(request: HttpRequest) -> bool:
    """Officers prepare joint releases, the auditor reads them."""
    return may(getattr(request, "actor", ANONYMOUS), ReleasePerm.DESK)
