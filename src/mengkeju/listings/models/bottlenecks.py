"""“卡脖子”清单: an item, the bureaus that may know of it, and the listings it has to do with."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.bottlenecks import BOTTLENECK
from mengkeju.listings.engine.weak_links import LINK_WORDS
from mengkeju.listings.models.weak_links import Attached


class Bottleneck(StatefulRecord):
    """A key technology that depends on others. Nothing of it is registered with search, matching, feeds or webhooks.

    `nominator` is the organisation that nominated it (an enterprise, or the bureau of the officer). `taken_by`: who
    works on it. `evidence` of the breakthrough is asked by the workflow.
    """

    title = models.CharField(max_length=120)
    problem = models.TextField(max_length=3000)
    dependence = models.TextField(max_length=2000, blank=True)
    chain = models.CharField(max_length=60, blank=True)
    nominator = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    taken_by = models.CharField(max_length=300, blank=True)
    evidence = models.TextField(max_length=3000, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("bottleneck_archived_pair"),
            state_in(BOTTLENECK.states, "bottleneck_state"),
            models.CheckConstraint(
                condition=~models.Q(state="broken_through") | ~models.Q(evidence=""), name="bottleneck_evidenced"
            ),
        ]

    def __str__(self) -> str:
        """What it is."""
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("bottleneck", args=[self.uid])


class BottleneckBureau(models.Model):
    """A government organisation named on an item: its officers may know of it, nobody else but the auditor."""

    bottleneck = models.ForeignKey(Bottleneck, on_delete=models.PROTECT, related_name="bureaus")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bottleneck", "organisation"], name="bottleneck_bureau_once")
        ]

    def __str__(self) -> str:
        """Which bureau."""
        return f"{self.organisation_id} on {self.bottleneck_id}"


class BottleneckListing(Attached):
    """A need or an offer the item has to do with; shown on the item's page only."""

    bottleneck = models.ForeignKey(Bottleneck, on_delete=models.PROTECT, related_name="attached")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bottleneck", "listing"], name="bottleneck_listing_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(LINK_WORDS)), name="bottleneck_listing_role"),
        ]
