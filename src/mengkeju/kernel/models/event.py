"""The append-only record: one event per act, its payload apart, and the seals that chain it."""

from django.db import models

from mengkeju.kernel.digests import SCHEME
from mengkeju.kernel.models.record import new_uid


class Event(models.Model):
    """One act. Never changed after it is written; `digest` binds the payload (salted SHA-256, hex)."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    type = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    actor_account = models.UUIDField(null=True)
    actor_organisation = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    area = models.CharField(max_length=40, blank=True)
    node = models.CharField(max_length=40)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    # The transaction's number on PostgreSQL, 0 on SQLite: followers read in (xact, id) order, see horizon.py.
    xact = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["xact", "id"], name="event_reading_order"),
            models.Index(fields=["subject_type", "subject_uid", "id"], name="event_subject"),
            models.Index(fields=["type", "id"], name="event_type"),
        ]

    def __str__(self) -> str:
        """Type and subject."""
        return f"{self.type} {self.subject_type}:{self.subject_uid}"


class EventPayload(models.Model):
    """Before → after of an event. Deleted by an erasure; the event and its digest stay."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=32)
    body = models.JSONField()

    def __str__(self) -> str:
        """The event it belongs to."""
        return f"payload of {self.event_id}"


class Seal(models.Model):
    """A link of the chain: hash over the previous hash and the event's own fields, by a scheme of digests.py."""

    sequence = models.PositiveBigIntegerField(unique=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()
    scheme = models.PositiveSmallIntegerField(default=SCHEME)

    def __str__(self) -> str:
        """Its place in the chain."""
        return f"seal {self.sequence}"


class FollowerCursor(models.Model):
    """How far a follower has read the record."""

    name = models.CharField(max_length=60, unique=True)
    xact = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name and position."""
        return f"{self.name}@{self.xact}/{self.position}"


class RecordEpoch(models.Model):
    """One row (id 1): the PostgreSQL cluster that writes the record, and what its transaction ids are led by."""

    cluster = models.BigIntegerField()
    lead = models.BigIntegerField()

    def __str__(self) -> str:
        """Cluster and lead."""
        return f"{self.cluster}+{self.lead}"
