"""Intentions, the board and deals through the API: what the pages ask and do. config.api mounts `routes`."""

from mengkeju.deals.api import board, deals, follow, writes
from mengkeju.deals.api.reads import routes

__all__ = ["board", "deals", "follow", "routes", "writes"]
