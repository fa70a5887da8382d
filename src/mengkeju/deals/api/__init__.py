"""Intentions, the board, deals with all that hangs on them, registrations and statistics through the API.

What the pages ask and do. config.api mounts `routes`.
"""

from mengkeju.deals.api import (
    acceptances,
    agency,
    aliases,
    benefits,
    board,
    closings,
    cooperation,
    deals,
    desk,
    desk_later,
    follow,
    landings,
    milestones,
    money,
    packages,
    registrations,
    returns,
    signings,
    statistics,
    texts,
    writes,
)
from mengkeju.deals.api.reads import routes

__all__ = [
    "acceptances",
    "agency",
    "aliases",
    "benefits",
    "board",
    "closings",
    "cooperation",
    "deals",
    "desk",
    "desk_later",
    "follow",
    "landings",
    "milestones",
    "money",
    "packages",
    "registrations",
    "returns",
    "routes",
    "signings",
    "statistics",
    "texts",
    "writes",
]
