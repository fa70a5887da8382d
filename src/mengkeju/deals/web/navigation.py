"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.deals.access import Perm, RegistrationPerm
from mengkeju.kernel.access import ANONYMOUS, may


def sees_board(request: HttpRequest) -> bool:
    """Brokers, officers and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.BOARD_READ)


def sees_desk(request: HttpRequest) -> bool:
    """Registrars and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), RegistrationPerm.QUEUE)
