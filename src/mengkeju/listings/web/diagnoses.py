"""The brokers' queue of vague needs, the diagnosis of one, and the enterprise's answer."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Diagnosis
from mengkeju.listings.web import diagnosis_pages, diagnosis_sheets
from mengkeju.listings.web.diagnosis_forms import AnswerForm, DiagnosisForm
from mengkeju.listings.web.forms import with_revision
from mengkeju.listings.web.views import load as load_listing

SAVE = "save"


def load(request: Request, uid: UUID) -> Diagnosis:
    """The diagnosis, or 404 for whoever may not read it."""
    found = queries.find_diagnosis(request.actor, uid)
    if found is None:
        raise Http404
    return found


@require_safe
@permission(Perm.DIAGNOSES_READ)
def queue(request: Request) -> HttpResponseBase:
    """What can be claimed and what is under way, the longest waiting first."""
    asked = diagnosis_pages.asked(request)
    rows = queries.diagnoses(request.actor, asked)
    if exports.wanted(request):
        return exports.answer(request, diagnosis_sheets.DIAGNOSES, rows)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "listings/diagnoses.html", diagnosis_pages.queue_context(request, page, asked))


def page(
    request: Request,
    diagnosis: Diagnosis,
    *,
    form: DiagnosisForm | None = None,
    answer_form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The diagnosis as this reader sees it; what he reads of the need is noted."""
    context = diagnosis_pages.page_context(request, diagnosis, form, answer_form)
    actions.note_reads([context["it"]], channel="page", by=request.actor, now=clock.now())
    return render(request, "listings/diagnosis.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.DIAGNOSIS_READ)
def show(request: Request, uid: UUID) -> HttpResponse:
    """The need, the rounds, and for the claimant the form with the three outcomes."""
    diagnosis = load(request, uid)
    if request.method != "POST":
        return page(request, diagnosis)
    require(request.actor, Perm.DIAGNOSIS_CONCLUDE, diagnosis)
    form = DiagnosisForm(diagnosis, request.POST)
    if form.is_valid():
        try:
            return _conclude(request, diagnosis, form)
        except TransitionRefusedError as refused:
            form.add_error(diagnosis_pages.field_of(refused.code), refused.reason)
        except StaleRevisionError as stale:
            form = DiagnosisForm(stale.current, with_revision(request.POST, stale.current.revision))
            form.add_error(None, _("您打开之后这次诊断有了变动；您写的还在下面，请看过再提交"))
    return page(request, load(request, uid), form=form, status=422)


def _conclude(request: Request, diagnosis: Diagnosis, form: DiagnosisForm) -> HttpResponse:
    given, outcome, revision = form.given(), form.cleaned_data["outcome"], form.cleaned_data["revision"]
    if outcome == SAVE:
        actions.save_findings(diagnosis, given, by=request.actor, now=clock.now(), revision=revision)
        messages.success(request, _("已保存，随时可以接着写"))
        return redirect("diagnosis", diagnosis.uid)
    actions.conclude_diagnosis(diagnosis, outcome, given, by=request.actor, now=clock.now(), revision=revision)
    messages.success(request, diagnosis_pages.concluded(outcome))
    return redirect("diagnosis", diagnosis.uid)


@require_POST
@signed_in_object_permission(Perm.DIAGNOSIS_CLAIM)
def claim(request: Request, uid: UUID) -> HttpResponse:
    """Take it; who comes second is told who was first."""
    diagnosis = load(request, uid)
    try:
        actions.claim_diagnosis(diagnosis, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已认领，请在期限前写完"))
    return redirect("diagnosis", uid)


@require_POST
@signed_in_object_permission(Perm.DIAGNOSIS_RELEASE)
def release(request: Request, uid: UUID) -> HttpResponse:
    """Give it back to the others, with a reason."""
    diagnosis = load(request, uid)
    require(request.actor, Perm.DIAGNOSIS_RELEASE, diagnosis)
    try:
        actions.release_diagnosis(diagnosis, note=request.POST.get("note", ""), by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已放回，别的经纪人可以认领"))
    return redirect("diagnosis", uid)


@require_POST
@signed_in_object_permission(Perm.DIAGNOSIS_ANSWER)
def answer(request: Request, uid: UUID) -> HttpResponse:
    """The enterprise takes the public wording, changed or not, or refuses it."""
    diagnosis = load(request, uid)
    require(request.actor, Perm.DIAGNOSIS_ANSWER, diagnosis)
    form = AnswerForm(diagnosis, request.POST)
    if form.is_valid():
        try:
            return _answered(request, diagnosis, form)
        except TransitionRefusedError as refused:
            form.add_error(form.field_of(refused.code), refused.reason)
        except ValidationError as error:
            form.add_errors(error)
        except StaleRevisionError as stale:
            form = AnswerForm(stale.current, with_revision(request.POST, stale.current.revision))
            form.add_error(None, _("您打开之后有了变动，请看过再决定"))
    return page(request, load(request, uid), answer_form=form, status=422)


def _answered(request: Request, diagnosis: Diagnosis, form: AnswerForm) -> HttpResponse:
    given, now = form.cleaned_data, clock.now()
    if given["decision"] == "refuse":
        actions.refuse_wording(diagnosis, note=given["note"], by=request.actor, now=now, revision=given["revision"])
        messages.success(request, _("没有采用；需求回到草稿，您可以自己改好再提交"))
    else:
        actions.accept_wording(
            diagnosis,
            form.wording(),
            secrecy_reviewed=given["secrecy_reviewed"],
            by=request.actor,
            now=now,
            revision=given["revision"],
        )
        messages.success(request, _("公开文字已确认，需求已送审"))
    return redirect("listing", diagnosis.listing.uid)


@require_POST
@signed_in_object_permission(Perm.DIAGNOSE)
def take_up(request: Request, uid: UUID) -> HttpResponse:
    """A broker refines a tracked need again."""
    listing = load_listing(request, uid)
    require(request.actor, Perm.DIAGNOSE, listing)
    try:
        diagnosis = actions.take_up_need(listing, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect("listing", uid)
    messages.success(request, _("已重新认领这条需求的诊断"))
    return redirect("diagnosis", diagnosis.uid)
