"""Writes of listings."""

from mengkeju.listings.actions.disclosure import (
    answer_access_request,
    ask_to_see,
    lapse_access_request,
    move_access_request,
    set_disclosure_rule,
    sign_undertaking,
)
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.evidence import export_evidence
from mengkeju.listings.actions.files import add_listing_file, hand_out, remove_listing_file
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.actions.imports_values import import_owners
from mengkeju.listings.actions.imports_write import may_act as may_act_on_import
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_from_source
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.reads import (
    give_reads_consent,
    note_reads,
    prune_reads,
    search_rows_noted,
    withdraw_reads_consent,
)
from mengkeju.listings.actions.source import SourceEntry, publish_from_source
from mengkeju.listings.actions.versions import note_version

__all__ = [
    "ListingInput",
    "SourceEntry",
    "add_listing_file",
    "answer_access_request",
    "ask_to_see",
    "create_listing",
    "edit_listing",
    "end_party_access",
    "export_evidence",
    "give_reads_consent",
    "hand_out",
    "import_owners",
    "lapse_access_request",
    "let_party_in",
    "link_from_source",
    "may_act_on_import",
    "move_access_request",
    "move_listing",
    "next_number",
    "note_reads",
    "note_version",
    "prune_reads",
    "publish_from_source",
    "publish_import",
    "remove_listing_file",
    "review_listing",
    "search_rows_noted",
    "set_disclosure_rule",
    "sign_undertaking",
    "submit_listing",
    "template_of",
    "withdraw_reads_consent",
]
