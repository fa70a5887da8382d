"""The public keys this node has signed with. Private keys are never in the database."""

from django.db import models


class SigningKey(models.Model):
    """One Ed25519 key: `key` names it, `public` in base64. Retired, it still proves what it signed before."""

    key = models.CharField(max_length=32, unique=True)
    public = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True, retired_why="")
                | models.Q(retired_at__isnull=False) & ~models.Q(retired_why=""),
                name="signing_key_retired_pair",
            )
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.key
