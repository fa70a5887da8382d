"""Listings through the API: the same queries and actions as the pages. `routes` is mounted by config.api."""

from mengkeju.listings.api import disclosure, writes
from mengkeju.listings.api.reads import routes

__all__ = ["disclosure", "routes", "writes"]
from mengkeju.listings.api import releases

__all__ = ["releases", "routes", "writes"]
