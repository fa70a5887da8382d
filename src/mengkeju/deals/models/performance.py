"""What is done after signing: packages of work, milestones with their evidence, and the acceptance (验收)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.deals.models.money import Instalment
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in

VERDICTS = {"passed": _("通过"), "conditional": _("有条件通过"), "failed": _("不通过")}


class WorkPackage(Record):
    """任务: one part of a joint project, whose it is and until when. `budget` in 元, empty while nobody said."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="packages")
    lead = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="packages_led")
    title = models.CharField(_("任务名称"), max_length=200)
    content = models.TextField(_("任务内容"), max_length=2000, blank=True)
    begins_on = models.DateField(_("开始日期"), null=True)
    ends_on = models.DateField(_("完成日期"), null=True)
    budget = models.DecimalField(_("经费（元）"), max_digits=16, decimal_places=2, null=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            archive_pair("work_package_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(budget__isnull=True) | models.Q(budget__gte=0), name="work_package_budget"
            ),
            models.CheckConstraint(
                condition=models.Q(begins_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(begins_on__lte=models.F("ends_on")),
                name="work_package_days",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class Milestone(StatefulRecord):
    """里程碑: what is to be there by a day, who reports it, what he reported, and that another side accepted it.

    Evidence is attached as files. `instalment`: the payment that falls due when it is accepted.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="milestones")
    package = models.ForeignKey(WorkPackage, null=True, on_delete=models.PROTECT, related_name="milestones")
    reporter = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="milestones_due")
    title = models.CharField(_("里程碑"), max_length=200)
    criteria = models.TextField(_("考核指标"), max_length=1000, blank=True)
    due_on = models.DateField(_("约定日期"))
    instalment = models.ForeignKey(Instalment, null=True, on_delete=models.PROTECT, related_name="milestones")
    report = models.TextField(_("完成情况"), max_length=2000, blank=True)
    reached_on = models.DateField(_("完成日期"), null=True)
    accepted_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["due_on", "order", "pk"]
        constraints: ClassVar = [
            archive_pair("milestone_archived_pair"),
            state_in(MILESTONE.states, "milestone_state"),
            models.CheckConstraint(
                condition=~models.Q(state="reached") | models.Q(reached_on__isnull=False, accepted_for__isnull=False),
                name="milestone_reached_pair",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def get_absolute_url(self) -> str:
        """It stands on the deal's page."""
        return f"{self.deal.get_absolute_url()}#milestone-{self.uid}"

    def duty_holder(self, who: str) -> Holder:
        """`reporter`: the party that has to reach it; `others`: whoever of another side is here, or the keeper."""
        if who == "reporter":
            return self.reporter.duty_holder(who)
        rows = self.deal.parties.filter(archived_at=None).exclude(side=self.reporter.side)
        found = sorted(
            rows.select_related("deal", "organisation", "person__account"), key=lambda p: (p.role != "lead", p.order)
        )
        other = next((party for party in found if party.is_here), None)
        return other.duty_holder(who) if other is not None else self.deal.duty_holder(who)


class Acceptance(Record):
    """验收: what the receiving side found, on a day; the papers are attached as files. A wrong one is archived."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="acceptances")
    held_on = models.DateField(_("验收日期"))
    verdict = models.CharField(_("验收结论"), max_length=12, choices=list(VERDICTS.items()))
    opinion = models.TextField(_("验收意见"), max_length=2000)
    experts = models.CharField(_("参加验收的人"), max_length=300, blank=True)
    said_for = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["held_on", "pk"]
        constraints: ClassVar = [
            archive_pair("acceptance_archived_pair"),
            models.CheckConstraint(condition=models.Q(verdict__in=list(VERDICTS)), name="acceptance_verdict"),
        ]

    def __str__(self) -> str:
        """Day and verdict."""
        return f"{self.held_on} {VERDICTS[self.verdict]}"


class Arrival(Record):
    """以产聚才: people or a team that came because of the deal, counted, never named."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="arrivals")
    employer = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="arrivals")
    employer_name = models.CharField(_("引进单位"), max_length=120, blank=True)
    team = models.CharField(_("团队或岗位"), max_length=200)
    headcount = models.PositiveIntegerField(_("人数"))
    doctors = models.PositiveIntegerField(_("其中博士"), default=0)
    seniors = models.PositiveIntegerField(_("其中高级职称"), default=0)
    came_from = models.CharField(_("来自"), max_length=120, blank=True)
    arrived_on = models.DateField(_("到岗日期"))
    full_time = models.BooleanField(_("全职"), default=True)

    class Meta:
        ordering: ClassVar = ["arrived_on", "pk"]
        constraints: ClassVar = [
            archive_pair("arrival_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(headcount__gte=1)
                & models.Q(doctors__lte=models.F("headcount"))
                & models.Q(seniors__lte=models.F("headcount")),
                name="arrival_counts",
            ),
        ]

    def __str__(self) -> str:
        """The team."""
        return self.team
