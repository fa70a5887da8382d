"""Reads of what is talked over: the thread of offers, which one stands, the gaps."""

from uuid import UUID

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.deal_workflow import OVER_STATES
from mengkeju.deals.models import Deal, GapItem, Offer
from mengkeju.kernel.access import Actor, may


def offers_of(deal: Deal) -> list[Offer]:
    """The thread, the oldest first. One query."""
    rows = deal.offers.filter(archived_at=None)
    return list(rows.select_related("party", "person", "accepted_for", "answers__party", "answers__person"))


def standing_among(offers: list[Offer]) -> Offer | None:
    """The offer that stands: a party's newest with an amount; the newest of all while none names one.

    Words without an amount do not take an offer off the table; a broker's proposal is nobody's offer.
    """
    said = [one for one in offers if one.party_id is not None]
    priced = [one for one in said if one.amount is not None]
    return next(reversed(priced or said), None)


def standing_offer(deal: Deal) -> Offer | None:
    """The offer of a deal that stands now."""
    return standing_among(offers_of(deal))


def find_offer(deal: Deal, uid: UUID) -> Offer | None:
    """One offer of the deal."""
    return deal.offers.filter(uid=uid, archived_at=None).select_related("deal", "party").first()


def gaps_of(deal: Deal) -> list[GapItem]:
    """The gaps in the order in which they were raised. One query."""
    return list(deal.gaps.filter(archived_at=None).select_related("raised_for", "proposed_for", "created_by"))


def find_gap(deal: Deal, uid: UUID) -> GapItem | None:
    """One gap of the deal."""
    return deal.gaps.filter(uid=uid, archived_at=None).select_related("deal").first()


def talks_open(actor: Actor, deal: Deal) -> bool:
    """Whether the actor, a broker of the deal too, may still talk."""
    return not deal.from_source and deal.state not in OVER_STATES and may(actor, DealPerm.TALK, deal)
