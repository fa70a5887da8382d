"""Asking to see closed content, deciding on it, and the owner's page of who can."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.disclosure import undertakings
from mengkeju.listings.models import AccessRequest, Listing
from mengkeju.listings.web import disclosure_pages as pages
from mengkeju.listings.web import disclosure_sheets as sheets
from mengkeju.listings.web.disclosure_forms import AskForm, RuleForm
from mengkeju.listings.web.views import load

PER_PAGE = 30


def load_request(request: Request, uid: UUID) -> AccessRequest:
    """The request to see, or 404 for whoever is on neither side."""
    found = queries.find_request(request.actor, uid)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.ACCESS_ASK)
def ask(request: Request, uid: UUID) -> HttpResponse:
    """Ask to see what a listing opens to parties only."""
    listing = load(request, uid)
    require(request.actor, Perm.ACCESS_ASK, listing)
    running = queries.running_request(request.actor, listing)
    if request.method != "POST" and running is not None:
        return redirect(running)
    data = request.POST if request.method == "POST" else None
    form = AskForm(data, actor=request.actor, mode=queries.rule_of(listing))
    if data is not None and form.is_valid():
        try:
            made, again = idempotency.once(
                request.actor, form.cleaned_data["one_time_key"], partial(_ask, request, listing, form)
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("这条申请已经提交过") if again else _said(made))
            return redirect(made)
    return render(request, "listings/access_ask.html", pages.ask_context(request, listing, form), status=_status(form))


def _status(form: AskForm | RuleForm) -> int:
    return 422 if form.errors else 200


def _ask(request: Request, listing: Listing, form: AskForm) -> AccessRequest:
    given = form.cleaned_data
    return actions.ask_to_see(
        listing,
        given["purpose"],
        organisation=directory.organisation(UUID(given["organisation"])),
        accepts=form.version(),
        by=request.actor,
        now=clock.now(),
    )


def _said(made: AccessRequest) -> str:
    words = {
        "granted": _("承诺已接受，受限内容现在向贵单位开放"),
        "signing": _("已提交，等本单位管理员接受保密承诺"),
    }
    return words.get(made.state, _("申请已送达，所有者会在 5 个工作日内答复"))


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponseBase:
    """Requests my organisations received and sent."""
    rows, side = queries.access_requests(request.actor), request.GET.get("side", "")
    if side == "received":
        rows = rows.filter(listing__owner__uid__in=request.actor.organisations)
    elif side == "sent":
        rows = rows.filter(organisation__uid__in=request.actor.organisations)
    if exports.wanted(request):
        return exports.answer(request, sheets.REQUESTS, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/access_mine.html", pages.mine_context(request, page, side))


@require_safe
@signed_in_object_permission(Perm.ACCESS_READ)
def show(request: Request, uid: UUID) -> HttpResponse:
    """One request: what is asked for, by whom, what became of it; for the owner what was seen."""
    one = load_request(request, uid)
    return render(request, "listings/access_request.html", pages.request_context(request, one))


def _acted(request: Request, one: AccessRequest, act: Callable[[], AccessRequest], done: str) -> HttpResponse:
    """Do it; what hinders is said on the page, with the request as it stands now."""
    try:
        act()
    except StaleRevisionError:
        messages.error(request, _("您打开之后这条申请有了变动，请看过现在的情况再决定"))
        status = 409
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        status = 422 if refused.code == "note_required" else 409
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        status = 422
    else:
        messages.success(request, done)
        return redirect(one)
    fresh = load_request(request, one.uid)
    return render(request, "listings/access_request.html", pages.request_context(request, fresh), status=status)


def _revision(request: Request) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() else None


@require_POST
@signed_in_object_permission(Perm.ACCESS_ANSWER)
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The owner consents, or refuses with a reason."""
    one = load_request(request, uid)
    require(request.actor, Perm.ACCESS_ANSWER, one)
    consents = request.POST.get("answer") == "consent"
    act = partial(
        actions.answer_access_request,
        one,
        consents=consents,
        note=request.POST.get("note", ""),
        by=request.actor,
        now=clock.now(),
        revision=_revision(request),
    )
    done = _("已同意，受限内容向对方开放") if consents else _("已谢绝，理由已告知对方")
    return _acted(request, one, act, done)


@require_POST
@signed_in_object_permission(Perm.ACCESS_SIGN)
def sign(request: Request, uid: UUID) -> HttpResponse:
    """A manager accepts the undertaking for his organisation."""
    one = load_request(request, uid)
    require(request.actor, Perm.ACCESS_SIGN, one)
    version = request.POST.get("version", "") if request.POST.get("accepts") else ""
    act = partial(
        actions.sign_undertaking, one, version, by=request.actor, now=clock.now(), revision=_revision(request)
    )
    return _acted(request, one, act, _("承诺已接受，受限内容现在向贵单位开放"))


@require_POST
@signed_in_object_permission(Perm.ACCESS_READ)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Withdraw (who asked) or end (the owner, with a reason)."""
    one = load_request(request, uid)
    if transition not in {"withdraw", "end"}:
        raise Http404
    act = partial(
        actions.move_access_request,
        one,
        transition,
        note=request.POST.get("note", ""),
        by=request.actor,
        now=clock.now(),
    )
    done = _("开放已结束，对方不能再查看和下载") if transition == "end" else _("申请已撤回")
    return _acted(request, one, act, done)


@require_safe
@signed_in_object_permission(Perm.DISCLOSURE_READ)
def manage(request: Request, uid: UUID) -> HttpResponseBase:
    """How the parties' tier opens, who is in, what was stated, what was downloaded."""
    listing = load(request, uid)
    require(request.actor, Perm.DISCLOSURE_READ, listing)
    reads = queries.file_reads(request.actor).filter(file__listing=listing)
    if exports.wanted(request):
        return exports.answer(request, sheets.DOWNLOADS, reads, listing.title)
    page = Paginator(reads, PER_PAGE).get_page(request.GET.get("page"))
    form = RuleForm(initial={"mode": queries.rule_of(listing)})
    return render(request, "listings/disclosure.html", pages.manage_context(request, listing, form, page))


@require_POST
@signed_in_object_permission(Perm.DISCLOSE)
def set_rule(request: Request, uid: UUID) -> HttpResponse:
    """The owner chooses how it opens from now on."""
    listing = load(request, uid)
    require(request.actor, Perm.DISCLOSE, listing)
    form = RuleForm(request.POST)
    if form.is_valid():
        actions.set_disclosure_rule(listing, form.cleaned_data["mode"], by=request.actor, now=clock.now())
        messages.success(request, _("已保存。以后的申请按新的方式办理，已经开放的不变。"))
    else:
        messages.error(request, _("请选择一种开放方式"))
    return redirect("listing-disclosure", uid)


@require_safe
@permission(PUBLIC)
def show_undertaking(request: Request, version: str) -> HttpResponse:
    """One version of the undertaking, with its digests."""
    text = undertakings().get(version)
    if text is None:
        raise Http404
    return render(request, "listings/undertaking.html", pages.undertaking_context(text))
