"""Who reads the contract statistics and opens their numbers, and who closes a period."""

from enum import StrEnum

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import has_role, is_active, over_area, register


class StatPerm(StrEnum):
    """Permissions on the statistics of registered contracts."""

    READ = "deals.statistics:read"
    CLOSE = "deals.stat_closing:close"


READERS = (Role.OFFICER, Role.REGISTRAR)

register(
    {
        # What a row of the statistics says (title, type, seller, amounts, day) both cities' officers and registrars
        # read; the record behind it opens to those concerned.
        StatPerm.READ: ((is_active, has_role(*READERS)), (has_role(Role.AUDITOR),)),
        StatPerm.CLOSE: ((is_active, over_area(*READERS)),),
    }
)
