"""Searching: one call gives the whole page for one reader. Nothing here writes."""

from mengkeju.search.queries.facets import facet_words
from mengkeju.search.queries.pages import (
    MAX_CHARACTERS,
    SORTS,
    Problem,
    SearchPage,
    SearchQuery,
    every_key,
    newest,
    search,
)
from mengkeju.search.queries.site import IndexStatus, public_addresses, public_pages, status

__all__ = [
    "MAX_CHARACTERS",
    "SORTS",
    "IndexStatus",
    "Problem",
    "SearchPage",
    "SearchQuery",
    "every_key",
    "facet_words",
    "newest",
    "public_addresses",
    "public_pages",
    "search",
    "status",
]
