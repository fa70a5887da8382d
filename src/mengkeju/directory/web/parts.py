"""Small parts the pages of the directory share."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.actions import ColleagueError
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.models import Organisation
from mengkeju.kernel.web import acts
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.web.said import in_words
from mengkeju.kernel.words import word

PER_PAGE = 50
attempt = partial(acts.attempt, refusals=(ColleagueError,))
Cell = dict[str, Any]


def badge(state: str) -> dict[str, str]:
    """Kind and word of an organisation's state, for mk/state.html."""
    spec = ORGANISATION.states[state]
    return {"kind": "calm" if spec.tone == "idle" else spec.tone, "label": word(spec)}


def table(*labels: str) -> list[dict[str, Any]]:
    """Columns for mk/table.html; a label that begins with “-” is for screen readers only."""
    return [{"label": label.removeprefix("-"), "hide_label": label.startswith("-")} for label in labels]


def row(columns: list[dict[str, Any]], *cells: Cell | str) -> dict[str, list[Cell]]:
    """One row: the first cell is its header, the others carry their column's word for the phone."""
    made = [cell if isinstance(cell, dict) else {"value": cell} for cell in cells]
    labelled = [{"label": c["label"], **cell} for c, cell in zip(columns[1:], made[1:], strict=True)]
    return {"cells": [{**made[0], "header": True}, *labelled]}


def page_of(request: HttpRequest, rows: "QuerySet[Any]", size: int = PER_PAGE) -> Page[Any]:
    """The page the address asks for; a number that does not exist gives the nearest."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def organisation_or_404(request: Request, uid: UUID) -> Organisation:
    """An organisation the reader may see."""
    made: Organisation = found(queries.find_organisation(request.actor, uid))
    return made


def fact_rows(form: forms.Form) -> list[dict[str, str]]:
    """What an unsent form states, for mk/facts.html: the page of a reader who may not change it."""
    return [{"label": str(f.label), "value": in_words(f.field, f.value())} for f in form.visible_fields()]


def sought(text: str) -> str:
    """The words in the box of a list, as its filter."""
    return _("查找：{text}").format(text=text) if text else ""


def go_back(request: HttpRequest, fallback: str) -> HttpResponse:
    """To the page named in `next`, if it is ours, else to `fallback`."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else fallback)
