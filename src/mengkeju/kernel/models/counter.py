"""How many requests each caller of the API has made, where several web processes must agree."""

from django.db import models


class RateCounter(models.Model):
    """One caller (a digest or a token's uid, never an address in clear) in his latest window."""

    bucket = models.CharField(max_length=60, primary_key=True)
    period = models.BigIntegerField(db_index=True)
    hits = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Caller and number."""
        return f"{self.bucket}: {self.hits}"
