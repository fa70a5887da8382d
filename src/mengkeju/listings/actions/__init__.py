"""Writes of listings."""

from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_from_source
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.source import SourceEntry, publish_from_source

__all__ = [
    "ListingInput",
    "SourceEntry",
    "create_listing",
    "edit_listing",
    "end_party_access",
    "let_party_in",
    "link_from_source",
    "move_listing",
    "next_number",
    "publish_from_source",
    "publish_import",
    "review_listing",
    "submit_listing",
]
