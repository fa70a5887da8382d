"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.deals.access import LedgerPerm, Perm, RegistrationPerm, StatPerm
from mengkeju.kernel.access import ANONYMOUS, may


def sees_board(request: HttpRequest) -> bool:
    """Brokers, officers and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.BOARD_READ)


def sees_statistics(request: HttpRequest) -> bool:
    """Officers, registrars and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), StatPerm.READ)


def sees_desk(request: HttpRequest) -> bool:
    """Registrars and the auditor."""
    return may(getattr(request, "actor", ANONYMOUS), RegistrationPerm.QUEUE)


def imports_ledgers(request: HttpRequest) -> bool:
    """Registrars."""
    return may(getattr(request, "actor", ANONYMOUS), LedgerPerm.IMPORT)


def keeps_accounts(request: HttpRequest) -> bool:
    """Whoever belongs to an organisation that makes contracts; those who register or count them do not."""
    actor = getattr(request, "actor", ANONYMOUS)
    return bool(actor.memberships) and not may(actor, StatPerm.READ)
