"""Requests to see the parties' tier, how a listing opens it, its files, its disclosed versions, and downloads."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import File, Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import mark
from mengkeju.listings.engine.disclosure import ACCESS_REQUEST, BY_CONSENT, MODES, OPEN_STATES
from mengkeju.listings.engine.files import FILE_KINDS
from mengkeju.listings.models.listing import TIERS, Listing


class DisclosureRule(models.Model):
    """How a listing opens its parties' tier; without a row each request needs the owner's consent."""

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, related_name="disclosure_rule")
    mode = models.CharField(max_length=20, default=BY_CONSENT)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(mode__in=list(MODES)), name="rule_mode")]

    def __str__(self) -> str:
        """Its mode."""
        return self.mode


class AccessRequest(StatefulRecord):
    """An organisation asks to see the parties' tier of a listing, for a purpose.

    `mode` is how the listing opened when it was asked. The undertaking, once accepted, names the text by version and
    digests, and who accepted it for the organisation.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="access_requests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_requests")
    purpose = models.TextField(max_length=1000)
    mode = models.CharField(max_length=20)
    answered_at = models.DateTimeField(null=True, editable=False)
    note = models.TextField(max_length=1000, blank=True)
    undertaking_version = models.CharField(max_length=40, blank=True)
    undertaking_sha256 = models.CharField(max_length=64, blank=True)
    undertaking_sm3 = models.CharField(max_length=64, blank=True)
    undertaking_at = models.DateTimeField(null=True)
    undertaking_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        constraints: ClassVar = [
            archive_pair("access_request_archived_pair"),
            state_in(ACCESS_REQUEST.states, "access_request_state"),
            models.CheckConstraint(condition=models.Q(mode__in=list(MODES)), name="access_request_mode"),
            models.UniqueConstraint(
                fields=["listing", "organisation"],
                condition=models.Q(state__in=OPEN_STATES),
                name="access_request_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(undertaking_at__isnull=True, undertaking_by__isnull=True, undertaking_version="")
                | models.Q(undertaking_at__isnull=False, undertaking_by__isnull=False)
                & ~models.Q(undertaking_version=""),
                name="access_request_undertaking_pair",
            ),
        ]

    def __str__(self) -> str:
        """Who asks."""
        return f"{self.organisation_id} asks for {self.listing_id}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("access-request", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`owner` of the listing, or the `asking` organisation."""
        if who == "owner" and self.listing.owner is not None:
            return Holder(organisation=self.listing.owner.uid)
        return Holder(organisation=self.organisation.uid)


class ListingFile(Record):
    """A file on a listing, of a kind, open to one tier. Taken down it is archived."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="on_listing")
    kind = models.CharField(max_length=20)
    tier = models.CharField(max_length=10, default="parties")
    caption = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            archive_pair("listing_file_archived_pair"),
            models.CheckConstraint(condition=models.Q(tier__in=list(TIERS)), name="listing_file_tier"),
            models.CheckConstraint(condition=models.Q(kind__in=list(FILE_KINDS)), name="listing_file_kind"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.file.name


class DisclosedVersion(models.Model):
    """What a listing with closed tiers stated from a moment on; the sealed record holds the digests of each tier.

    `content` = {"schema", "version", "tiers": {tier: {"tier", "nonce", "fields", "files", …}}}.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="disclosed_versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    event = models.UUIDField(unique=True)
    content = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["listing", "number"], name="disclosed_version_number")]

    def __str__(self) -> str:
        """Its number."""
        return f"{self.listing_id} v{self.number}"


class FileRead(models.Model):
    """One download of a file of a closed tier by somebody who is not of the owner. `account` stands only by consent.

    `complete`: None while it runs or when the reader broke off; False when it was ended because the access was.
    """

    uid = models.UUIDField(unique=True)
    file = models.ForeignKey(ListingFile, on_delete=models.PROTECT, related_name="reads")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    account = personal(
        models.UUIDField(_("下载受限附件的账号"), null=True),
        purpose=mark("让信息所有者知道谁下载了不公开的附件"),
        basis=mark("个人同意（个人信息保护法第13条第1款第1项）"),
        retention=mark("一年，或撤回同意时"),
    )
    form = models.CharField(max_length=10)
    at = models.DateTimeField(db_index=True)
    complete = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(form__in=["pdf", "image", "zip"]), name="file_read_form")
        ]

    def __str__(self) -> str:
        """When."""
        return f"{self.at:%Y-%m-%d} {self.form}"
