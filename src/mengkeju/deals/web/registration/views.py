"""Registrations: the list, one of them, its type by questions, its particulars."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.models import Registration
from mengkeju.deals.web.deal.views import load_deal, refuse
from mengkeju.deals.web.ledger import sheets as ledger_sheets
from mengkeju.deals.web.registration import pages
from mengkeju.deals.web.registration import sheets as registration_sheets
from mengkeju.deals.web.registration.forms import ParticularsForm, QuestionForm, TypeForm
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports, said
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


def load_registration(request: Request, uid: UUID, needs: str = RegistrationPerm.READ) -> Registration:
    """The registration, or 404; RefusedError when the reader may not do with it what the page is for."""
    found = queries.find_registration(request.actor, uid)
    if found is None:
        raise Http404
    require(request.actor, needs, found)
    return found


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponseBase:
    """Registrations the reader may see."""
    form = pages.filter_of(request)
    if exports.wanted(request):
        rows = queries.filtered_registrations(request.actor, form.asked())
        if ledger_sheets.asked_for(request):
            return ledger_sheets.answer(request, rows)
        return exports.answer(request, registration_sheets.REGISTRATIONS, rows)
    return render(request, "deals/registrations.html", pages.list_context(request, form))


@require_safe
@signed_in_object_permission(RegistrationPerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One registration: where it stands, what is next, what was applied for and certified, papers and pre-check."""
    return render(request, "deals/registration.html", pages.detail_context(request, load_registration(request, uid)))


@require_POST
@signed_in_object_permission(RegistrationPerm.PREPARE)
def prepare(request: Request, uid: UUID) -> HttpResponse:
    """From a signed deal, with one click."""
    deal = load_deal(request, uid, RegistrationPerm.PREPARE)
    is_import = bool(request.POST.get("is_import"))
    try:
        made = actions.prepare_registration(deal, is_import=is_import, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect("deal", uid)
    return redirect("registration", made.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(RegistrationPerm.EDIT)
def question(request: Request, uid: UUID) -> HttpResponse:
    """One guided question after another, then what they suggest; the choice is made below them."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    asked = pages.question_of(found, request.GET.get("ask", ""))
    form = QuestionForm(request.POST or None, question=asked, initial={"revision": found.revision}) if asked else None
    if request.method == "POST" and form is not None and form.is_valid():
        answers = pages.answered(found, form.question.key, form.cleaned_data["answer"])
        kept = {"answers": answers, **pages.kept_choice(found, answers)}
        try:
            _typed(request, found, form.cleaned_data["revision"], kept)
        except StaleRevisionError:
            form.add_error(None, _("别人刚改过，请核对后再答一次"))
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            return redirect("registration-type", uid)
    return _type_page(request, found, question_form=form)


def _typed(request: Request, found: Registration, revision: int, given: dict[str, Any]) -> None:
    actions.edit_registration(found, by=request.actor, now=clock.now(), revision=revision, **given)


def _type_page(
    request: Request, found: Registration, *, question_form: QuestionForm | None = None, choice: TypeForm | None = None
) -> HttpResponse:
    context = pages.type_context(found, question_form, choice)
    bad = any(form is not None and form.errors for form in (question_form, choice))
    return render(request, "deals/registration_type.html", context, status=422 if bad else 200)


@require_POST
@signed_in_object_permission(RegistrationPerm.EDIT)
def choose(request: Request, uid: UUID) -> HttpResponse:
    """The applicant's choice of the type, with a reason where the questions say otherwise."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    form = TypeForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        revision = given.pop("revision")
        try:
            _typed(request, found, revision, {"answers": found.deal.type_answers, **given})
        except StaleRevisionError as stale:
            return said.stale(request, form, stale.current, found.deal.title, found.get_absolute_url())
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("合同类型已保存"))
            return redirect("registration", uid)
    asked = pages.question_of(found, "")
    again = QuestionForm(question=asked, initial={"revision": found.revision}) if asked else None
    return _type_page(request, found, question_form=again, choice=form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(RegistrationPerm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Circumstances, clauses, numbers of rights, the invoice; a stale form gets both versions."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    asked = queries.circumstances(clock.today())
    data = request.POST if request.method == "POST" else None
    form = ParticularsForm(data, asked=asked, initial=ParticularsForm.of(found))
    if form.is_bound and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            actions.edit_particulars(found, form.given(), by=request.actor, now=clock.now(), revision=revision)
        except StaleRevisionError as stale:
            return said.stale(request, form, stale.current, found.deal.title, found.get_absolute_url())
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("已保存"))
            return redirect("registration", uid)
    context = pages.form_context(found, form, _("核对条款和情形"))
    return render(request, "deals/registration_edit.html", context, status=422 if form.errors else 200)
