"""Pages of 行业攻关方向: the list, one agenda with its directions, writing, submitting and reviewing it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import PUBLIC, Request, object_permission, permission, signed_in_object_permission
from mengkeju.listings import actions, queries
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.engine.agendas import AGENDA
from mengkeju.listings.models import Agenda
from mengkeju.listings.web import list_pages, list_sheets
from mengkeju.listings.web.list_forms import AgendaForm, SubmitAgendaForm
from mengkeju.listings.web.list_parts import note_reads, revision_of, saved, stale

PER_PAGE = 30
DECISIONS, MOVES = frozenset({"approve", "return"}), frozenset({"end", "withdraw", "reopen"})


def load(request: Request, uid: UUID) -> Agenda:
    """One, or 404 for whoever may not read it."""
    agenda: Agenda = found(queries.find_agenda(request.actor, uid))
    return agenda


@require_safe
@permission(PUBLIC)
def index(request: Request) -> HttpResponse:
    """Published agendas; my organisations' own and those to review above them."""
    cluster = request.GET.get("cluster", "")
    page = Paginator(queries.agendas(request.actor, cluster=cluster), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/agendas.html", list_pages.agendas_context(request, page, cluster))


@require_safe
@object_permission(AgendaPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponseBase:
    """One agenda: which directions have needs, answers, are solved."""
    agenda = load(request, uid)
    rows = queries.directions(agenda, request.actor)
    note_reads(request, [at for row in rows for at in row.attached])
    if exports.wanted(request):
        return exports.answer(request, list_sheets.DIRECTIONS, rows, agenda.title)
    return render(request, "listings/agenda.html", list_pages.agenda_context(request, agenda, rows))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(AgendaPerm.CREATE)
def new(request: Request) -> HttpResponse:
    """A new draft of one of my organisations."""
    if not queries.may_set(request.actor):
        none = {"title": _("提出攻关方向"), "text": _("攻关方向由已核验的创新平台或企业提出。")}
        return render(request, "listings/list_no_organisation.html", none, status=403)
    form = AgendaForm(request.actor, request.POST or None)
    made = saved(form, lambda: _create(request, form)) if request.method == "POST" else None
    if made is not None:
        return redirect(made)
    context = {
        "form": form,
        "title": _("提出攻关方向"),
        "lead": _("先写名称和说明，存草稿后逐条写方向，再提交审核。"),
        "verb": _("存为草稿"),
        "back": reverse("agendas"),
    }
    return render(request, "listings/list_form.html", context, status=422 if form.errors else 200)


def _create(request: Request, form: AgendaForm) -> Agenda:
    organisation = directory.organisation(UUID(form.cleaned_data["organisation"]))
    made, _again = idempotency.once(
        request.actor,
        form.cleaned_data["one_time_key"],
        lambda: actions.create_agenda(form.given(), organisation=organisation, by=request.actor, now=clock.now()),
    )
    return made


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(AgendaPerm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change name and description; a stale form shows both versions."""
    agenda = load(request, uid)
    require(request.actor, AgendaPerm.EDIT, agenda)
    form = AgendaForm(request.actor, request.POST or None, agenda=agenda, initial=AgendaForm.of(agenda))
    if request.method == "POST":
        try:
            done = saved(form, lambda: _edit(request, agenda, form))
        except StaleRevisionError as old:
            return stale(request, form, old.current, AgendaForm.of(old.current), reverse("agenda-edit", args=[uid]))
        if done is not None:
            return redirect(agenda)
    context = {
        "form": form,
        "title": _("修改：%(title)s") % {"title": agenda.title},
        "lead": _("每次改了什么都留在记录里。"),
        "verb": _("保存修改"),
        "back": agenda.get_absolute_url(),
    }
    return render(request, "listings/list_form.html", context, status=422 if form.errors else 200)


def _edit(request: Request, agenda: Agenda, form: AgendaForm) -> Agenda:
    revision = form.cleaned_data["revision"]
    return actions.edit_agenda(agenda, form.given(), by=request.actor, now=clock.now(), revision=revision)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def submit(request: Request, uid: UUID) -> HttpResponse:
    """Hand it to the officer."""
    agenda = load(request, uid)
    require(request.actor, AgendaPerm.MANAGE, agenda)
    form = SubmitAgendaForm(request.POST)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {"secrecy_reviewed": False}
    attempt(
        request,
        lambda: actions.submit_agenda(agenda, by=request.actor, now=clock.now(), **given),
        _("已提交，审核结果会通知您"),
    )
    return redirect("agenda", uid)


@require_POST
@signed_in_object_permission(AgendaPerm.REVIEW)
def review(request: Request, uid: UUID, decision: str) -> HttpResponse:
    """The officer publishes it, or returns it with the reason."""
    return _move(request, load(request, uid), decision, DECISIONS)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Its people end, withdraw or reopen it."""
    return _move(request, load(request, uid), transition, MOVES)


def _move(request: Request, agenda: Agenda, transition: str, known: frozenset[str]) -> HttpResponse:
    if transition not in known:
        raise Http404
    require(request.actor, AGENDA.transitions[transition].permission, agenda)
    given: dict[str, Any] = {"note": request.POST.get("note", ""), "revision": revision_of(request)}
    attempt(
        request,
        lambda: actions.move_agenda(agenda, transition, by=request.actor, now=clock.now(), **given),
        _("已办理"),
    )
    return redirect(agenda)
