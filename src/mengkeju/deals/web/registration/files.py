"""Registrations: the files, handing in, supplementing, withdrawing, objecting."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.deals import actions
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.models import Registration
from mengkeju.deals.web.deal.views import refuse
from mengkeju.deals.web.registration import pages
from mengkeju.deals.web.registration.forms import DocumentForm, FileForm, SupplyForm
from mengkeju.deals.web.registration.views import load_registration
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(RegistrationPerm.EDIT)
def documents(request: Request, uid: UUID) -> HttpResponse:
    """The checklist with a place to upload."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    data, uploads = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    first = request.GET.get("key", "")
    form = DocumentForm(data, uploads, listed=pages.uploadable(found), initial={"key": first})
    if form.is_bound and form.is_valid() and _attached(request, found, form):
        messages.success(request, _("已上传"))
        return redirect("registration-documents", uid)
    context = pages.documents_context(request, found, form)
    return render(request, "deals/registration_documents.html", context, status=422 if form.errors else 200)


def _attached(request: Request, found: Registration, form: DocumentForm) -> bool:
    given = form.cleaned_data
    try:
        idempotency.once(
            request.actor,
            given["one_time_key"],
            lambda: actions.attach_document(found, given["key"], given["upload"], by=request.actor, now=clock.now()),
        )
    except FileRefusedError as refused:
        form.add_error("upload", str(refused))
    except (ValidationError, TransitionRefusedError) as error:
        refuse(form, error)
    else:
        return True
    return False


@require_POST
@signed_in_object_permission(RegistrationPerm.EDIT)
def remove(request: Request, uid: UUID, document_uid: UUID) -> HttpResponse:
    """Take a file off the checklist."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    row = found.documents.filter(uid=document_uid, archived_at=None).first()
    if row is None:
        raise Http404
    _done(request, lambda: actions.remove_document(row, by=request.actor, now=clock.now()))
    return redirect("registration-documents", uid)


def _done(request: Request, act: Callable[[], object]) -> None:
    try:
        act()
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已办理"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(RegistrationPerm.FILE)
def file(request: Request, uid: UUID) -> HttpResponse:
    """Look once more at everything, declare that it is true, hand in."""
    found = load_registration(request, uid, RegistrationPerm.FILE)
    form = FileForm(request.POST if request.method == "POST" else None, initial={"revision": found.revision})
    return _handed_in(request, found, form, "file", actions.file_registration)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(RegistrationPerm.SUPPLY)
def supply(request: Request, uid: UUID) -> HttpResponse:
    """What was asked for, how it stands, and that it is mended now."""
    found = load_registration(request, uid, RegistrationPerm.SUPPLY)
    form = SupplyForm(request.POST if request.method == "POST" else None, initial={"revision": found.revision})
    return _handed_in(request, found, form, "supply", actions.supply_registration)


def _handed_in(
    request: Request, found: Registration, form: Form, step: str, act: Callable[..., Registration]
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            act(found, by=request.actor, now=clock.now(), **form.cleaned_data)
        except StaleRevisionError as stale:
            form = type(form)({**form.cleaned_data, "revision": stale.current.revision})
            form.add_error(None, _("别人刚改过这份申请，请再核对一遍，然后重新提交"))
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, pages.HANDED_IN[step])
            return redirect("registration", found.uid)
    context = pages.hand_in_context(request, found, form, step)
    return render(request, "deals/registration_file.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(RegistrationPerm.WITHDRAW)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """Take the application back."""
    found = load_registration(request, uid, RegistrationPerm.WITHDRAW)
    note = request.POST.get("note", "")
    _done(request, lambda: actions.withdraw_registration(found, note=note, by=request.actor, now=clock.now()))
    return redirect("registration", uid)


@require_POST
@signed_in_object_permission(RegistrationPerm.OBJECT)
def objection(request: Request, uid: UUID) -> HttpResponse:
    """A party does not agree with the decision."""
    found = load_registration(request, uid, RegistrationPerm.OBJECT)
    note = request.POST.get("note", "")
    _done(request, lambda: actions.object_to(found, note, by=request.actor, now=clock.now()))
    return redirect("registration", uid)
