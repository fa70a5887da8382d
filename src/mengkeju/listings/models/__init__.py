"""Listings and what hangs on them: one file per noun. No verbs."""

from mengkeju.listings.models.disclosure import (
    AccessRequest,
    DisclosedVersion,
    DisclosureRule,
    FileRead,
    ListingFile,
)
from mengkeju.listings.models.links import ListingLink, Participation
from mengkeju.listings.models.listing import TIERS, Listing, ListingNumber
from mengkeju.listings.models.reads import PartyAccess, ReadRecord
from mengkeju.listings.models.rights import IpRight

__all__ = [
    "TIERS",
    "AccessRequest",
    "DisclosedVersion",
    "DisclosureRule",
    "FileRead",
    "IpRight",
    "Listing",
    "ListingFile",
    "ListingLink",
    "ListingNumber",
    "Participation",
    "PartyAccess",
    "ReadRecord",
]
