"""Writes of deals: intentions and what comes out of them, brokers' claims, help, deals and all that hangs on them."""

from mengkeju.deals.actions.agency import save_agency_sheet
from mengkeju.deals.actions.bundle import hand_out_bundle
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
from mengkeju.deals.actions.desk import (
    Certificate,
    accept_registration,
    ask_supplement,
    record_opinion,
    refuse_registration,
    register_contract,
    send_to_expert,
)
from mengkeju.deals.actions.desk_later import cancel_registration, change_registration, decide_objection
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
from mengkeju.deals.actions.ledger import LedgerEntry, record_registrations
from mengkeju.deals.actions.money import Part, correct_price, set_price
from mengkeju.deals.actions.output import register_output
from mengkeju.deals.actions.parties import add_helper, add_party, confirm_helper, edit_party, lead_side, remove_party
from mengkeju.deals.actions.payments import confirm_payment, record_payment, withdraw_payment
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
from mengkeju.deals.actions.statistics import close_period, reopen_period
from mengkeju.deals.actions.talk import (
    accept_offer,
    agree_gap,
    fail_gap,
    make_offer,
    propose_adaptation,
    raise_gap,
    reopen_gap,
)
from mengkeju.deals.actions.text import confirm_on_paper, confirm_text, take_back_text, upload_text

__all__ = [
    "Certificate",
    "LedgerEntry",
    "Origin",
    "Part",
    "PartyInput",
    "SourceDeal",
    "accept_offer",
    "accept_registration",
    "add_helper",
    "add_party",
    "after_signing",
    "agree_gap",
    "answer_intention",
    "ask_supplement",
    "assign_helper",
    "attach_document",
    "cancel_registration",
    "change_registration",
    "claim_listing",
    "close_period",
    "confirm_helper",
    "confirm_introduction",
    "confirm_on_paper",
    "confirm_payment",
    "confirm_text",
    "correct_price",
    "decide_objection",
    "declare_intention",
    "edit_deal",
    "edit_particulars",
    "edit_party",
    "edit_registration",
    "fail_gap",
    "file_registration",
    "hand_out_bundle",
    "introduce",
    "lapse_claim",
    "lapse_intention",
    "lead_side",
    "make_offer",
    "move_deal",
    "move_intention",
    "name_obstacle",
    "object_to",
    "open_deal",
    "pass_on_claim",
    "prepare_registration",
    "propose_adaptation",
    "raise_gap",
    "record_deal_from_source",
    "record_opinion",
    "record_payment",
    "record_registrations",
    "refuse_registration",
    "register_contract",
    "register_output",
    "release_claim",
    "remove_document",
    "remove_party",
    "reopen_gap",
    "reopen_period",
    "resolve_stall",
    "save_agency_sheet",
    "send_to_expert",
    "set_price",
    "sign_deal",
    "start_deal",
    "supply_registration",
    "take_back_text",
    "upload_text",
    "withdraw_payment",
    "withdraw_registration",
    "write_message",
]
