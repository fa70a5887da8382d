"""Pages of 短板弱项: the register by chain, one weak link, and what an officer of the area does with it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, found
from mengkeju.kernel.web.request import PUBLIC, Request, object_permission, permission, signed_in_object_permission
from mengkeju.listings import actions, queries
from mengkeju.listings.access.lists import WeakLinkPerm
from mengkeju.listings.engine.weak_links import WEAK_LINK
from mengkeju.listings.models import WeakLink
from mengkeju.listings.web import list_pages, list_sheets
from mengkeju.listings.web.list_forms import WeakLinkForm, WeakLinksForm
from mengkeju.listings.web.list_parts import hang, listing_or_404, note_reads, revision_of, saved, stale

PER_PAGE = 50
FORM = "listings/list_form.html"


def load(request: Request, uid: UUID) -> WeakLink:
    """One, or 404 for whoever may not read it."""
    link: WeakLink = found(queries.find_weak_link(request.actor, uid))
    return link


@require_safe
@permission(PUBLIC)
def register(request: Request) -> HttpResponseBase:
    """All weak links of the list, chain by chain, with coverage."""
    form = WeakLinksForm(request.GET)
    rows = queries.weak_links(request.actor, form.asked())
    if exports.wanted(request):
        return exports.answer(request, list_sheets.WEAK_LINKS, rows, list_pages.filters_of(form))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/weak_links.html", list_pages.weak_links_context(request, form, rows, page))


@require_safe
@object_permission(WeakLinkPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One weak link with what hangs on it."""
    link = load(request, uid)
    rows = queries.attached_to(link.attached.all(), request.actor)
    note_reads(request, rows)
    return render(request, "listings/weak_link.html", list_pages.weak_link_context(request, link, rows))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(WeakLinkPerm.KEEP)
def new(request: Request) -> HttpResponse:
    """A new draft of an officer."""
    form = WeakLinkForm(request.actor, request.POST or None, initial={"chain": request.GET.get("chain", "")})
    if request.method == "POST":
        made = saved(form, lambda: _create(request, form))
        if made is not None:
            return redirect(made)
    context = {
        "form": form,
        "title": _("新增短板"),
        "lead": _("先存草稿，核对后再公开列入清单。"),
        "verb": _("存为草稿"),
        "back": reverse("weak-links"),
    }
    return render(request, FORM, context, status=422 if form.errors else 200)


def _create(request: Request, form: WeakLinkForm) -> Any:
    key = form.cleaned_data["one_time_key"]
    made, _again = idempotency.once(
        request.actor, key, lambda: actions.create_weak_link(form.given(), by=request.actor, now=clock.now())
    )
    return made


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WeakLinkPerm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change what is stated; a stale form shows both versions."""
    link = load(request, uid)
    require(request.actor, WeakLinkPerm.EDIT, link)
    form = WeakLinkForm(request.actor, request.POST or None, editing=True, initial=WeakLinkForm.of(link))
    if request.method == "POST":
        try:
            done = saved(form, lambda: _edit(request, link, form))
        except StaleRevisionError as old:
            return stale(
                request, form, old.current, WeakLinkForm.of(old.current), reverse("weak-link-edit", args=[uid])
            )
        if done is not None:
            return redirect(link)
    context = {
        "form": form,
        "title": _("修改：%(title)s") % {"title": link.title},
        "lead": _("修改后立即生效，每次改了什么都留在记录里。"),
        "verb": _("保存修改"),
        "back": link.get_absolute_url(),
    }
    return render(request, FORM, context, status=422 if form.errors else 200)


def _edit(request: Request, link: WeakLink, form: WeakLinkForm) -> WeakLink:
    revision = form.cleaned_data["revision"]
    return actions.edit_weak_link(link, form.given(), by=request.actor, now=clock.now(), revision=revision)


@require_POST
@signed_in_object_permission(WeakLinkPerm.MOVE)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Publish, mark, drop, list again."""
    link = load(request, uid)
    if transition not in WEAK_LINK.transitions:
        raise Http404
    note, revision = request.POST.get("note", ""), revision_of(request)
    attempt(
        request,
        lambda: actions.move_weak_link(
            link, transition, by=request.actor, now=clock.now(), note=note, revision=revision
        ),
        _("已办理"),
    )
    return redirect("weak-link", uid)


@require_POST
@signed_in_object_permission(WeakLinkPerm.EDIT)
def attach(request: Request, uid: UUID) -> HttpResponse:
    """Hang a need, an achievement, a strength or a capability on it."""
    link = load(request, uid)
    require(request.actor, WeakLinkPerm.EDIT, link)
    hang(request, lambda listing: actions.attach_to_weak_link(link, listing, by=request.actor, now=clock.now()))
    return redirect("weak-link", uid)


@require_POST
@signed_in_object_permission(WeakLinkPerm.EDIT)
def detach(request: Request, uid: UUID, listing_uid: UUID) -> HttpResponse:
    """Take one off."""
    link = load(request, uid)
    require(request.actor, WeakLinkPerm.EDIT, link)
    listing = listing_or_404(request, listing_uid)
    attempt(
        request,
        lambda: actions.detach_from_weak_link(link, listing, by=request.actor, now=clock.now()),
        _("已取下"),
    )
    return redirect("weak-link", uid)
