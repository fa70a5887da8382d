"""What the list of stalled conversions and the page of one show. Nothing here writes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.engine.stall import OBSTACLES, OPEN_STALLS, STAGE_DAYS, STAGES, STALL
from mengkeju.deals.engine.workflow import INTENTION
from mengkeju.deals.models import Intention, Stall
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Person
from mengkeju.kernel import clock, duties, idempotency
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.forms.fields import set_rows
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.queries import Presented

HIDDEN_TITLE = gettext_lazy("（这一条没有对您公开）")


class StalledForm(forms.Form):
    """What the list is filtered by."""

    stage = forms.ChoiceField(
        label=gettext_lazy("停在哪一步"),
        required=False,
        choices=lambda: [("", _("全部")), *((key, word(INTENTION.states[key])) for key in STAGES)],
    )
    obstacle = forms.ChoiceField(
        label=gettext_lazy("障碍"),
        required=False,
        choices=lambda: [("", _("全部")), ("none", _("还没点明")), *((k, word(o)) for k, o in OBSTACLES.items())],
    )
    mine = forms.BooleanField(label=gettext_lazy("只看我帮办的"), required=False)

    def asked(self) -> queries.StalledFilter:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data
        return queries.StalledFilter(given.get("stage", ""), given.get("obstacle", ""), bool(given.get("mine")))

    @property
    def said(self) -> str:
        """The filter in words."""
        asked = self.asked()
        obstacle = OBSTACLES.get(asked.obstacle)
        parts = [
            word(INTENTION.states[asked.stage]) if asked.stage else "",
            word(obstacle) if obstacle else _("还没点明") if asked.obstacle else "",
            _("只看我帮办的") if asked.mine else "",
        ]
        return _("；").join(part for part in parts if part)


class ObstacleForm(forms.Form):
    """What is in the way."""

    one_time_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80, initial=idempotency.new_key)
    obstacle = forms.ChoiceField(
        label=gettext_lazy("障碍"),
        choices=lambda: [("", _("请选择")), *((key, word(o)) for key, o in OBSTACLES.items())],
    )
    note = forms.CharField(
        label=gettext_lazy("情况说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("双方、帮办人和科技管理人员可见，不要写技术秘密"),
    )


class HelperForm(forms.Form):
    """Who helps."""

    helper = forms.ModelChoiceField(
        label=gettext_lazy("帮办人"),
        queryset=Person.objects.none(),
        to_field_name="uid",
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("经纪人或科技管理人员；双方单位的人员须回避"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, stall: Stall, *args: Any, **options: Any) -> None:
        """Those who belong to neither side."""
        options["initial"] = {"revision": stall.revision}
        super().__init__(*args, **options)
        set_rows(self, "helper", queries.helpers_for(stall.intention))


class ResolveForm(forms.Form):
    """How it was resolved."""

    note = forms.CharField(
        label=gettext_lazy("怎么解决的，接下来怎么走"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


def stage_badge(intention: Intention) -> dict[str, str]:
    """Word and tone of the stage, for somebody outside the two sides."""
    state = INTENTION.states[intention.state]
    label = str(queries.OUTSIDE_WORDS.get(intention.state, word(state)))
    return {"kind": {"idle": "calm", "wait": "go"}.get(state.tone, state.tone), "label": label}


def stall_badge(stall: Stall) -> dict[str, str]:
    """Word and tone of an obstacle's state."""
    state = STALL.states[stall.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def seen_listings(actor: Actor, rows: Iterable[Intention]) -> dict[int, Presented]:
    """The listings of intentions the reader may read, by key, as he may see them."""
    keys = {key for i in rows for key in (i.target_id, i.counter_id) if key}
    found = list(listings.listings(actor).filter(pk__in=keys))
    return {row.pk: it for row, it in zip(found, listings.present_many(found, actor), strict=True)}


def open_stall(intention: Intention) -> Stall | None:
    """The obstacle named and not resolved, as `queries.stalled` has read it."""
    return next(iter(getattr(intention, "open_stalls", ())), None)


def list_context(request: Request, page: Page[Intention], form: StalledForm) -> dict[str, Any]:
    """The list: pair, stage, days, obstacle, helper."""
    rows, today = list(page), clock.today()
    seen = seen_listings(request.actor, rows)
    return {
        "page": page,
        "form": form,
        "columns": [
            {"label": label} for label in (_("对接"), _("双方"), _("停在"), _("已停工作日"), _("障碍"), _("帮办人"))
        ],
        "rows": [_row(i, seen, days=queries.days_in_stage(i, today)) for i in rows],
        "figures": STAGE_DAYS,
        "stages": [(word(INTENTION.states[key]), days) for key, days in STAGE_DAYS.working_days.items()],
        "nav_key": "stalled",
    }


def _row(i: Intention, seen: dict[int, Presented], *, days: int) -> dict[str, Any]:
    stall = open_stall(i)
    over = days >= STAGE_DAYS[i.state]
    shown = seen.get(i.target_id)
    return {
        "cells": [
            {
                "value": shown.title if shown else str(HIDDEN_TITLE),
                "url": reverse("stalled-one", args=[i.uid]),
                "header": True,
                "demo": i.fictional,
                "note": i.number,
            },
            {"value": f"{i.declaring.name} → {i.answering.name}", "label": _("双方")},
            {"state": stage_badge(i), "label": _("停在")},
            {"value": days, "numeric": True, "label": _("已停工作日"), "note": "" if over else _("未超期")},
            {"value": word(OBSTACLES[stall.obstacle]) if stall else _("还没点明"), "label": _("障碍")},
            {"value": stall.helper.name if stall and stall.helper else "—", "label": _("帮办人")},
        ]
    }


def one_context(
    request: Request,
    intention: Intention,
    *,
    obstacle: ObstacleForm | None = None,
    helper: HelperForm | None = None,
    resolve: ResolveForm | None = None,
) -> dict[str, Any]:
    """The page of one: where it stands, what is in the way, who helps, what has been tried."""
    actor, today = request.actor, clock.today()
    stalls: Sequence[Stall] = list(queries.stalls_of(actor, intention))
    running = next((s for s in stalls if s.state in OPEN_STALLS), None)
    seen = seen_listings(actor, [intention])
    duty = duties.open_on(running).first() if running else None
    may_assign = running is not None and may(actor, Perm.STALL_ASSIGN, running)
    may_resolve = running is not None and may(actor, Perm.STALL_RESOLVE, running)
    alive = intention.state in STAGES
    return {
        "i": intention,
        "state": stage_badge(intention),
        "days": queries.days_in_stage(intention, today),
        "limit": STAGE_DAYS.working_days.get(intention.state),
        "pair": [seen.get(key) for key in (intention.target_id, intention.counter_id) if key],
        "hidden_title": HIDDEN_TITLE,
        "stalls": [(s, stall_badge(s), word(OBSTACLES[s.obstacle])) for s in stalls],
        "running": running,
        "duty": duty,
        "duty_word": duties.word_of(duty) if duty else "",
        "mine_to_do": duty is not None and duties.is_mine(actor, duty),
        "obstacle_form": (obstacle or ObstacleForm())
        if alive and running is None and may(actor, Perm.STALL_NAME, intention)
        else None,
        "helper_form": (helper or HelperForm(running)) if running is not None and may_assign else None,
        "resolve_form": (resolve or ResolveForm(initial={"revision": running.revision}))
        if running is not None and may_resolve
        else None,
        "timeline": timeline(running, inside=True) if running else [],
        "readable": queries.find(actor, intention.uid) is not None,
        "in_list": may(actor, Perm.STALLED_READ),
        "nav_key": "stalled",
    }


def helped_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the workbench of officers and brokers: what stands still."""
    if not actor.has_role(Role.OFFICER, Role.BROKER) or not may(actor, Perm.STALLED_READ):
        return None
    count = queries.stalled(actor, clock.today()).count()
    return {"label": _("停滞的对接"), "count": count, "tone": "over", "url": reverse("stalled")}


def on_intention(actor: Actor, intention: Intention) -> dict[str, Any]:
    """On the page of an intention: the obstacle named, and the way to name one."""
    stall = queries.stalls_of(actor, intention).filter(state__in=OPEN_STALLS).first()
    days = queries.days_in_stage(intention, clock.today())
    late = intention.state in STAGES and days >= STAGE_DAYS[intention.state]
    return {
        "stall": stall,
        "stall_state": stall_badge(stall) if stall else None,
        "obstacle": word(OBSTACLES[stall.obstacle]) if stall else "",
        "stall_days": days if late else 0,
        "may_name": intention.state in STAGES and stall is None and may(actor, Perm.STALL_NAME, intention),
    }
