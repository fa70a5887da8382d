"""Intentions, the board, deals with all that hangs on them, registrations and statistics through the API.

What the pages ask and do. config.api mounts `routes`.
"""

from mengkeju.deals.api import (
    agency,
    aliases,
    board,
    closings,
    cooperation,
    deals,
    desk,
    desk_later,
    follow,
    money,
    packages,
    registrations,
    signings,
    statistics,
    texts,
    writes,
)
from mengkeju.deals.api.reads import routes

__all__ = [
    "agency",
    "aliases",
    "board",
    "closings",
    "cooperation",
    "deals",
    "desk",
    "desk_later",
    "follow",
    "money",
    "packages",
    "registrations",
    "routes",
    "signings",
    "statistics",
    "texts",
    "writes",
]
