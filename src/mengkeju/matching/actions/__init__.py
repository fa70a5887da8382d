"""Writes of matching.

What computes (`compute`, with its numerical libraries) is imported by those who need it: the tasks and
the commands, never a web process.
"""

from mengkeju.matching.actions.automation import switch_off, switch_on
from mengkeju.matching.actions.feedback import approve, dismiss, restore, unapprove
from mengkeju.matching.actions.questions import answer_question, ask_about, move_question, raise_again
from mengkeju.matching.actions.running import mark_running
from mengkeju.matching.actions.showings import (
    forget_viewer,
    mark_opened,
    note_shown,
    prune_showings,
    record_outcome,
)
from mengkeju.matching.actions.waiting import note_changes, retire_for
from mengkeju.matching.actions.word_pairs import accept_words, ask_mining, move_words

__all__ = [
    "accept_words",
    "answer_question",
    "approve",
    "ask_about",
    "ask_mining",
    "dismiss",
    "forget_viewer",
    "mark_opened",
    "mark_running",
    "move_question",
    "move_words",
    "note_changes",
    "note_shown",
    "prune_showings",
    "raise_again",
    "record_outcome",
    "restore",
    "retire_for",
    "switch_off",
    "switch_on",
    "unapprove",
]
