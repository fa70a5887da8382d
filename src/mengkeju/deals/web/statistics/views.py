"""The contract statistics: the page, the contracts behind a number, closing and opening a period."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import StatPerm
from mengkeju.deals.engine.statistics import CUTS
from mengkeju.deals.models import StatClosing
from mengkeju.deals.web.ledger import sheets as ledger_sheets
from mengkeju.deals.web.statistics import pages as statistics_pages
from mengkeju.deals.web.statistics import sheets as statistics_sheets
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import clock
from mengkeju.kernel.access import require, visible_to
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission


@require_safe
@permission(StatPerm.READ)
def index(request: Request) -> HttpResponse:
    """The statistics of a period and area."""
    form = statistics_pages.period_of(request)
    return render(request, "deals/statistics.html", statistics_pages.page(request, form))


def asked_row(request: Request, form: statistics_pages.PeriodForm) -> queries.Asked:
    """The period with the row of a cut; 404 for a cut that does not exist."""
    cut = request.GET.get("cut", "")
    if cut and cut not in CUTS:
        raise Http404
    asked = form.asked(clock.today())
    return queries.Asked(asked.first_on, asked.last_on, asked.area, cut, request.GET.get("code", "") if cut else "")


@require_safe
@permission(StatPerm.READ)
def contracts(request: Request) -> HttpResponseBase:
    """The contracts behind one number."""
    form = statistics_pages.period_of(request)
    asked = asked_row(request, form)
    if exports.wanted(request):
        rows = queries.registered(asked).select_related("deal").order_by("-registered_on", "-pk")
        if ledger_sheets.asked_for(request):
            return ledger_sheets.answer(request, rows)
        return exports.answer(request, statistics_sheets.CONTRACTS, rows)
    return render(request, "deals/statistics_contracts.html", statistics_pages.contracts_page(request, form, asked))


@require_POST
@signed_in_object_permission(StatPerm.CLOSE)
def close(request: Request) -> HttpResponse:
    """Close the period of the form for its area."""
    require(request.actor, StatPerm.CLOSE, StatClosing(area=request.POST.get("area", "") or REGION))
    form = statistics_pages.PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有这一期，请回到统计页重新选择"))
        return redirect("contract-statistics")
    asked = form.asked(clock.today())
    _act(request, lambda: actions.close_period(asked, by=request.actor, now=clock.now()), _("已关账，数字已存档"))
    return redirect(reverse("contract-statistics") + statistics_pages.query_of(asked))


@require_POST
@signed_in_object_permission(StatPerm.CLOSE)
def reopen(request: Request, uid: UUID) -> HttpResponse:
    """Open a closed period again, with the reason."""
    closing = visible_to(StatClosing.objects.filter(uid=uid), request.actor, StatPerm.READ).first()
    if closing is None:
        raise Http404
    require(request.actor, StatPerm.CLOSE, closing)
    note = request.POST.get("note", "")
    _act(
        request,
        lambda: actions.reopen_period(closing, note, by=request.actor, now=clock.now()),
        _("已重新打开，原来公布的数字仍在"),
    )
    asked = queries.Asked(closing.first_on, closing.last_on, "" if closing.area == REGION else closing.area)
    return redirect(reverse("contract-statistics") + statistics_pages.query_of(asked))


def _act(request: Request, act: Callable[[], object], done: str) -> None:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
