"""What the pages and panels of meetings show. Nothing here writes."""

from typing import Any

from django import forms
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.models import Intention
from mengkeju.events import queries
from mengkeju.events.access import Perm
from mengkeju.events.engine.meeting import MEETING, WAITING
from mengkeju.events.models import Meeting
from mengkeju.events.web.forms import ChooseForm, DeclineForm, NoteForm, TimesForm, WhereForm
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing

STEPS = (gettext_lazy("约时间"), gettext_lazy("会面"), gettext_lazy("写纪要"), gettext_lazy("下一步"))
STEP_OF = {"requested": 0, "countered": 0, "scheduled": 1, "over": 2, "held": 3, "closed": 4}
# The workflow's words are the requesting side's; these are the invited side's.
INVITED_WORDS = {
    "requested": gettext_lazy("等您选时间"),
    "countered": gettext_lazy("等对方选时间"),
    "declined": gettext_lazy("已婉拒"),
    "over": gettext_lazy("等对方写纪要"),
}
OUTSIDE_WORDS = {
    "requested": gettext_lazy("待选时间"),
    "countered": gettext_lazy("另提了时间"),
    "declined": gettext_lazy("已婉拒"),
}
BOXES = {
    "": gettext_lazy("全部"),
    "asked": gettext_lazy("我方发起"),
    "received": gettext_lazy("对方发来"),
    "arranged": gettext_lazy("我安排的"),
}


def direction(actor: Actor, meeting: Meeting) -> str:
    """How the reader has part in it: asked, received, arranged or other."""
    if meeting.requesting.uid in actor.organisations:
        return "asked"
    if meeting.invited.uid in actor.organisations:
        return "received"
    return "arranged" if meeting.broker is not None and meeting.broker.uid == actor.person_uid else "other"


def badge(meeting: Meeting, actor: Actor) -> dict[str, str]:
    """Word and tone of the state, said from the reader's side; amber only for the side it waits on."""
    side = direction(actor, meeting)
    state = MEETING.states[meeting.state]
    words = {"received": INVITED_WORDS, "asked": {}}.get(side, OUTSIDE_WORDS)
    tone: str = state.tone
    waits = {"requesting": "asked", "invited": "received"}.get(queries.waits_on(meeting), "")
    if tone == "wait" and waits != side:
        tone = "go"
    return {"kind": {"idle": "calm"}.get(tone, tone), "label": str(words.get(meeting.state) or word(state))}


def when_in_words(meeting: Meeting) -> str:
    """The chosen time, or nothing."""
    if meeting.starts_at is None or meeting.ends_at is None:
        return ""
    return queries.span_in_words(meeting.starts_at, meeting.ends_at)


def list_context(request: Request, page: Page[Meeting], asked: queries.MeetingFilter) -> dict[str, Any]:
    """My meetings as a table."""
    actor = request.actor
    rows = [
        {
            "cells": [
                {"value": m.title if queries.reads_inside(actor, m) else m.number, "url": m.get_absolute_url(),
                 "header": True, "demo": m.fictional},
                {"label": _("双方"), "value": f"{m.requesting.name} → {m.invited.name}"},
                {"label": _("时间"), "value": when_in_words(m) or _("未定")},
                {"label": _("状态"), "state": badge(m, actor)},
            ]
        }
        for m in page
    ]  # fmt: skip
    columns = [{"label": label} for label in (_("会面"), _("双方"), _("时间"), _("状态"))]
    boxes = [{"key": key, "label": label, "on": key == asked.box} for key, label in BOXES.items()]
    return {"page": page, "rows": rows, "columns": columns, "boxes": boxes, "nav_key": "meeting-mine"}


def steps(meeting: Meeting, said: str) -> list[dict[str, str]]:
    """The four steps with the state's word at the one being worked on; an ended meeting has none."""
    at = STEP_OF.get(meeting.state, -1)
    made = []
    for place, label in enumerate(STEPS):
        state = "done" if place < at else "now" if place == at else ""
        made.append({"label": str(label), "state": state, "note": said if state == "now" else ""})
    return made


def detail_context(request: Request, meeting: Meeting, **bound: forms.Form) -> dict[str, Any]:
    """The page of one meeting. `bound`: forms that were refused, by the place they have on the page."""
    actor = request.actor
    inside = queries.reads_inside(actor, meeting)
    duty = duties.open_on(meeting).first()
    state = badge(meeting, actor)
    pair = [row.pk for row in (meeting.about, meeting.counter) if row is not None]
    return {
        "m": meeting,
        "state": state,
        "inside": inside,
        "heading": meeting.title if inside else _("%(one)s 与 %(other)s 的会面") % {
            "one": meeting.requesting.name, "other": meeting.invited.name
        },
        "steps": steps(meeting, state["label"]),
        "when": when_in_words(meeting),
        "offered": _offered(meeting) if inside and meeting.state in WAITING else [],
        "pair": listings.present_many(listings.listings(actor).filter(pk__in=pair), actor),
        "duty": duty,
        "duty_word": duties.word_of(duty) if duty is not None else "",
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        "reason": word(REASONS[meeting.reason]) if meeting.reason else "",
        "next_by": {"requesting": meeting.requesting.name, "invited": meeting.invited.name}.get(meeting.next_by, ""),
        "timeline": timeline(meeting, inside=inside),
        "crumbs": [(_("首页"), reverse("home")), (_("会面"), reverse("meeting-mine")), (meeting.number, "")],
        "nav_key": "meeting-mine",
        **_forms(actor, meeting, bound),
    }  # fmt: skip


def _offered(meeting: Meeting) -> list[str]:
    return [queries.span_in_words(one.starts_at, one.ends_at) for one in queries.offered(meeting, clock.now())]


def _forms(actor: Actor, meeting: Meeting, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """The forms the reader gets in the state it is in; a refused one stays, also where the state has moved on."""
    now = clock.now()
    choosing = meeting.state in WAITING and may(actor, Perm.CHOOSE, meeting)
    begun = meeting.starts_at is not None and meeting.starts_at <= now
    recording = meeting.state == "over" and may(actor, Perm.RECORD, meeting)
    cancelling = meeting.state in queries.OPEN_STATES and not begun and may(actor, Perm.CANCEL, meeting)
    declining = meeting.state == "requested" and may(actor, Perm.ANSWER, meeting)
    kept: dict[str, Any] = {
        "choosing": ChooseForm(queries.offered(meeting, now)) if choosing else None,
        "proposing": TimesForm() if choosing else None,
        "declining": DeclineForm(meeting) if declining else None,
        "moving": WhereForm(initial={"link": meeting.link, "place": meeting.place}) if cancelling else None,
        "noting": NoteForm(meeting) if recording else None,
        "may_cancel": cancelling and not declining,  # who can decline says why from the list
        "may_miss": recording,
        "may_finish": meeting.state == "held" and may(actor, Perm.FINISH, meeting),
    }
    return {**kept, **bound, "refused": next((form for key, form in bound.items() if kept.get(key) is None), None)}


def sides_of(actor: Actor, intention: Intention) -> list[tuple[str, str]]:
    """The sides of an intention for which the actor can ask; none for the broker, who asks for both."""
    mine = [side for side in (intention.declaring, intention.answering) if side.uid in actor.organisations]
    return [(str(side.uid), side.name) for side in mine]


# ---- panels on pages of the capabilities below


def on_listing(actor: Actor, listing: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a listing: ask its owner for a meeting, or see the one that runs."""
    if not actor.organisations:
        return None
    own = listing.owner is not None and listing.owner.uid in actor.organisations
    running = queries.open_about(actor, listing)
    if running is not None:
        return {"running": running, "state": badge(running, actor), "when": when_in_words(running)}
    possible = listing.state == "published" and not listing.from_source and listing.owner is not None and not own
    if not possible or listings.is_closed_to(actor, listing, clock.today()):
        return None
    query = shown["request"].GET.urlencode() if "request" in shown else ""
    return {"url": reverse("listing-meet", args=[listing.uid]) + (f"?{query}" if query else "")}


def on_match(actor: Actor, proposal: Any, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a match card: ask the other side for a meeting, or see the one that runs."""
    listing, other = shown.get("listing"), shown.get("other")
    if listing is None or other is None or listing.owner is None or listing.owner.uid not in actor.organisations:
        return None
    if other.from_source or other.owner is None or other.owner.uid in actor.organisations:
        return None
    known = shown.get("shared", {}).setdefault("events.running", {})
    if listing.pk not in known:
        known.update(queries.running_about(actor, [listing, *shown.get("listings", ())]))
    running = known[listing.pk].get(other.pk)
    if running is not None:
        return {"running": running, "state": badge(running, actor)}
    return {"url": reverse("listing-meet", args=[other.uid]) + f"?p={proposal.uid}&counter={listing.uid}"}


def on_intention(actor: Actor, intention: Intention, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an intention: its meetings, and asking for one while it has not ended."""
    rows = [(m, badge(m, actor), when_in_words(m)) for m in queries.on_intention(actor, intention)]
    ended = intention.state in {"declined", "withdrawn", "lapsed"}
    running = any(m.state in queries.OPEN_STATES for m, _badge, _when in rows)
    possible = not ended and not running and may(actor, Perm.ARRANGE, intention)
    if not rows and not possible:
        return None
    return {"rows": rows, "url": reverse("intention-meet", args=[intention.uid]) if possible else ""}


def on_workbench(actor: Actor, _obj: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the workbench: what is scheduled, the next first."""
    rows = queries.upcoming(actor, clock.now())
    return {"rows": [(m, when_in_words(m)) for m in rows]} if rows else None
