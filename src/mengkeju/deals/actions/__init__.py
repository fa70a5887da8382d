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
from mengkeju.deals.actions.output import register_output
from mengkeju.deals.actions.parties import (
    add_helper,
    add_party,
    confirm_helper,
    edit_party,
    lead_side,
    remove_party,
)
from mengkeju.deals.actions.stall import assign_helper, name_obstacle, resolve_stall

__all__ = [
    "Certificate",
    "Origin",
    "PartyInput",
    "SourceDeal",
    "accept_registration",
    "add_helper",
    "add_party",
    "answer_intention",
    "ask_supplement",
    "assign_helper",
    "cancel_registration",
    "change_registration",
    "claim_listing",
    "confirm_helper",
    "confirm_introduction",
    "decide_objection",
    "declare_intention",
    "edit_deal",
    "edit_party",
    "introduce",
    "lapse_claim",
    "lapse_intention",
    "lead_side",
    "move_deal",
    "move_intention",
    "name_obstacle",
    "open_deal",
    "pass_on_claim",
    "record_deal_from_source",
    "record_opinion",
    "refuse_registration",
    "register_contract",
    "register_output",
    "release_claim",
    "remove_party",
    "resolve_stall",
    "send_to_expert",
    "sign_deal",
    "start_deal",
    "write_message",
]
