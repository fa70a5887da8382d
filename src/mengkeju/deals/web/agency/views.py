"""机构年度台账: the year of a technology-transfer body, the rows behind its numbers, and what it states itself."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mengkeju.deals import actions
from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.queries import agency as agency_queries
from mengkeju.deals.web.agency import pages as agency_pages
from mengkeju.deals.web.agency import sheets as agency_sheets
from mengkeju.deals.web.agency.forms import AgencySheetForm
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import found
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.web.said import stale


def load(request: Request, uid: UUID, needs: str) -> tuple[Organisation, int]:
    """The body and the year of the address; 404, or RefusedError."""
    agency: Organisation = found(directory.find_organisation(request.actor, uid))
    require(request.actor, needs, agency)
    return agency, agency_pages.year_of(request.POST.get("year") or request.GET.get("year"))


@require_safe
@signed_in_object_permission(AgencyPerm.READ)
def sheet(request: Request, uid: UUID) -> HttpResponseBase:
    """The sheet of a year, also as a file."""
    agency, year = load(request, uid, AgencyPerm.READ)
    if exports.wanted(request):
        rows = agency_sheets.lines(agency, year)
        return exports.answer(request, agency_sheets.SHEET, rows, f"{agency.name} {year}")
    return render(request, "deals/agency_sheet.html", agency_pages.page(request, agency, year))


@require_safe
@signed_in_object_permission(AgencyPerm.READ)
def contracts(request: Request, uid: UUID) -> HttpResponseBase:
    """The registered contracts behind the sums."""
    agency, year = load(request, uid, AgencyPerm.READ)
    if exports.wanted(request):
        rows = agency_queries.helped_contracts(agency, year)
        return exports.answer(request, agency_sheets.CONTRACTS, rows, f"{agency.name} {year}")
    return render(request, "deals/agency_rows.html", agency_pages.contracts_page(request, agency, year))


@require_safe
@signed_in_object_permission(AgencyPerm.READ)
def deals(request: Request, uid: UUID) -> HttpResponseBase:
    """The signed deals behind the sums."""
    agency, year = load(request, uid, AgencyPerm.READ)
    if exports.wanted(request):
        rows = agency_queries.helped_deals(agency, year, of_results=request.GET.get("results") == "on")
        return exports.answer(
            request, agency_sheets.DEALS, agency_queries.shown_deals(request.actor, rows), f"{agency.name} {year}"
        )
    return render(request, "deals/agency_rows.html", agency_pages.deals_page(request, agency, year))


@require_safe
@signed_in_object_permission(AgencyPerm.READ)
def needs(request: Request, uid: UUID) -> HttpResponse:
    """The needs its brokers took into their hands."""
    agency, year = load(request, uid, AgencyPerm.READ)
    return render(request, "deals/agency_rows.html", agency_pages.needs_page(request, agency, year))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(AgencyPerm.WRITE)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """State what only the body knows; a stale form shows both versions."""
    agency, year = load(request, uid, AgencyPerm.WRITE)
    kept = agency_queries.sheet_of(agency, year)
    form = AgencySheetForm(request.POST or None, initial=AgencySheetForm.begin(agency, year, kept))
    back = agency_pages.address("agency-sheet", agency, year)
    if request.method == "POST" and form.is_valid():
        try:
            given = {"year": form.cleaned_data["year"], "revision": form.cleaned_data["revision"]}
            actions.save_agency_sheet(agency, values=form.given(), **given, by=request.actor, now=clock.now())
        except ValidationError as error:
            add_errors(form, error)
        except StaleRevisionError as error:
            return stale(request, form, error.current, f"{agency.name} {year}", back)
        else:
            messages.success(request, _("已保存"))
            return redirect(back)
    context = {"form": form, "agency": agency, "year": year, "back_url": back, "nav_key": ""}
    return render(request, "deals/agency_form.html", context, status=422 if form.errors else 200)
