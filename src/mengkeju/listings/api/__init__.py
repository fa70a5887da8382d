"""Listings through the API: the same queries and actions as the pages. `routes` is mounted by config.api."""

from mengkeju.listings.api import disclosure, releases, writes
from mengkeju.listings.api.reads import routes

__all__ = ["disclosure", "releases", "routes", "writes"]
