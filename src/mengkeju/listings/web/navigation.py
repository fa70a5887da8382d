"""Which entries of the workbench a reader sees."""

from django.http import HttpRequest

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import ANONYMOUS


def is_officer(request: HttpRequest) -> bool:
    """Officers have a queue."""
    actor = getattr(request, "actor", ANONYMOUS)
    return bool(actor.has_role(Role.OFFICER))
