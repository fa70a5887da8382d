"""Writes of listings."""

from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.actions.imports_values import import_owners
from mengkeju.listings.actions.imports_write import may_act as may_act_on_import
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_from_source
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.reads import (
    forget_reader,
    note_reads,
    prune_reads,
    search_rows_noted,
)
from mengkeju.listings.actions.source import SourceEntry, publish_from_source

__all__ = [
    "ListingInput",
    "SourceEntry",
    "create_listing",
    "edit_listing",
    "end_party_access",
    "forget_reader",
    "import_owners",
    "let_party_in",
    "link_from_source",
    "may_act_on_import",
    "move_listing",
    "next_number",
    "note_reads",
    "prune_reads",
    "publish_from_source",
    "publish_import",
    "review_listing",
    "search_rows_noted",
    "submit_listing",
    "template_of",
]
