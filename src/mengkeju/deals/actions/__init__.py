"""Writes of deals: intentions and what comes out of them, brokers' claims, help, deals and all that hangs on them."""

from mengkeju.deals.actions.claim import claim_listing, lapse_claim, pass_on_claim, release_claim
from mengkeju.deals.actions.deal import (
    PartyInput,
    SourceDeal,
    edit_deal,
    move_deal,
    open_deal,
    record_deal_from_source,
    sign_deal,
    start_deal,
)
from mengkeju.deals.actions.intention import (
    Origin,
    answer_intention,
    confirm_introduction,
    declare_intention,
    introduce,
    lapse_intention,
    move_intention,
    write_message,
)
from mengkeju.deals.actions.output import register_output
from mengkeju.deals.actions.parties import (
    add_helper,
    add_party,
    confirm_helper,
    edit_party,
    lead_side,
    remove_party,
)
from mengkeju.deals.actions.registration import edit_particulars, edit_registration, prepare_registration
from mengkeju.deals.actions.registration_documents import attach_document, remove_document
from mengkeju.deals.actions.registration_duty import after_signing
from mengkeju.deals.actions.registration_steps import (
    file_registration,
    object_to,
    supply_registration,
    withdraw_registration,
)
from mengkeju.deals.actions.stall import assign_helper, name_obstacle, resolve_stall

__all__ = [
    "Origin",
    "PartyInput",
    "SourceDeal",
    "add_helper",
    "add_party",
    "after_signing",
    "answer_intention",
    "assign_helper",
    "attach_document",
    "claim_listing",
    "confirm_helper",
    "confirm_introduction",
    "declare_intention",
    "edit_deal",
    "edit_particulars",
    "edit_party",
    "edit_registration",
    "file_registration",
    "introduce",
    "lapse_claim",
    "lapse_intention",
    "lead_side",
    "move_deal",
    "move_intention",
    "name_obstacle",
    "object_to",
    "open_deal",
    "pass_on_claim",
    "prepare_registration",
    "record_deal_from_source",
    "register_output",
    "release_claim",
    "remove_document",
    "remove_party",
    "resolve_stall",
    "sign_deal",
    "start_deal",
    "supply_registration",
    "withdraw_registration",
    "write_message",
]
