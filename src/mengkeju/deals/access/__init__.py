"""Who may see and move what: one file per noun."""

from mengkeju.deals.access.agency import AgencyPerm
from mengkeju.deals.access.claim_basis import ClaimBasisPerm
from mengkeju.deals.access.cooperation import CooperationPerm
from mengkeju.deals.access.deal import DealPerm
from mengkeju.deals.access.intention import LISTING_READ, Perm
from mengkeju.deals.access.landing import LandingPerm
from mengkeju.deals.access.ledger import LedgerPerm
from mengkeju.deals.access.performance import PerformancePerm
from mengkeju.deals.access.registration import RegistrationPerm
from mengkeju.deals.access.statistics import StatPerm

__all__ = [
    "LISTING_READ",
    "AgencyPerm",
    "ClaimBasisPerm",
    "CooperationPerm",
    "DealPerm",
    "LandingPerm",
    "LedgerPerm",
    "PerformancePerm",
    "Perm",
    "RegistrationPerm",
    "StatPerm",
]
