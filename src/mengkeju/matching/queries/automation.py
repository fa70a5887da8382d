"""Whether a person has switched off proposals made by programme (个人信息保护法 article 24)."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, QuerySet

from mengkeju.kernel.access import Actor
from mengkeju.matching.models import AutomationChoice, Proposal


def off_since(actor: Actor) -> datetime | None:
    """Since when the person wants no proposals; None: he gets them."""
    return _off(actor.person_uid).values_list("off_since", flat=True).first() if actor.person_uid is not None else None


def unless_off(rows: QuerySet[Proposal], actor: Actor) -> QuerySet[Proposal]:
    """The same rows, or none for a person who wants none: asked within the same query."""
    return rows if actor.person_uid is None else rows.filter(~Exists(_off(actor.person_uid)))


def _off(person: UUID) -> QuerySet[AutomationChoice]:
    return AutomationChoice.objects.filter(person__uid=person, off_since__isnull=False)
