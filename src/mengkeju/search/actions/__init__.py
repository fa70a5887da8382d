"""Writes of search: the index of this node, the log of searches, saved searches and their alerts."""

from mengkeju.search.actions.alerts import follow_alerts, forget_news, note_news, tell, tell_due
from mengkeju.search.actions.index import follow_record, rebuild_index
from mengkeju.search.actions.log import (
    CONSENT,
    CONSENT_TEXT_VERSION,
    forget_searcher,
    keep_days,
    prune_search_log,
    search_and_log,
)
from mengkeju.search.actions.mail import mail_news
from mengkeju.search.actions.saved import (
    SavedInput,
    delete_saved,
    edit_saved,
    leave_saved,
    mark_seen,
    pause_saved,
    resume_saved,
    save_search,
    stop_by_link,
    stop_token,
    stoppable,
)

__all__ = [
    "CONSENT",
    "CONSENT_TEXT_VERSION",
    "SavedInput",
    "delete_saved",
    "edit_saved",
    "follow_alerts",
    "follow_record",
    "forget_news",
    "forget_searcher",
    "keep_days",
    "leave_saved",
    "mail_news",
    "mark_seen",
    "note_news",
    "pause_saved",
    "prune_search_log",
    "rebuild_index",
    "resume_saved",
    "save_search",
    "search_and_log",
    "stop_by_link",
    "stop_token",
    "stoppable",
    "tell",
    "tell_due",
]
