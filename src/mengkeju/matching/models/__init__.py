"""Proposals and what hangs on them: one file per noun. No verbs."""

from mengkeju.matching.models.match_models import MatchModel
from mengkeju.matching.models.partners import Partner
from mengkeju.matching.models.proposals import (
    BANDS,
    SIDES,
    VERDICTS,
    Alike,
    Feedback,
    ListingVector,
    Outcome,
    Proposal,
    Running,
    Showing,
    Waiting,
    sides,
)
from mengkeju.matching.models.questions import AutomationChoice, Question
from mengkeju.matching.models.words import WordPair

__all__ = [
    "BANDS",
    "SIDES",
    "VERDICTS",
    "Alike",
    "AutomationChoice",
    "Feedback",
    "ListingVector",
    "MatchModel",
    "Outcome",
    "Partner",
    "Proposal",
    "Question",
    "Running",
    "Showing",
    "Waiting",
    "WordPair",
    "sides",
]
