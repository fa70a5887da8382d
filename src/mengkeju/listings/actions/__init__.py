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
from mengkeju.listings.actions.applications import (
    ApplicationInput,
    add_application,
    edit_application,
    remove_application,
)
from mengkeju.listings.actions.bottlenecks import (
    BottleneckInput,
    attach_to_bottleneck,
    detach_from_bottleneck,
    edit_bottleneck,
    move_bottleneck,
    nominate_bottleneck,
)
from mengkeju.listings.actions.claims import claim_right, decide_right, withdraw_claim
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
from mengkeju.listings.actions.fees import note_fee_paid, tend_right, tend_rights
from mengkeju.listings.actions.files import add_listing_file, hand_out, remove_listing_file
from mengkeju.listings.actions.first_offer import end_first_offer, offer_first
from mengkeju.listings.actions.freshness import confirm_listing, confirm_listings, keep_fresh
from mengkeju.listings.actions.imports_columns import template_of
from mengkeju.listings.actions.imports_values import import_owners
from mengkeju.listings.actions.imports_write import may_act as may_act_on_import
from mengkeju.listings.actions.life import move_listing, next_number, publish_import, review_listing, submit_listing
from mengkeju.listings.actions.links import link_alike, link_from_source, link_output
from mengkeju.listings.actions.maturity import StepInput, add_maturity_step
from mengkeju.listings.actions.outcomes import OutcomeInput, answer_outcome, chase_need, chase_needs, close_need
from mengkeju.listings.actions.participations import (
    ParticipantInput,
    add_participant,
    answer_participation,
    move_participant,
    remove_participant,
)
from mengkeju.listings.actions.parties import end_party_access, let_party_in
from mengkeju.listings.actions.reads import (
    forget_reader,
    note_parts,
    note_reads,
    prune_reads,
    search_rows_noted,
)
from mengkeju.listings.actions.registration import RegistrationInput, state_registration
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
from mengkeju.listings.actions.rights import RightInput, edit_right, link_right, unlink_right
from mengkeju.listings.actions.source import SourceEntry, publish_from_source
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.actions.weak_links import (
    WeakLinkInput,
    attach_to_weak_link,
    create_weak_link,
    detach_from_weak_link,
    edit_weak_link,
    move_weak_link,
)

__all__ = [
    "AgendaInput",
    "ApplicationInput",
    "BottleneckInput",
    "Findings",
    "ItemInput",
    "ListingInput",
    "OutcomeInput",
    "ParticipantInput",
    "RegistrationInput",
    "ReleaseInput",
    "RightInput",
    "SourceEntry",
    "SourceItem",
    "StepInput",
    "WeakLinkInput",
    "Wording",
    "accept_wording",
    "add_application",
    "add_item",
    "add_listing_file",
    "add_maturity_step",
    "add_needs",
    "add_participant",
    "answer_access_request",
    "answer_outcome",
    "answer_participation",
    "ask_to_see",
    "attach_to_bottleneck",
    "attach_to_item",
    "attach_to_weak_link",
    "begin_release",
    "chase_need",
    "chase_needs",
    "claim_diagnosis",
    "claim_right",
    "close_need",
    "conclude_diagnosis",
    "confirm_listing",
    "confirm_listings",
    "confirm_part",
    "create_agenda",
    "create_listing",
    "create_weak_link",
    "decide_right",
    "detach_from_bottleneck",
    "detach_from_item",
    "detach_from_weak_link",
    "edit_agenda",
    "edit_application",
    "edit_bottleneck",
    "edit_item",
    "edit_listing",
    "edit_release",
    "edit_right",
    "edit_weak_link",
    "end_first_offer",
    "end_party_access",
    "export_evidence",
    "forget_reader",
    "hand_out",
    "import_owners",
    "keep_fresh",
    "lapse_access_request",
    "let_party_in",
    "link_alike",
    "link_from_source",
    "link_output",
    "link_right",
    "make_need",
    "may_act_on_import",
    "move_access_request",
    "move_agenda",
    "move_bottleneck",
    "move_listing",
    "move_participant",
    "move_weak_link",
    "needs_changed",
    "next_number",
    "nominate_bottleneck",
    "note_fee_paid",
    "note_parts",
    "note_reads",
    "note_version",
    "offer_first",
    "prune_reads",
    "publish_agenda_from_source",
    "publish_from_source",
    "publish_import",
    "refresh_needs",
    "refuse_wording",
    "release_diagnosis",
    "release_due",
    "release_now",
    "remove_application",
    "remove_item",
    "remove_listing_file",
    "remove_needs",
    "remove_participant",
    "review_listing",
    "save_findings",
    "schedule_release",
    "search_rows_noted",
    "set_disclosure_rule",
    "settle_item",
    "sign_undertaking",
    "state_registration",
    "submit_agenda",
    "submit_listing",
    "sweep_due",
    "take_up_need",
    "template_of",
    "tend_right",
    "tend_rights",
    "unconfirm_part",
    "unlink_right",
    "unschedule_release",
    "withdraw_claim",
    "withdraw_release",
]
