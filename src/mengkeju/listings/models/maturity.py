"""The ladder of an achievement: which level was reached when, and what shows it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair
from mengkeju.listings.models.listing import TIERS, Listing


class MaturityStep(Record):
    """One rung: appended, never rewritten. `tier` is who may read the evidence; level and day go with the listing.

    `file` is one of the listing's: stamped and noted when it is handed out, as all of them.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="maturity_steps")
    level = models.CharField(_("达到的级别"), max_length=60)
    reached_on = models.DateField(_("达到日期"))
    evidence = models.TextField(_("证据"), max_length=1000)
    file = models.ForeignKey("listings.ListingFile", null=True, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=10, default="public", choices=list(TIERS.items()))

    class Meta:
        ordering: ClassVar = ["reached_on", "pk"]
        constraints: ClassVar = [
            archive_pair("maturity_step_archived_pair"),
            models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="maturity_step_tier"),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="maturity_step_evidence"),
        ]

    def __str__(self) -> str:
        """Level and day."""
        return f"{self.level} {self.reached_on}"

    def get_absolute_url(self) -> str:
        """The page of its listing."""
        return f"{self.listing.get_absolute_url()}#ladder"
