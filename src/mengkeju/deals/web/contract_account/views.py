"""成果转化与合同台账: what follows from an organisation's contracts; for its people and the auditor."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.queries import contract_account
from mengkeju.deals.web.contract_account import pages
from mengkeju.deals.web.contract_account import sheets as contract_account_sheets
from mengkeju.deals.web.statistics import sheets as statistics_sheets
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission


def load(request: Request, uid: UUID) -> Organisation:
    """The organisation, or 404 for whoever may not read its account."""
    holder = contract_account.account_holder(request.actor, uid)
    if holder is None:
        raise Http404
    return holder


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponse:
    """The reader's organisations; who belongs to one is taken there."""
    context = pages.index_context(request.actor)
    if len(context["organisations"]) == 1:
        return redirect("contract-account", context["organisations"][0].uid)
    return render(request, "deals/contract_accounts.html", context)


@require_safe
@signed_in_object_permission(ClaimBasisPerm.ACCOUNT)
def account(request: Request, uid: UUID) -> HttpResponse:
    """Conversion items, item 7, research contracts of a year."""
    holder = load(request, uid)
    form = pages.AccountForm(request.GET)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "deals/contract_account.html", pages.account_context(holder, form), status=status)


@require_safe
@signed_in_object_permission(ClaimBasisPerm.ACCOUNT)
def contracts(request: Request, uid: UUID) -> HttpResponseBase:
    """The contracts behind one number."""
    holder, measure = load(request, uid), request.GET.get("measure", "sold")
    if measure not in contract_account.SIDES:
        raise Http404
    year = pages.AccountForm(request.GET).asked()[0]
    if exports.wanted(request):
        rows = contract_account.registered_in(holder, year, year, contract_account.SIDES[measure])
        said = f"{holder.name} · {pages.MEASURES[measure]} · {year}"
        return exports.answer(request, statistics_sheets.CONTRACTS, rows, said)
    context = pages.contracts_context(request, holder, measure, year)
    return render(request, "deals/contract_account_contracts.html", context)


@require_safe
@signed_in_object_permission(ClaimBasisPerm.ACCOUNT)
def research(request: Request, uid: UUID) -> HttpResponseBase:
    """The ledger of research contracts, also as a file."""
    holder = load(request, uid)
    year = pages.AccountForm(request.GET).asked()[0]
    if exports.wanted(request):
        rows = contract_account.research(holder, year, clock.today())
        said = _("%(who)s · %(year)s 年") % {"who": holder.name, "year": year}
        return exports.answer(request, contract_account_sheets.RESEARCH, rows, said)
    return render(request, "deals/contract_account_research.html", pages.research_context(holder, year))
