"""Intentions and what hangs on them, and brokers' claims: one file per noun. No verbs."""

from mengkeju.deals.models.claim import Claim
from mengkeju.deals.models.intention import ORIGINS, ORIGINS_BY_HAND, Intention, Message
from mengkeju.deals.models.stall import Stall

__all__ = ["ORIGINS", "ORIGINS_BY_HAND", "Claim", "Intention", "Message", "Stall"]
