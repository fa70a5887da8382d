"""Landings of a deal: recorded, changed, moved; volumes, benefits, the yearly report."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.deals import actions, queries
from mengkeju.deals.access import LandingPerm
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import Benefit, Deal, Landing
from mengkeju.deals.web.deal.views import load_deal
from mengkeju.deals.web.performance import shared as after
from mengkeju.deals.web.performance.landing_forms import (
    BenefitForm,
    LandingEditForm,
    LandingForm,
    LandingStepForm,
    ProductionForm,
    YearForm,
)
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.web.request import Request, signed_in_object_permission
from mengkeju.kernel.words import word


def load_landing(request: Request, uid: UUID, landing_uid: UUID) -> Landing:
    """A landing of the deal that the reader may move."""

    def find(deal: Deal) -> Landing | None:
        return queries.find_landing(request.actor, deal, landing_uid)

    row: Landing = after.load_row(request, uid, find, LandingPerm.RECORD, LandingPerm.MOVE)
    return row


def place(deal: Deal) -> str:
    """Where the landings stand on the page of a deal."""
    return f"{deal.get_absolute_url()}#landings"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.RECORD)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Where the result landed; the deal is landed with it."""
    deal = load_deal(request, uid, LandingPerm.RECORD)
    form = LandingForm(**after.posted(request), actor=request.actor, deal=deal)

    def record() -> Landing:
        evidence = form.cleaned_data["evidence"]
        return actions.record_landing(deal, form.site(), by=request.actor, now=clock.now(), evidence=evidence)

    def once() -> None:
        idempotency.once(request.actor, form.cleaned_data["one_time_key"], record)

    if form.is_bound and after.done(request, form, once, _("落地情况已记下")):
        return redirect(place(deal))
    return after.answer(request, deal, form, _("填写落地情况"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.MOVE)
def edit(request: Request, uid: UUID, landing_uid: UUID) -> HttpResponse:
    """Change what is said of a landing."""
    row = load_landing(request, uid, landing_uid)
    data = request.POST if request.method == "POST" else None
    form = LandingEditForm(data, actor=request.actor, deal=row.deal, initial=LandingForm.of(row))

    def change() -> None:
        revision = form.cleaned_data["revision"]
        actions.edit_landing(row, form.changed(row), by=request.actor, now=clock.now(), revision=revision)

    if form.is_bound and after.done(request, form, change, _("已保存")):
        return redirect(place(row.deal))
    return after.answer(request, row.deal, form, _("修改“%(name)s”") % {"name": row.name})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.MOVE)
def move(request: Request, uid: UUID, landing_uid: UUID, step: str) -> HttpResponse:
    """Build, produce or stop, as of a day."""
    row = load_landing(request, uid, landing_uid)
    known = LANDING.transitions.get(step)
    if known is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = LandingStepForm(data, reason=known.note_required, initial={"on": clock.today()})

    def go() -> None:
        given = form.cleaned_data
        actions.move_landing(row, step, on=given["on"], note=given["note"], by=request.actor, now=clock.now())

    if form.is_bound and after.done(request, form, go, _("已办理")):
        return redirect(place(row.deal))
    heading = _("%(name)s：%(step)s") % {"name": row.name, "step": word(known)}
    return after.answer(request, row.deal, form, heading)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.MOVE)
def production(request: Request, uid: UUID, landing_uid: UUID) -> HttpResponse:
    """Volumes planned and made; `more` adds rows and checks nothing."""
    row = load_landing(request, uid, landing_uid)
    form = ProductionForm(**after.posted(request), landing=row)
    if "more" in request.POST:
        form = ProductionForm(initial=form.written(request.POST), landing=row)

    def record() -> Landing:
        given = form.cleaned_data
        actions.record_production(row, given["rows"], by=request.actor, now=clock.now(), evidence=given["evidence"])
        return row

    def once() -> None:
        idempotency.once(request.actor, form.cleaned_data["one_time_key"], record)

    if form.is_bound and after.done(request, form, once, _("产量已记下")):
        return redirect(place(row.deal))
    return after.answer(request, row.deal, form, _("“%(name)s”的产量") % {"name": row.name}, "deals/rows_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.MOVE)
def year(request: Request, uid: UUID, landing_uid: UUID) -> HttpResponse:
    """The yearly report of a landing in one go."""
    row = load_landing(request, uid, landing_uid)
    form = YearForm(**after.posted(request), landing=row, initial={"year": clock.today().year - 1})

    def tell() -> None:
        given, now = form.cleaned_data, clock.now()
        expected = form.expected("actual", row)
        volume, files = given.get("volume"), given["evidence"]
        actions.report_landing_year(row, expected, by=request.actor, now=now, volume=volume, evidence=files)

    if form.is_bound and after.done(request, form, tell, _("年度情况已记下")):
        return redirect(place(row.deal))
    return after.answer(request, row.deal, form, _("“%(name)s”的年度情况") % {"name": row.name})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(LandingPerm.BENEFIT)
def benefit(request: Request, uid: UUID) -> HttpResponse:
    """Expected or realised benefit, with its basis."""
    deal = load_deal(request, uid, LandingPerm.BENEFIT)
    own = [row for row in queries.landings_of(request.actor, deal) if queries.may_tend(request.actor, row)]
    form = BenefitForm(**after.posted(request), landings=own, initial={"kind": "forecast"})

    def record() -> Benefit:
        evidence = form.cleaned_data["evidence"]
        return actions.record_benefit(deal, form.given(), by=request.actor, now=clock.now(), evidence=evidence)

    def once() -> None:
        idempotency.once(request.actor, form.cleaned_data["one_time_key"], record)

    if form.is_bound and after.done(request, form, once, _("收益已记下")):
        return redirect(f"{deal.get_absolute_url()}#benefits")
    return after.answer(request, deal, form, _("填写经济收益"))


@require_POST
@signed_in_object_permission(LandingPerm.BENEFIT)
def withdraw_benefit(request: Request, uid: UUID, benefit_uid: UUID) -> HttpResponse:
    """Take wrong figures back, with the reason."""

    def find(deal: Deal) -> Benefit | None:
        return queries.find_benefit(request.actor, deal, benefit_uid)

    row: Benefit = after.load_row(request, uid, find, LandingPerm.BENEFIT)
    return after.taken_back(request, row, actions.withdraw_benefit, _("已撤回"), "benefits")
