"""短板弱项: a gap at one node of a chain, and the listings that ask for it or could fill it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.weak_links import LINK_WORDS, PRIORITIES, WEAK_LINK
from mengkeju.listings.models.listing import Listing


class Attached(models.Model):
    """A listing that hangs on something of a list; `role` is a key of LINK_WORDS."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    attached_at = models.DateTimeField()
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Role."""
        return self.role


class WeakLink(StatefulRecord):
    """A gap of a chain: `chain` is a term of the vocabulary `cluster`, `node` the step of the chain it is at.

    `position` orders the nodes from upstream to downstream. `basis`: where the gap is stated.
    """

    chain = models.CharField(max_length=60)
    node = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    gap = models.TextField(max_length=2000)
    priority = models.CharField(max_length=10, default="middle")
    basis = models.CharField(max_length=200, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("weak_link_archived_pair"),
            state_in(WEAK_LINK.states, "weak_link_state"),
            models.CheckConstraint(condition=models.Q(priority__in=list(PRIORITIES)), name="weak_link_priority"),
            models.UniqueConstraint(
                fields=["chain", "area", "node", "title"],
                condition=models.Q(archived_at__isnull=True) & ~models.Q(state="dropped"),
                name="weak_link_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["chain", "position"], name="weak_link_chain")]

    def __str__(self) -> str:
        """What is missing."""
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("weak-link", args=[self.uid])

    def duty_holder(self, _who: str) -> Holder:
        """Officers of its area."""
        return Holder(role="officer", area=self.area)


class WeakLinkListing(Attached):
    """A need that asks for what a gap lacks, or an offer that could fill it."""

    weak_link = models.ForeignKey(WeakLink, on_delete=models.PROTECT, related_name="attached")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["weak_link", "listing"], name="weak_link_listing_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(LINK_WORDS)), name="weak_link_listing_role"),
        ]
