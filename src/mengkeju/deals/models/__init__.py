"""Intentions, claims, deals and what hangs on them: one file per noun. No verbs."""

from mengkeju.deals.models.agency import STATED, AgencySheet
from mengkeju.deals.models.claim import Claim
from mengkeju.deals.models.claim_basis import ClaimBasis, ClaimedPayment
from mengkeju.deals.models.cooperation import FUNDING_SOURCES, PUBLIC_SOURCES, FundingLine, Renewal, YearResult
from mengkeju.deals.models.deal import (
    DEAL_ORIGINS,
    DEDUCTIONS,
    HELPER_ROLES,
    PRICE_MODES,
    UNBOUND_MODES,
    Deal,
    DealHelper,
    DealParty,
)
from mengkeju.deals.models.intention import ORIGINS, ORIGINS_BY_HAND, Intention, Message
from mengkeju.deals.models.landing import BOUNDS, MEASURES, PRODUCTION_KINDS, Benefit, Landing, Production
from mengkeju.deals.models.ledger import DECISIONS, PartyAlias
from mengkeju.deals.models.money import LINE_KINDS, Instalment, PaymentRecord, PriceLine
from mengkeju.deals.models.performance import VERDICTS, Acceptance, Arrival, Milestone, WorkPackage
from mengkeju.deals.models.reading import READING_KINDS, SourceReading
from mengkeju.deals.models.registration import Amendment, Registration, RegistrationDocument
from mengkeju.deals.models.stall import Stall
from mengkeju.deals.models.statistics import StatClosing
from mengkeju.deals.models.talk import GAP_STATES, GapItem, Offer
from mengkeju.deals.models.text import AGREED_ROLES, TEXT_LANGUAGES, TEXT_ROLES, ContractText, TextConfirmation

__all__ = [
    "AGREED_ROLES",
    "BOUNDS",
    "DEAL_ORIGINS",
    "DECISIONS",
    "DEDUCTIONS",
    "FUNDING_SOURCES",
    "GAP_STATES",
    "HELPER_ROLES",
    "LINE_KINDS",
    "MEASURES",
    "ORIGINS",
    "ORIGINS_BY_HAND",
    "PRICE_MODES",
    "PRODUCTION_KINDS",
    "PUBLIC_SOURCES",
    "READING_KINDS",
    "STATED",
    "TEXT_LANGUAGES",
    "TEXT_ROLES",
    "UNBOUND_MODES",
    "VERDICTS",
    "Acceptance",
    "AgencySheet",
    "Amendment",
    "Arrival",
    "Benefit",
    "Claim",
    "ClaimBasis",
    "ClaimedPayment",
    "ContractText",
    "Deal",
    "DealHelper",
    "DealParty",
    "FundingLine",
    "GapItem",
    "Instalment",
    "Intention",
    "Landing",
    "Message",
    "Milestone",
    "Offer",
    "PartyAlias",
    "PaymentRecord",
    "PriceLine",
    "Production",
    "Registration",
    "RegistrationDocument",
    "Renewal",
    "SourceReading",
    "Stall",
    "StatClosing",
    "TextConfirmation",
    "WorkPackage",
    "YearResult",
]
