"""Writes of listings."""

from mengkeju.listings.actions.diagnosis import (
    Findings,
    Wording,
    accept_wording,
    claim_diagnosis,
    conclude_diagnosis,
    refuse_wording,
    release_diagnosis,
    save_findings,
    take_up_need,
)
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.actions.imports_values import import_owners
from mengkeju.listings.actions.imports_write import may_act as may_act_on_import
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_alike, link_from_source
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.reads import (
    give_reads_consent,
    note_reads,
    prune_reads,
    search_rows_noted,
    withdraw_reads_consent,
)
from mengkeju.listings.actions.source import SourceEntry, publish_from_source

__all__ = [
    "Findings",
    "ListingInput",
    "SourceEntry",
    "Wording",
    "accept_wording",
    "claim_diagnosis",
    "conclude_diagnosis",
    "create_listing",
    "edit_listing",
    "end_party_access",
    "give_reads_consent",
    "import_owners",
    "let_party_in",
    "link_alike",
    "link_from_source",
    "may_act_on_import",
    "move_listing",
    "next_number",
    "note_reads",
    "prune_reads",
    "publish_from_source",
    "publish_import",
    "refuse_wording",
    "release_diagnosis",
    "review_listing",
    "save_findings",
    "search_rows_noted",
    "submit_listing",
    "take_up_need",
    "template_of",
    "withdraw_reads_consent",
]
