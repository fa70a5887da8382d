"""Stages from need to landing: each capability registers how many are there and where they can be opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mengkeju.kernel.kinds import Registry


@dataclass(frozen=True)
class Stage:
    """One stop of the 转化线. `count()` counts public records now; `url()` opens the list it counted."""

    key: str
    label: str
    label_en: str
    icon: str
    order: int
    definition: str
    count: Callable[[], int] = field(compare=False)
    url: Callable[[], str] = field(compare=False)


stages: Registry[Stage] = Registry("funnel stages")


def stops() -> list[dict[str, Any]]:
    """The stages in order with their counts, as mk/river.html takes them."""
    ordered = sorted(stages.values(), key=lambda s: s.order)
    return [
        {"label": s.label, "icon": s.icon, "count": s.count(), "url": s.url(), "note": s.definition} for s in ordered
    ]
