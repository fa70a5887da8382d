"""What the registrar's desk shows: the queue, and one case with everything a decision needs. Nothing here writes."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.models import Registration
from mengkeju.deals.queries import DeskFilter
from mengkeju.deals.web.deal.pages import between
from mengkeju.deals.web.desk import case as desk_case
from mengkeju.deals.web.desk.acts import ACTS
from mengkeju.deals.web.desk.forms import DeskFilterForm
from mengkeju.deals.web.desk.rows import amount_words, badge, clock_of, finding_words, line_of, tab_word, type_word
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.web.said import in_words

PER_PAGE = 30
BESIDE = 20
"""How many cases stand beside the one that is open."""
KEPT = ("tab", "text", "area", "kind", "expert", "overdue")
"""What an address of the desk carries on from page to page."""


@dataclass(frozen=True)
class Asked:
    """The queue an address speaks of."""

    form: DeskFilterForm
    filter: DeskFilter
    query: str

    def url(self, name: str, *args: Any, **changes: str) -> str:
        """An address of the desk in the same queue."""
        given = QueryDict(self.query).dict() | changes
        query = urlencode({key: value for key, value in given.items() if value})
        path = reverse(name, args=args)
        return f"{path}?{query}" if query else path


def asked_of(request: Request, default_tab: str = "filed") -> Asked:
    """Tab and filter of the address; `default_tab` where it names none."""
    form = DeskFilterForm(request.GET)
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.DESK_TABS else default_tab
    kept = {key: request.GET[key] for key in KEPT if request.GET.get(key)} | {"tab": tab}
    return Asked(form, form.asked(tab), urlencode(kept))


def narrowed(asked: Asked) -> str:
    """The filter in words, without the tab; empty when it asks for everything."""
    given, form = asked.filter, asked.form
    parts = [
        given.text,
        in_words(form.fields["area"], given.area).strip() if given.area else "",
        in_words(form.fields["kind"], given.kind) if given.kind else "",
        _("要专家评审的") if given.expert else "",
        _("超期的") if given.overdue else "",
    ]
    return _("；").join(part for part in parts if part)


def said_of(asked: Asked) -> str:
    """Tab and filter in words."""
    return _("；").join(part for part in (tab_word(asked.filter.tab), narrowed(asked)) if part)


def tab_of(case: Registration) -> str:
    """The tab in which a case lies."""
    here = (tab for tab, states in queries.DESK_OPEN_TABS.items() if case.state in states)
    return next(here, "decided")


def tabs(actor: Actor, asked: Asked) -> list[dict[str, Any]]:
    """The tabs with their counts. One query."""
    counts = queries.tab_counts(actor, asked.filter, clock.today())
    return [
        {"label": tab_word(tab), "count": counts[tab], "url": asked.url("desk", tab=tab), "on": tab == asked.filter.tab}
        for tab in queries.DESK_TABS
    ]


def list_context(request: Request, asked: Asked) -> dict[str, Any]:
    """The queue as a table."""
    actor, today = request.actor, clock.today()
    page = Paginator(queries.queue(actor, asked.filter, today), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": _rows(page, asked, today),
        "columns": [{"label": label} for label in _columns(decided=asked.filter.tab not in queries.DESK_OPEN_TABS)],
        "tabs": tabs(actor, asked),
        "tab": asked.filter.tab,
        "tab_word": tab_word(asked.filter.tab),
        "form": asked.form,
        "said": narrowed(asked),
        "clear_url": f"{reverse('desk')}?tab={asked.filter.tab}",
        "next_url": asked.url("desk-next") if asked.filter.tab in queries.DESK_OPEN_TABS else "",
        "acts": may(actor, RegistrationPerm.QUEUE) and actor.has_role("registrar"),
        "nav_key": "desk",
    }


def _columns(*, decided: bool) -> list[str]:
    """Headings; in an open tab everything is in one state, which the tab names."""
    last = [_("结果"), _("办结日期")] if decided else [_("期限")]
    return [_("合同"), _("双方"), _("类型"), _("成交额"), _("预审"), *last]


def _rows(page: Page[Registration], asked: Asked, today: date) -> list[dict[str, Any]]:
    cases = list(page)
    parties = queries.parties_on_desk(cases)
    return [_row(case, between(parties[case.deal_id]), asked, today) for case in cases]


def _row(case: Registration, sides: str, asked: Asked, today: date) -> dict[str, Any]:
    ring = clock_of(case, getattr(case, "due_on", None), today)
    day: dict[str, Any] = {"at": case.state_at, "form": "day"}
    last = [{"clock": ring, "value": ring["label"], "label": _("期限")} if ring else {"label": _("期限"), "value": "—"}]
    if asked.filter.tab not in queries.DESK_OPEN_TABS:
        last = [{"state": badge(case)}, {"label": _("办结日期"), **day}]
    return {
        "cells": [
            {
                "value": case.deal.title,
                "url": asked.url("desk-case", case.uid),
                "header": True,
                "demo": case.fictional,
                "note": case.number_here,
            },
            {"value": sides, "label": _("双方")},
            {"value": type_word(case.contract_type), "label": _("类型"), "nowrap": True},
            {"value": amount_words(case), "label": _("成交额"), "nowrap": True},
            {"value": finding_words(case), "label": _("预审"), "nowrap": True},
            *last,
        ]
    }


def beside(request: Request, asked: Asked, case: Registration) -> dict[str, Any]:
    """The list beside a case: the page of the queue that is asked for, or that begins with the first."""
    today = clock.today()
    rows = queries.queue(request.actor, asked.filter, today)
    page = Paginator(rows, BESIDE).get_page(request.GET.get("page"))
    cases = list(page)
    parties = queries.parties_on_desk(cases)
    at = {"page": str(page.number)} if page.number > 1 else {}
    return {
        "page": page,
        "lines": [
            line_of(
                one,
                parties[one.deal_id],
                today,
                asked.url("desk-case", one.uid, **at),
                current=one.pk == case.pk,
            )
            for one in cases
        ],
        "tab_word": tab_word(asked.filter.tab),
        "tabs": tabs(request.actor, asked),
        "back_url": asked.url("desk"),
        "crumbs": [(_("登记受理"), asked.url("desk")), (case.number_here, "")],
        "nav_key": "desk",
    }


def case_context(
    request: Request, case: Registration, asked: Asked, *, bound: desk_case.Bound | None = None
) -> dict[str, Any]:
    """The page of one case."""
    act_url = {act: asked.url("desk-act-" + act, case.uid) for act in ACTS}
    return beside(request, asked, case) | desk_case.context(request.actor, case, act_url, bound)
