"""What django-tasks-db lacks: leases and tries; and one-time keys of requests."""

from django.db import models


class JobLease(models.Model):
    """State of a task beside its queue row: who holds it until when, how often it was tried."""

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", on_delete=models.CASCADE, related_name="lease", db_constraint=False
    )
    key = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    waiting = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(waiting=True) & ~models.Q(key=""), name="job_coalesced"
            )
        ]

    def __str__(self) -> str:
        """Its coalescing key."""
        return self.key or str(self.task_id)


class OneTimeKey(models.Model):
    """Answer to a repeated POST: the same key by the same account gives the first result."""

    key = models.CharField(max_length=80)
    account = models.UUIDField()
    result_type = models.CharField(max_length=40)
    result_uid = models.UUIDField()
    # SHA-256 of the request it came with (API): the same key with another request is an error.
    fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="one_time_key_once")]

    def __str__(self) -> str:
        """The key."""
        return self.key
