"""Conversions that stand still: the list, the page of one, and the acts on it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import Perm
from mengkeju.deals.models import Intention, Stall
from mengkeju.deals.web.stalled import pages as stalled_pages
from mengkeju.deals.web.stalled import sheets as stalled_sheets
from mengkeju.deals.web.stalled.pages import HelperForm, ObstacleForm, ResolveForm, StalledForm
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import done
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import actions as listing_acts

PER_PAGE = 30


@require_safe
@permission(Perm.STALLED_READ)
def index(request: Request) -> HttpResponseBase:
    """What has been in a stage too long, the longest first."""
    form = StalledForm(request.GET)
    rows = queries.find_stalled(request.actor, form.asked(), clock.today())
    if exports.wanted(request):
        return exports.answer(request, stalled_sheets.STALLED, rows, form.said)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deals/stalled.html", stalled_pages.list_context(request, page, form))


def _load(request: Request, uid: UUID) -> Intention:
    found = queries.find_pair(request.actor, uid)
    if found is None:
        raise Http404
    return found


@require_safe
@signed_in_object_permission(Perm.STALLED_SEE)
def one(request: Request, uid: UUID) -> HttpResponse:
    """Where one stands, what is in the way, who helps."""
    context = stalled_pages.one_context(request, _load(request, uid))
    shown = [it for it in context["pair"] if it is not None]
    listing_acts.note_reads(shown, channel="list", by=request.actor, now=clock.now(), keys=())
    return render(request, "deals/stalled_one.html", context)


@require_POST
@signed_in_object_permission(Perm.STALL_NAME)
def name(request: Request, uid: UUID) -> HttpResponse:
    """Say what is in the way."""
    intention = _load(request, uid)
    require(request.actor, Perm.STALL_NAME, intention)
    form = ObstacleForm(request.POST)

    def act() -> object:
        given = form.cleaned_data
        return idempotency.once(
            request.actor,
            given["one_time_key"],
            lambda: actions.name_obstacle(
                intention, given["obstacle"], given["note"], by=request.actor, now=clock.now()
            ),
        )

    if done(request, form, act, _("障碍已点明，科技管理人员会安排帮办人")):
        return redirect("stalled-one", uid)
    context = stalled_pages.one_context(request, _load(request, uid), obstacle=form)
    return render(request, "deals/stalled_one.html", context, status=422)


def _load_stall(request: Request, uid: UUID) -> Stall:
    found = queries.find_stall(request.actor, uid)
    if found is None:
        raise Http404
    return found


@require_POST
@signed_in_object_permission(Perm.STALL_ASSIGN)
def assign(request: Request, uid: UUID) -> HttpResponse:
    """Assign a helper, or another one."""
    stall = _load_stall(request, uid)
    require(request.actor, Perm.STALL_ASSIGN, stall)
    form = HelperForm(stall, request.POST)
    settled = done(
        request, form, lambda: actions.assign_helper(stall, **form.cleaned_data, by=request.actor, now=clock.now()),
        _("已安排帮办人，本人会收到待办"),
    )  # fmt: skip
    if settled:
        return redirect("stalled-one", stall.intention.uid)
    context = stalled_pages.one_context(request, _load(request, stall.intention.uid), helper=form)
    return render(request, "deals/stalled_one.html", context, status=422)


@require_POST
@signed_in_object_permission(Perm.STALL_RESOLVE)
def resolve(request: Request, uid: UUID) -> HttpResponse:
    """Done, with a note."""
    stall = _load_stall(request, uid)
    require(request.actor, Perm.STALL_RESOLVE, stall)
    form = ResolveForm(request.POST)
    settled = done(
        request, form, lambda: actions.resolve_stall(stall, **form.cleaned_data, by=request.actor, now=clock.now()),
        _("已办结"),
    )  # fmt: skip
    if settled:
        return redirect("stalled-one", stall.intention.uid)
    context = stalled_pages.one_context(request, _load(request, stall.intention.uid), resolve=form)
    return render(request, "deals/stalled_one.html", context, status=422)
