"""Writes of deals: intentions, what comes out of them, brokers' claims, help for what stands still."""

from mengkeju.deals.actions.claim import claim_listing, lapse_claim, pass_on_claim, release_claim
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
from mengkeju.deals.actions.stall import assign_helper, name_obstacle, resolve_stall

__all__ = [
    "Origin",
    "answer_intention",
    "assign_helper",
    "claim_listing",
    "confirm_introduction",
    "declare_intention",
    "introduce",
    "lapse_claim",
    "lapse_intention",
    "move_intention",
    "name_obstacle",
    "pass_on_claim",
    "register_output",
    "release_claim",
    "resolve_stall",
    "write_message",
]
