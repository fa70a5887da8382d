"""Intentions, the board, deals with all that hangs on them, registrations and statistics through the API.

What the pages ask and do. config.api mounts `routes`.
"""

from mengkeju.deals.api import (
    acceptances,
    benefits,
    board,
    deals,
    desk,
    follow,
    landings,
    milestones,
    money,
    registrations,
    returns,
    statistics,
    texts,
    writes,
)
from mengkeju.deals.api.reads import routes

__all__ = [
    "acceptances",
    "benefits",
    "board",
    "deals",
    "desk",
    "follow",
    "landings",
    "milestones",
    "money",
    "registrations",
    "returns",
    "routes",
    "statistics",
    "texts",
    "writes",
]
