"""Listings and what hangs on them: one file per noun. No verbs."""

from mengkeju.listings.models.agendas import Agenda, AgendaItem, AgendaItemListing
from mengkeju.listings.models.bottlenecks import Bottleneck, BottleneckBureau, BottleneckListing
from mengkeju.listings.models.disclosure import (
    AccessRequest,
    DisclosedVersion,
    DisclosureRule,
    FileRead,
    ListingFile,
)
from mengkeju.listings.models.diagnosis import Diagnosis
from mengkeju.listings.models.links import ListingLink, Participation
from mengkeju.listings.models.listing import TIERS, Listing, ListingNumber
from mengkeju.listings.models.outcomes import NeedOutcome
from mengkeju.listings.models.reads import PartyAccess, ReadRecord
from mengkeju.listings.models.releases import Release, ReleaseItem, ReleasePart
from mengkeju.listings.models.rights import IpRight
from mengkeju.listings.models.weak_links import Attached, WeakLink, WeakLinkListing

__all__ = [
    "TIERS",
    "Agenda",
    "AgendaItem",
    "AgendaItemListing",
    "Attached",
    "Bottleneck",
    "BottleneckBureau",
    "BottleneckListing",
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
    "Diagnosis",
    "IpRight",
    "Listing",
    "ListingGoal",
    "AccessRequest",
    "DisclosedVersion",
    "DisclosureRule",
    "FileRead",
    "IpRight",
    "Listing",
    "ListingFile",
    "ListingLink",
    "ListingNumber",
    "NeedOutcome",
    "Participation",
    "PartyAccess",
    "ReadRecord",
    "WeakLink",
    "WeakLinkListing",
    "Release",
    "ReleaseItem",
    "ReleasePart",
    "MaturityStep",
    "Participation",
    "PartyAccess",
    "ReadRecord",
    "ResultRegistration",
    "RightClaim",
]
