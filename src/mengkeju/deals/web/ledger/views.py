"""Pages that go with a registrar's ledger: the merge desk of names, and rows that say otherwise than the platform."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import LedgerPerm, RegistrationPerm
from mengkeju.deals.models import PartyAlias
from mengkeju.deals.web.ledger import pages
from mengkeju.deals.web.ledger.imports import KEY
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError, require
from mengkeju.kernel.exchange import batches
from mengkeju.kernel.exchange.access import READ
from mengkeju.kernel.import_states import CHANGE
from mengkeju.kernel.models import ImportBatch
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError


@require_safe
@permission(RegistrationPerm.QUEUE)
def merge(request: Request) -> HttpResponse:
    """Spellings that wait for a decision, or those decided."""
    return render(request, "deals/party_merge.html", pages.merge_context(request))


@require_POST
@permission(LedgerPerm.IMPORT)
def decide(request: Request) -> HttpResponse:
    """This organisation, another one, or none of them."""
    require(request.actor, LedgerPerm.DECIDE, PartyAlias(area=queries.desk_area(request.actor)))
    spelling = request.POST.get("spelling", "")
    try:
        meant = _meant(request)
        alias = actions.decide_party(spelling, meant, by=request.actor, now=clock.now())
    except ValidationError as error:
        given = {key: request.POST.get(key, "") for key in ("choice", "other")}
        context = pages.merge_context(request, spelling=spelling, error=" ".join(error.messages), given=given)
        return render(request, "deals/party_merge.html", context, status=422)
    if meant is None:
        messages.success(request, _("“%(name)s”记为不在平台上的单位") % {"name": alias.spelling})
    else:
        told = {"name": alias.spelling, "organisation": meant.name}
        messages.success(request, _("“%(name)s”就是%(organisation)s，已导入的也归并了") % told)
    return redirect("party-merge")


def _meant(request: Request) -> Organisation | None:
    """The organisation chosen; ValidationError when nothing, or nobody of that name, was."""
    choice, other = request.POST.get("choice", ""), request.POST.get("other", "")
    if choice == "none":
        return None
    if choice == "other":
        found = directory.organisation_called(other)
        if found is None:
            raise ValidationError(_("平台上没有这家已核验的单位，请写全称或统一社会信用代码"))
        return found
    try:
        chosen = directory.verified_organisation(UUID(choice))
    except ValueError:
        chosen = None
    if chosen is None:
        raise ValidationError(_("请选一家，或选“都不是”"))
    return chosen


@require_POST
@signed_in_object_permission(LedgerPerm.DECIDE)
def undo(request: Request, uid: UUID) -> HttpResponse:
    """Take a decision back."""
    alias = queries.aliases(request.actor).filter(uid=uid).first()
    if alias is None:
        raise Http404
    require(request.actor, LedgerPerm.DECIDE, alias)
    actions.undo_party(alias, by=request.actor, now=clock.now())
    messages.success(request, _("“%(name)s”的决定已撤销，回到待定") % {"name": alias.spelling})
    return redirect("party-merge")


def _load(request: Request, uid: UUID) -> ImportBatch:
    batch = batches.find(request.actor, uid)
    if batch is None or batch.importer != KEY:
        raise Http404
    return batch


@require_safe
@signed_in_object_permission(READ)
def differences(request: Request, uid: UUID) -> HttpResponse:
    """Rows of a ledger whose figures are not those of the platform."""
    context = pages.differences_context(request, _load(request, uid))
    return render(request, "deals/ledger_differences.html", context)


@require_POST
@signed_in_object_permission(CHANGE)
def amend(request: Request, uid: UUID) -> HttpResponse:
    """变更登记 of the rows ticked, each with the one reason; what is refused says why at its row."""
    batch = _load(request, uid)
    require(request.actor, CHANGE, batch)
    note, wanted = request.POST.get("note", "").strip(), set(request.POST.getlist("row"))
    found = [one for one in pages.differing(batch) if str(one["row"].number) in wanted]
    if not found or not note:
        said = _("请写明变更的理由") if found else _("请勾选要按台账变更的行")
        context = pages.differences_context(request, batch, note=note) | {"general": said}
        return render(request, "deals/ledger_differences.html", context, status=422)
    errors = {one["row"].number: why for one in found if (why := _amended(request, one, note))}
    if done := len(found) - len(errors):
        messages.success(request, ngettext("%(n)s 条已记为变更", "%(n)s 条已记为变更", done) % {"n": done})
    if errors:
        context = pages.differences_context(request, batch, errors=errors, note=note)
        return render(request, "deals/ledger_differences.html", context, status=422)
    return redirect(reverse("ledger-differences", args=[uid]))


def _amended(request: Request, one: Mapping[str, Any], note: str) -> str:
    """Why a row could not be amended; empty when it was."""
    registration, row = one["registration"], one["row"]
    try:
        actions.amend_from_ledger(registration, row.values, note, by=request.actor, now=clock.now())
    except ValidationError as error:
        return " ".join(error.messages)
    except TransitionRefusedError as refused:
        return refused.reason
    except RefusedError as refused:
        return refused.rule
    return ""
