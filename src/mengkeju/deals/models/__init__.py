"""Intentions, claims, deals and what hangs on them: one file per noun. No verbs."""

from mengkeju.deals.models.claim import Claim
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
from mengkeju.deals.models.money import LINE_KINDS, Instalment, PaymentRecord, PriceLine
from mengkeju.deals.models.registration import Amendment, Registration, RegistrationDocument
from mengkeju.deals.models.stall import Stall
from mengkeju.deals.models.statistics import StatClosing
from mengkeju.deals.models.talk import GAP_STATES, GapItem, Offer
from mengkeju.deals.models.text import AGREED_ROLES, TEXT_LANGUAGES, TEXT_ROLES, ContractText, TextConfirmation

__all__ = [
    "AGREED_ROLES",
    "DEAL_ORIGINS",
    "DEDUCTIONS",
    "GAP_STATES",
    "HELPER_ROLES",
    "LINE_KINDS",
    "ORIGINS",
    "ORIGINS_BY_HAND",
    "PRICE_MODES",
    "TEXT_LANGUAGES",
    "TEXT_ROLES",
    "UNBOUND_MODES",
    "Amendment",
    "Claim",
    "ContractText",
    "Deal",
    "DealHelper",
    "DealParty",
    "GapItem",
    "Instalment",
    "Intention",
    "Message",
    "Offer",
    "PaymentRecord",
    "PriceLine",
    "Registration",
    "RegistrationDocument",
    "Stall",
    "StatClosing",
    "TextConfirmation",
]
