"""Intentions, the board, deals with all that hangs on them, registrations and statistics through the API.

What the pages ask and do. config.api mounts `routes`.
"""

from mengkeju.deals.api import board, deals, desk, follow, money, registrations, statistics, texts, writes
from mengkeju.deals.api.reads import routes

__all__ = ["board", "deals", "desk", "follow", "money", "registrations", "routes", "statistics", "texts", "writes"]
