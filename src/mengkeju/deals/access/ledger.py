"""Who brings a registrar's ledger, and who decides what its names mean."""

from enum import StrEnum

from mengkeju.deals.access.deal import AUDITOR
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import has_role, is_active, over_area, register


class LedgerPerm(StrEnum):
    """Permissions on ledgers and on the names in them."""

    IMPORT = "deals.ledger:import"
    READ = "deals.party_alias:read"
    DECIDE = "deals.party_alias:decide"


over_desk = over_area(Role.REGISTRAR)

register(
    {
        LedgerPerm.IMPORT: ((is_active, has_role(Role.REGISTRAR)),),
        LedgerPerm.READ: ((over_desk,), AUDITOR),
        LedgerPerm.DECIDE: ((is_active, over_desk),),
    }
)
