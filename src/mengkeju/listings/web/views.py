"""Pages of one listing: read, create, edit, submit, close; and the list of one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, funnel, idempotency
from mengkeju.kernel.access import RefusedError, may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.kernel.web.request import object_permission as on_object
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.web import guide_pages, pages, sheets
from mengkeju.listings.web.forms import ListingForm, SubmitForm, with_revision
from mengkeju.listings.web.guide_forms import TopicForm


def load(request: Request, uid: UUID) -> Listing:
    """The listing, or 404 for whoever may not read it."""
    listing = queries.find(request.actor, uid)
    if listing is None:
        raise Http404
    return listing


@require_safe
@on_object(Perm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """The object page."""
    listing = load(request, uid)
    context = pages.detail_context(request, listing)
    actions.note_reads([context["it"]], channel="page", by=request.actor, now=clock.now())
    return render(request, "listings/detail.html", context)


@require_safe
@on_object(Perm.READ)
def history(request: Request, uid: UUID) -> HttpResponse:
    """Everything that happened, and for those inside also what each edit changed."""
    listing = load(request, uid)
    context = pages.history_context(request, listing)
    if context["edits"]:
        shown = queries.present(listing, request.actor)
        actions.note_reads([shown], channel="page", by=request.actor, now=clock.now())
    return render(request, "listings/history.html", context)


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponseBase:
    """What my organisations own, in every state."""
    rows = queries.of_organisations(request.actor)
    state = request.GET.get("state", "")
    if state:
        rows = rows.filter(state=state)
    if exports.wanted(request):
        return exports.answer(request, sheets.MINE, rows, pages.state_word(state))
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "listings/mine.html", pages.mine_context(request, page, state))


@require_safe
@permission(PUBLIC)
def stage(request: Request, key: str) -> HttpResponseBase:
    """The public needs behind one count of the 转化线."""
    found = funnel.stages.get(key)
    if found is None or found.needs is None:
        raise Http404
    place = request.GET.get("city", "")
    needs = found.needs()
    needs = queries.outside_cities(needs, place) if place in queries.PLACES else needs
    if exports.wanted(request):
        return exports.answer(request, sheets.STAGE, needs, pages.stage_word(found, place))
    page = Paginator(needs, 30).get_page(request.GET.get("page"))
    rows = queries.present_many(page, request.actor)
    actions.note_reads(rows, channel="list", by=request.actor, now=clock.now(), keys=queries.PRICES)
    crumbs = [(_("首页"), reverse("home")), (word(found), "")]
    context = {"stage": found, "page": page, "rows": rows, "crumbs": crumbs, "place": place}
    return render(request, "listings/stage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.CREATE)
def create(request: Request, kind: str) -> HttpResponse:
    """A new draft."""
    if kind not in kinds:
        raise Http404
    if not request.actor.memberships:
        return render(request, "listings/no_organisation.html", {"kind": kinds[kind]}, status=403)
    actions.require_publisher(kinds[kind], by=request.actor)
    if request.method != "POST":
        if kinds[kind].topics and "all" not in request.GET:
            first = TopicForm(kinds[kind], kinds[kind].topics[0], request.actor, initial=pages.starting_values(request))
            return render(request, "listings/guide.html", guide_pages.screen_context(request, first))
        form = ListingForm(kinds[kind], request.actor, initial=pages.starting_values(request))
        return render(request, "listings/form.html", {"form": form, "kind": kinds[kind]})
    return _create(request, ListingForm(kinds[kind], request.actor, data=request.POST))


def _create(request: Request, form: ListingForm) -> HttpResponse:
    if form.form.is_valid():
        owner = directory.organisation(UUID(form.form.cleaned_data["owner"]))
        try:
            made, _again = idempotency.once(
                request.actor,
                form.form.cleaned_data[idempotency.FIELD],
                lambda: actions.create_listing(
                    form.kind.key,
                    form.given(),
                    owner=owner,
                    by=request.actor,
                    now=clock.now(),
                    contact=directory.person_of(request.actor),
                ),
            )
        except ValidationError as error:
            form.add_errors(error)
        else:
            return redirect("listing-submit", made.uid)
    return render(request, "listings/form.html", {"form": form, "kind": form.kind}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change a draft or a published listing; a stale form shows both versions."""
    listing = load(request, uid)
    data = request.POST if request.method == "POST" else None
    if data is None or not may(request.actor, Perm.SUBMIT, listing):  # its people keep what they typed, see below
        require(request.actor, Perm.EDIT, listing)
    form = ListingForm(listing.kind_spec, request.actor, data=data, listing=listing)
    if data is not None and form.form.is_valid():
        try:
            actions.edit_listing(
                listing, form.given(), by=request.actor, now=clock.now(), revision=form.form.cleaned_data["revision"]
            )
        except ValidationError as error:
            form.add_errors(error)
        except RefusedError:
            if not may(request.actor, Perm.SUBMIT, listing):
                raise
            said = _("现在是“%(state)s”，不能修改；您写的内容还在下面")
            form.form.add_error(None, said % {"state": pages.state_label(listing)})
        except StaleRevisionError as stale:
            return render(request, "stale.html", pages.stale_context(form, data, stale.current), status=409)
        else:
            messages.success(request, _("已保存"))
            return redirect("listing" if listing.state == "published" else "listing-submit", uid)
    context = {"form": form, "kind": listing.kind_spec, "listing": listing}
    return render(request, "listings/form.html", context, status=200 if data is None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.SUBMIT)
def submit(request: Request, uid: UUID) -> HttpResponse:
    """Check the answers, confirm the secrecy review, hand in."""
    listing = load(request, uid)
    require(request.actor, Perm.SUBMIT, listing)
    form = SubmitForm(request.POST or None, initial={"revision": listing.revision})
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        try:
            actions.submit_listing(listing, by=request.actor, now=clock.now(), **given)
        except TransitionRefusedError as refused:
            form.add_error(pages.submit_field(refused.code), refused.reason)
        except StaleRevisionError as stale:
            listing = stale.current
            form = SubmitForm(with_revision(request.POST, listing.revision))
            form.add_error(None, _("这条信息刚刚被同事改过，请核对下面的新内容再提交"))
        else:
            said = _("已提交，编号 %(number)s。审核结果会通知您。")
            if listing.state == "refining":
                said = _("已提交，编号 %(number)s。先由技术经纪人凝练，公开的文字请您确认后才送审。")
            messages.success(request, said % {"number": listing.number})
            return redirect("listing", uid)
    return render(
        request,
        "listings/submit.html",
        pages.submit_context(request, listing, form),
        status=422 if form.errors else 200,
    )


@require_POST
@signed_in_object_permission(Perm.CLOSE)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Close, withdraw or reopen, with the reason from the confirming form."""
    listing = load(request, uid)
    if transition not in {"close", "withdraw", "reopen", "take_back"}:
        raise Http404
    try:
        actions.move_listing(listing, transition, by=request.actor, now=clock.now(), note=request.POST.get("note", ""))
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已办理"))
    return redirect("listing", uid)
