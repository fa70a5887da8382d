"""Listings and what hangs on them: one file per noun. No verbs."""

from mengkeju.listings.models.diagnosis import Diagnosis
from mengkeju.listings.models.links import ListingLink, Participation
from mengkeju.listings.models.listing import TIERS, Listing, ListingNumber
from mengkeju.listings.models.reads import PartyAccess, ReadRecord
from mengkeju.listings.models.rights import IpRight

__all__ = [
    "TIERS",
    "Diagnosis",
    "IpRight",
    "Listing",
    "ListingLink",
    "ListingNumber",
    "Participation",
    "PartyAccess",
    "ReadRecord",
]
