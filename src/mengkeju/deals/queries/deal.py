"""Reads of deals."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.deal_workflow import DEAL, OVER_STATES, OWN_MOVES
from mengkeju.deals.models import Deal, DealHelper, DealParty, Intention
from mengkeju.directory.engine.regions import COUNTRY, REGION
from mengkeju.directory.models import Membership
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.workflow import Transition
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing


def deals(actor: Actor) -> QuerySet[Deal]:
    """Deals the actor may read, with what their rows show; the newest first."""
    rows = Deal.objects.select_related("keeper", "intention", "need", "achievement")
    return visible_to(rows, actor, DealPerm.READ).order_by("-created_at", "-pk")


def find_deal(actor: Actor, uid: UUID) -> Deal | None:
    """One deal if the actor may read it."""
    return deals(actor).filter(uid=uid).first()


def own_deals(actor: Actor) -> QuerySet[Deal]:
    """Deals in which the actor has part, as a party or a helper."""
    mine = Q(organisation__uid__in=actor.organisations)
    if actor.person_uid is not None:
        mine |= Q(person__uid=actor.person_uid)
    standing = DealParty.objects.filter(mine, archived_at=None).values("deal")
    helping = DealHelper.objects.filter(mine, archived_at=None).values("deal")
    return deals(actor).filter(Q(pk__in=standing) | Q(pk__in=helping))


@dataclass(frozen=True)
class DealFilter:
    """What a list of deals is narrowed by; empty = everything. `place`: `outside` or `region`, of the parties."""

    text: str = ""
    state: str = ""
    kind: str = ""
    year: int | None = None
    mine: bool = False
    place: str = ""


def filtered_deals(actor: Actor, asked: DealFilter) -> QuerySet[Deal]:
    """The actor's deals by a filter; `text` is looked for in title, number and the parties' names."""
    rows = own_deals(actor) if asked.mine else deals(actor)
    if asked.text:
        named = DealParty.objects.filter(name__icontains=asked.text, archived_at=None).values("deal")
        rows = rows.filter(Q(title__icontains=asked.text) | Q(number__iexact=asked.text) | Q(pk__in=named))
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.year:
        rows = rows.filter(signed_on__year=asked.year)
    if asked.place:
        rows = rows.filter(outside_region_q() if asked.place == "outside" else ~outside_region_q())
    return rows


def outside_region_q() -> Q:
    """Deals with a party that is known to be outside the region, by its area."""
    told = DealParty.objects.filter(archived_at=None, area__regex=r"^[0-9]{6}$")
    beyond = told.exclude(area__startswith=REGION[:2]).exclude(area__startswith=COUNTRY[:2])
    return Q(pk__in=beyond.values("deal"))


def sides_of_deal(deal: Deal) -> list[tuple[str, list[DealParty]]]:
    """Every side of the kind with its parties, the lead first. One query."""
    rows = list(deal.parties.filter(archived_at=None).select_related("organisation", "person"))
    ordered = sorted(rows, key=lambda p: (p.role != "lead", p.order))
    return [(side, [row for row in ordered if row.side == side]) for side in deal.kind_spec.sides]


def parties_of(deals: list[Deal]) -> dict[int, list[DealParty]]:
    """The parties of many deals by the deal's key, in their order. One query."""
    found: dict[int, list[DealParty]] = {deal.pk: [] for deal in deals}
    rows = DealParty.objects.filter(deal__in=found, archived_at=None).select_related("organisation")
    for row in rows.order_by("order", "pk"):
        found[row.deal_id].append(row)
    return found


def helpers_of(deal: Deal) -> list[DealHelper]:
    """Brokers and agencies named on a deal. One query."""
    return list(deal.helpers.filter(archived_at=None).select_related("person", "organisation", "confirmed_for"))


def confirming_parties(actor: Actor, deal: Deal, helpers: list[DealHelper]) -> dict[int, DealParty | None]:
    """For each helper (by key) the actor's party that may confirm it: not one of whoever named the helper.

    None where there is none. Two queries.
    """
    mine = own_sides(actor, deal)
    authors = {row.created_by_id for row in helpers if row.created_by_id is not None}
    rows = Membership.objects.filter(person__account__in=authors, ended_at=None)
    theirs = set(rows.values_list("person__account", "organisation"))
    return {
        row.pk: next(
            (
                party
                for party in mine
                if row.created_by_id != actor.account_id and (row.created_by_id, party.organisation_id) not in theirs
            ),
            None,
        )
        for row in helpers
    }


def own_sides(actor: Actor, deal: Deal) -> list[DealParty]:
    """The parties of the deal in whose name the actor may speak."""
    mine = Q(organisation__uid__in=actor.organisations)
    if actor.person_uid is not None:
        mine |= Q(person__uid=actor.person_uid)
    return list(deal.parties.filter(mine, archived_at=None).select_related("organisation", "person"))


def moves(actor: Actor, deal: Deal) -> list[tuple[str, Transition]]:
    """The steps the actor may make now by a button, those that the kind has not left out."""
    if deal.from_source or deal.state in OVER_STATES or not may(actor, DealPerm.MOVE, deal):
        return []
    guarded = ((key, step) for key, step in DEAL.leaving(deal.state) if key in OWN_MOVES)
    return [(key, step) for key, step in guarded if not any(g.check(deal, {}) for g in step.guards)]


def writable(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may still change anything of the deal."""
    return not deal.from_source and deal.state not in OVER_STATES and may(actor, DealPerm.WRITE, deal)


def of_intention(actor: Actor, intention: Intention) -> Deal | None:
    """The running deal of an intention, if the actor may read it."""
    return deals(actor).filter(intention=intention).exclude(state="terminated").first()


def may_open(actor: Actor, intention: Intention) -> bool:
    """Whether the actor may open the deal of an intention now; talent and placements make no contract."""
    under_way = intention.state in {"talking", "ready"} and intention.target.kind_spec.market == TECHNOLOGY
    return under_way and may(actor, DealPerm.OPEN, intention)


def listings_of(actor: Actor, deal: Deal) -> tuple[Listing | None, Listing | None]:
    """(need, achievement) of a deal, without those the actor may not read (any more). One query."""
    named = [pk for pk in (deal.need_id, deal.achievement_id) if pk is not None]
    found = {row.pk: row for row in listings.listings(actor).filter(pk__in=named)} if named else {}
    return found.get(deal.need_id or 0), found.get(deal.achievement_id or 0)


def on_listing_deals(actor: Actor, listing: Listing) -> QuerySet[Deal]:
    """Deals about a listing that the actor may read."""
    return deals(actor).filter(Q(need=listing) | Q(achievement=listing))
