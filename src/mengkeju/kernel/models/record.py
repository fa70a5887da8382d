"""What every record has from the first migration, and the mark of personal data."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from uuid6 import uuid7

F = TypeVar("F", bound="models.Field[Any, Any]")


def new_uid() -> UUID:
    """A fresh UUIDv7, the only id that leaves the database."""
    return UUID(bytes=uuid7().bytes)


@dataclass(frozen=True)
class PersonalData:
    """Why a field about a person is kept, on what ground and for how long (个人信息保护法)."""

    purpose: str
    basis: str
    retention: str


def personal(field: F, *, purpose: str, basis: str, retention: str) -> F:
    """Mark a model field as personal data; export and erasure walk these marks."""
    field.personal = PersonalData(purpose, basis, retention)  # type: ignore[attr-defined]  # the mark lives on the field
    return field


def personal_fields(model: type[models.Model]) -> dict[str, PersonalData]:
    """Names of the personal fields of a model with their marks."""
    return {f.name: f.personal for f in model._meta.get_fields() if hasattr(f, "personal")}


class Record(models.Model):
    """Base of every object people work on."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    area = models.CharField("地区代码", max_length=40, blank=True, db_index=True)
    origin_node = models.CharField(max_length=40, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    archived_reason = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True


class StatefulRecord(Record):
    """A record with a workflow. `kernel.actions.advance` alone writes these three fields."""

    state = models.CharField(max_length=30, editable=False)
    state_at = models.DateTimeField(editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        abstract = True


def archive_pair(name: str) -> models.CheckConstraint:
    """Archived rows say by whom."""
    return models.CheckConstraint(
        condition=models.Q(archived_at__isnull=True, archived_by__isnull=True)
        | models.Q(archived_at__isnull=False, archived_by__isnull=False),
        name=name,
    )


def state_in(states: Any, name: str) -> models.CheckConstraint:
    """Keeps `state` inside the workflow's table."""
    return models.CheckConstraint(condition=models.Q(state__in=sorted(states)), name=name)
