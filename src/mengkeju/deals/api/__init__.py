"""Intentions, the board, deals with all that hangs on them, registrations and statistics through the API.

What the pages ask and do. config.api mounts `routes`.
"""

from mengkeju.deals.api import board, deals, statistics, writes
from mengkeju.deals.api.reads import routes

__all__ = ["board", "deals", "routes", "statistics", "writes"]
