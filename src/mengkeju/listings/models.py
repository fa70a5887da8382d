"""The one table of listings, its links, participations, IP rights, and who was let into the parties' tier."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import mark
from mengkeju.listings.engine.reads import CHANNELS, CLOSED_TIERS
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


class IpRight(Record):
    """A right of intellectual property; the kind `patent` is the offer of one."""

    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=40, unique=True)
    rank = models.CharField(_("类别"), max_length=4, blank=True)
    title = models.CharField(max_length=200)
    holder = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="ip_rights")
    holder_name = personal(
        models.CharField(_("权利人名称"), max_length=120, blank=True),
        purpose=mark("标明权利人"),
        basis=mark("公开的专利登记信息（个人信息保护法第13条第1款第6项）"),
        retention=mark("随权利记录保存"),
    )
    status = models.CharField(max_length=20, blank=True)
    applied_on = models.DateField(null=True)
    granted_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    listings = models.ManyToManyField(Listing, related_name="ip_rights", blank=True)

    class Meta:
        constraints: ClassVar = [archive_pair("ip_right_archived_pair")]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class PartyAccess(models.Model):
    """An organisation is let into a listing's parties' tier, from an agreed intention until it ends."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="party_accesses")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    origin_type = models.CharField(max_length=40)
    origin_uid = models.UUIDField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["listing", "organisation", "origin_uid"],
                condition=models.Q(ended_at__isnull=True),
                name="party_access_once",
            )
        ]

    def __str__(self) -> str:
        """Who."""
        return f"{self.organisation_id} in {self.listing_id}"


class ReadRecord(models.Model):
    """An organisation other than the owner was shown content of a closed tier: once a day per channel, a year at most.

    `role` names the reader's role when he acts for no organisation; `account` (its uid) stands only by consent.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="reads")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    account = personal(
        models.UUIDField(_("看过受限内容的账号"), null=True),
        purpose=mark("让信息所有者知道谁看过不公开的内容"),
        basis=mark("个人同意（个人信息保护法第13条第1款第1项）"),
        retention=mark("一年，或撤回同意时"),
    )
    tier = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    day = models.DateField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "listing", Coalesce("organisation", 0), "role", "tier", "channel", "day", name="read_once_a_day"
            ),
            models.CheckConstraint(condition=models.Q(tier__in=CLOSED_TIERS), name="read_tier"),
            models.CheckConstraint(condition=models.Q(channel__in=list(CHANNELS)), name="read_channel"),
        ]
        indexes: ClassVar = [models.Index(fields=["listing", "-day"], name="read_of_listing")]

    def __str__(self) -> str:
        """When and how."""
        return f"{self.day} {self.channel}"
