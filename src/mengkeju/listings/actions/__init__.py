"""Writes of listings."""

from mengkeju.listings.actions.agenda_items import (
    ItemInput,
    SourceItem,
    add_item,
    attach_to_item,
    detach_from_item,
    edit_item,
    make_need,
    publish_agenda_from_source,
    remove_item,
    settle_item,
)
from mengkeju.listings.actions.agendas import AgendaInput, create_agenda, edit_agenda, move_agenda, submit_agenda
from mengkeju.listings.actions.bottlenecks import (
    BottleneckInput,
    attach_to_bottleneck,
    detach_from_bottleneck,
    edit_bottleneck,
    move_bottleneck,
    nominate_bottleneck,
)
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.freshness import confirm_listing, confirm_listings, keep_fresh
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
from mengkeju.listings.actions.outcomes import (
    OutcomeInput,
    answer_outcome,
    chase_need,
    chase_needs,
    close_need,
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
from mengkeju.listings.actions.registration import RegistrationInput, state_registration
from mengkeju.listings.actions.rights import RightInput, edit_right, link_right, unlink_right
from mengkeju.listings.actions.source import SourceEntry, publish_from_source
from mengkeju.listings.actions.weak_links import (
    WeakLinkInput,
    attach_to_weak_link,
    create_weak_link,
    detach_from_weak_link,
    edit_weak_link,
    move_weak_link,
)
from mengkeju.listings.actions.versions import note_version

__all__ = [
    "AgendaInput",
    "BottleneckInput",
    "ItemInput",
    "ListingInput",
    "OutcomeInput",
    "SourceEntry",
    "answer_outcome",
    "chase_need",
    "chase_needs",
    "close_need",
    "confirm_listing",
    "confirm_listings",
    "SourceItem",
    "WeakLinkInput",
    "add_item",
    "attach_to_bottleneck",
    "attach_to_item",
    "attach_to_weak_link",
    "create_agenda",
    "ReleaseInput",
    "SourceEntry",
    "add_needs",
    "begin_release",
    "confirm_part",
    "add_listing_file",
    "answer_access_request",
    "ask_to_see",
    "create_listing",
    "create_weak_link",
    "detach_from_bottleneck",
    "detach_from_item",
    "detach_from_weak_link",
    "edit_agenda",
    "edit_bottleneck",
    "edit_item",
    "edit_listing",
    "edit_weak_link",
    "edit_release",
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
    "export_evidence",
    "give_reads_consent",
    "hand_out",
    "import_owners",
    "keep_fresh",
    "lapse_access_request",
    "let_party_in",
    "link_from_source",
    "make_need",
    "link_right",
    "may_act_on_import",
    "move_agenda",
    "move_bottleneck",
    "move_access_request",
    "move_listing",
    "move_weak_link",
    "needs_changed",
    "next_number",
    "nominate_bottleneck",
    "move_participant",
    "next_number",
    "note_fee_paid",
    "note_parts",
    "note_reads",
    "offer_first",
    "note_version",
    "prune_reads",
    "publish_agenda_from_source",
    "publish_from_source",
    "publish_import",
    "remove_item",
    "refresh_needs",
    "release_due",
    "release_now",
    "remove_needs",
    "remove_application",
    "remove_participant",
    "remove_listing_file",
    "review_listing",
    "schedule_release",
    "search_rows_noted",
    "settle_item",
    "submit_agenda",
    "state_registration",
    "set_disclosure_rule",
    "sign_undertaking",
    "submit_listing",
    "sweep_due",
    "template_of",
    "unconfirm_part",
    "unschedule_release",
    "tend_right",
    "tend_rights",
    "unlink_right",
    "withdraw_claim",
    "withdraw_reads_consent",
    "withdraw_release",
]
