"""What the pages of remote pitches show. Nothing here writes."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.events import queries
from mengkeju.events.access import Perm
from mengkeju.events.engine.pitch import PITCH
from mengkeju.events.engine.slots import FIGURES
from mengkeju.events.models import Pitch
from mengkeju.events.web.forms import FollowForm
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word


def badge(pitch: Pitch, actor: Actor) -> dict[str, str]:
    """Word and tone of the state; amber only for who has to confirm it."""
    state = PITCH.states[pitch.state]
    tone: str = state.tone
    if tone == "wait" and not may(actor, Perm.PITCH_MANAGE, pitch):
        tone = "go"
    return {"kind": {"idle": "calm"}.get(tone, tone), "label": word(state)}


def list_context(request: Request, page: Page[Pitch], asked: queries.PitchFilter) -> dict[str, Any]:
    """Pitches as a table, with what the list was asked for in words."""
    names = queries.origin_names([*(p.origin for p in page), *([asked.origin] if asked.origin else [])])
    rows = [
        {
            "cells": [
                {"value": p.shown_title, "url": p.get_absolute_url(), "header": True, "demo": p.fictional},
                {"label": _("对方单位或团队"), "value": p.team},
                {"label": _("来自"), "value": names[p.origin]},
                {"label": _("时间"), "value": queries.span_in_words(p.starts_at, p.ends_at)},
                {"label": _("状态"), "state": badge(p, request.actor)},
            ]
        }
        for p in page
    ]
    columns = [{"label": label} for label in (_("路演"), _("对方单位或团队"), _("来自"), _("时间"), _("状态"))]
    said = [names[asked.origin]] if asked.origin else []
    said += [str(queries.STAGES[asked.stage])] if asked.stage else []
    return {
        "page": page,
        "rows": rows,
        "columns": columns,
        "said": " · ".join(said),
        "may_invite": may(request.actor, Perm.PITCH_INVITE),
        "may_count": may(request.actor, Perm.PITCH_ORIGINS),
        "nav_key": "pitches",
    }


def detail_context(request: Request, pitch: Pitch, follow: forms.Form | None = None) -> dict[str, Any]:
    """The page of one pitch."""
    actor, now = request.actor, clock.now()
    manages = may(actor, Perm.PITCH_MANAGE, pitch)
    interests = queries.interests_of(actor, pitch)
    mine = any(row.organisation.uid in actor.organisations for row in interests)
    duty = duties.open_on(pitch).first()
    return {
        "p": pitch,
        "state": badge(pitch, actor),
        "when": queries.span_in_words(pitch.starts_at, pitch.ends_at),
        "origin": queries.origin_names([pitch.origin])[pitch.origin],
        "local": queries.span_in_words(pitch.starts_at, pitch.ends_at, pitch.zone) if manages else "",
        "manages": manages,
        "reads_link": pitch.state in {"invited", "accepted"} and may(actor, Perm.PITCH_LINK, pitch),
        "may_again": manages and pitch.state in {"invited", "accepted"} and pitch.ends_at > now and bool(pitch.email),
        "may_cancel": manages and pitch.state in {"invited", "accepted"},
        "may_settle": manages and pitch.state == "over",
        "listening": queries.is_listening(actor, pitch),
        "may_listen": not manages and may(actor, Perm.PITCH_LISTEN, pitch),
        "listeners": queries.listeners_of(pitch) if manages else [],
        "interests": interests,
        "follow": follow or (FollowForm(actor) if may(actor, Perm.PITCH_FOLLOW, pitch) and not mine else None),
        "followed": mine,
        "retention": FIGURES.guest_retention_days,
        "timeline": timeline(pitch, inside=manages),
        "duty_word": duties.word_of(duty) if duty is not None and duties.is_mine(actor, duty) else "",
        "due": duty.due_on if duty is not None else None,
        "crumbs": [(_("首页"), reverse("home")), (_("远程路演"), reverse("pitches")), (pitch.number, "")],
        "nav_key": "pitches",
    }


def origins_context(rows: list[queries.OriginRow]) -> dict[str, Any]:
    """The table by origin; every number opens its list."""
    base = reverse("pitches")
    table = [
        {
            "cells": [
                {"value": row.name, "header": True},
                *(
                    {
                        "label": label,
                        "value": str(row.counts[stage]),
                        "numeric": True,
                        "url": f"{base}?{urlencode({'origin': row.origin, 'stage': stage})}",
                    }
                    for stage, label in queries.STAGES.items()
                ),
            ]
        }
        for row in rows
    ]
    columns = [{"label": _("来源地")}, *({"label": label, "numeric": True} for label in queries.STAGES.values())]
    totals = [
        {"label": label, "value": str(sum(row.counts[stage] for row in rows)), "numeric": True}
        for stage, label in queries.STAGES.items()
    ]
    foot = [{"header": True, "value": _("合计")}, *totals]
    return {"rows": table, "columns": columns, "foot": foot, "nav_key": "pitch-origins", "at": clock.now()}
