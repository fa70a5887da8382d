"""What the pages of 产业链伙伴 show. Nothing here computes a pair."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel import clock, panels
from mengkeju.kernel.access import Actor
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.queries import partner_words, partners
from mengkeju.matching.queries.partners import RELATIONS, PartnerCard

NAV = "chain-partners"


AWAY = "away"


def only(cards: Sequence[PartnerCard], chosen: str) -> list[PartnerCard]:
    """Those of one relation, or of another city; of an unknown word all."""
    if chosen == AWAY:
        return [card for card in cards if card.away]
    return [card for card in cards if chosen not in RELATIONS or card.relation == chosen]


def note(actor: Actor, cards: Sequence[PartnerCard], *, channel: str = "match") -> None:
    """Keep that listings not open to everybody were read."""
    listing_acts.note_reads(
        [card.shown for card in cards], channel=channel, by=actor, now=clock.now(), keys=frozenset({"partners"})
    )


def row(card: PartnerCard) -> dict[str, Any]:
    """One partner, without what to do next."""
    return {
        "shown": card.shown,
        "kind": word(card.shown.kind),
        "relation": card.relation,
        "relation_label": str(RELATIONS[card.relation]),
        "away": card.away,
        "band": card.band,
        "why": partner_words.why(card),
        "url": reverse("listing", args=[card.shown.uid]),
    }


def _buttons(
    actor: Actor, card: PartnerCard, cards: Sequence[PartnerCard], shared: dict[Any, Any]
) -> list[panels.Shown]:
    """The way to the other: by the proposal between the two firms where there is one, else to its capability.

    `cards`: all of the page, so that what runs on any of them is read once.
    """
    if card.needs:
        proposal, side = card.needs[0]
        ends = (proposal.need, proposal.achievement)
        own, other = ends if side == "need" else ends[::-1]
        ours = [card.own, *(need for one in cards for need in _own_needs(one))]
        return panels.build(
            actor, "match", "buttons", proposal, {"listing": own, "other": other, "shared": shared, "listings": ours}
        )
    others = [one.other for one in cards]
    shown = {"listing": card.own, "shared": shared, "listings": others}
    return panels.build(actor, "partner", "buttons", card.other, shown)


def _own_needs(card: PartnerCard) -> list[Listing]:
    return [proposal.need for proposal, side in card.needs if side == "need"]


def index(request: Request, page: Page[Any]) -> dict[str, Any]:
    """The capabilities as a table."""
    rows = list(page)
    found = partners.partners(request.actor, rows)
    shown = listings.present_many(rows, request.actor)
    listing_acts.note_reads(shown, channel="list", by=request.actor, now=clock.now(), keys=())
    stands = partners.places(rows)
    table = []
    for listing, seen in zip(rows, shown, strict=True):
        counts = Counter(card.relation for card in found[listing.pk])
        away = sum(card.away for card in found[listing.pk])
        url = reverse("listing-partners", args=[listing.uid])
        place = stands.get(listing.pk)
        table.append(
            {
                "cells": [
                    {"value": seen.title, "url": url, "header": True, "demo": seen.fictional},
                    {"value": seen.owner_name, "label": _("单位")},
                    {"area": seen.area, "value": seen.area_name, "label": _("所在地区")},
                    {"value": f"{place.chain_word} · {place.node}" if place else _("没有写"), "label": _("产业链环节")},
                    *(
                        {"value": str(counts[key]), "url": f"{url}?relation={key}", "numeric": True, "label": label}
                        for key, label in _short().items()
                    ),
                    {
                        "value": str(away),
                        "url": f"{url}?relation={AWAY}",
                        "numeric": True,
                        "label": _("其中另一市的"),
                    },
                ]
            }
        )
    labels = (_("企业能力"), _("单位"), _("所在地区"), _("产业链环节"))
    numbers = (*_short().values(), _("其中另一市的"))
    columns = [{"label": label} for label in labels] + [{"label": label, "numeric": True} for label in numbers]
    return {"page": page, "rows": table, "columns": columns, "nav_key": NAV, "own": bool(request.actor.organisations)}


def _short() -> dict[str, str]:
    return {"up": _("上游"), "down": _("下游"), "open": _("说不准"), "same": _("同一环节")}


def of_listing(request: Request, listing: Listing, cards: Sequence[PartnerCard], *, waiting: bool) -> dict[str, Any]:
    """One capability's partners by where they stand."""
    note(request.actor, cards)
    shared: dict[Any, Any] = {}
    groups: dict[str, list[dict[str, Any]]] = {key: [] for key in RELATIONS}
    for card in cards:
        made = row(card)
        made["buttons"] = _buttons(request.actor, card, cards, shared)
        groups[card.relation].append(made)
    place = partners.places([listing]).get(listing.pk)
    own = listing.owner is not None and listing.owner.uid in request.actor.organisations
    return {
        "listing": listing,
        "seen": listings.present(listing, request.actor),
        "place": place,
        "own": own,
        "groups": [(key, str(RELATIONS[key]), rows) for key, rows in groups.items() if rows],
        "count": len(cards),
        "away": sum(card.away for card in cards),
        "waiting": waiting,
        "chosen": str({**RELATIONS, AWAY: _("另一市的")}.get(request.GET.get("relation", ""), "")),
        "all_url": reverse("listing-partners", args=[listing.uid]),
        "edit_url": reverse("listing-edit", args=[listing.uid]) if own and place is None else "",
        "crumbs": [(_("首页"), reverse("home")), (listing.title, listing.get_absolute_url()), (_("产业链伙伴"), "")],
        "nav_key": NAV,
    }
