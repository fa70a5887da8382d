"""Joint releases of needs (联合发布): the batch, each city's part of it, and the frozen rows."""

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.release_workflow import RELEASE
from mengkeju.listings.models.listing import Listing


class Release(StatefulRecord):
    """A batch of reviewed needs that several cities release together.

    `digest`, `firms`, `needs` and `released_at` are written at the moment of release and never again.
    """

    title = models.CharField(max_length=120)
    intro = models.TextField(max_length=2000, blank=True)
    planned_at = models.DateTimeField(null=True, editable=False)
    released_at = models.DateTimeField(null=True, editable=False, db_index=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    firms = models.PositiveIntegerField(default=0, editable=False)
    needs = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("release_archived_pair"),
            state_in(RELEASE.states, "release_state"),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True, digest="")
                | models.Q(released_at__isnull=False, digest__gt=""),
                name="release_digest_pair",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="released") | models.Q(released_at__isnull=False), name="release_has_moment"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(planned_at__isnull=False), name="release_has_plan"
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def cities(self) -> Sequence[str]:
        """Codes of the cities taking part, in order."""
        return sorted(part.city for part in self.parts.all())

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("release", args=[self.uid])

    def duty_holder(self, _who: str) -> Holder:
        """`unconfirmed`: the officers of the first city that has still to confirm."""
        left = self.parts.filter(confirmed_at=None).order_by("city").values_list("city", flat=True)
        return Holder(role="officer", area=left.first() or self.area)


class ReleasePart(models.Model):
    """One city's part of a release, and who of that city has confirmed it; one person confirms for one city only."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="parts")
    city = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["city"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "city"], name="release_part_once"),
            models.UniqueConstraint(
                fields=["release", "confirmed_by"],
                condition=models.Q(confirmed_by__isnull=False),
                name="release_part_two_sided",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="release_part_pair",
            ),
        ]

    def __str__(self) -> str:
        """City."""
        return self.city


class ReleaseItem(models.Model):
    """A need in a release, frozen as a visitor reads it (`snapshot`: engine.releases).

    `open`: the release is in preparation; a need stands in one such at most.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="items")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="release_items")
    position = models.PositiveIntegerField()
    city = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    open = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["city", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "listing"], name="release_item_once"),
            models.UniqueConstraint(fields=["listing"], condition=models.Q(open=True), name="release_item_open_once"),
        ]

    def __str__(self) -> str:
        """Position."""
        return f"{self.position}"
