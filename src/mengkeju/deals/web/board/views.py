"""The two-sided board of what nobody has answered, and brokers' claims on it."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import Perm
from mengkeju.deals.models import Claim
from mengkeju.deals.web.board import pages as board_pages
from mengkeju.deals.web.board import sheets as board_sheets
from mengkeju.deals.web.board.forms import BoardForm, PairForm, PassOnForm, ReleaseForm
from mengkeju.deals.web.intentions.views import load_listing
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import done
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings


@require_safe
@permission(Perm.BOARD_READ)
def board(request: Request) -> HttpResponseBase:
    """Unanswered needs and unclaimed achievements side by side; `?side=` shows one of them whole."""
    form, side = BoardForm(request.GET), request.GET.get("side", "")
    side = side if side in queries.SIDE_WORDS else ""
    if exports.wanted(request):
        chosen = side or "need"
        rows = queries.unpaired(request.actor, chosen, form.asked(), clock.today())
        return exports.answer(request, board_sheets.BOARD, rows, form.said)
    context = board_pages.board_context(request, form, side)
    shown = [row["it"] for column in context["columns"] for row in column["rows"]]
    listing_acts.note_reads(shown, channel="list", by=request.actor, now=clock.now(), keys=listings.PRICES)
    return render(request, "deals/board.html", context)


@require_POST
@permission(Perm.CLAIM)
def claim(request: Request, uid: UUID) -> HttpResponse:
    """Take a listing from the board."""
    listing = load_listing(request, uid)
    try:
        idempotency.once(
            request.actor,
            request.POST.get(idempotency.FIELD, ""),
            lambda: actions.claim_listing(listing, by=request.actor, now=clock.now()),
        )
    except ValidationError as error:
        messages.error(request, _("；").join(error.messages))
    else:
        messages.success(request, _("已认领，所属单位会收到通知"))
    return _back(request, listing.get_absolute_url())


def _back(request: Request, fallback: str) -> HttpResponse:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if safe else fallback)


@require_safe
@permission(Perm.BOARD_READ)
def claims(request: Request) -> HttpResponseBase:
    """The claims in force that are mine, or lie in my area."""
    rows = queries.working_claims(request.actor)
    if exports.wanted(request):
        return exports.answer(request, board_sheets.CLAIMS, rows)
    page = Paginator(rows, board_pages.PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "deals/claims.html", board_pages.claims_context(request, page))


@require_safe
@permission(Perm.CLAIM)
def pair(request: Request) -> HttpResponse:
    """From a need and an achievement on to the page that introduces their owners to each other."""
    form = PairForm(request.GET)
    if not form.is_valid():
        messages.error(request, _("请各选一条需求和一条成果或能力"))
        return redirect("claims")
    return redirect("introduce", form.cleaned_data["achievement"], form.cleaned_data["need"])


def _load(request: Request, uid: UUID) -> Claim:
    found = queries.find_claim(request.actor, uid)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.CLAIM_RELEASE)
def release(request: Request, uid: UUID) -> HttpResponse:
    """Give a claim back to the board, with the reason."""
    held = _load(request, uid)
    require(request.actor, Perm.CLAIM_RELEASE, held)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"claim": held, "title": _("放回看板"), "verb": _("放回看板"), "grave": True}
    return _act(
        request,
        form,
        context,
        lambda: actions.release_claim(held, by=request.actor, now=clock.now(), note=form.cleaned_data["note"]),
        _("已放回看板"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.CLAIM_RELEASE)
def pass_on(request: Request, uid: UUID) -> HttpResponse:
    """Pass a claim on to another broker."""
    held = _load(request, uid)
    require(request.actor, Perm.CLAIM_RELEASE, held)
    form = PassOnForm(held, request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"claim": held, "title": _("转交别的经纪人"), "verb": _("转交")}
    return _act(
        request,
        form,
        context,
        lambda: actions.pass_on_claim(
            held, form.cleaned_data["to"], by=request.actor, now=clock.now(), note=form.cleaned_data["note"]
        ),
        _("已转交，接手的经纪人会收到通知"),
    )


def _act(
    request: Request, form: forms.Form, context: dict[str, object], act: Callable[[], Claim], said: str
) -> HttpResponse:
    """Show the form; sent and right, act and go back to the claims; else the form with what is wrong, 422."""
    if request.method == "POST" and done(request, form, act, said):
        return redirect("claims")
    status = 422 if form.errors else 200
    shown = {**context, "form": form, "nav_key": "claims"}
    return render(request, "deals/claim_form.html", shown, status=status)
