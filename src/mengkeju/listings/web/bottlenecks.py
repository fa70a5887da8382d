"""Pages of the “卡脖子” list: for officers of the named bureaus and the auditor; nominating is open to more people."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access.lists import BottleneckPerm
from mengkeju.listings.engine.bottlenecks import BOTTLENECK
from mengkeju.listings.models import Bottleneck
from mengkeju.listings.web import list_pages, list_sheets
from mengkeju.listings.web.list_forms import BottleneckForm, BreakForm
from mengkeju.listings.web.list_parts import hang, listing_or_404, note_reads, revision_of, saved, stale

PER_PAGE = 50


def load(request: Request, uid: UUID) -> Bottleneck:
    """One, or 404 for whoever may not know of it."""
    item: Bottleneck = found(queries.find_bottleneck(request.actor, uid))
    return item


@require_safe
@permission(BottleneckPerm.LIST)
def register(request: Request) -> HttpResponseBase:
    """The items the reader may know of."""
    state = request.GET.get("state", "")
    state = state if state in BOTTLENECK.states else ""
    rows = queries.bottlenecks(request.actor, state)
    if exports.wanted(request):
        said = word(BOTTLENECK.states[state]) if state else ""
        return exports.answer(request, list_sheets.BOTTLENECKS, rows, said)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/bottlenecks.html", list_pages.bottlenecks_context(request, page, state))


@require_safe
@signed_in_object_permission(BottleneckPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One item with its bureaus, what hangs on it and what happened."""
    item = load(request, uid)
    rows = queries.attached_to(item.attached.all(), request.actor)
    note_reads(request, rows)
    return render(request, "listings/bottleneck.html", list_pages.bottleneck_context(request, item, rows))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(BottleneckPerm.NOMINATE)
def new(request: Request) -> HttpResponse:
    """Nominate an item."""
    if not request.actor.memberships:
        return render(request, "listings/list_no_organisation.html", {"title": _("提名卡脖子技术")}, status=403)
    form = BottleneckForm(request.actor, request.POST or None)
    made = saved(form, lambda: _nominate(request, form)) if request.method == "POST" else None
    if made is not None:
        if may(request.actor, BottleneckPerm.READ, made):
            return redirect(made)
        messages.success(request, _("已提名。从现在起只有所列部门的科技管理人员和审计管理员看得到，进展由他们告诉您。"))
        return redirect("bottleneck-new")
    context = {
        "form": form,
        "title": _("提名卡脖子技术"),
        "lead": _("提名后由所列部门的另一名科技管理人员确认。清单不对外公开，不进搜索、导出、订阅和提醒。"),
        "verb": _("提名"),
        "back": reverse("workbench"),
    }
    return render(request, "listings/list_form.html", context, status=422 if form.errors else 200)


def _nominate(request: Request, form: BottleneckForm) -> Bottleneck:
    values, actor = form.cleaned_data, request.actor
    nominator = directory.organisation(UUID(values["nominator"]))
    need = queries.find(actor, UUID(values["need"])) if values["need"] else None
    made, _again = idempotency.once(
        actor,
        values["one_time_key"],
        lambda: actions.nominate_bottleneck(form.given(), nominator=nominator, by=actor, now=clock.now(), listing=need),
    )
    return made


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(BottleneckPerm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change what is stated and who may know of it; a stale form shows both versions."""
    item = load(request, uid)
    require(request.actor, BottleneckPerm.EDIT, item)
    form = BottleneckForm(request.actor, request.POST or None, editing=True, initial=BottleneckForm.of(item))
    if request.method == "POST":
        try:
            done = saved(form, lambda: _edit(request, item, form))
        except StaleRevisionError as old:
            theirs = BottleneckForm.of(old.current)
            return stale(request, form, old.current, theirs, reverse("bottleneck-edit", args=[uid]))
        if done is not None:
            return redirect(item)
    context = {
        "form": form,
        "title": _("修改：%(title)s") % {"title": item.title},
        "lead": _("每次改了什么都留在记录里。"),
        "verb": _("保存修改"),
        "back": item.get_absolute_url(),
    }
    return render(request, "listings/list_form.html", context, status=422 if form.errors else 200)


def _edit(request: Request, item: Bottleneck, form: BottleneckForm) -> Bottleneck:
    revision = form.cleaned_data["revision"]
    return actions.edit_bottleneck(item, form.given(), by=request.actor, now=clock.now(), revision=revision)


@require_POST
@signed_in_object_permission(BottleneckPerm.READ)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Confirm, refuse, start, resume, remove; a breakthrough brings its evidence."""
    item = load(request, uid)
    if transition not in BOTTLENECK.transitions:
        raise Http404
    given: dict[str, Any] = {"note": request.POST.get("note", ""), "revision": revision_of(request)}
    if transition == "break_through":
        form = BreakForm(request.POST)
        given["evidence"] = form.cleaned_data["evidence"] if form.is_valid() else ""
    attempt(
        request,
        lambda: actions.move_bottleneck(item, transition, by=request.actor, now=clock.now(), **given),
        _("已办理"),
    )
    return redirect("bottleneck", uid)


@require_POST
@signed_in_object_permission(BottleneckPerm.EDIT)
def attach(request: Request, uid: UUID) -> HttpResponse:
    """Hang a listing on it; the listing's own page does not tell."""
    item = load(request, uid)
    require(request.actor, BottleneckPerm.EDIT, item)
    hang(request, lambda listing: actions.attach_to_bottleneck(item, listing, by=request.actor, now=clock.now()))
    return redirect("bottleneck", uid)


@require_POST
@signed_in_object_permission(BottleneckPerm.EDIT)
def detach(request: Request, uid: UUID, listing_uid: UUID) -> HttpResponse:
    """Take one off."""
    item = load(request, uid)
    require(request.actor, BottleneckPerm.EDIT, item)
    listing = listing_or_404(request, listing_uid)
    attempt(
        request,
        lambda: actions.detach_from_bottleneck(item, listing, by=request.actor, now=clock.now()),
        _("已取下"),
    )
    return redirect("bottleneck", uid)
