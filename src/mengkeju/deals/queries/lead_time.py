"""How long a deal takes from the laboratory to the market, from dates that stand in the record (ACH-16).

It begins when its achievement was first published here. A deal without one (a row of a ledger), or with one that is
known from a published source only, has no beginning. Nothing here writes.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Min

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.lead_time import STAGES, LeadTime, lead_time
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Acceptance, Deal, Landing
from mengkeju.deals.queries.deal import on_listing_deals
from mengkeju.deals.queries.statistics import counted
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import Event
from mengkeju.listings.models import Listing
from mengkeju.policy import queries as policy
from mengkeju.policy.engine.document import Amount

PROMISE = "platform-promises.lab_to_market"
TALKED = {"intention.talk": "talking", "intention.agree": "agreed"}
ACCEPTED = "deal.accept"
WRITTEN_LATER = frozenset({"source", "import", "signing"})
"""Origins of deals that were entered here when they had been signed: the day of entry is not that of the talks."""
NEEDS = {"talking": Step.TALKS, "registered": Step.REGISTRATION, "accepted": Step.ACCEPTANCE, "landed": Step.LANDING}
"""Stages that only some kinds have."""


def promise(day: date) -> Amount:
    """The months that were promised, with where it was said; the number is None where the site names none."""
    return policy.amount(PROMISE, day)


def promised_months(day: date) -> int | None:
    """Whole months of the promise on a day; None for none."""
    return promise(day).whole or None


def stages_of(deal: Deal) -> list[str]:
    """The stages that a deal of its kind passes."""
    return [key for key in STAGES if key not in NEEDS or deal.kind_spec.has(NEEDS[key])]


def leads_of(deals: Sequence[Deal], today: date) -> dict[int, LeadTime]:
    """The clock of each deal by its key. Six queries, however many there are; their listings and intentions read."""
    keys = [deal.pk for deal in deals]
    found: dict[int, dict[str, date | None]] = {deal.pk: _own_dates(deal) for deal in deals}
    registered = counted().filter(deal__in=keys, day_known=True).order_by()
    _put(found, "registered", registered.values_list("deal").annotate(Min("registered_on")))
    _put(found, "landed", _landed(keys))
    intentions: dict[UUID, list[int]] = {}
    for deal in deals:
        if deal.intention is not None:
            intentions.setdefault(deal.intention.uid, []).append(deal.pk)
    for kind, uid, at in _first(TALKED, "intention", intentions):
        for key in intentions[uid]:
            found[key][TALKED[kind]] = clock.today(at)
    uids = {deal.uid: deal.pk for deal in deals}
    _put(found, "accepted", [(uids[uid], clock.today(at)) for _kind, uid, at in _first((ACCEPTED,), "deal", uids)])
    _put(found, "accepted", _held(keys))  # the day of the paper goes before the day it was entered
    return {key: lead_time(dates, today) for key, dates in found.items()}


def _own_dates(deal: Deal) -> dict[str, date | None]:
    achievement, intention = deal.achievement, deal.intention
    published = achievement.published_at if achievement is not None and not achievement.from_source else None
    opened = None if intention is not None or deal.origin in WRITTEN_LATER else deal.created_at
    return {
        "published": clock.today(published) if published else None,
        "intention": clock.today(intention.created_at) if intention is not None else None,
        "talking": clock.today(opened) if opened is not None and deal.kind_spec.has(Step.TALKS) else None,
        "signed": deal.signed_on,
    }


def _put(found: dict[int, dict[str, date | None]], stage: str, days: Iterable[tuple[int, date | None]]) -> None:
    for key, day in days:
        if day is not None:
            found[key][stage] = day


def _landed(keys: Sequence[int]) -> Iterable[tuple[int, date | None]]:
    rows = Landing.objects.filter(deal__in=keys, archived_at=None, produced_on__isnull=False).order_by()
    return rows.values_list("deal").annotate(Min("produced_on"))


def _held(keys: Sequence[int]) -> Iterable[tuple[int, date | None]]:
    rows = Acceptance.objects.filter(deal__in=keys, archived_at=None).exclude(verdict="failed").order_by()
    return rows.values_list("deal").annotate(Min("held_on"))


def _first(types: Iterable[str], subject: str, uids: Iterable[UUID]) -> Iterable[tuple[str, UUID, datetime]]:
    """When each of these events first happened to each subject."""
    rows = Event.objects.filter(subject_type=subject, subject_uid__in=list(uids), type__in=list(types)).order_by()
    return rows.values_list("type", "subject_uid").annotate(Min("at"))


def lead_of(deal: Deal, today: date) -> LeadTime:
    """The clock of one deal."""
    return leads_of([deal], today)[deal.pk]


def missing_of(deal: Deal, lead: LeadTime) -> list[str]:
    """The stages of its kind for which there is no date."""
    return [key for key in stages_of(deal) if key in lead.missing]


def on_listing(actor: Actor, listing: Listing, today: date, limit: int = 5) -> list[tuple[Deal, LeadTime]]:
    """The deals from an achievement whose inside the actor may see, with their clocks; the newest first."""
    about = on_listing_deals(actor, listing).filter(achievement=listing)
    rows = visible_to(about, actor, DealPerm.READ_INSIDE).exclude(state="terminated")
    found = [deal for deal in rows[:limit] if deal.kind_spec.has(Step.LANDING)]
    leads = leads_of(found, today) if found else {}
    return [(deal, leads[deal.pk]) for deal in found]
