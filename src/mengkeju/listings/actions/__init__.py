"""Writes of listings."""

from mengkeju.listings.actions.applications import (
    ApplicationInput,
    add_application,
    edit_application,
    remove_application,
)
from mengkeju.listings.actions.claims import claim_right, decide_right, withdraw_claim
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.fees import note_fee_paid, tend_right, tend_rights
from mengkeju.listings.actions.first_offer import end_first_offer, offer_first
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.actions.imports_values import import_owners
from mengkeju.listings.actions.imports_write import may_act as may_act_on_import
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_from_source
from mengkeju.listings.actions.maturity import StepInput, add_maturity_step
from mengkeju.listings.actions.participations import (
    ParticipantInput,
    add_participant,
    answer_participation,
    move_participant,
    remove_participant,
)
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.reads import (
    give_reads_consent,
    note_parts,
    note_reads,
    prune_reads,
    search_rows_noted,
    withdraw_reads_consent,
)
from mengkeju.listings.actions.registration import RegistrationInput, state_registration
from mengkeju.listings.actions.rights import RightInput, edit_right, link_right, unlink_right
from mengkeju.listings.actions.source import SourceEntry, publish_from_source

__all__ = [
    "ApplicationInput",
    "ListingInput",
    "ParticipantInput",
    "RegistrationInput",
    "RightInput",
    "SourceEntry",
    "StepInput",
    "add_application",
    "add_maturity_step",
    "add_participant",
    "answer_participation",
    "claim_right",
    "create_listing",
    "decide_right",
    "edit_application",
    "edit_listing",
    "edit_right",
    "end_first_offer",
    "end_party_access",
    "give_reads_consent",
    "import_owners",
    "let_party_in",
    "link_from_source",
    "link_right",
    "may_act_on_import",
    "move_listing",
    "move_participant",
    "next_number",
    "note_fee_paid",
    "note_parts",
    "note_reads",
    "offer_first",
    "prune_reads",
    "publish_from_source",
    "publish_import",
    "remove_application",
    "remove_participant",
    "review_listing",
    "search_rows_noted",
    "state_registration",
    "submit_listing",
    "template_of",
    "tend_right",
    "tend_rights",
    "unlink_right",
    "withdraw_claim",
    "withdraw_reads_consent",
]
