"""What an achievement brings from elsewhere: its registration as a result; and its first-offer window."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models.record import Record, archive_pair
from mengkeju.listings.models.listing import Listing

ATTRIBUTES = {
    "original": _("原始性创新"),
    "absorbed": _("国外引进消化吸收创新"),
    "domestic": _("国内技术二次开发"),
}
PHASES = {"early": _("初期阶段"), "mid": _("中期阶段"), "mature": _("成熟应用阶段")}


class ResultRegistration(Record):
    """成果登记 of one achievement, as the registering office gave it. Months are written YYYY-MM."""

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="result_registration")
    number = models.CharField(_("成果登记号"), max_length=12, unique=True)
    registered_on = models.DateField(_("批准登记日期"))
    office = models.CharField(_("登记机构"), max_length=120)
    recommended_by = models.CharField(_("推荐单位"), max_length=120, blank=True)
    study_from = models.CharField(_("研究起始"), max_length=7, blank=True)
    study_to = models.CharField(_("研究终止"), max_length=7, blank=True)
    attribute = models.CharField(_("成果属性"), max_length=10, blank=True, choices=list(ATTRIBUTES.items()))
    keywords = models.CharField(_("关键词"), max_length=120, blank=True)
    form = models.CharField(_("成果体现形式"), max_length=120, blank=True)
    standing = models.CharField(_("成果水平"), max_length=120, blank=True)
    phase = models.CharField(_("成果所处阶段"), max_length=10, blank=True, choices=list(PHASES.items()))

    class Meta:
        constraints: ClassVar = [archive_pair("result_registration_archived_pair")]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    def get_absolute_url(self) -> str:
        """The page of its listing."""
        return f"{self.listing.get_absolute_url()}#registration"


class FirstOffer(models.Model):
    """For so many days from publication only organisations of an area may declare an intention (本地优先)."""

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="first_offer")
    area = models.CharField(max_length=40)
    days = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(days__gt=0), name="first_offer_days")]

    def __str__(self) -> str:
        """Where and for how long."""
        return f"{self.area} {self.days}"


class ListingGoal(models.Model):
    """A listing serves a goal of policy: a row, because goals are counted and reported (ACH-22)."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="goals")
    goal = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["listing", "goal"], name="listing_goal_once")]

    def __str__(self) -> str:
        """The goal's key."""
        return self.goal
