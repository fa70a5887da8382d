"""Who was let into the parties' tier, and who saw what is not open to everybody."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import personal
from mengkeju.kernel.words import mark
from mengkeju.listings.engine.reads import CHANNELS, CLOSED_TIERS
from mengkeju.listings.models.listing import Listing


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
