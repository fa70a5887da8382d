"""Who plans, reports and judges milestones, who accepts the work, who says what people came.

A side that nobody can speak for here is spoken for by the other parties; the record says whose word it is.
"""

from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access.deal import PARTIES, party_of
from mengkeju.deals.models import DealParty
from mengkeju.kernel.access import NOTHING, Actor, Predicate, is_active, register

SELLER = "seller"
HERE = Q(organisation__isnull=False) | Q(person__account__isnull=False)
"""Parties for whom somebody can act on the platform."""


class PerformancePerm(StrEnum):
    """Permissions on what is done after signing."""

    PLAN = "deals.milestone:plan"
    REPORT = "deals.milestone:report"
    JUDGE = "deals.milestone:accept"
    DROP = "deals.milestone:drop"
    ACCEPTANCE = "deals.acceptance:record"
    ARRIVAL = "deals.arrival:record"


def own_parties(actor: Actor) -> Q:
    """Rows of parties in whose name the actor may speak; NOTHING for who speaks for nobody."""
    mine = Q(organisation__uid__in=actor.organisations) if actor.organisations else NOTHING
    return mine | Q(person__uid=actor.person_uid) if actor.person_uid else mine


def speaks_for(path: str) -> Predicate:
    """The actor speaks for the party at `path`; for one that is not on the platform any party of the deal does."""
    inside = party_of("deal")

    def holds(actor: Actor, obj: Any) -> bool:
        party = getattr(obj, path)
        if not party.is_here:
            return inside.holds(actor, obj)
        of = party.organisation is not None and party.organisation.uid in actor.organisations
        return of or (party.person is not None and party.person.uid == actor.person_uid)

    def q(actor: Actor) -> Q:
        mine = Q(**{f"{path}__organisation__uid__in": actor.organisations}) if actor.organisations else NOTHING
        if actor.person_uid:
            mine |= Q(**{f"{path}__person__uid": actor.person_uid})
        absent = Q(**{f"{path}__organisation__isnull": True, f"{path}__person__account__isnull": True})
        return mine | (absent & inside.q(actor))

    return Predicate(f"speaks_for({path})", _("办理这一项的一方"), holds, q)


def _stands_opposite(actor: Actor, milestone: Any) -> bool:
    parties = milestone.deal.parties.filter(archived_at=None)
    own = set(parties.filter(own_parties(actor)).values_list("side", flat=True))
    side = milestone.reporter.side
    if side not in own:
        return bool(own)
    return own == {side} and not parties.filter(HERE).exclude(side=side).exists()


def _opposite_q(actor: Actor) -> Q:
    mine = own_parties(actor)
    if mine == NOTHING:
        return NOTHING
    parties = DealParty.objects.filter(deal=OuterRef("deal__pk"), archived_at=None)
    side = OuterRef("reporter__side")
    own = Q(Exists(parties.filter(mine, side=side)))
    other = Q(Exists(parties.filter(mine).exclude(side=side)))
    absent = ~Q(Exists(parties.filter(HERE).exclude(side=side)))
    return (other & ~own) | (own & ~other & absent)


def _receives(actor: Actor, deal: Any) -> bool:
    parties = deal.parties.filter(archived_at=None)
    own = set(parties.filter(own_parties(actor)).values_list("side", flat=True))
    if own - {SELLER}:
        return True
    return bool(own) and not parties.filter(HERE).exclude(side=SELLER).exists()


def _receives_q(actor: Actor) -> Q:
    mine = own_parties(actor)
    if mine == NOTHING:
        return NOTHING
    parties = DealParty.objects.filter(deal=OuterRef("pk"), archived_at=None)
    receiving = Q(Exists(parties.filter(mine).exclude(side=SELLER)))
    absent = ~Q(Exists(parties.filter(HERE).exclude(side=SELLER)))
    return receiving | (Q(Exists(parties.filter(mine))) & absent)


opposite = Predicate("opposite_of_reporter", _("合同的另一方"), _stands_opposite, _opposite_q)
receives = Predicate("receives", _("接受成果的一方"), _receives, _receives_q)

register(
    {
        PerformancePerm.PLAN: PARTIES,
        PerformancePerm.REPORT: ((is_active, speaks_for("reporter")),),
        PerformancePerm.JUDGE: ((is_active, opposite),),
        PerformancePerm.DROP: ((is_active, opposite),),
        PerformancePerm.ACCEPTANCE: ((is_active, receives),),
        PerformancePerm.ARRIVAL: PARTIES,
    }
)
