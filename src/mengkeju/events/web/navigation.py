"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.events.access import Perm
from mengkeju.kernel.access import ANONYMOUS, may


def sees_origins(request: HttpRequest) -> bool:
    """Officers, brokers, operators and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.PITCH_ORIGINS)
