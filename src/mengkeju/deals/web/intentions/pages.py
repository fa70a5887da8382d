"""What the pages and panels of intentions show. Nothing here writes."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.engine.workflow import AGREED_STATES, INTENTION, OPEN_STATES
from mengkeju.deals.models import Intention
from mengkeju.deals.web.intentions.forms import DeclineForm, MessageForm
from mengkeju.deals.web.stalled import pages as stalled_pages
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import clock, duties, idempotency, panels
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.models import Duty
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing

STEPS = (gettext_lazy("表意向"), gettext_lazy("对方答复"), gettext_lazy("商谈"), gettext_lazy("准备签约"))
# The step somebody works on in a state; a state that is not named has ended the intention.
STEP_OF = {"declared": 1, "accepted": 2, "talking": 2, "ready": 3}


def origin_of(request: Request) -> dict[str, Any]:
    """Where the reader came from: ?from=match&p=UID, ?from=search&s=UID or ?from=release&s=UID."""
    kind = request.GET.get("from", "")
    given = request.GET.get("p") or request.GET.get("s") or ""
    try:
        uid = UUID(given) if given else None
    except ValueError:
        uid = None
    start: dict[str, Any] = {"origin": kind, "origin_uid": uid}
    if request.GET.get("counter"):
        start["counter"] = request.GET["counter"]
    return start


def badge(intention: Intention, actor: Actor) -> dict[str, str]:
    """Word and tone of the state, said from the reader's side; amber only for the side it waits on."""
    tone = INTENTION.states[intention.state].tone
    if tone == "wait" and intention.answering.uid not in actor.organisations:
        tone = "go"
    return {"kind": {"idle": "calm"}.get(tone, tone), "label": queries.state_word(actor, intention)}


def mine_context(request: Request, page: Page[Intention]) -> dict[str, Any]:
    """My intentions as a table."""
    mine = request.actor.organisations
    rows = [
        {
            "cells": [
                {"value": i.target.title, "url": i.get_absolute_url(), "header": True, "demo": i.fictional},
                {"value": direction(request.actor, i)},
                {"value": (i.answering if i.declaring.uid in mine else i.declaring).name},
                {"state": badge(i, request.actor)},
                {"at": i.state_at, "form": "day"},
            ]
        }
        for i in page
    ]
    columns = [{"label": label} for label in (_("对接的条目"), _("方向"), _("对方"), _("状态"), _("状态日期"))]
    return {"page": page, "rows": rows, "columns": columns, "nav_key": "intentions"}


def direction(actor: Actor, intention: Intention) -> str:
    """How the reader has part in it; empty for an auditor."""
    words = {"sent": _("我方发出"), "received": _("对方发来"), "introduced": _("我引荐")}
    return words.get(queries.direction(actor, intention), "")


def steps(intention: Intention, said: str) -> list[dict[str, str]]:
    """The four steps with the state's word (`said`) at the one being worked on; an ended intention has none."""
    at = STEP_OF.get(intention.state, -1)
    made = []
    for place, label in enumerate(STEPS):
        state = "done" if place < at or place == 0 else "now" if place == at else ""
        made.append({"label": str(label), "state": state, "note": said if state == "now" else ""})
    return made


def detail_context(
    request: Request, intention: Intention, *, decline: DeclineForm | None = None, message: MessageForm | None = None
) -> dict[str, Any]:
    """The page of one intention."""
    actor = request.actor
    duty = duties.open_on(intention).first()
    pair = [row for row in (intention.target, intention.counter) if row is not None]
    state = badge(intention, actor)
    return {
        "i": intention,
        "state": state,
        "steps": steps(intention, state["label"]),
        "nav_key": "intentions",
        "pair": listings.present_many(listings.listings(actor).filter(pk__in=[p.pk for p in pair]), actor),
        "contacts": queries.contacts(actor, intention),
        "messages_list": thread(intention),
        "timeline": timeline(intention, inside=True),
        "duty": duty,
        "overdue": overdue_in_words(duty, clock.today()),
        "duty_word": duties.word_of(duty) if duty is not None else "",
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        **rights(actor, intention),
        **stalled_pages.on_intention(actor, intention),
        "decline": decline or DeclineForm(market=intention.target.kind_spec.market),
        "words": intention.target.kind_spec.words,
        "message_form": message or MessageForm(),
        "one_time_key": idempotency.new_key(),
        "reason": word(REASONS[intention.reason]) if intention.reason else "",
        "asides": panels.build(actor, "intention", "aside", intention, {"request": request}),
        "crumbs": [(_("首页"), reverse("home")), (_("合作意向"), reverse("intention-mine")), (intention.number, "")],
    }


def overdue_in_words(duty: Duty | None, today: date) -> str:
    """“已超期 N 个工作日”, for whoever reads the page; empty when nothing is overdue."""
    if duty is None or duty.due_on is None or duty.due_on >= today:
        return ""
    days = clock.working_days_between(duty.due_on, today)
    return _("已超期 %(days)d 个工作日") % {"days": days} if days else _("已超期")


def rights(actor: Actor, intention: Intention) -> dict[str, bool]:
    """Which of the page's forms the reader gets."""
    return {
        "may_answer": intention.state == "declared" and may(actor, Perm.ANSWER, intention),
        "may_talk": may(actor, Perm.TALK, intention),
        "may_register": intention.state in AGREED_STATES
        and intention.target.kind_spec.market == TECHNOLOGY
        and may(actor, Perm.OUTPUT, intention),
        "may_withdraw": may(actor, Perm.WITHDRAW, intention),
        "may_write": intention.state in OPEN_STATES and may(actor, Perm.WRITE, intention),
        "confirmable": queries.may_confirm(actor, intention),
    }


def thread(intention: Intention) -> list[dict[str, Any]]:
    """Messages with their files; three queries."""
    rows = queries.with_files(queries.messages(intention))
    return [
        {"message": m, "files": [{**file, "url": reverse("file", args=[file["uid"]])} for file in files]}
        for m, files in rows
    ]


def listing_panel(actor: Actor, listing: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a listing: declare, or see the intention that is open; for the owner, how many there are."""
    own = listing.owner is not None and listing.owner.uid in actor.organisations
    related = list(queries.on_listing(actor, listing)[:5]) if actor.is_authenticated else []
    possible = listing.state == "published" and not listing.from_source and listing.owner is not None and not own
    possible = possible and not listings.is_closed_to(actor, listing, clock.today())
    open_one = queries.open_between(actor, listing) if related else None
    if not possible and not related:
        return None
    query = shown["request"].GET.urlencode() if "request" in shown else ""
    url = reverse("intention-declare", args=[listing.uid]) + (f"?{query}" if query else "")
    return {
        "url": url,
        "possible": possible and open_one is None,
        "open_one": open_one,
        "related": related,
        "badges": [(i, badge(i, actor)) for i in related],
        "own": own,
        "kind": listing.kind_spec,
    }


def answer_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On one's own listing: the intention that has waited longest for an answer, with its due date."""
    if listing.owner is None or listing.owner.uid not in actor.organisations:
        return None
    waiting = queries.on_listing(actor, listing).filter(target=listing, state="declared").order_by("state_at").first()
    if waiting is None or not may(actor, Perm.ANSWER, waiting):
        return None
    duty = duties.open_on(waiting).first()
    return {"waiting": waiting, "due": duty.due_on if duty else None}


def _running(actor: Actor, listing: Listing, other: Listing, shown: dict[str, Any]) -> Intention | None:
    """The open intention on a pair; those of the page's listings are read once for all its cards.

    `shown` may carry `listings`: all those the page's cards are about, where it is more than one.
    """
    shared: dict[Any, Any] = shown.get("shared", {})
    known = shared.setdefault("deals.open_pairs", {})
    if listing.pk not in known:
        known.update(queries.open_pairs(actor, [listing, *shown.get("listings", ())]))
    found: Intention | None = known[listing.pk].get(other.pk)
    return found


def match_panel(actor: Actor, proposal: Any, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a match card: “有意向” for the side that looks, “引荐双方” for a broker, or the intention that runs.

    `shown` carries `listing` (the page's) and `other` (the card's).
    """
    listing, other = shown.get("listing"), shown.get("other")
    own = listing is not None and listing.owner is not None and listing.owner.uid in actor.organisations
    if own and other is not None and other.from_source:
        return {"said": _("据公开报道收录，没有联系人，还不能在线表意向")}
    if listing is None or other is None or other.from_source or other.owner is None:
        return None
    if own:
        if other.owner.uid in actor.organisations:
            return None
        running = _running(actor, listing, other, shown)
        if running is not None:
            return {"running": running, "state": badge(running, actor)}
        query = f"?from=match&p={proposal.uid}&counter={listing.uid}"
        return {"url": reverse("intention-declare", args=[other.uid]) + query, "label": _("有意向")}
    if actor.has_role(Role.BROKER) and listing.owner is not None and not listing.from_source:
        introduced = _running(actor, listing, other, shown)  # he sees those he introduced himself
        if introduced is not None:
            return {"running": introduced, "state": badge(introduced, actor)}
        return {"url": reverse("introduce", args=[other.uid, listing.uid]), "label": _("引荐双方")}
    return None


def partner_panel(actor: Actor, other: Listing, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a partner along the chain: “有意向” for the people of the capability looked at, or the intention that runs.

    `shown` carries `listing` (the own capability), `listings` (all the page's other ones) and `shared`.
    """
    own: Listing = shown["listing"]
    if own.owner is None or own.owner.uid not in actor.organisations:
        return None
    if other.from_source or other.owner is None or other.owner.uid in actor.organisations:
        return None
    shared: dict[Any, Any] = shown.get("shared", {})
    if "deals.declared" not in shared:
        shared["deals.declared"] = queries.open_on(actor, [other, *shown.get("listings", ())])
    running = shared["deals.declared"].get(other.pk)
    if running is not None:
        return {"running": running, "state": badge(running, actor)}
    return {"url": reverse("intention-declare", args=[other.uid]) + "?from=listing", "label": _("有意向")}


def me_panel(actor: Actor, _obj: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the workbench: the newest intentions."""
    rows = list(queries.intentions(actor)[:5])
    return {"rows": [(i, badge(i, actor)) for i in rows]} if rows else None
