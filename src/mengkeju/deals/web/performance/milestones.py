"""Milestones, the acceptance and people who came: planned, reported, judged, withdrawn."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mengkeju.deals import actions, queries
from mengkeju.deals.access import PerformancePerm
from mengkeju.deals.models import Acceptance, Arrival, Deal, Milestone
from mengkeju.deals.web.deal.views import load_deal
from mengkeju.deals.web.performance import shared as after
from mengkeju.deals.web.performance.forms import (
    AcceptanceForm,
    ArrivalForm,
    MilestoneForm,
    MilestonesForm,
    ReportForm,
)
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.web import acts
from mengkeju.kernel.web.request import Request, signed_in_object_permission


def load_milestone(request: Request, uid: UUID, milestone_uid: UUID, needs: str) -> Milestone:
    """A milestone of the deal that the reader may treat so."""

    def find(deal: Deal) -> Milestone | None:
        return queries.find_milestone(request.actor, deal, milestone_uid)

    row: Milestone = after.load_row(request, uid, find, PerformancePerm.PLAN, needs)
    return row


def place(deal: Deal) -> str:
    """Where the milestones stand on the page of a deal."""
    return f"{deal.get_absolute_url()}#milestones"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(PerformancePerm.PLAN)
def plan(request: Request, uid: UUID) -> HttpResponse:
    """Plan several milestones; `more` adds rows and checks nothing."""
    deal = load_deal(request, uid, PerformancePerm.PLAN)
    form = MilestonesForm(request.POST if request.method == "POST" else None, deal=deal)
    if "more" in request.POST:
        form = MilestonesForm(initial=form.written(request.POST), deal=deal)
    if form.is_bound and after.done(request, form, partial(_plan, request, deal, form), _("里程碑已记下")):
        return redirect(place(deal))
    return after.answer(request, deal, form, _("约定里程碑"), "deals/rows_form.html")


def _plan(request: Request, deal: Deal, form: MilestonesForm) -> None:
    rows = form.cleaned_data["milestones"]

    def make() -> Milestone:
        return actions.plan_milestones(deal, rows, by=request.actor, now=clock.now())[0]

    idempotency.once(request.actor, form.cleaned_data["one_time_key"], make)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(PerformancePerm.PLAN)
def edit(request: Request, uid: UUID, milestone_uid: UUID) -> HttpResponse:
    """Change one that nobody has reported yet."""
    row = load_milestone(request, uid, milestone_uid, "")
    form = MilestoneForm(
        request.POST if request.method == "POST" else None, deal=row.deal, initial=MilestoneForm.of(row)
    )

    def change() -> None:
        revision = form.cleaned_data["revision"]
        actions.edit_milestone(row, form.planned(), by=request.actor, now=clock.now(), revision=revision)

    if form.is_bound and after.done(request, form, change, _("已保存")):
        return redirect(place(row.deal))
    return after.answer(request, row.deal, form, _("修改里程碑“%(title)s”") % {"title": row.title})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(PerformancePerm.REPORT)
def report(request: Request, uid: UUID, milestone_uid: UUID) -> HttpResponse:
    """It was reached: when, and what shows it."""
    row = load_milestone(request, uid, milestone_uid, PerformancePerm.REPORT)
    first = {"reached_on": clock.today(), "report": row.report, "revision": row.revision}
    form = ReportForm(**after.posted(request), initial=first)

    def tell() -> None:
        given = form.cleaned_data
        text, rest = given["report"], {key: given[key] for key in ("reached_on", "evidence", "revision")}
        actions.report_milestone(row, text, by=request.actor, now=clock.now(), **rest)

    if form.is_bound and after.done(request, form, tell, _("已报告，等另一方确认")):
        return redirect(place(row.deal))
    return after.answer(request, row.deal, form, _("报告里程碑“%(title)s”") % {"title": row.title})


def _on_milestone(request: Request, row: Milestone, act: Callable[[], object], said: str) -> HttpResponse:
    acts.attempt(request, act, said)
    return redirect(place(row.deal))


@require_POST
@signed_in_object_permission(PerformancePerm.JUDGE)
def accept(request: Request, uid: UUID, milestone_uid: UUID) -> HttpResponse:
    """Another side confirms that it was reached."""
    row = load_milestone(request, uid, milestone_uid, PerformancePerm.JUDGE)
    act = partial(actions.accept_milestone, row, by=request.actor, now=clock.now())
    return _on_milestone(request, row, act, _("已确认完成"))


@require_POST
@signed_in_object_permission(PerformancePerm.JUDGE)
def send_back(request: Request, uid: UUID, milestone_uid: UUID) -> HttpResponse:
    """Another side says why it is not reached yet."""
    row = load_milestone(request, uid, milestone_uid, PerformancePerm.JUDGE)
    note = request.POST.get("note", "")
    act = partial(actions.send_back_milestone, row, note, by=request.actor, now=clock.now())
    return _on_milestone(request, row, act, _("已退回"))


@require_POST
@signed_in_object_permission(PerformancePerm.DROP)
def drop(request: Request, uid: UUID, milestone_uid: UUID) -> HttpResponse:
    """Another side asks for it no more."""
    row = load_milestone(request, uid, milestone_uid, PerformancePerm.DROP)
    note = request.POST.get("note", "")
    act = partial(actions.drop_milestone, row, note, by=request.actor, now=clock.now())
    return _on_milestone(request, row, act, _("已记为不再要求"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(PerformancePerm.ACCEPTANCE)
def acceptance(request: Request, uid: UUID) -> HttpResponse:
    """What the acceptance found; passed, it moves the deal."""
    deal = load_deal(request, uid, PerformancePerm.ACCEPTANCE)
    form = AcceptanceForm(**after.posted(request), initial={"held_on": clock.today()})

    def record() -> Acceptance:
        given = {key: value for key, value in form.cleaned_data.items() if key != "one_time_key"}
        return actions.record_acceptance(deal, **given, by=request.actor, now=clock.now())

    def once() -> None:
        idempotency.once(request.actor, form.cleaned_data["one_time_key"], record)

    if form.is_bound and after.done(request, form, once, _("验收结论已记下")):
        return redirect(f"{deal.get_absolute_url()}#acceptance")
    return after.answer(request, deal, form, _("填写验收结论"))


@require_POST
@signed_in_object_permission(PerformancePerm.ACCEPTANCE)
def withdraw_acceptance(request: Request, uid: UUID, acceptance_uid: UUID) -> HttpResponse:
    """Take a wrong verdict back, with the reason."""

    def find(deal: Deal) -> Acceptance | None:
        return queries.find_acceptance(request.actor, deal, acceptance_uid)

    row: Acceptance = after.load_row(request, uid, find, PerformancePerm.ACCEPTANCE)
    return after.taken_back(request, row, actions.withdraw_acceptance, _("已撤回验收结论"), "acceptance")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(PerformancePerm.ARRIVAL)
def arrival(request: Request, uid: UUID) -> HttpResponse:
    """Count people who came because of the deal."""
    deal = load_deal(request, uid, PerformancePerm.ARRIVAL)
    first = {"arrived_on": clock.today(), "full_time": True}
    form = ArrivalForm(request.POST if request.method == "POST" else None, deal=deal, initial=first)

    def count() -> Arrival:
        return actions.record_arrival(deal, form.came(), by=request.actor, now=clock.now())

    def once() -> None:
        idempotency.once(request.actor, form.cleaned_data["one_time_key"], count)

    if form.is_bound and after.done(request, form, once, _("已计入引进的人才")):
        return redirect(f"{deal.get_absolute_url()}#arrivals")
    return after.answer(request, deal, form, _("记引进的人才和团队"))


@require_POST
@signed_in_object_permission(PerformancePerm.ARRIVAL)
def withdraw_arrival(request: Request, uid: UUID, arrival_uid: UUID) -> HttpResponse:
    """Take a wrong count back, with the reason."""

    def find(deal: Deal) -> Arrival | None:
        return queries.find_arrival(request.actor, deal, arrival_uid)

    row: Arrival = after.load_row(request, uid, find, PerformancePerm.ARRIVAL)
    return after.taken_back(request, row, actions.withdraw_arrival, _("已撤回"), "arrivals")
