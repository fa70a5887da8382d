"""What cooperations have that a contract has not: lines of funding, and what every year brought."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.deals.models.text import ContractText
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

FUNDING_SOURCES = {
    "national": _("国家财政"),
    "region": _("自治区财政"),
    "city": _("市级财政"),
    "county": _("旗县区财政"),
    "own": _("合作方自筹"),
    "other": _("其他"),
}
PUBLIC_SOURCES = ("national", "region", "city", "county")


class FundingLine(Record):
    """经费来源: one line of what a project lives on (元). `said_by_plan`: the number of the plan or document."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="funding_lines")
    source = models.CharField(_("经费来源"), max_length=12, choices=list(FUNDING_SOURCES.items()))
    party = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="funding_lines")
    giver = models.CharField(_("拨款或出资单位"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    said_by_plan = models.CharField(_("计划或文号"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["year", "pk"]
        constraints: ClassVar = [
            archive_pair("funding_line_archived_pair"),
            models.CheckConstraint(condition=models.Q(source__in=list(FUNDING_SOURCES)), name="funding_line_source"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="funding_line_amount"),
        ]

    def __str__(self) -> str:
        """Source and amount."""
        return f"{FUNDING_SOURCES[self.source]} {self.amount}"


class YearResult(Record):
    """年度成果: what a centre or an agreement brought in a year, with the counts that somebody answers for."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="year_results")
    year = models.PositiveSmallIntegerField(_("年份"))
    summary = models.TextField(_("年度成果"), max_length=4000)
    projects = models.PositiveIntegerField(_("开展项目（项）"), null=True)
    patents = models.PositiveIntegerField(_("申请专利（件）"), null=True)
    people_trained = models.PositiveIntegerField(_("联合培养（人）"), null=True)
    spent = models.DecimalField(_("投入经费（元）"), max_digits=16, decimal_places=2, null=True)
    next_year = models.TextField(_("下一年计划"), max_length=2000, blank=True)
    said_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-year", "pk"]
        constraints: ClassVar = [
            archive_pair("year_result_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(spent__isnull=True) | models.Q(spent__gte=0), name="year_result_spent"
            ),
            models.UniqueConstraint(
                fields=["deal", "year"], condition=models.Q(archived_at=None), name="year_result_once"
            ),
        ]

    def __str__(self) -> str:
        """Its year."""
        return str(self.year)


class Renewal(Record):
    """续签: the term was prolonged by an addendum that every party had confirmed; an addendum prolongs once."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="renewals")
    addendum = models.ForeignKey(ContractText, on_delete=models.PROTECT, related_name="renewals")
    until_before = models.DateField(_("原有效期止"))
    until_after = models.DateField(_("新的有效期止"))

    class Meta:
        ordering: ClassVar = ["until_after", "pk"]
        constraints: ClassVar = [
            archive_pair("renewal_archived_pair"),
            models.CheckConstraint(condition=models.Q(until_after__gt=models.F("until_before")), name="renewal_later"),
            models.UniqueConstraint(fields=["addendum"], condition=models.Q(archived_at=None), name="renewal_once"),
        ]

    def __str__(self) -> str:
        """Until when."""
        return str(self.until_after)
