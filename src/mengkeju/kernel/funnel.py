"""Stages from need to landing: each capability registers how many are there and where they can be opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.words import word


def _never(_subject: UUID) -> datetime | None:
    return None


@dataclass(frozen=True)
class Stage:
    """One stop of the 转化线.

    `needs()`: a queryset of the public needs that have come this far; it is counted and it can be
    opened, so that count and list cannot differ. `reached(uid)`: when a listing came here, None if it
    has not (or the stop does not say).
    """

    key: str
    label: str
    label_en: str
    icon: str
    order: int
    definition: str | Promise
    needs: Callable[[], QuerySet[Any]] = field(compare=False)
    reached: Callable[[UUID], datetime | None] = field(default=_never, compare=False)


stages: Registry[Stage] = Registry("funnel stages")


def stops() -> list[dict[str, Any]]:
    """The stages in order with their counts, as mk/river.html takes them (key instead of url)."""
    ordered = sorted(stages.values(), key=lambda s: s.order)
    return [
        {"key": s.key, "label": word(s), "icon": s.icon, "count": s.needs().count(), "note": str(s.definition)}
        for s in ordered
    ]


def reached(subject: UUID) -> dict[str, datetime]:
    """The stops a listing has come to, with the moment of each."""
    found = {key: stage.reached(subject) for key, stage in stages.items()}
    return {key: at for key, at in found.items() if at is not None}
