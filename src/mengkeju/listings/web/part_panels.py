"""What the page of an achievement or a patent shows of what hangs on it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.words import listed, word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing
from mengkeju.listings.web.right_pages import badge

SHELF = "achievement"
LINE = ("early", "mid", "mature")


def _note(actor: Actor, listing: Listing, tiers: set[str]) -> None:
    actions.note_parts(listing, tiers, channel="page", by=actor, now=clock.now())


def ladder(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The rungs with their days and evidence; for its people also when there is none yet."""
    if not listing.kind_spec.is_technology(SHELF):
        return None
    rungs, may_add = queries.ladder(listing, actor), may(actor, Perm.EDIT, listing)
    if not rungs and not may_add:
        return None
    _note(actor, listing, {rung.step.tier for rung in rungs if not rung.closed})
    parents = {t.key: t.parent.key if t.parent else t.key for t in directory.terms("maturity", retired=True)}
    reached = parents.get(rungs[0].step.level, "") if rungs else ""
    at = LINE.index(reached) if reached in LINE else -1
    labels = directory.term_labels("maturity")
    steps = [
        {"label": labels.get(key, key), "state": "done" if n < at else "now" if n == at else "", "note": ""}
        for n, key in enumerate(LINE)
    ]
    add_url = _url("listing-step", listing) if may_add else ""
    return {"rungs": rungs, "steps": steps, "listing": listing, "add_url": add_url}


def _url(name: str, listing: Listing) -> str:
    return reverse(name, args=[listing.uid])


def applications(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """Who uses it, the first first, with growth."""
    if not listing.kind_spec.is_technology(SHELF):
        return None
    rows, may_add = queries.applications(listing, actor), may(actor, Perm.EDIT, listing)
    if not rows and not may_add:
        return None
    _note(actor, listing, {row.tier for row in rows})
    lines = [(row, queries.scale_in_words(row)) for row in rows]
    return {
        "rows": lines,
        "may_edit": may_add,
        "add_url": _url("listing-application", listing) if may_add else "",
        "source": listing.from_source,
    }


def rights(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The rights it carries: number, kind, status, whose."""
    if not listing.kind_spec.is_technology(SHELF):
        return None
    rows, may_link = queries.rights_of(listing, actor), may(actor, Perm.EDIT, listing)
    if not rows and not may_link:
        return None
    lines = [{"row": row, "badge": badge(row.right), "kind": word(row.right.spec)} for row in rows]
    return {"rows": lines, "listing": listing, "link_url": _url("listing-right", listing) if may_link else ""}


def team(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """Who takes part, in order, as the reader may know it."""
    if not listing.kind_spec.is_technology(SHELF) or not queries.may_know_team(listing, actor):
        return None
    found, may_edit = queries.team(listing, actor), may(actor, Perm.EDIT, listing)
    if not found.parts and not found.unsettled and not may_edit:
        return None
    _note(actor, listing, {listing.field_tiers.get("team", "public")})
    return {"team": found, "edit_url": _url("listing-team", listing) if may_edit else "", "source": listing.from_source}


def registration(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """成果登记 of an achievement."""
    if listing.kind != "achievement":
        return None
    row, may_edit = queries.registration_of(listing), may(actor, Perm.EDIT, listing)
    if row is None and not may_edit:
        return None
    facts = []
    if row is not None:
        pairs = (
            (_("成果登记号"), row.number),
            (_("批准登记日期"), figures.full_date(row.registered_on)),
            (_("登记机构"), row.office),
            (_("推荐单位"), row.recommended_by),
            (_("研究起止"), " — ".join(m for m in (row.study_from, row.study_to) if m)),
            (_("成果属性"), row.get_attribute_display() if row.attribute else ""),
            (_("关键词"), listed(row.keywords.split(", "))),
            (_("成果体现形式"), row.form),
            (_("成果水平"), row.standing),
            (_("成果所处阶段"), row.get_phase_display() if row.phase else ""),
        )
        facts = [{"label": label, "value": str(value)} for label, value in pairs if value]
    return {"facts": facts, "edit_url": _url("listing-registration", listing) if may_edit else ""}


def first_offer(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """Until when only organisations of an area may declare; before publication for its people only."""
    if not listing.kind_spec.is_technology(SHELF):
        return None
    window, may_edit = queries.window_of(listing, clock.today()), may(actor, Perm.EDIT, listing)
    settable = may_edit and listing.published_at is None
    if (window is None or not window.is_open) and not settable:
        return None
    mine = directory.my_organisations(actor) if window is not None and window.is_open else []
    return {
        "window": window,
        "set_url": _url("listing-first-offer", listing) if settable else "",
        "end_url": _url("listing-first-offer-end", listing) if may_edit and window and window.is_open else "",
        "i_may": any(queries.may_declare_now(o, window) for o in mine) if window is not None else False,
        "signed_in": bool(mine),
    }


def goals(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The goals of policy it serves, each with its page."""
    keys = queries.goals_of([listing]).get(listing.pk, [])
    labels = directory.term_labels("policy_goal") if keys else {}
    rows = [(labels.get(key, key), reverse("goal", args=[key])) for key in keys]
    return {"rows": rows} if rows else None
