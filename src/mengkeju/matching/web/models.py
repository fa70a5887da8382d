"""The operator's pages of matching models: which is live and how it does, the others, and going live or back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, may
from mengkeju.kernel.search import searchables
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.matching.access import Perm
from mengkeju.matching.actions import models as actions
from mengkeju.matching.engine.model_workflow import MODEL
from mengkeju.matching.models import MatchModel
from mengkeju.matching.queries import figures
from mengkeju.matching.queries import models as queries
from mengkeju.matching.web import model_sheets, model_tables

NAV = "match-models"
PER_PAGE = 30
KINDS = (figures.COLD, figures.WARM)


def sees(request: HttpRequest) -> bool:
    """A navigation entry for those who may."""
    return may(getattr(request, "actor", ANONYMOUS), Perm.MODEL_READ)


def asked_month(request: HttpRequest, known: list[date]) -> date:
    """The month the address asks for, if there are figures of it; else the present one."""
    asked = request.GET.get("month", "")
    return next((day for day in known if f"{day:%Y-%m}" == asked), known[0])


@require_safe
@permission(Perm.MODEL_READ)
def overview(request: Request) -> HttpResponseBase:
    """The live model, all others, and the figures of a month."""
    using = queries.in_use()
    known = figures.months(using.version, now=clock.now())
    first = asked_month(request, known)
    needs = request.GET.get("needs", "") if request.GET.get("needs") in KINDS else ""
    seen = figures.month(first, using.version, needs)
    covered = figures.coverage(request.actor)
    if exports.wanted(request):
        rows = model_sheets.lines(seen, covered)
        return exports.answer(request, model_sheets.FIGURES, rows, model_tables.said(using.version, first, needs))
    context = {
        "using": using,
        "models": model_tables.versions(list(queries.models(request.actor)), using),
        "may_train": may(request.actor, Perm.MODEL_TRAIN),
        "months": [(f"{day:%Y-%m}", day == first) for day in known],
        "needs": needs,
        **model_tables.month(seen, needs),
        **model_tables.coverage(covered),
        "nav_key": NAV,
    }
    return render(request, "matching/models.html", context)


def _find(request: Request, uid: UUID) -> MatchModel:
    model: MatchModel = found(queries.models(request.actor).defer(None).filter(uid=uid).first())
    return model


@require_safe
@signed_in_object_permission(Perm.MODEL_READ)
def one(request: Request, uid: UUID) -> HttpResponse:
    """One model: its card, measures and numbers, and what may be done with it."""
    model = _find(request, uid)
    using = queries.in_use()
    hindrances = queries.hindrances(model, using.version) if model.state in {"candidate", "override"} else []
    context = {
        "model": model,
        "state": model_tables.badge(model.state),
        "hindrances": hindrances,
        "steps": [
            step
            for step in model_tables.steps(model, using, hindrances)
            if may(request.actor, step["permission"], model)
        ],
        "may_train": model.state == "candidate" and may(request.actor, Perm.MODEL_TRAIN, model),
        **model_tables.facts(model),
        "timeline": timeline(model, inside=True),
        "nav_key": NAV,
    }
    return render(request, "matching/model.html", context)


@require_POST
@signed_in_object_permission(Perm.MODEL_ACTIVATE)
def move(request: Request, uid: UUID, step: str) -> HttpResponse:
    """One step: live, back, refused …"""
    model = _find(request, uid)
    if step not in actions.STEPS:
        raise Http404
    sent = request.POST.get("revision", "")
    revision = int(sent) if sent.isdecimal() else None
    note = request.POST.get("note", "")
    said = _("已办：%(step)s") % {"step": word(MODEL.transitions[step])}

    def act() -> None:
        actions.move(model, step, by=request.actor, now=clock.now(), note=note, revision=revision)

    attempt(request, act, said)
    return redirect(model.get_absolute_url())


@require_POST
@signed_in_object_permission(Perm.MODEL_TRAIN)
def compare(request: Request, uid: UUID) -> HttpResponse:
    """Measure a candidate anew, in the background."""
    model = _find(request, uid)
    said = _("已排队：过几分钟刷新这一页，看新的比较。")
    attempt(request, lambda: actions.ask_comparison(model, by=request.actor, now=clock.now()), said)
    return redirect(model.get_absolute_url())


@require_POST
@permission(Perm.MODEL_TRAIN)
def train(request: Request) -> HttpResponse:
    """Train a candidate, in the background."""
    said = _("已排队：过几分钟刷新这一页，看训练出的候选。")
    attempt(request, lambda: actions.ask_training(by=request.actor, now=clock.now()), said)
    return redirect("match-models")


@require_safe
@signed_in_object_permission(Perm.MODEL_READ)
def content(request: Request, uid: UUID) -> HttpResponse:
    """The model as a file, for another site of this project."""
    model = _find(request, uid)
    sent = HttpResponse(bytes(model.content), content_type="application/octet-stream")
    sent["Content-Disposition"] = f'attachment; filename="{model.version}.mkj-model"'
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


@require_safe
@permission(Perm.MODEL_READ)
def needs(request: Request) -> HttpResponseBase:
    """The needs behind one number of the coverage: exactly as many."""
    dimension, value = request.GET.get("by", "all"), request.GET.get("value", "")
    parts = figures.coverage(request.actor).get(dimension, ())
    part = found(next((part for part in parts if part.value == value), None))
    covered, warm = (_flag(request, key) for key in ("covered", "warm"))
    keys = part.keys(covered=covered, warm=warm)
    rows = listings.listings(request.actor).filter(pk__in=keys).order_by("-published_at", "-pk")
    sheet, words = searchables["listing"].sheet, model_tables.words_of(part, covered=covered, warm=warm)
    if exports.wanted(request) and sheet is not None:
        return exports.answer(request, sheet("need"), rows, words)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": listings.present_many(list(page), request.actor),
        "words": words,
        "back": reverse("match-models"),
        "nav_key": NAV,
    }
    return render(request, "matching/model_needs.html", context)


def _flag(request: HttpRequest, key: str) -> bool | None:
    return {"1": True, "0": False}.get(request.GET.get(key, ""))
