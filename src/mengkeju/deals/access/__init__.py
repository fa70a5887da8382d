"""Who may see and move what: one file per noun."""

from mengkeju.deals.access.agency import AgencyPerm
from mengkeju.deals.access.deal import DealPerm
from mengkeju.deals.access.intention import LISTING_READ, Perm
from mengkeju.deals.access.registration import RegistrationPerm
from mengkeju.deals.access.statistics import StatPerm

__all__ = ["LISTING_READ", "AgencyPerm", "DealPerm", "Perm", "RegistrationPerm", "StatPerm"]
