"""Writes of search: the index of this node, and the log of searches."""

from mengkeju.search.actions.index import follow_record, rebuild_index
from mengkeju.search.actions.log import (
    CONSENT,
    CONSENT_TEXT_VERSION,
    forget_searcher,
    keep_days,
    prune_search_log,
    search_and_log,
)

__all__ = [
    "CONSENT",
    "CONSENT_TEXT_VERSION",
    "follow_record",
    "forget_searcher",
    "keep_days",
    "prune_search_log",
    "rebuild_index",
    "search_and_log",
]
