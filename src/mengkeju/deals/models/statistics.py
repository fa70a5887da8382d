"""Periods of the contract statistics that were closed: what was published, and each time they were opened again."""

from typing import ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair


class StatClosing(Record):
    """One closing of a period for an area: the figures as they were published, kept for good.

    `figures` = {"schema": "contract-statistics", "version": 1, "total": {…}, "cuts": {cut: {code: {…}}}}, each of
    `engine.statistics.Figures`. A period that was opened again and closed once more has another row with `version` + 1.
    """

    first_on = models.DateField(_("起"))
    last_on = models.DateField(_("止"))
    version = models.PositiveSmallIntegerField()
    figures = models.JSONField()
    reopened_at = models.DateTimeField(null=True, editable=False)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    reopened_reason = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-first_on", "-version"]
        constraints: ClassVar = [
            archive_pair("stat_closing_archived_pair"),
            models.CheckConstraint(condition=models.Q(first_on__lte=models.F("last_on")), name="stat_closing_order"),
            models.UniqueConstraint(
                fields=["area", "first_on", "last_on", "version"], name="stat_closing_version_once"
            ),
            models.UniqueConstraint(
                fields=["area", "first_on", "last_on"],
                condition=models.Q(reopened_at=None),
                name="stat_closing_closed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | models.Q(reopened_at__isnull=False, reopened_by__isnull=False),
                name="stat_closing_reopened_pair",
            ),
        ]

    def __str__(self) -> str:
        """The period."""
        return f"{self.first_on} – {self.last_on}"

    def get_absolute_url(self) -> str:
        """The statistics of its period."""
        span = {"first_on": self.first_on.isoformat(), "last_on": self.last_on.isoformat(), "area": self.area}
        return f"{reverse('contract-statistics')}?{urlencode(span)}"
