"""Writes of deals: intentions and what comes out of them, brokers' claims, help, deals and all that hangs on them."""

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
    "LedgerEntry",
    "Origin",
    "Part",
    "PartyInput",
    "SourceDeal",
    "accept_offer",
    "add_helper",
    "add_party",
    "agree_gap",
    "answer_intention",
    "assign_helper",
    "claim_listing",
    "close_period",
    "confirm_helper",
    "confirm_introduction",
    "confirm_on_paper",
    "confirm_payment",
    "confirm_text",
    "correct_price",
    "declare_intention",
    "edit_deal",
    "edit_party",
    "fail_gap",
    "hand_out_bundle",
    "introduce",
    "lapse_claim",
    "lapse_intention",
    "lead_side",
    "make_offer",
    "move_deal",
    "move_intention",
    "name_obstacle",
    "open_deal",
    "pass_on_claim",
    "propose_adaptation",
    "raise_gap",
    "record_deal_from_source",
    "record_payment",
    "record_registrations",
    "register_output",
    "release_claim",
    "remove_party",
    "reopen_gap",
    "reopen_period",
    "resolve_stall",
    "set_price",
    "sign_deal",
    "start_deal",
    "take_back_text",
    "upload_text",
    "withdraw_payment",
    "write_message",
]
