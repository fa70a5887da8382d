"""Listings and what hangs on them: one file per noun. No verbs."""

from mengkeju.listings.models.agendas import Agenda, AgendaItem, AgendaItemListing
from mengkeju.listings.models.applications import Application
from mengkeju.listings.models.bottlenecks import Bottleneck, BottleneckBureau, BottleneckListing
from mengkeju.listings.models.diagnosis import Diagnosis
from mengkeju.listings.models.disclosure import AccessRequest, DisclosedVersion, DisclosureRule, FileRead, ListingFile
from mengkeju.listings.models.links import ListingLink, Participation
from mengkeju.listings.models.listing import TIERS, Listing, ListingNumber
from mengkeju.listings.models.maturity import MaturityStep
from mengkeju.listings.models.outcomes import NeedOutcome
from mengkeju.listings.models.reads import PartyAccess, ReadRecord
from mengkeju.listings.models.registration import FirstOffer, ListingGoal, ResultRegistration
from mengkeju.listings.models.releases import Release, ReleaseItem, ReleasePart
from mengkeju.listings.models.rights import FeePayment, IpRight, RightClaim
from mengkeju.listings.models.weak_links import Attached, WeakLink, WeakLinkListing

__all__ = [
    "TIERS",
    "AccessRequest",
    "Agenda",
    "AgendaItem",
    "AgendaItemListing",
    "Application",
    "Attached",
    "Bottleneck",
    "BottleneckBureau",
    "BottleneckListing",
    "Diagnosis",
    "DisclosedVersion",
    "DisclosureRule",
    "FeePayment",
    "FileRead",
    "FirstOffer",
    "IpRight",
    "Listing",
    "ListingFile",
    "ListingGoal",
    "ListingLink",
    "ListingNumber",
    "MaturityStep",
    "NeedOutcome",
    "Participation",
    "PartyAccess",
    "ReadRecord",
    "Release",
    "ReleaseItem",
    "ReleasePart",
    "ResultRegistration",
    "RightClaim",
    "WeakLink",
    "WeakLinkListing",
]
