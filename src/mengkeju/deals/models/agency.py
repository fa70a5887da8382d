"""机构年度台账: what a technology-transfer body itself states of a year; what follows from its deals is computed."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

COUNTS = (
    "staff", "full_time", "masters", "bachelors", "college", "senior_titles", "middle_titles", "managers",
    "activities", "needs_collected",
)  # fmt: skip
AMOUNTS = (
    "benefit", "revenue", "work_funds", "transfer_income", "fund_national", "fund_local", "fund_own", "fund_other",
)  # fmt: skip


def _count(label: Any) -> Any:
    return models.PositiveIntegerField(label, null=True, blank=True)


def _amount(label: Any) -> Any:
    return models.DecimalField(label, max_digits=16, decimal_places=2, null=True, blank=True)


class AgencySheet(Record):
    """The hand-entered part of one body's year; empty: not stated. Amounts in 元, `office_area` in ㎡.

    The fields are those of the yearly return of a technology-transfer body (技术转移机构年度申报表, secondary source).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agency_sheets")
    year = models.PositiveSmallIntegerField(_("年度"))
    staff = _count(_("总人数"))
    full_time = _count(_("专职人员"))
    masters = _count(_("硕士及以上"))
    bachelors = _count(_("本科"))
    college = _count(_("专科"))
    senior_titles = _count(_("高级职称"))
    middle_titles = _count(_("中级职称"))
    managers = _count(_("技术经理人（技术经纪人）"))
    office_area = models.DecimalField(_("办公面积（㎡）"), max_digits=10, decimal_places=2, null=True, blank=True)
    has_website = models.BooleanField(_("有独立网站"), null=True, blank=True)
    has_database = models.BooleanField(_("有数据库系统"), null=True, blank=True)
    activities = _count(_("组织培训、推广和产学研活动（场）"))
    needs_collected = _count(_("征集企业技术需求（项）"))
    benefit = _amount(_("促成合同的经济效益"))
    revenue = _amount(_("营业收入"))
    transfer_income = _amount(_("技术转移及其服务收入"))
    work_funds = _amount(_("工作经费"))
    fund_national = _amount(_("其中国家财政"))
    fund_local = _amount(_("其中地方财政"))
    fund_own = _amount(_("其中单位自筹"))
    fund_other = _amount(_("其中其他来源"))
    organised = models.TextField(_("组织情况"), max_length=2000, blank=True)
    cases = models.TextField(_("典型案例"), max_length=4000, blank=True)

    GROUPS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (_("人员"), COUNTS[:8]),
        (_("条件"), ("office_area", "has_website", "has_database")),
        (_("工作"), ("activities", "needs_collected", "benefit")),
        (_("收入和经费（元）"), ("revenue", "transfer_income", *(name for name in AMOUNTS if "fund" in name))),
        (_("文字"), ("organised", "cases")),
    )
    """The fields in the order and groups in which they are shown."""

    class Meta:
        ordering: ClassVar = ["-year", "pk"]
        constraints: ClassVar = [
            archive_pair("agency_sheet_archived_pair"),
            models.UniqueConstraint(fields=["organisation", "year"], name="agency_sheet_once"),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__gte": 0}),
                    name=f"agency_sheet_{name}",
                )
                for name in ("office_area", *AMOUNTS)
            ),
        ]

    def __str__(self) -> str:
        """Its year."""
        return str(self.year)

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"{reverse('agency-sheet', args=[self.organisation.uid])}?{urlencode({'year': self.year})}"


STATED = tuple(name for _label, names in AgencySheet.GROUPS for name in names)
"""What the body states, in order."""
