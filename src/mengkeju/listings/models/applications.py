"""Who uses an achievement, for what, how much of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair
from mengkeju.listings.models.listing import TIERS, Listing


class Application(Record):
    """One case of use, as the owner states it. The adopter is an organisation of the platform or a name."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="applications")
    adopter = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    adopter_name = models.CharField(_("使用单位"), max_length=120, blank=True)
    product = models.CharField(_("用在什么产品或工序"), max_length=200)
    scale = models.DecimalField(_("规模"), max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(_("单位"), max_length=30, blank=True)
    before = models.DecimalField(_("开始时的规模"), max_digits=16, decimal_places=3, null=True)
    since = models.DateField(_("开始日期"))
    evidence = models.TextField(_("证据"), max_length=1000, blank=True)
    tier = models.CharField(max_length=10, default="public", choices=list(TIERS.items()))

    class Meta:
        ordering: ClassVar = ["since", "pk"]
        constraints: ClassVar = [
            archive_pair("application_archived_pair"),
            models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="application_tier"),
            models.CheckConstraint(
                condition=models.Q(scale__isnull=True) | ~models.Q(unit=""), name="application_scale_has_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(adopter__isnull=False) | ~models.Q(adopter_name=""), name="application_has_adopter"
            ),
            models.CheckConstraint(
                condition=(models.Q(scale__isnull=True) | models.Q(scale__gte=0))
                & (models.Q(before__isnull=True) | models.Q(before__gte=0)),
                name="application_not_negative",
            ),
        ]

    def __str__(self) -> str:
        """What it is used for."""
        return self.product

    @property
    def adopter_shown(self) -> str:
        """Who uses it."""
        return self.adopter.name if self.adopter is not None else self.adopter_name

    def get_absolute_url(self) -> str:
        """The page of its listing."""
        return f"{self.listing.get_absolute_url()}#applications"
