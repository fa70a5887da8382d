"""The directions of an agenda: add, edit, remove, make a need, answer, mark as solved."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.models import Agenda, AgendaItem
from mengkeju.listings.web.agendas import load
from mengkeju.listings.web.list_forms import ItemForm
from mengkeju.listings.web.list_parts import hang, listing_or_404, saved, stale

FORM = "listings/list_form.html"


def load_item(request: Request, uid: UUID, item_uid: UUID, permission: str) -> tuple[Agenda, AgendaItem]:
    """An agenda the reader may see and may do this with, and one of its directions."""
    agenda = load(request, uid)
    require(request.actor, permission, agenda)
    item: AgendaItem = found(queries.find_item(agenda, item_uid))
    return agenda, item


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(AgendaPerm.EDIT)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Another direction."""
    agenda = load(request, uid)
    require(request.actor, AgendaPerm.EDIT, agenda)
    form = ItemForm(request.POST or None, agenda=agenda)
    if request.method == "POST" and saved(form, lambda: _add(request, agenda, form)) is not None:
        messages.success(request, _("已加上"))
        return redirect(agenda)
    context = {
        "form": form,
        "title": _("加一个攻关方向"),
        "lead": agenda.title,
        "verb": _("加上这一条"),
        "back": agenda.get_absolute_url(),
    }
    return render(request, FORM, context, status=422 if form.errors else 200)


def _add(request: Request, agenda: Agenda, form: ItemForm) -> Agenda:
    def create() -> Agenda:
        actions.add_item(agenda, form.given(), by=request.actor, now=clock.now())
        return agenda  # a direction is no subject of its own

    made, _again = idempotency.once(request.actor, form.cleaned_data["one_time_key"], create)
    return made


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(AgendaPerm.EDIT)
def edit(request: Request, uid: UUID, item_uid: UUID) -> HttpResponse:
    """Change its words; a stale form shows both versions."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.EDIT)
    form = ItemForm(request.POST or None, agenda=agenda, editing=True, initial=ItemForm.of(item))
    if request.method == "POST":
        try:
            done = saved(form, lambda: _edit(request, item, form))
        except StaleRevisionError as old:
            address = reverse("agenda-item-edit", args=[uid, item_uid])
            return stale(request, form, old.current, ItemForm.of(old.current), address)
        if done is not None:
            return redirect(agenda)
    context = {
        "form": form,
        "title": _("修改：%(title)s") % {"title": item.title},
        "lead": agenda.title,
        "verb": _("保存修改"),
        "back": agenda.get_absolute_url(),
    }
    return render(request, FORM, context, status=422 if form.errors else 200)


def _edit(request: Request, item: AgendaItem, form: ItemForm) -> AgendaItem:
    revision = form.cleaned_data["revision"]
    return actions.edit_item(item, form.given(), by=request.actor, now=clock.now(), revision=revision)


@require_POST
@signed_in_object_permission(AgendaPerm.EDIT)
def remove(request: Request, uid: UUID, item_uid: UUID) -> HttpResponse:
    """Take it off the agenda, with the reason."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.EDIT)
    note = request.POST.get("note", "")
    attempt(request, lambda: actions.remove_item(item, by=request.actor, now=clock.now(), note=note), _("已移除"))
    return redirect(agenda)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def settle(request: Request, uid: UUID, item_uid: UUID) -> HttpResponse:
    """Mark it as solved, or take that back."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.MANAGE)
    note, solved = request.POST.get("note", ""), item.solved_on is None
    if "solved" in request.POST:
        solved = request.POST["solved"] == "yes"
    attempt(
        request,
        lambda: actions.settle_item(item, solved=solved, by=request.actor, now=clock.now(), note=note),
        _("已标记"),
    )
    return redirect(agenda)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def to_need(request: Request, uid: UUID, item_uid: UUID) -> HttpResponse:
    """One step: a draft need with what the direction says, ready to be completed."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.MANAGE)
    key = request.POST.get("one_time_key", "")
    try:
        made, _again = idempotency.once(
            request.actor, key, lambda: actions.make_need(item, by=request.actor, now=clock.now())
        )
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect(agenda)
    messages.success(request, _("已存为需求草稿，补全后提交审核"))
    return redirect("listing-edit", made.uid)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def attach(request: Request, uid: UUID, item_uid: UUID) -> HttpResponse:
    """Hang a need or an answer on it."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.MANAGE)
    hang(request, lambda listing: actions.attach_to_item(item, listing, by=request.actor, now=clock.now()))
    return redirect(agenda)


@require_POST
@signed_in_object_permission(AgendaPerm.MANAGE)
def detach(request: Request, uid: UUID, item_uid: UUID, listing_uid: UUID) -> HttpResponse:
    """Take one off."""
    agenda, item = load_item(request, uid, item_uid, AgendaPerm.MANAGE)
    listing = listing_or_404(request, listing_uid)
    attempt(
        request,
        lambda: actions.detach_from_item(item, listing, by=request.actor, now=clock.now()),
        _("已取下"),
    )
    return redirect(agenda)
