"""Search through the API, and searches that are kept. `routes` is mounted by config.api."""

from mengkeju.search.api import saved
from mengkeju.search.api.searching import routes

__all__ = ["routes", "saved"]
