"""Writes of deals: intentions and what comes out of them, brokers' claims, help, deals and all that hangs on them."""

from mengkeju.deals.actions.acceptance import record_acceptance, withdraw_acceptance
from mengkeju.deals.actions.agency import save_agency_sheet
from mengkeju.deals.actions.aliases import decide_party, note_doubtful, undo_party
from mengkeju.deals.actions.arrivals import Came, record_arrival, withdraw_arrival
from mengkeju.deals.actions.benefits import Expected, record_benefit, report_landing_year, withdraw_benefit
from mengkeju.deals.actions.bundle import hand_out_bundle
from mengkeju.deals.actions.claim import claim_listing, lapse_claim, pass_on_claim, release_claim
from mengkeju.deals.actions.claim_basis import draw_claim_basis, withdraw_claim_basis
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
from mengkeju.deals.actions.from_source import record_benefit_from_source, record_production_plan_from_source
from mengkeju.deals.actions.individual import (
    invite_individual,
    join_as_individual,
    party_of_link,
    trouble_with_link,
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
from mengkeju.deals.actions.landing_duty import follow_landings
from mengkeju.deals.actions.landings import Made, Site, edit_landing, move_landing, record_landing, record_production
from mengkeju.deals.actions.ledger import LedgerEntry, record_registrations
from mengkeju.deals.actions.ledger_judge import judge as judge_ledger
from mengkeju.deals.actions.ledger_judge import may_import as may_import_ledger
from mengkeju.deals.actions.ledger_judge import said_of as difference_in_words
from mengkeju.deals.actions.ledger_judge import shown_value as ledger_value
from mengkeju.deals.actions.ledger_read import columns as ledger_columns
from mengkeju.deals.actions.ledger_write import amend_from_ledger
from mengkeju.deals.actions.ledger_write import may_act as may_act_on_ledger
from mengkeju.deals.actions.ledger_write import write as write_ledger_row
from mengkeju.deals.actions.milestones import (
    Planned,
    accept_milestone,
    drop_milestone,
    edit_milestone,
    plan_milestones,
    report_milestone,
    send_back_milestone,
)
from mengkeju.deals.actions.money import Part, correct_price, set_price
from mengkeju.deals.actions.output import register_output
from mengkeju.deals.actions.packages import (
    remove_funding,
    remove_package,
    write_funding,
    write_package,
)
from mengkeju.deals.actions.parent import (
    open_part,
    set_parent,
)
from mengkeju.deals.actions.parties import add_helper, add_party, confirm_helper, edit_party, lead_side, remove_party
from mengkeju.deals.actions.payments import confirm_payment, record_payment, withdraw_payment
from mengkeju.deals.actions.readings import Reading, record_readings_from_source
from mengkeju.deals.actions.registration import (
    EDITABLE_STATES,
    edit_particulars,
    edit_registration,
    prepare_registration,
)
from mengkeju.deals.actions.registration_documents import attach_document, remove_document
from mengkeju.deals.actions.registration_duty import after_signing
from mengkeju.deals.actions.registration_steps import (
    file_registration,
    object_to,
    supply_registration,
    withdraw_registration,
)
from mengkeju.deals.actions.signing import (
    Recorded,
    Signing,
    record_signings,
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
from mengkeju.deals.actions.term import (
    renew_term,
    tend_terms,
)
from mengkeju.deals.actions.text import confirm_on_paper, confirm_text, take_back_text, upload_text
from mengkeju.deals.actions.year_result import (
    report_year,
)

__all__ = [
    "EDITABLE_STATES",
    "Came",
    "Certificate",
    "Expected",
    "LedgerEntry",
    "Made",
    "Origin",
    "Part",
    "PartyInput",
    "Planned",
    "Reading",
    "Recorded",
    "Signing",
    "Site",
    "SourceDeal",
    "accept_milestone",
    "accept_offer",
    "accept_registration",
    "add_helper",
    "add_party",
    "after_signing",
    "agree_gap",
    "amend_from_ledger",
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
    "decide_party",
    "declare_intention",
    "difference_in_words",
    "draw_claim_basis",
    "drop_milestone",
    "edit_deal",
    "edit_landing",
    "edit_milestone",
    "edit_particulars",
    "edit_party",
    "edit_registration",
    "fail_gap",
    "file_registration",
    "follow_landings",
    "hand_out_bundle",
    "introduce",
    "invite_individual",
    "join_as_individual",
    "judge_ledger",
    "lapse_claim",
    "lapse_intention",
    "lead_side",
    "ledger_columns",
    "ledger_value",
    "make_offer",
    "may_act_on_ledger",
    "may_import_ledger",
    "move_deal",
    "move_intention",
    "move_landing",
    "name_obstacle",
    "note_doubtful",
    "object_to",
    "open_deal",
    "open_part",
    "party_of_link",
    "pass_on_claim",
    "plan_milestones",
    "prepare_registration",
    "propose_adaptation",
    "raise_gap",
    "record_acceptance",
    "record_arrival",
    "record_benefit",
    "record_benefit_from_source",
    "record_deal_from_source",
    "record_landing",
    "record_opinion",
    "record_payment",
    "record_production",
    "record_production_plan_from_source",
    "record_readings_from_source",
    "record_registrations",
    "record_signings",
    "refuse_registration",
    "register_contract",
    "register_output",
    "release_claim",
    "remove_document",
    "remove_funding",
    "remove_package",
    "remove_party",
    "renew_term",
    "reopen_gap",
    "reopen_period",
    "report_landing_year",
    "report_milestone",
    "report_year",
    "resolve_stall",
    "save_agency_sheet",
    "send_back_milestone",
    "send_to_expert",
    "set_parent",
    "set_price",
    "sign_deal",
    "start_deal",
    "supply_registration",
    "take_back_text",
    "tend_terms",
    "trouble_with_link",
    "undo_party",
    "upload_text",
    "withdraw_acceptance",
    "withdraw_arrival",
    "withdraw_benefit",
    "withdraw_claim_basis",
    "withdraw_payment",
    "withdraw_registration",
    "write_funding",
    "write_ledger_row",
    "write_message",
    "write_package",
]
