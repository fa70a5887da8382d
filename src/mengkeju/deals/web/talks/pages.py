"""What the panels of the talks show. Nothing here writes."""

from typing import Any

from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, GapItem, Offer
from mengkeju.deals.web.talks.forms import OfferForm
from mengkeju.kernel import figures
from mengkeju.kernel.access import Actor

GAP_KINDS = {"open": "wait", "proposed": "go", "agreed": "done", "failed": "over"}


def _shown(deal: Deal, shown: dict[str, Any], *, rows: bool) -> bool:
    """Inside only; an empty list is shown while the deal is talked about."""
    if not shown["inside"] or deal.from_source or not deal.kind_spec.has(Step.TALKS):
        return False
    return rows or deal.state == "talking"


def talk_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal: the thread of offers with the one that stands, and the form for the next."""
    offers = queries.offers_of(deal) if shown["inside"] else []
    if not _shown(deal, shown, rows=bool(offers)):
        return None
    may_talk, mine = queries.talks_open(actor, deal), queries.own_sides(actor, deal)
    standing = queries.standing_among(offers)
    last = offers[-1] if offers else None
    own = {party.pk for party in mine}
    answers = last.uid if last is not None and last.party_id not in own else None
    return {
        "d": deal,
        "rows": [_offer(one, actor, standing, mine if may_talk else []) for one in offers],
        "may_talk": may_talk,
        "form": OfferForm(deal=deal, initial={"answers": answers}) if may_talk else None,
        "broker": may_talk and not mine,
    }


def who(party: DealParty | None, person: Any) -> str:
    """The party that said it, with its person; a broker by his name."""
    if party is None:
        return _("经纪人 %(name)s") % {"name": person.name}
    return party.name if party.individual else _("%(party)s · %(name)s") % {"party": party.name, "name": person.name}


def _offer(one: Offer, actor: Actor, standing: Offer | None, mine: list[DealParty]) -> dict[str, Any]:
    stands = standing is not None and standing.pk == one.pk
    other = one.party is not None and one.created_by_id != actor.account_id
    return {
        "o": one,
        "who": who(one.party, one.person),
        "amount": figures.amount(one.amount) if one.amount is not None else "",
        "answers": _answered(one.answers) if one.answers is not None else "",
        "stands": stands and one.accepted_at is None,
        "acceptable": stands
        and one.accepted_at is None
        and other
        and any(one.party is not None and party.side != one.party.side for party in mine[:1]),
        "suggestion": one.party is None,
    }


def _answered(one: Offer) -> str:
    name = one.party.name if one.party is not None else one.person.name
    if one.amount is None:
        return _("回应%(name)s") % {"name": name}
    return _("回应%(name)s的 %(amount)s") % {"name": name, "amount": figures.amount(one.amount)}


def gaps_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal: every gap with how it closed or why not; they stay when the deal has ended."""
    gaps = queries.gaps_of(deal) if shown["inside"] else []
    if not _shown(deal, shown, rows=bool(gaps)):
        return None
    may_talk, mine = queries.talks_open(actor, deal), queries.own_sides(actor, deal)
    return {
        "d": deal,
        "rows": [_gap(one, mine if may_talk else []) for one in gaps],
        "may_talk": may_talk,
    }


def _gap(one: GapItem, mine: list[DealParty]) -> dict[str, Any]:
    own = mine[0] if mine else None
    proposer = one.proposed_for
    running = one.status in {"open", "proposed"}
    other = own is not None and (proposer is None or proposer.side != own.side)
    return {
        "g": one,
        "state": {"kind": GAP_KINDS[one.status], "label": one.get_status_display()},
        "raised": one.raised_for.name if one.raised_for else _("经纪人"),
        "proposer": "" if not one.proposal else proposer.name if proposer else _("经纪人"),
        "running": running,
        "agreeable": one.status == "proposed" and other,
        "waits": one.status == "proposed" and own is not None and not other,
        "side": own is not None,
        "hidden": [("revision", one.revision)],
    }
