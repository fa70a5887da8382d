"""How a need ended, who says so, and whether the enterprise itself has confirmed it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair
from mengkeju.listings.engine.outcomes import OUTCOMES, SATISFACTIONS
from mengkeju.listings.models.listing import Listing


def _pair(name: str) -> models.CheckConstraint:
    both = models.Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
    none = models.Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    return models.CheckConstraint(condition=both | none, name=f"outcome_{name}_pair")


class NeedOutcome(Record):
    """The outcome a need was closed with; over (`ended_at`) when the need is taken up again.

    `solver` and `solution` are on the platform, `solver_note` names who is not. `intention` is the agreed intention
    (its uid) that led here. Only `confirmed_at`, set by the owner's own people, makes it count.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=30)
    evidence = models.TextField(max_length=2000)
    satisfaction = models.PositiveSmallIntegerField(null=True)
    solver = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    solver_note = models.CharField(max_length=120, blank=True)
    solution = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="solved")
    intention = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    refused_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    refused_note = models.TextField(max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("outcome_archived_pair"),
            _pair("confirmed"),
            _pair("refused"),
            models.UniqueConstraint(
                fields=["listing"], condition=models.Q(ended_at__isnull=True), name="outcome_one_current"
            ),
            models.CheckConstraint(condition=models.Q(outcome__in=list(OUTCOMES)), name="outcome_coded"),
            models.CheckConstraint(
                condition=models.Q(satisfaction__isnull=True) | models.Q(satisfaction__in=list(SATISFACTIONS)),
                name="outcome_satisfaction",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(refused_at__isnull=True),
                name="outcome_one_answer",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["outcome", "confirmed_at"], name="outcome_counted")]

    def __str__(self) -> str:
        """Its code."""
        return self.outcome

    def get_absolute_url(self) -> str:
        """The page of its need."""
        return self.listing.get_absolute_url()

    @property
    def waits(self) -> bool:
        """Whether the enterprise has still to say if it is so."""
        return self.ended_at is None and self.confirmed_at is None and self.refused_at is None
