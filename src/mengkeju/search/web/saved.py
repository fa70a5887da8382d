"""Saved searches: kept from the search page, listed, renamed, paused, deleted, run; and the link that stops one."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.search import actions, queries
from mengkeju.search.access import Perm
from mengkeju.search.models import SavedSearch
from mengkeju.search.web import saved_pages as pages
from mengkeju.search.web.saved_pages import EditSavedForm, NewSavedForm

GET_POST = ["GET", "HEAD", "POST"]
PER_PAGE = 30
MOVES = {"pause": actions.pause_saved, "resume": actions.resume_saved, "delete": actions.delete_saved}


def load(request: Request, uid: UUID) -> SavedSearch:
    """One the reader may see, or 404."""
    saved = queries.find_saved(request.actor, uid)
    if saved is None:
        raise Http404
    return saved


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponse:
    """My saved searches and my organisations', with how many results are new."""
    page = Paginator(queries.saved_searches(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "search/saved_list.html", pages.list_context(request.actor, page))


@require_http_methods(GET_POST)
@permission(Perm.CREATE)
def new(request: Request) -> HttpResponse:
    """Keep the search of the address."""
    asked = pages.asked_for(request.GET)
    start = {"name": pages.first_name(asked, request.GET), "way": "daily"}
    form = NewSavedForm(request.actor, request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        given, key = form.given(asked), form.cleaned_data[idempotency.FIELD]
        try:
            made, _again = idempotency.once(
                request.actor, key, lambda: actions.save_search(given, by=request.actor, now=clock.now())
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("提醒设好了，有新结果时告诉您"))
            return redirect(made)
    context = {"form": form, "words": queries.in_words(asked), "empty": asked.is_empty, "nav_key": "saved-searches"}
    return render(request, "search/saved_form.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in_object_permission(Perm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One, and what it told."""
    saved = load(request, uid)
    hits = queries.told_hits(saved, request.actor.account_uid).filter(told_at__gte=pages.told_since(clock.now()))
    page = Paginator(hits, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "search/saved.html", pages.detail_context(request.actor, saved, page))


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.MANAGE)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Another name, another way; a stale form is sent back with what stands there now."""
    saved = load(request, uid)
    require(request.actor, Perm.MANAGE, saved)
    form = EditSavedForm(request.POST if request.method == "POST" else None, initial=EditSavedForm.of(saved))
    if form.is_valid():
        try:
            actions.edit_saved(saved, **form.cleaned_data, by=request.actor, now=clock.now())
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as stale:
            return render(request, "stale.html", pages.stale_context(form, stale.current), status=409)
        else:
            messages.success(request, _("已保存"))
            return redirect(saved)
    context = {"form": form, "saved": saved, "nav_key": "saved-searches"}
    return render(request, "search/saved_form.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(Perm.MANAGE)
def move(request: Request, uid: UUID, move: str) -> HttpResponse:
    """Pause, go on, delete."""
    saved = load(request, uid)
    if move not in MOVES:
        raise Http404
    MOVES[move](saved, by=request.actor, now=clock.now())
    messages.success(request, {"pause": _("已暂停"), "resume": _("已恢复"), "delete": _("已删除")}[move])
    return redirect("saved-searches" if move == "delete" else saved)


@require_POST
@signed_in_object_permission(Perm.READ)
def stand(request: Request, uid: UUID, stand: str) -> HttpResponse:
    """Look at the results; or be told no more, or again, of what one's organisation ordered."""
    saved = load(request, uid)
    if stand == "run":
        url = pages.results_url(saved)
        actions.mark_seen(saved, by=request.actor, now=clock.now())
        return redirect(url)
    if stand not in {"leave", "join"}:
        raise Http404
    if saved.organisation is None:
        messages.info(request, _("这是您自己的提醒，不想收到时请暂停或删除"))
        return redirect(saved)
    actions.leave_saved(saved, by=request.actor, now=clock.now(), stop=stand == "leave")
    messages.success(request, _("不再提醒您") if stand == "leave" else _("恢复提醒您"))
    return redirect(saved)


@csrf_exempt  # mail programs send it by themselves (RFC 8058); the signed address is what lets it in
@never_cache
@require_http_methods(GET_POST)
@permission(PUBLIC)
def stop(request: Request, token: str) -> HttpResponse:
    """The link in a mail: without signing in, GET asks, POST stops."""
    named = actions.stoppable(token)
    if named is None:
        return render(request, "search/stop.html", {"gone": True}, status=404)
    saved, _account = named
    done = request.method == "POST" and actions.stop_by_link(token, now=clock.now()) is not None
    known = may(request.actor, Perm.READ, saved)  # whoever else has the link is not told what was searched for
    context = {"name": saved.name if known else "", "done": done, "personal": saved.organisation is None}
    return render(request, "search/stop.html", context)
