"""What hangs on a listing: other listings, and the people and organisations that take part in it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from mengkeju.directory.models import Organisation, Person
from mengkeju.listings.models.listing import Listing


class ListingLink(models.Model):
    """A directed relation between two listings; `role` is one of engine.links, read from source to target."""

    source = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="links_in")
    role = models.CharField(max_length=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "role"], name="listing_link_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="listing_link_not_self"),
        ]

    def __str__(self) -> str:
        """Role."""
        return self.role


class Participation(models.Model):
    """A person or an organisation in a listing: inventor, completer, team, holder; in order."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="participations")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) ^ models.Q(organisation__isnull=False),
                name="participation_one_party",
            ),
            models.UniqueConstraint(
                "listing", "role", Coalesce("person", 0), Coalesce("organisation", 0), name="participation_once"
            ),
        ]

    def __str__(self) -> str:
        """Role."""
        return self.role
