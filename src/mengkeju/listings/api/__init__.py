"""Listings through the API: the same queries and actions as the pages. `routes` is mounted by config.api.

What is not here on purpose: the 卡脖子 list (read by the named bureaus on the pages alone).
"""

from mengkeju.listings.api import (
    agendas,
    applications,
    diagnoses,
    disclosure,
    funnel,
    maturity,
    participations,
    releases,
    rights,
    weak_links,
    writes,
)
from mengkeju.listings.api.reads import routes

__all__ = [
    "agendas",
    "applications",
    "diagnoses",
    "disclosure",
    "funnel",
    "maturity",
    "participations",
    "releases",
    "rights",
    "routes",
    "weak_links",
    "writes",
]
