"""Firms that could work together along a chain. No verbs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mengkeju.listings.models import Listing
from mengkeju.matching.engine.bands import bands


class Partner(models.Model):
    """What one capability's owner looks for meets what another capability offers; computed, no record of anybody's act.

    `seeker` looks, `offer` is what might do; each pair stands in either direction. Deleted with the next computing.
    `expected` lies in [1, 4], `band` is empty below the bands; `terms` are words that both public texts have.
    """

    seeker = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    expected = models.FloatField()
    band = models.CharField(max_length=10, blank=True)
    terms = models.JSONField(default=list)
    model_version = models.CharField(max_length=120)
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seeker", "offer"], name="partner_once"),
            models.CheckConstraint(condition=~Q(seeker=F("offer")), name="partner_two_sides"),
            models.CheckConstraint(condition=Q(expected__gte=1, expected__lte=4), name="partner_expected"),
            models.CheckConstraint(condition=Q(band__in=["", *(b.key for b in bands())]), name="partner_band"),
        ]

    def __str__(self) -> str:
        """Which pair."""
        return f"{self.seeker_id} → {self.offer_id}"
