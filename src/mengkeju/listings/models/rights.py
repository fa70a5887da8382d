"""Rights of intellectual property: the right, who claims it, what was paid for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair, new_uid
from mengkeju.kernel.words import mark
from mengkeju.listings.engine import patent_numbers
from mengkeju.listings.engine.rights import KINDS, STANDINGS, RightKind, Standing
from mengkeju.listings.models.listing import Listing

DECISIONS = {"upheld": _("认定成立"), "rejected": _("认定不成立"), "withdrawn": _("已撤回主张")}


class IpRight(Record):
    """A right of intellectual property; the kind `patent` is the offer of one.

    `number` has one spelling (`engine.patent_numbers`). `holder` is the organisation that claims it; while several
    do and nobody has decided, the first one, and `disputed` is set. `next_on`: the next day on which a fee or its end
    is to be looked at.
    """

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
    disputed = models.BooleanField(default=False)
    next_on = models.DateField(null=True)
    fictional = models.BooleanField(default=False)
    listings = models.ManyToManyField(Listing, related_name="ip_rights", blank=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("ip_right_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(status__in=["", *STANDINGS]) & models.Q(kind__in=list(KINDS)), name="ip_right_words"
            ),
            models.CheckConstraint(
                condition=models.Q(applied_on__isnull=True)
                | models.Q(granted_on__isnull=True)
                | models.Q(applied_on__lte=models.F("granted_on")),
                name="ip_right_dates",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_on"], name="ip_right_next"),
            models.Index(fields=["kind", "status"], name="ip_right_kind"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    @property
    def spec(self) -> RightKind:
        """What its kind is called and how long it lasts."""
        return KINDS[self.kind]

    @property
    def standing(self) -> Standing | None:
        """Its legal status; None when nothing was stated."""
        return STANDINGS.get(self.status)

    @property
    def printed(self) -> str:
        """Its number as it is printed."""
        return patent_numbers.shown(self.number, granted=self.status == "granted")

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("ip-right", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`holder`: its organisation; `officer`: over the area the claimants share."""
        if who == "holder" and self.holder is not None:
            return Holder(organisation=self.holder.uid)
        return Holder(role="officer", area=self.area)


class RightClaim(models.Model):
    """An organisation says that a right is its own; with a decision and its reason once it was disputed."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    right = models.ForeignKey(IpRight, on_delete=models.PROTECT, related_name="claims")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="right_claims")
    basis = models.CharField(max_length=500, blank=True)
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, blank=True, choices=list(DECISIONS.items()))
    reason = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["claimed_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["right", "organisation"], name="right_claim_once"),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at__isnull=True)
                | (models.Q(decision__in=list(DECISIONS)) & models.Q(decided_at__isnull=False)),
                name="right_claim_decided",
            ),
        ]

    def __str__(self) -> str:
        """Who."""
        return f"{self.organisation_id} claims {self.right_id}"

    @property
    def stands(self) -> bool:
        """Neither rejected nor withdrawn."""
        return self.decision in {"", "upheld"}


class FeePayment(models.Model):
    """The yearly fee of one patent year was paid."""

    right = models.ForeignKey(IpRight, on_delete=models.PROTECT, related_name="payments")
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    paid_on = models.DateField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["right", "year"], name="fee_payment_once")]

    def __str__(self) -> str:
        """Which year."""
        return f"{self.right_id} year {self.year}"
