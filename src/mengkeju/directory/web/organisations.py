"""Organisations: start page, registration, the page of one, editing, verification."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.workflow import ORGANISATION
from mengkeju.directory.web import pages, sheets
from mengkeju.directory.web.forms import NewOrganisationForm, OrganisationForm, OrganisationsForm
from mengkeju.directory.web.parts import attempt, go_back, organisation_or_404, page_of
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import PUBLIC, Request, object_permission, permission, signed_in_object_permission
from mengkeju.kernel.web.said import filters_of, stale
from mengkeju.kernel.words import word

GET_POST = ["GET", "HEAD", "POST"]
DECISIONS = {
    "verify": actions.verify_organisation,
    "refuse": actions.refuse_organisation,
    "withdraw": actions.withdraw_verification,
}


@require_safe
@permission("signed-in")
def start(request: Request) -> HttpResponse:
    """After sign-up: what there is to do first."""
    return render(request, "directory/start.html", pages.start_context(request.actor))


@require_safe
@permission(PUBLIC)
def terms(request: Request) -> HttpResponse:
    """The privacy notice and terms of use, with every field about people."""
    return render(request, "directory/terms.html", pages.terms_context())


@require_http_methods(GET_POST)
@permission(Perm.ORGANISATION_CREATE)
def new(request: Request) -> HttpResponse:
    """Register an organisation; the founder becomes its manager."""
    form = NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, _again = idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.register_organisation(form.given(), by=request.actor, now=clock.now()),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("单位已登记。下一步：提交核验"))
            return redirect(made)
    return render(
        request,
        "directory/organisation_form.html",
        {"form": form, "organisation": None},
        status=422 if form.errors else 200,
    )


@require_safe
@permission(PUBLIC)
def index(request: Request) -> HttpResponseBase:
    """All organisations the reader may see, by name, place, kind and verification."""
    form = OrganisationsForm(request.GET)
    rows = queries.find_organisations(request.actor, form.asked()).order_by("name", "pk")
    if exports.wanted(request):
        return exports.answer(request, sheets.ORGANISATIONS, rows, filters_of(form))
    context = pages.organisations_context(page_of(request, rows), form)
    return render(request, "directory/organisations.html", context)


@require_safe
@object_permission(Perm.ORGANISATION_READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """Public facts, verification mark, what others show of it, and the one next step."""
    organisation = organisation_or_404(request, uid)
    return render(request, "directory/organisation.html", pages.organisation_context(request.actor, organisation))


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.ORGANISATION_EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change what is stated; a stale form shows both versions."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.ORGANISATION_EDIT, organisation)
    form = OrganisationForm(request.POST or None, initial=OrganisationForm.of(organisation))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_organisation(
                organisation, form.given(), by=request.actor, now=clock.now(), revision=form.cleaned_data["revision"]
            )
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, organisation.name, organisation.get_absolute_url())
        else:
            messages.success(request, _("已保存"))
            return redirect(organisation)
    return render(
        request,
        "directory/organisation_form.html",
        {"form": form, "organisation": organisation},
        status=422 if form.errors else 200,
    )


@require_POST
@signed_in_object_permission(Perm.ORGANISATION_SUBMIT)
def submit(request: Request, uid: UUID) -> HttpResponse:
    """Ask for verification."""
    organisation = organisation_or_404(request, uid)
    attempt(
        request,
        lambda: actions.submit_for_verification(organisation, by=request.actor, now=clock.now()),
        _("已提交，等当地科技管理人员核验"),
    )
    return redirect(organisation)


@require_POST
@signed_in_object_permission(Perm.ORGANISATION_VERIFY)
def decide(request: Request, uid: UUID, decision: str) -> HttpResponse:
    """Verify, refuse or withdraw, as the page showed it: another revision is not decided."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.ORGANISATION_VERIFY, organisation)
    act = found(DECISIONS.get(decision))
    revision = request.POST.get("revision", "")
    attempt(
        request,
        lambda: act(
            organisation,
            by=request.actor,
            now=clock.now(),
            note=request.POST.get("note", "")[:1000],
            revision=int(revision) if revision.isdecimal() else None,
        ),
        _("已办理"),
    )
    return go_back(request, reverse("organisation", args=[uid]))


@require_safe
@permission(Perm.VERIFICATION_READ)
def queue(request: Request) -> HttpResponseBase:
    """Organisations that wait for my verification, or stand in another state."""
    state = request.GET.get("state", "submitted")
    state = state if state in pages.QUEUE_STATES else "submitted"
    rows = queries.verification_queue(request.actor, state)
    if exports.wanted(request):
        return exports.answer(request, sheets.VERIFICATION, rows, word(ORGANISATION.states[state]))
    page = page_of(request, rows)
    return render(request, "directory/queue.html", pages.queue_context(page, state))
