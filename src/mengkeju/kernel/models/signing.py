"""The public keys this node has signed with. Private keys are never in the database."""

from django.db import models

from mengkeju.kernel.models.record import new_uid


class SigningKey(models.Model):
    """One Ed25519 key: `key` names it, `public` in base64. Retired, it still proves what it signed before."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
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
