"""Packages, funding, yearly results and terms of a deal, and what hangs below it."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.deals import actions
from mengkeju.deals.access import CooperationPerm
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import cooperation
from mengkeju.deals.web.cooperation.forms import (
    FundingForm,
    PackageForm,
    ParentForm,
    PartForm,
    RenewForm,
    YearForm,
    years_of,
)
from mengkeju.deals.web.deal.pages import form_context
from mengkeju.deals.web.deal.views import load_deal, refuse
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.models import Record
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError

WRITE = CooperationPerm.WRITE
Row = TypeVar("Row")


def _deal(request: Request, uid: UUID, step: Step | None = None) -> Deal:
    """The deal for somebody who may write; 404 for a kind without the step."""
    deal = load_deal(request, uid, WRITE)
    if step is not None and not deal.kind_spec.has(step):
        raise Http404
    return deal


def _answer(request: Request, deal: Deal, form: Any, heading: str, act: Callable[[], Record]) -> HttpResponse:
    """The page of one form about a deal: kept and back to the deal, or what was typed with what is wrong."""
    if form.is_bound and form.is_valid():
        try:
            key = form.cleaned_data.get("one_time_key", "")
            idempotency.once(request.actor, key, act)
        except (ValidationError, TransitionRefusedError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("已保存"))
            return redirect("deal", deal.uid)
    context = form_context(deal, form, heading)
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _there(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def _posted(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _removed(request: Request, deal: Deal, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已移去"))
    return redirect("deal", deal.uid)


# ---- Packages and funding ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def package_new(request: Request, uid: UUID) -> HttpResponse:
    """One more package of work."""
    deal = _deal(request, uid, Step.PACKAGES)
    form = PackageForm(_posted(request), deal=deal)

    def act() -> Record:
        return actions.write_package(deal, form.given(), by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("加一项任务"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def package(request: Request, uid: UUID, package_uid: UUID) -> HttpResponse:
    """Change a package."""
    deal = _deal(request, uid, Step.PACKAGES)
    row = _there(cooperation.find_package(deal, package_uid))
    form = PackageForm(_posted(request), deal=deal, package=row)

    def act() -> Record:
        return actions.write_package(deal, form.given(), package=row, by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("修改任务“%(title)s”") % {"title": row.title}, act)


@require_POST
@signed_in_object_permission(WRITE)
def package_remove(request: Request, uid: UUID, package_uid: UUID) -> HttpResponse:
    """Take a package off, with the reason."""
    deal = _deal(request, uid, Step.PACKAGES)
    row = _there(cooperation.find_package(deal, package_uid))
    reason = request.POST.get("note", "")
    return _removed(request, deal, lambda: actions.remove_package(row, reason, by=request.actor, now=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def funding_new(request: Request, uid: UUID) -> HttpResponse:
    """One more line of funding."""
    deal = _deal(request, uid, Step.FUNDING)
    form = FundingForm(_posted(request), deal=deal)

    def act() -> Record:
        return actions.write_funding(deal, form.given(), by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("加一笔经费"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def funding(request: Request, uid: UUID, funding_uid: UUID) -> HttpResponse:
    """Change a line of funding."""
    deal = _deal(request, uid, Step.FUNDING)
    row = _there(cooperation.find_funding(deal, funding_uid))
    form = FundingForm(_posted(request), deal=deal, line=row)

    def act() -> Record:
        return actions.write_funding(deal, form.given(), line=row, by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("修改一笔经费"), act)


@require_POST
@signed_in_object_permission(WRITE)
def funding_remove(request: Request, uid: UUID, funding_uid: UUID) -> HttpResponse:
    """Take a line of funding off, with the reason."""
    deal = _deal(request, uid, Step.FUNDING)
    row = _there(cooperation.find_funding(deal, funding_uid))
    reason = request.POST.get("note", "")
    return _removed(request, deal, lambda: actions.remove_funding(row, reason, by=request.actor, now=clock.now()))


# ---- Years and terms --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def year(request: Request, uid: UUID) -> HttpResponse:
    """What a year brought: the oldest one missing, or the one the address names, as it stands."""
    deal, today = _deal(request, uid, Step.YEARLY), clock.today()
    years = years_of(deal, today)
    missing = cooperation.missing_years(deal, today)
    named = request.GET.get("year", "")
    asked = int(named) if named.isdigit() and int(named) in years else (missing or years)[0]
    result = next((row for row in cooperation.year_results(request.actor, deal) if row.year == asked), None)
    form = YearForm(_posted(request), years=years, result=result, year=asked)

    def act() -> Record:
        given = form.cleaned_data
        return actions.report_year(deal, given["year"], given, by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("年度成果"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def renew(request: Request, uid: UUID) -> HttpResponse:
    """Prolong the term by an addendum that every party has confirmed."""
    deal = _deal(request, uid, Step.TERM)
    texts = cooperation.prolonging_texts(deal)
    if not texts and request.method != "POST":
        messages.info(request, _("续签先上传补充协议，各方确认以后再来这里写新的有效期"))
        return redirect("deal-text-upload", uid)
    form = RenewForm(_posted(request), texts=texts)

    def act() -> Record:
        given = form.cleaned_data
        addendum = form.texts[given["addendum"]]
        return actions.renew_term(deal, addendum, given["until"], by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("续签"), act)


# ---- What carries what ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def parent(request: Request, uid: UUID) -> HttpResponse:
    """Hang it below a project or an agreement of one's own, or take it off."""
    deal = _deal(request, uid)
    if not deal.kind_spec.within:
        raise Http404
    fitting = list(cooperation.fitting_parents(request.actor, deal))
    here = {"parent": str(deal.parent.uid) if deal.parent else ""}
    form = ParentForm(_posted(request), fitting=fitting, initial=here)

    def act() -> Record:
        chosen = form.found.get(form.cleaned_data["parent"])
        return actions.set_parent(deal, chosen, by=request.actor, now=clock.now())

    return _answer(request, deal, form, _("归入项目或协议"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(WRITE)
def part_new(request: Request, uid: UUID) -> HttpResponse:
    """Open a deal below this one: parties and what it is about are taken over."""
    deal = _deal(request, uid)
    below = cooperation.kinds_below(deal)
    if not below:
        raise Http404
    form = PartForm(_posted(request), deal=deal, below=below, initial=_asked(request, below))
    if form.is_bound and form.is_valid():
        made = _part(request, deal, form)
        if made is not None:
            return redirect("deal", made.uid)
    context = form_context(deal, form, _("由此建合同或项目"))
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _asked(request: Request, below: list[str]) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in below else {}


def _part(request: Request, deal: Deal, form: PartForm) -> Deal | None:
    given = form.cleaned_data

    def act() -> Deal:
        return actions.open_part(
            deal, given["kind"], given["title"], parties=form.chosen(), by=request.actor, now=clock.now()
        )

    try:
        return idempotency.once(request.actor, given["one_time_key"], act)[0]
    except (ValidationError, TransitionRefusedError) as error:
        refuse(form, error)
        return None
