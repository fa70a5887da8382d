"""The diagnosis of a need: one per round."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS, RUNNING
from mengkeju.listings.models.listing import Listing


class Diagnosis(StatefulRecord):
    """What a broker found about a need, and the public wording he proposes. Nothing of it is public by itself.

    `barred`: who diagnosed the round before and sent it on; he cannot claim this one. `area` is the need's.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="diagnoses")
    round = models.PositiveSmallIntegerField()
    broker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    claimed_at = models.DateTimeField(null=True, editable=False)
    barred = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    findings = models.TextField(blank=True)
    public_title = models.CharField(max_length=120, blank=True)
    public_summary = models.TextField(blank=True)
    keywords = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("diagnosis_archived_pair"),
            state_in(DIAGNOSIS.states, "diagnosis_state"),
            models.UniqueConstraint(fields=["listing", "round"], name="diagnosis_round_once"),
            models.UniqueConstraint(
                fields=["listing"], condition=models.Q(state__in=RUNNING), name="diagnosis_one_running"
            ),
            models.CheckConstraint(
                condition=models.Q(broker__isnull=True, claimed_at__isnull=True)
                | models.Q(broker__isnull=False, claimed_at__isnull=False),
                name="diagnosis_claim_pair",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "state_at"], name="diagnosis_waiting")]

    def __str__(self) -> str:
        """Need and round."""
        return f"{self.listing.title} · {self.round}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("diagnosis", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`broker`: of the area, people of the owner excepted; `claimant`: who claimed it; `owner`: the enterprise."""
        owner = self.listing.owner
        if who == "owner" and owner is not None:
            return Holder(organisation=owner.uid)
        if who == "claimant" and self.broker is not None:
            return Holder(account=self.broker.uid)
        return Holder(role="broker", area=self.area, barred=owner.uid if owner else None)
