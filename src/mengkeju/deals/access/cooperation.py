"""Who may write what cooperations have: packages, funding, yearly results, what carries what, lists of signings."""

from enum import StrEnum

from mengkeju.deals.access.deal import PARTIES
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import has_role, is_active, register


class CooperationPerm(StrEnum):
    """Permissions on cooperations, asked on the deal."""

    WRITE = "deals.cooperation:write"
    RECORD_SIGNING = "deals.deal:record_signing"


register(
    {
        CooperationPerm.WRITE: PARTIES,
        CooperationPerm.RECORD_SIGNING: ((is_active, has_role(Role.OFFICER, Role.OPERATOR)),),
    }
)
