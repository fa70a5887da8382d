"""技术转移服务机构名录: the public register, services and parent of a body, its yearly evaluations."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.directory import actions
from mengkeju.directory.access import Perm
from mengkeju.directory.queries import bodies as reads
from mengkeju.directory.web import body_pages, sheets_bodies
from mengkeju.directory.web.body_forms import EvaluationForm, RegisterForm, ServicesForm
from mengkeju.directory.web.parts import attempt, organisation_or_404, page_of
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import PUBLIC, Request, permission, signed_in_object_permission
from mengkeju.kernel.web.said import filters_of, stale

GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@permission(PUBLIC)
def register(request: Request) -> HttpResponseBase:
    """The bodies that are recognised on a day, by level and city, with their counts; as a file too."""
    form = RegisterForm(request.GET)
    asked = form.asked(clock.today())
    rows = sheets_bodies.annotated(reads.register_of_bodies(request.actor, asked), asked)
    if exports.wanted(request):
        return exports.answer(request, sheets_bodies.BODIES_SHEET, rows, filters_of(form))
    context = body_pages.register_context(request.actor, page_of(request, rows), form, asked)
    return render(request, "directory/transfer_bodies.html", context)


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.ORGANISATION_EDIT)
def services(request: Request, uid: UUID) -> HttpResponse:
    """Change services and parent; a stale form shows both versions."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.ORGANISATION_EDIT, organisation)
    form = ServicesForm(request.POST or None, initial=ServicesForm.of(organisation))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_services(
                organisation, form.given(), by=request.actor, now=clock.now(), revision=form.cleaned_data["revision"]
            )
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, organisation.name, organisation.get_absolute_url())
        else:
            messages.success(request, _("已保存"))
            return redirect(organisation)
    context = {"title": _("服务内容和上级机构"), "lead": organisation.name, "form": form, "verb": _("保存")}
    return _form(request, context | {"back": organisation.get_absolute_url()})


@require_http_methods(GET_POST)
@signed_in_object_permission(Perm.EVALUATE)
def evaluate(request: Request, uid: UUID) -> HttpResponse:
    """Enter the yearly evaluation of a body."""
    organisation = organisation_or_404(request, uid)
    require(request.actor, Perm.EVALUATE, organisation)
    form = EvaluationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            idempotency.once(
                request.actor,
                form.one_time,
                lambda: actions.evaluate_body(organisation, form.given(), by=request.actor, now=clock.now()),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已登记"))
            return redirect(organisation)
    lead = _("%(name)s。平台不作评价，只登记已经公布的结果和依据。") % {"name": organisation.name}
    context = {"title": _("登记年度评价"), "lead": lead, "form": form, "verb": _("登记评价")}
    return _form(request, context | {"back": organisation.get_absolute_url()})


def _form(request: Request, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "directory/bench_form.html", {**context, "nav_key": "transfer-bodies"}, status=status)


@require_POST
@signed_in_object_permission(Perm.EVALUATION_WITHDRAW)
def withdraw_evaluation(request: Request, uid: UUID) -> HttpResponse:
    """Take back an evaluation that was entered wrongly, with the reason."""
    evaluation = found(reads.find_evaluation(request.actor, uid))
    require(request.actor, Perm.EVALUATION_WITHDRAW, evaluation)
    note = request.POST.get("note", "")[:200]
    attempt(
        request,
        lambda: actions.withdraw_evaluation(evaluation, by=request.actor, now=clock.now(), note=note),
        _("已撤回"),
    )
    return redirect(evaluation.holder)
