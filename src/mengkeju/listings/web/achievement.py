"""Pages of what hangs on an achievement: ladder, cases of use, registration, first offer, people, goals."""

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

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import applications as cases
from mengkeju.listings.actions import registration as registrations
from mengkeju.listings.models import Application, Listing, Participation
from mengkeju.listings.web import achievement_pages as pages
from mengkeju.listings.web import part_forms as forms
from mengkeju.listings.web import part_sheets
from mengkeju.listings.web.part_pages import Page, answered, sent
from mengkeju.listings.web.views import load

GET_POST = ["GET", "HEAD", "POST"]


def _editable(request: Request, uid: UUID) -> Listing:
    """The listing, for whoever may edit it: 404 or 403 for others."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    return listing


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def step(request: Request, uid: UUID) -> HttpResponse:
    """Note a rung of the ladder with its evidence."""
    listing = _editable(request, uid)
    form = forms.StepForm(listing, *sent(request), reached_on=clock.today())
    page = pages.step_page(listing)
    return answered(
        request,
        listing,
        form,
        page,
        lambda: actions.add_maturity_step(
            listing,
            actions.StepInput(**form.given()),
            by=request.actor,
            now=clock.now(),
            secrecy_reviewed=form.reviewed,
        ),
        done=_("已记下，成果的成熟度随之更新"),
    )


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def new_application(request: Request, uid: UUID) -> HttpResponse:
    """State a case of use."""
    listing = _editable(request, uid)
    form = forms.ApplicationForm(listing, sent(request)[0])
    page = pages.application_page(listing)
    return answered(
        request,
        listing,
        form,
        page,
        lambda: actions.add_application(
            listing,
            actions.ApplicationInput(**form.given()),
            by=request.actor,
            now=clock.now(),
            secrecy_reviewed=form.reviewed,
        ),
    )


def _case(request: Request, uid: UUID) -> Application:
    row = queries.application(request.actor, uid)
    if row is None:
        raise Http404
    require(request.actor, PartPerm.PART_EDIT, row)
    return row


@require_http_methods(GET_POST)
@signed_in_object_permission(PartPerm.PART_EDIT)
def edit_application(request: Request, uid: UUID) -> HttpResponse:
    """Keep a case up to date."""
    row = _case(request, uid)
    form = forms.ApplicationForm(row.listing, sent(request)[0], **cases.stated(row), revision=row.revision)
    return answered(
        request,
        row.listing,
        form,
        pages.application_page(row.listing, row),
        lambda: actions.edit_application(
            row,
            actions.ApplicationInput(**form.given()),
            by=request.actor,
            now=clock.now(),
            revision=form.cleaned_data["revision"],
            secrecy_reviewed=form.reviewed,
        ),
        stated=cases.stated,
    )


@require_POST
@signed_in_object_permission(PartPerm.PART_EDIT)
def remove_application(request: Request, uid: UUID) -> HttpResponse:
    """Take a case off, with the reason from the confirming form."""
    row = _case(request, uid)
    note = request.POST.get("note", "")
    try:
        actions.remove_application(row, by=request.actor, now=clock.now(), note=note, secrecy_reviewed=True)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已去掉"))
    return redirect(row.get_absolute_url())


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def registration(request: Request, uid: UUID) -> HttpResponse:
    """成果登记 as the office gave it."""
    listing = _editable(request, uid)
    row = queries.registration_of(listing)
    start = registrations.stated(row) | {"revision": row.revision} if row else {"revision": 0}
    form = forms.RegistrationForm(listing, sent(request)[0], **start)
    return answered(
        request,
        listing,
        form,
        pages.registration_page(listing),
        lambda: actions.state_registration(
            listing,
            actions.RegistrationInput(**form.given()),
            by=request.actor,
            now=clock.now(),
            revision=form.cleaned_data["revision"] or 0,
            secrecy_reviewed=form.reviewed,
        ),
        stated=registrations.stated,
    )


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def first_offer(request: Request, uid: UUID) -> HttpResponse:
    """Set the first-offer window before publication."""
    listing = _editable(request, uid)
    start = pages.first_offer_start(listing)
    form = forms.FirstOfferForm(listing, sent(request)[0], **start)
    return answered(
        request,
        listing,
        form,
        pages.first_offer_page(listing),
        lambda: actions.offer_first(listing, **form.given(), by=request.actor, now=clock.now()),
    )


@require_POST
@signed_in_object_permission(Perm.EDIT)
def end_first_offer(request: Request, uid: UUID) -> HttpResponse:
    """Open to all at once."""
    listing = _editable(request, uid)
    ended = actions.end_first_offer(listing, by=request.actor, now=clock.now())
    messages.success(request, _("已向所有单位开放") if ended else _("本地优先期已经结束"))
    return redirect("listing", uid)


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EDIT)
def team(request: Request, uid: UUID) -> HttpResponse:
    """The list of people and organisations, in order; add one."""
    listing = _editable(request, uid)
    form = forms.ParticipantForm(listing, sent(request)[0])
    if request.method == "POST":
        page = Page(_("署名名单"), "", "", "", reverse("listing-team", args=[uid]))
        act = lambda: pages.add_named(request.actor, listing, form)  # noqa: E731 - one line read twice
        answer = answered(request, listing, form, page, act, done=_("已加入名单"))
        if answer.status_code == 302:  # noqa: PLR2004 - the redirect of the success
            return answer
    context = pages.team_context(request.actor, listing, form)
    return render(request, "listings/team.html", context, status=422 if form.errors else 200)


def _named(request: Request, uid: UUID) -> Participation:
    row = queries.participation(request.actor, uid)
    if row is None:
        raise Http404
    return row


@require_safe
@signed_in_object_permission(PartPerm.PARTICIPATION_READ)
def participation(request: Request, uid: UUID) -> HttpResponse:
    """What a person is named as; he agrees or objects here."""
    row = _named(request, uid)
    return render(request, "listings/participation.html", pages.participation_context(request.actor, row))


@require_POST
@signed_in_object_permission(PartPerm.PARTICIPATION_ANSWER)
def answer_participation(request: Request, uid: UUID) -> HttpResponse:
    """Agree, or object with a reason if he likes."""
    row = _named(request, uid)
    agrees, reason = request.POST.get("answer") == "agree", request.POST.get("note", "")
    actions.answer_participation(row, agrees=agrees, by=request.actor, now=clock.now(), reason=reason)
    messages.success(request, _("已确认署名") if agrees else _("已记下异议，别人看不到您的姓名，发布单位会来核定"))
    return redirect("participation", uid)


@require_POST
@signed_in_object_permission(PartPerm.PART_EDIT)
def change_participation(request: Request, uid: UUID, act: str) -> HttpResponse:
    """One place up or down, or off the list."""
    row = _named(request, uid)
    require(request.actor, PartPerm.PART_EDIT, row)
    by, now = request.actor, clock.now()
    if act == "remove":
        actions.remove_participant(row, by=by, now=now, secrecy_reviewed=True)
        messages.success(request, _("已移出名单"))
    elif act in {"up", "down"}:
        actions.move_participant(row, up=act == "up", by=by, now=now, secrecy_reviewed=True)
    else:
        raise Http404
    return redirect("listing-team", row.listing.uid)


@require_safe
@permission(PUBLIC)
def goals(request: Request) -> HttpResponse:
    """The goals of policy and how much serves each."""
    return render(request, "listings/goals.html", pages.goals_context(request.actor))


@require_safe
@permission(PUBLIC)
def goal(request: Request, key: str) -> HttpResponseBase:
    """What carries one goal."""
    found = next((g for g in queries.goals(request.actor) if g.key == key), None)
    if found is None:
        raise Http404
    rows = queries.carriers(request.actor, key)
    if exports.wanted(request):
        return exports.answer(request, part_sheets.GOAL, rows, found.label)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    listed = queries.present_many(page, request.actor)
    actions.note_reads(listed, channel="list", by=request.actor, now=clock.now(), keys=queries.PRICES)
    return render(request, "listings/goal.html", pages.goal_context(found, page, listed))
