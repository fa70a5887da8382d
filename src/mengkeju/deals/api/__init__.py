"""Intentions through the API: the same queries and actions as the pages. `routes` is mounted by config.api."""

from mengkeju.deals.api import writes
from mengkeju.deals.api.reads import routes

__all__ = ["routes", "writes"]
