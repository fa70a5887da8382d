"""Reads of what became of a deal's result: landings, production, benefits, people who came. Amounts in 元."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from mengkeju.deals.access import LandingPerm
from mengkeju.deals.engine import benefit, production
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Arrival, Benefit, Deal, DealParty, Landing, Production
from mengkeju.deals.queries.deal import own_sides
from mengkeju.deals.queries.performance import FOLLOWED, UNDER_WAY
from mengkeju.kernel.access import Actor, may, visible_to


def landings_of(actor: Actor, deal: Deal) -> list[Landing]:
    """The landings of a deal the actor may read, with their parties. One query."""
    rows = visible_to(Landing.objects.filter(deal=deal), actor, LandingPerm.READ)
    return list(rows.select_related("deal", "party__organisation", "party__person__account", "party__deal"))


def find_landing(actor: Actor, deal: Deal, uid: UUID) -> Landing | None:
    """One landing of a deal, if the actor may read it."""
    return next((row for row in landings_of(actor, deal) if row.uid == uid), None)


def production_of(landings: Sequence[Landing]) -> dict[int, list[Production]]:
    """What was planned and made, by the landing's key. One query."""
    found: dict[int, list[Production]] = {row.pk: [] for row in landings}
    for row in Production.objects.filter(landing__in=list(found), archived_at=None):
        found[row.landing_id].append(row)
    return found


def years_of(rows: Iterable[Production]) -> list[production.YearOfProduction]:
    """Plan, actual and deviation by year. No query."""
    return production.by_year([production.Volume(row.kind, row.year, row.month, row.volume) for row in rows])


def benefits_of(actor: Actor, deal: Deal) -> list[Benefit]:
    """The benefits of a deal the actor may read, the average first, then by year. One query."""
    rows = visible_to(Benefit.objects.filter(deal=deal), actor, LandingPerm.READ).select_related("landing", "said_for")
    return sorted(rows, key=lambda row: (row.year or 0, row.kind, row.pk))


def find_benefit(actor: Actor, deal: Deal, uid: UUID) -> Benefit | None:
    """One row of figures of a deal, if the actor may read it."""
    rows = visible_to(Benefit.objects.filter(deal=deal, uid=uid), actor, LandingPerm.READ)
    return rows.select_related("deal", "landing", "said_for").first()


def compared(rows: Iterable[Benefit]) -> list[benefit.YearOfBenefit]:
    """Forecast, actual and difference by year. No query."""
    said = [
        benefit.Said(
            row.kind,
            row.year,
            row.landing_id,
            {name: getattr(row, name) for name in benefit.MEASURES},
            {name: row.profit_bound or row.bound if name == "profit" else row.bound for name in benefit.MEASURES},
        )
        for row in rows
    ]
    return benefit.compared(said)


def arrivals_of(actor: Actor, deal: Deal) -> list[Arrival]:
    """People who came because of a deal, if the actor may read it. One query."""
    return list(visible_to(Arrival.objects.filter(deal=deal), actor, LandingPerm.READ).select_related("employer"))


def find_arrival(actor: Actor, deal: Deal, uid: UUID) -> Arrival | None:
    """One count of people who came, if the actor may read it."""
    return visible_to(Arrival.objects.filter(deal=deal, uid=uid), actor, LandingPerm.READ).first()


def may_land(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may say where the result landed."""
    open_ = not deal.from_source and deal.kind_spec.has(Step.LANDING) and deal.state in UNDER_WAY
    return open_ and may(actor, LandingPerm.RECORD, deal)


def may_benefit(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may say what it brings."""
    open_ = not deal.from_source and deal.kind_spec.has(Step.BENEFIT) and deal.state in FOLLOWED
    return open_ and may(actor, LandingPerm.BENEFIT, deal)


def may_tend(actor: Actor, landing: Landing) -> bool:
    """Whether the actor may move a landing, and say what it makes."""
    deal = landing.deal
    return not deal.from_source and deal.state in FOLLOWED and may(actor, LandingPerm.MOVE, landing)


def sites_open_to(actor: Actor, deal: Deal) -> list[DealParty]:
    """Parties of whose site the actor may speak: his own, and those that nobody can speak for here."""
    own = {party.pk for party in own_sides(actor, deal)}
    rows = deal.parties.filter(archived_at=None).select_related("organisation", "person__account", "deal")
    standing = sorted(rows, key=lambda party: (party.pk not in own, party.side == "seller", party.order))
    return [party for party in standing if party.pk in own or not party.is_here]
