"""Listings and what hangs on them: one file per noun. No verbs."""

from mengkeju.listings.models.applications import Application
from mengkeju.listings.models.links import ListingLink, Participation
from mengkeju.listings.models.listing import TIERS, Listing, ListingNumber
from mengkeju.listings.models.maturity import MaturityStep
from mengkeju.listings.models.reads import PartyAccess, ReadRecord
from mengkeju.listings.models.registration import FirstOffer, ListingGoal, ResultRegistration
from mengkeju.listings.models.rights import FeePayment, IpRight, RightClaim

__all__ = [
    "TIERS",
    "Application",
    "FeePayment",
    "FirstOffer",
    "IpRight",
    "Listing",
    "ListingGoal",
    "ListingLink",
    "ListingNumber",
    "MaturityStep",
    "Participation",
    "PartyAccess",
    "ReadRecord",
    "ResultRegistration",
    "RightClaim",
]
