"""Consent: one table for persons and organisations."""

from django.db import models

from mengkeju.kernel.models.record import new_uid


class Consent(models.Model):
    """A person or an organisation allows a purpose, in a scope, on the wording of a text version."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    giver_type = models.CharField(max_length=20)
    giver_uid = models.UUIDField()
    purpose = models.CharField(max_length=60)
    scope = models.CharField(max_length=120, blank=True)
    text_version = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["giver_type", "giver_uid", "purpose", "scope"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(giver_type__in=["person", "organisation"]), name="consent_giver_type"
            ),
        ]

    def __str__(self) -> str:
        """Purpose and giver."""
        return f"{self.purpose} by {self.giver_type}:{self.giver_uid}"
