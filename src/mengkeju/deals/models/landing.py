"""What became of a result: where it landed, what is produced there, and the benefit, forecast and actual apart."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in

MEASURES = {"forecast": _("预计"), "actual": _("实际")}
PRODUCTION_KINDS = {"plan": _("计划"), "actual": _("实际")}
BOUNDS = {"": "", "at_least": _("不少于"), "near": _("约"), "at_most": _("不超过")}


class Landing(StatefulRecord):
    """落地: the place where the result of a deal is put to use; a deal may land in several.

    `area` is the place of the site. `party`: whose site it is. Amounts in 元; `capacity` a year, in `unit`. `source`:
    the published source that tells of it; empty for what the parties say.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="landings")
    party = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="landings")
    name = models.CharField(_("项目或产线"), max_length=200)
    address = models.CharField(_("落地地点"), max_length=200, blank=True)
    investment = models.DecimalField(_("投资（元）"), max_digits=16, decimal_places=2, null=True)
    product = models.CharField(_("产品"), max_length=120, blank=True)
    capacity = models.DecimalField(_("设计年产能"), max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    jobs_planned = models.PositiveIntegerField(_("计划用工（人）"), null=True)
    began_on = models.DateField(_("开工日期"), null=True)
    produced_on = models.DateField(_("投产日期"), null=True)
    stopped_on = models.DateField(_("停产日期"), null=True)
    fictional = models.BooleanField(default=False)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            archive_pair("landing_archived_pair"),
            state_in(LANDING.states, "landing_state"),
            models.CheckConstraint(
                condition=(models.Q(investment__isnull=True) | models.Q(investment__gte=0))
                & (models.Q(capacity__isnull=True) | models.Q(capacity__gt=0)),
                name="landing_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | ~models.Q(unit=""), name="landing_capacity_has_unit"
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def get_absolute_url(self) -> str:
        """It stands on the deal's page."""
        return f"{self.deal.get_absolute_url()}#landing-{self.uid}"

    def duty_holder(self, who: str) -> Holder:
        """Whose site it is."""
        return self.party.duty_holder(who)


class Production(Record):
    """How much a landing is to make, or has made, in a year or a month of it; in the unit of the landing."""

    landing = models.ForeignKey(Landing, on_delete=models.PROTECT, related_name="production")
    kind = models.CharField(max_length=8, choices=list(PRODUCTION_KINDS.items()))
    year = models.PositiveSmallIntegerField(_("年份"))
    month = models.PositiveSmallIntegerField(_("月份"), null=True)
    volume = models.DecimalField(_("产量"), max_digits=16, decimal_places=3)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["year", "month", "pk"]
        constraints: ClassVar = [
            archive_pair("production_archived_pair"),
            models.CheckConstraint(condition=models.Q(kind__in=list(PRODUCTION_KINDS)), name="production_kind"),
            models.CheckConstraint(condition=models.Q(volume__gte=0), name="production_volume"),
            models.CheckConstraint(
                condition=models.Q(month__isnull=True) | models.Q(month__gte=1, month__lte=12), name="production_month"
            ),
            models.UniqueConstraint(
                "landing",
                "kind",
                "year",
                Coalesce("month", 0),
                condition=models.Q(archived_at=None),
                name="production_once",
            ),
        ]

    def __str__(self) -> str:
        """Its time and volume."""
        return f"{self.year}-{self.month or ''} {self.volume}"


class Benefit(Record):
    """经济收益 of one year: forecast or actual, never mixed; `basis` says what the figure rests on.

    `year` empty: a yearly average that a forecast gives. Amounts in 元, empty where nobody said; `bound`: at least,
    about, at most, as the source puts it of all its amounts, `profit_bound` for the profit where it differs.
    `said_for`: the party whose word it is; none where a published `source` says it. `area`: that of the
    landing, else of the lead that receives the result.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="benefits")
    landing = models.ForeignKey(Landing, null=True, on_delete=models.PROTECT, related_name="benefits")
    kind = models.CharField(max_length=8, choices=list(MEASURES.items()))
    year = models.PositiveSmallIntegerField(_("年份"), null=True)
    revenue = models.DecimalField(_("新增销售收入（元）"), max_digits=16, decimal_places=2, null=True)
    profit = models.DecimalField(_("新增利润（元）"), max_digits=16, decimal_places=2, null=True)
    tax = models.DecimalField(_("新增税收（元）"), max_digits=16, decimal_places=2, null=True)
    jobs = models.PositiveIntegerField(_("新增就业（人）"), null=True)
    bound = models.CharField(max_length=10, blank=True, choices=list(BOUNDS.items()))
    profit_bound = models.CharField(max_length=10, blank=True, choices=list(BOUNDS.items()))
    basis = models.CharField(_("测算依据或数据来源"), max_length=500)
    source = models.CharField(max_length=80, blank=True)
    said_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["year", "pk"]
        constraints: ClassVar = [
            archive_pair("benefit_archived_pair"),
            models.CheckConstraint(condition=models.Q(kind__in=list(MEASURES)), name="benefit_kind"),
            models.CheckConstraint(condition=~models.Q(basis=""), name="benefit_has_basis"),
            models.CheckConstraint(
                condition=models.Q(kind="forecast") | models.Q(year__isnull=False), name="benefit_actual_has_year"
            ),
            models.CheckConstraint(
                condition=models.Q(revenue__isnull=False)
                | models.Q(profit__isnull=False)
                | models.Q(tax__isnull=False)
                | models.Q(jobs__isnull=False),
                name="benefit_says_something",
            ),
            models.UniqueConstraint(
                "deal",
                Coalesce("landing", 0),
                "kind",
                Coalesce("year", 0),
                condition=models.Q(archived_at=None),
                name="benefit_once",
            ),
        ]

    def __str__(self) -> str:
        """Kind and year."""
        return f"{MEASURES[self.kind]} {self.year or ''}"
