"""What the pages of 两市互补 show: numbers with the list behind each, rows with their reasons and what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, panels
from mengkeju.kernel.access import Actor
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import actions as listing_acts
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented
from mengkeju.matching import actions
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import complement, complement_firms, complement_words
from mengkeju.matching.queries.complement import ANSWERS, CUTS, FROM_OTHER, Asked, Cities, Pairing, Survey
from mengkeju.matching.web.complement_forms import ComplementForm

NAV = "complement"
TONES = {"other": "go", "both": "go", "unseen": "", "own": "", "none": "wait"}


def labels() -> Mapping[str, Mapping[str, str]]:
    """Words of clusters and fields, the narrower first."""
    return {name: directory.term_labels(name) for name in CUTS}


def said(asked: Asked, known: Cities, *, firms: bool = False) -> str:
    """The filter in words."""
    parts = [_("%(city)s的需求") % {"city": known.names[asked.city]} if asked.city else ""]
    if not firms:
        parts.append(str(ANSWERS[asked.answer]) if asked.answer else _("对方能答的"))
    for name, label in CUTS.items():
        if wanted := getattr(asked, name):
            value = _("未载明") if wanted == complement.NONE else directory.term_labels(name).get(wanted, wanted)
            parts.append(_("{label}：{value}").format(label=label, value=value))
    return _("；").join(part for part in parts if part)


def overview(request: Request, form: ComplementForm, found: Survey, known: Cities) -> dict[str, Any]:
    """The numbers: by city and answer, and by field or cluster; each with the address of its rows."""
    asked, cut = form.asked(), form.cut()
    here = reverse("complement")
    kept = asked.of(city="", answer="")
    answers = [key for key in ANSWERS if key != "unseen" or found.of("unseen")]
    by_city = [
        {
            "cells": [
                {"area": code, "value": _("%(city)s的需求") % {"city": name}, "header": True},
                *(
                    _number(
                        len(found.of(key, code)), here + kept.of(city=code, answer=key).address(by=cut), ANSWERS[key]
                    )
                    for key in answers
                ),
            ]
        }
        for code, name in known.names.items()
    ]
    of_city = [row for row in found.rows if asked.city in {"", row.city}]
    by_group = [
        {
            "cells": [
                {"value": group.label, "header": True},
                *(
                    _number(group.counts.get(key, 0), here + group.asked.of(answer=key).address(by=cut), ANSWERS[key])
                    for key in answers
                ),
            ]
        }
        for group in complement.groups(of_city, asked, cut)
    ]
    columns = [{"label": str(ANSWERS[key]), "numeric": True} for key in answers]
    return {
        "form": form,
        "enough": known.enough,
        "said": said(asked, known),
        "total": len(found.rows),
        "cut_off": found.cut,
        "most": complement.MOST_NEEDS,
        "ways": ways(found, asked, known),
        "by_city": {"rows": by_city, "columns": [{"label": _("城市")}, *columns]},
        "by_group": {"rows": by_group, "columns": [{"label": str(CUTS[cut])}, *columns]},
        "cuts": [(key, str(label), here + asked.address(by=key), key == cut) for key, label in CUTS.items()],
        "firms_url": reverse("complement-firms") + asked.of(answer="").address(),
        "at": clock.now(),
        "nav_key": NAV,
    }


def _number(count: int, url: str, label: Any) -> dict[str, Any]:
    """A cell: the number leads to its rows."""
    return {"value": str(count), "url": f"{url}#pairs", "numeric": True, "label": str(label)}


def ways(found: Survey, asked: Asked, known: Cities) -> list[dict[str, Any]]:
    """The directions: from which cities to which, and how many needs could be answered that way."""
    made = []
    for code, name in known.names.items():
        others = listed(complement.names_of(known.others(code), known))
        made.append(
            {
                "label": _("%(others)s → %(city)s") % {"others": others, "city": name},
                "text": _("%(others)s的成果或能力，答%(city)s的需求") % {"others": others, "city": name},
                "count": len(found.of("", code)),
                "url": reverse("complement") + asked.of(city=code, answer="").address() + "#pairs",
                "current": asked.city == code and asked.answer in {"", *FROM_OTHER},
            }
        )
    return made


def buttons(
    actor: Actor, proposal: Proposal, listings: Sequence[Listing], shared: dict[Any, Any]
) -> list[panels.Shown]:
    """What other capabilities offer on the pair (introduce, declare an intention), seen from the reader's side."""
    own, other = proposal.need, proposal.achievement
    if other.owner is not None and other.owner.uid in actor.organisations:
        own, other = other, own
    shown = {"listing": own, "other": other, "shared": shared, "listings": listings}
    return panels.build(actor, "match", "buttons", proposal, shown)


def note(actor: Actor, shown: list[Presented], proposals: Sequence[Proposal], *, channel: str = "match") -> None:
    """Keep that proposals were shown, and that closed listings were read."""
    now = clock.now()
    listing_acts.note_reads(shown, channel=channel, by=actor, now=now, keys=())
    if channel == "match":
        places = [(one, one.need_rank or one.achievement_rank or 0) for one in proposals]
        actions.note_shown(places, by=actor, now=now)


def needs(request: Request, page: Page[Any], known: Cities) -> dict[str, Any]:
    """The rows of one page."""
    found = complement.pairings(request.actor, list(page), known)
    best = [row.other.proposal for row in found if row.other is not None]
    note(request.actor, complement.shown_listings(found), best)
    shared: dict[Any, Any] = {}
    sides = [side for one in best for side in (one.need, one.achievement)]
    words = labels()
    rows = [_need_row(request.actor, row, known, words) for row in found]
    for row, made in zip(found, rows, strict=True):
        offer = row.other
        made["buttons"] = [] if offer is None else buttons(request.actor, offer.proposal, sides, shared)
    return {"page": page, "rows": rows}


def _need_row(actor: Actor, row: Pairing, known: Cities, words: complement_words.Labels) -> dict[str, Any]:
    offer = row.other or row.own
    return {
        "need": row.shown,
        "need_kind": word(row.shown.kind),
        "offer": offer.shown if offer is not None else None,
        "offer_kind": word(offer.shown.kind) if offer is not None else "",
        "offer_url": reverse("match-open", args=[offer.proposal.uid, "achievement"]) if offer is not None else "",
        "away": row.other is not None,
        "band": offer.proposal.band if offer is not None else "",
        "answer": str(ANSWERS[row.standing.answer]),
        "tone": TONES[row.standing.answer] or "calm",
        "why": complement_words.why(row, known, words),
        "more": row.more,
        "list_url": reverse("listing-matches", args=[row.need.uid]) if row.listed else "",
    }


def firms(request: Request, form: ComplementForm, page: Page[Any], known: Cities) -> dict[str, Any]:
    """The pairs of firms of one page."""
    asked = form.asked()
    found = complement_firms.firm_pairings(request.actor, list(page), asked, known)
    ways_of = [way for row in found for way in row.ways]
    note(request.actor, [one for way in ways_of for one in (way.need, way.offer)], [way.proposal for way in ways_of])
    sides = [side for way in ways_of for side in (way.proposal.need, way.proposal.achievement)]
    shared: dict[Any, Any] = {}
    words = labels()
    rows = [
        {
            "pair": row,
            "ways": [
                {
                    "need": way.need,
                    "offer": way.offer,
                    "offer_kind": word(way.offer.kind),
                    "offer_url": reverse("match-open", args=[way.proposal.uid, "achievement"]),
                    "band": way.proposal.band,
                    "why": tuple(complement_words.shared(way.proposal, words)),
                    "buttons": buttons(request.actor, way.proposal, sides, shared),
                }
                for way in row.ways
            ],
        }
        for row in found
    ]
    return {
        "form": form,
        "enough": known.enough,
        "said": said(asked, known, firms=True),
        "page": page,
        "rows": rows,
        "needs_url": reverse("complement") + asked.address(),
        "at": clock.now(),
        "nav_key": NAV,
    }
