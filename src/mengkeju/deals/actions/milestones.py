"""Milestones: planned by a party, reported by the one who owes them, accepted or sent back by another side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import PerformancePerm
from mengkeju.deals.actions import under_way
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, Instalment, Milestone, WorkPackage
from mengkeju.kernel import clock, duties, figures
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock, refuse_stale
from mengkeju.kernel.workflow import TransitionRefusedError

MOST = 20
"""Milestones planned at once."""


@dataclass(frozen=True)
class Planned:
    """One milestone as it is planned. `reporter` has to reach it; `instalment` falls due with it."""

    title: str
    due_on: date
    reporter: DealParty
    criteria: str = ""
    instalment: Instalment | None = None
    package: WorkPackage | None = None


@transaction.atomic
def plan_milestones(deal: Deal, rows: Sequence[Planned], *, by: Actor, now: datetime) -> list[Milestone]:
    """Plan them all, or none. ValidationError with paths `milestones.2.due_on`, TransitionRefusedError."""
    require(by, PerformancePerm.PLAN, deal)
    fresh = under_way.signed_deal(deal, Step.PERFORMANCE)
    if not rows:
        raise ValidationError({"milestones": _("请至少写一项里程碑")})
    wrong = {
        f"milestones.{at}.{key}": said for at, row in enumerate(rows) for key, said in _troubles(fresh, row).items()
    }
    if len(rows) > MOST:
        wrong["milestones"] = _("一次最多 %(most)s 项") % {"most": MOST}
    under_way.refuse(wrong)
    made = [_planned(fresh, row, order, by=by, now=now) for order, row in enumerate(rows)]
    tell_others(fresh, by, format_lazy(gettext_lazy("合作项目 {number} 约定了里程碑"), number=fresh.number), now)
    return made


def _planned(deal: Deal, given: Planned, order: int, *, by: Actor, now: datetime) -> Milestone:
    row = Milestone(
        deal=deal,
        reporter=given.reporter,
        title=given.title.strip(),
        criteria=given.criteria.strip(),
        due_on=given.due_on,
        instalment=given.instalment,
        package=given.package,
        order=order,
        area=deal.area,
    )
    begin(row, by=by, now=now, payload={"deal": str(deal.uid), "due_on": given.due_on.isoformat()})
    _told(row, "planned", "", by=by, now=now)
    return row


def _troubles(deal: Deal, given: Planned) -> dict[str, str]:
    texts = {"title": given.title, "criteria": given.criteria}
    wrong = under_way.text_troubles(texts, {"title": 200, "criteria": 1000}, {"title": _("请写明里程碑")})
    if given.reporter.deal_id != deal.pk or given.reporter.archived_at is not None:
        wrong["reporter"] = _("请选择合同的一方")
    if deal.signed_on is not None and given.due_on < deal.signed_on:
        wrong["due_on"] = _("不能早于签订日期 %(day)s") % {"day": figures.full_date(deal.signed_on)}
    for key, row in (("instalment", given.instalment), ("package", given.package)):
        if row is not None and (row.deal_id != deal.pk or row.archived_at is not None):
            wrong[key] = _("没有这一项")
    return wrong


@transaction.atomic
def edit_milestone(
    milestone: Milestone, given: Planned, *, by: Actor, now: datetime, revision: int | None = None
) -> Milestone:
    """Change one that nobody has reported yet; the other sides are told. What changes nothing tells nobody.

    ValidationError, StaleRevisionError.
    """
    require(by, PerformancePerm.PLAN, milestone.deal)
    deal = under_way.signed_deal(milestone.deal, Step.PERFORMANCE)
    row = lock(milestone, revision)
    row.deal = deal
    if row.state != "planned":
        raise TransitionRefusedError(_("已经报告或结束，不能再改"), "wrong_state")
    under_way.refuse(_troubles(deal, given))
    if given == Planned(row.title, row.due_on, row.reporter, row.criteria, row.instalment, given.package):
        return row
    before = {"title": row.title, "criteria": row.criteria, "due_on": row.due_on.isoformat()}
    moved, handed = row.due_on != given.due_on, row.reporter_id != given.reporter.pk
    row.title, row.criteria, row.due_on = given.title.strip(), given.criteria.strip(), given.due_on
    row.reporter, row.instalment = given.reporter, given.instalment
    row.revision += 1
    row.save(update_fields=["title", "criteria", "due_on", "reporter", "instalment", "revision"])
    if moved or handed:
        _ask_anew(row, now=now)
    _told(row, "edited", "", by=by, now=now, before=before)
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 的里程碑有改动"), number=deal.number), now)
    return row


def _ask_anew(row: Milestone, *, now: datetime) -> None:
    """The duty goes to the day, and to the party, that the milestone names now."""
    holder = row.duty_holder("reporter")
    duties.open_on(row).update(
        due_on=row.due_on,
        holder_organisation=holder.organisation,
        holder_account=holder.account,
        holder_role=holder.role,
        opened_at=now,
        reminded_at=None,
        escalated_at=None,
    )


@transaction.atomic
def report_milestone(
    milestone: Milestone,
    report: str,
    *,
    reached_on: date,
    by: Actor,
    now: datetime,
    evidence: Sequence[under_way.Paper] = (),
    revision: int | None = None,
) -> Milestone:
    """The reporter's word that it was reached on a day, with its evidence; another side accepts it or sends it back.

    The first report of a deal that is only signed begins its performance. ValidationError by field,
    FileRefusedError, TransitionRefusedError.
    """
    require(by, PerformancePerm.REPORT, milestone)
    deal = under_way.signed_deal(milestone.deal, Step.PERFORMANCE)
    row = _locked(milestone, deal, by, PerformancePerm.REPORT, revision)
    MILESTONE.check(row, "report", report, {})
    wrong = under_way.text_troubles({"report": report}, {"report": 2000}, {"report": _("请写明完成情况")})
    wrong["reached_on"] = under_way.day_trouble(deal, reached_on, clock.today(now))
    wrong["evidence"] = under_way.files_trouble(evidence)
    under_way.refuse(wrong)
    row.report, row.reached_on, row.accepted_for = report.strip(), reached_on, None
    row.save(update_fields=["report", "reached_on", "accepted_for"])
    advance(row, "report", by=by, now=now, note=row.report, data={"reached_on": reached_on.isoformat()})
    under_way.keep_files(row, evidence, row.reporter, by, now)
    _told(row, "reported", row.report, by=by, now=now)
    if deal.state == "signed":
        advance(deal, "perform", by=by, now=now)
    return row


@transaction.atomic
def accept_milestone(milestone: Milestone, *, by: Actor, now: datetime, revision: int | None = None) -> Milestone:
    """Another side's word that it was reached; its instalment falls due. RefusedError, TransitionRefusedError."""
    require(by, PerformancePerm.JUDGE, milestone)
    deal = under_way.signed_deal(milestone.deal, Step.PERFORMANCE)
    row = _locked(milestone, deal, by, PerformancePerm.JUDGE, revision)
    MILESTONE.check(row, "accept", "", {})
    row.accepted_for = under_way.speaker(by, deal, away_from=row.reporter.side)
    row.save(update_fields=["accepted_for"])
    advance(row, "accept", by=by, now=now)
    _told(row, "accepted", "", by=by, now=now)
    said = gettext_lazy("合作项目 {number} 的里程碑“{title}”已确认完成")
    if row.instalment is not None:
        said = gettext_lazy("合作项目 {number} 的里程碑“{title}”已确认完成，约定的一期付款可以支付")
    tell_others(deal, by, format_lazy(said, number=deal.number, title=row.title), now)
    return row


@transaction.atomic
def send_back_milestone(
    milestone: Milestone, note: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Milestone:
    """Another side's word that it is not reached yet, and why; the reporter goes on. TransitionRefusedError."""
    return _judged(milestone, "send_back", note, PerformancePerm.JUDGE, by=by, now=now, revision=revision)


@transaction.atomic
def drop_milestone(
    milestone: Milestone, note: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Milestone:
    """Another side asks for it no more, and says why. TransitionRefusedError."""
    return _judged(milestone, "drop", note, PerformancePerm.DROP, by=by, now=now, revision=revision)


def _judged(
    milestone: Milestone, step: str, note: str, needs: str, *, by: Actor, now: datetime, revision: int | None
) -> Milestone:
    require(by, needs, milestone)
    deal = under_way.signed_deal(milestone.deal, Step.PERFORMANCE)
    row = _locked(milestone, deal, by, needs, revision)
    advance(row, step, by=by, now=now, note=note)
    _told(row, {"send_back": "sent_back", "drop": "dropped"}[step], note, by=by, now=now)
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 的里程碑有新进展"), number=deal.number), now)
    return row


def _locked(milestone: Milestone, deal: Deal, by: Actor, needs: str, revision: int | None = None) -> Milestone:
    """The milestone afresh, behind the lock of its deal, which stands on it.

    The right is asked for again: who has to report it, and so who judges it, may have changed meanwhile.
    """
    row = lock(milestone)
    row.deal = deal
    require(by, needs, row)
    refuse_stale(row, revision)
    return row


def _told(row: Milestone, what: str, note: str, *, by: Actor, now: datetime, **more: object) -> None:
    said = _("%(title)s：%(note)s") % {"title": row.title, "note": note.strip()} if note.strip() else row.title
    payload = {"milestone": str(row.uid), "note": said, **more}
    under_way.told(row.deal, f"deal.milestone_{what}", payload, by=by, now=now)
