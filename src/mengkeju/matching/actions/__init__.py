"""Writes of matching."""

from mengkeju.matching.actions.compute import (
    Answer,
    compute_for,
    compute_waiting,
    match_all,
    note_changes,
    rank_listing,
    rank_text,
    retire_for,
)
from mengkeju.matching.actions.feedback import dismiss, restore
from mengkeju.matching.actions.showings import (
    give_showing_consent,
    mark_opened,
    note_shown,
    prune_showings,
    record_outcome,
    withdraw_showing_consent,
)

__all__ = [
    "Answer",
    "compute_for",
    "compute_waiting",
    "dismiss",
    "give_showing_consent",
    "mark_opened",
    "match_all",
    "note_changes",
    "note_shown",
    "prune_showings",
    "rank_listing",
    "rank_text",
    "record_outcome",
    "restore",
    "retire_for",
    "withdraw_showing_consent",
]
