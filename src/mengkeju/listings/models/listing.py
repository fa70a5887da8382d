"""The one table of listings, and the series of their numbers."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import ListingKind, kinds

TIERS = {"public": _("所有人"), "members": _("已核验单位"), "parties": _("合作双方")}


class Listing(StatefulRecord):
    """A need, an achievement, a patent …: real columns for what is filtered, `details` for what is read.

    `details` = {"schema": kind, "version": n, "values": {...}, "tiers": {section: tier}}.
    Money in 元. `owner` is empty only for entries from a published source.
    """

    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=30, blank=True, editable=False)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    owner = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="listings")
    owner_note = models.CharField(max_length=120, blank=True)
    contact = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=60, blank=True)
    cluster = models.CharField(max_length=60, blank=True)
    maturity = models.CharField(max_length=60, blank=True)
    price_low = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    price_high = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    deadline = models.DateField(null=True)
    tier = models.CharField(max_length=10, default="public", choices=list(TIERS.items()))
    review_by = models.DateField(null=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    secrecy_reviewed_at = models.DateTimeField(null=True, editable=False)
    secrecy_reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=40, blank=True)
    incomplete = models.BooleanField(default=False)
    fictional = models.BooleanField(default=False)
    details = models.JSONField(default=dict)

    # Organisations let into the parties' tier, once `queries.present_many` has read them for many rows at once.
    known_parties: frozenset[UUID] | None = None

    class Meta:
        constraints: ClassVar = [
            archive_pair("listing_archived_pair"),
            state_in(LISTING.states, "listing_state"),
            models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="listing_tier"),
            models.CheckConstraint(
                condition=models.Q(price_low__isnull=True)
                | models.Q(price_high__isnull=True)
                | models.Q(price_low__lte=models.F("price_high")),
                name="listing_price_order",
            ),
            models.CheckConstraint(
                condition=models.Q(secrecy_reviewed_at__isnull=True, secrecy_reviewed_by__isnull=True)
                | models.Q(secrecy_reviewed_at__isnull=False, secrecy_reviewed_by__isnull=False),
                name="listing_secrecy_pair",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id", "kind"],
                condition=~models.Q(external_id=""),
                name="listing_source_once",
            ),
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="listing_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "kind", "-published_at"], name="listing_shelf"),
            models.Index(fields=["owner", "state"], name="listing_of_owner"),
            models.Index(fields=["state", "review_by"], name="listing_review_by"),
            # Counts of what is open, by place: read from the index alone (home, 转化线).
            models.Index(fields=["kind", "tier", "state", "archived_at", "area"], name="listing_open"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def kind_spec(self) -> ListingKind:
        """What its kind declares."""
        return kinds[self.kind]

    @property
    def values(self) -> dict[str, Any]:
        """All field values, columns and details together, in the kind's present shape. Not for readers: `present`."""
        columns = {f.key: getattr(self, f.key) for f in self.kind_spec.fields if f.column}
        return self.kind_spec.current(self.details) | columns

    @property
    def from_source(self) -> bool:
        """Published from a public text without a login: no contact, no intention possible."""
        return self.origin == "source"

    @property
    def field_tiers(self) -> dict[str, str]:
        """Who may read each field, as the owner has set it."""
        return self.kind_spec.field_tiers(self.details.get("tiers", {}))

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("listing", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`officer`: of its area, people of the owner excepted; `owner`: the owning organisation."""
        if who == "owner" and self.owner is not None:
            return Holder(organisation=self.owner.uid)
        return Holder(role="officer", area=self.area, barred=self.owner.uid if self.owner else None)


class ListingNumber(models.Model):
    """The last number given per kind and year. Numbers are never reused."""

    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "year"], name="listing_number_series")]

    def __str__(self) -> str:
        """Kind, year, last."""
        return f"{self.kind}-{self.year}: {self.last}"
