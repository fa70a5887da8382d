"""Writes of listings."""

from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
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
from mengkeju.listings.actions.release_moment import (
    release_due,
    release_now,
    schedule_release,
    sweep_due,
    unschedule_release,
    withdraw_release,
)
from mengkeju.listings.actions.releases import (
    ReleaseInput,
    add_needs,
    begin_release,
    confirm_part,
    edit_release,
    needs_changed,
    refresh_needs,
    remove_needs,
    unconfirm_part,
)
from mengkeju.listings.actions.source import SourceEntry, publish_from_source

__all__ = [
    "ListingInput",
    "ReleaseInput",
    "SourceEntry",
    "add_needs",
    "begin_release",
    "confirm_part",
    "create_listing",
    "edit_listing",
    "edit_release",
    "end_party_access",
    "give_reads_consent",
    "import_owners",
    "let_party_in",
    "link_from_source",
    "may_act_on_import",
    "move_listing",
    "needs_changed",
    "next_number",
    "note_reads",
    "prune_reads",
    "publish_from_source",
    "publish_import",
    "refresh_needs",
    "release_due",
    "release_now",
    "remove_needs",
    "review_listing",
    "schedule_release",
    "search_rows_noted",
    "submit_listing",
    "sweep_due",
    "template_of",
    "unconfirm_part",
    "unschedule_release",
    "withdraw_reads_consent",
    "withdraw_release",
]
