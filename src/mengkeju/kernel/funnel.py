"""Stages from need to landing: each capability registers how many are there and where they can be opened.

Two lines are drawn from them. The 转化线 of the home page counts public needs (`needs`). The funnel of officers,
operators and organisations counts listings of every kind in the reader's scope (`of`), and what crosses the line
between two cities (`crossings`). A stage may stand on one of them or on both; who registers it is not known here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from mengkeju.kernel.access import Actor
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.words import word


def _never(_subject: UUID) -> datetime | None:
    return None


@dataclass(frozen=True)
class Stage:
    """One stop of the way from listing to landing.

    `needs()`: a queryset of the public needs that have come this far; it is counted and it can be
    opened, so that count and list cannot differ; None: no stop of the home page. `of(rows)` narrows a queryset of
    listings to those that have come this far, without joins that repeat rows; None: no stage of the funnel.
    `reached(uid)`: when a listing came here, None if it has not (or the stop does not say). `source` names the
    records that are counted; `of_definition` says what `of` counts where that is more than public needs.
    """

    key: str
    label: str
    label_en: str
    icon: str
    order: int
    definition: str | Promise
    needs: Callable[[], QuerySet[Any]] | None = field(default=None, compare=False)
    reached: Callable[[UUID], datetime | None] = field(default=_never, compare=False)
    of: Callable[[QuerySet[Any]], QuerySet[Any]] | None = field(default=None, compare=False)
    source: str | Promise = ""
    of_definition: str | Promise = ""

    @property
    def says(self) -> str | Promise:
        """What is counted in the funnel of listings."""
        return self.of_definition or self.definition


stages: Registry[Stage] = Registry("funnel stages")


def in_order() -> list[Stage]:
    """The stages that count public needs, in order."""
    return sorted((s for s in stages.values() if s.needs is not None), key=lambda s: (s.order, s.key))


def of_listings() -> list[Stage]:
    """The stages of the funnel of listings, in order."""
    return sorted((s for s in stages.values() if s.of is not None), key=lambda s: (s.order, s.key))


def stops() -> list[dict[str, Any]]:
    """The stages in order with their counts, as mk/river.html takes them (key instead of url)."""
    return [
        {"key": s.key, "label": word(s), "icon": s.icon, "count": s.needs().count(), "note": str(s.definition)}
        for s in in_order()
        if s.needs is not None
    ]


def reached(subject: UUID) -> dict[str, datetime]:
    """The stops a listing has come to, with the moment of each."""
    found = {key: stage.reached(subject) for key, stage in stages.items()}
    return {key: at for key, at in found.items() if at is not None}


@dataclass(frozen=True)
class Asked:
    """Of which pairs a crossing is counted.

    `listings`: in the reader's scope; at least one side is one of them. `cities`: for each city all its area codes.
    `first`, `last`: the days between which the pair came about; None: open.
    """

    listings: QuerySet[Any]
    cities: tuple[frozenset[str], ...]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class CrossingRow:
    """A pair as one reader may see it: titles and names are empty where he may not read them."""

    at: datetime
    left: str
    left_url: str
    left_area: str
    right: str
    right_url: str
    right_area: str
    note: str = ""


@dataclass(frozen=True)
class Crossing:
    """Pairs whose two sides lie in different cities. `pairs` is counted and listed; `rows` shows a page of it."""

    key: str
    label: str
    label_en: str
    order: int
    definition: str | Promise
    source: str | Promise
    pairs: Callable[[Asked], QuerySet[Any]] = field(compare=False)
    rows: Callable[[Actor, Sequence[Any]], Iterable[CrossingRow]] = field(compare=False)


crossings: Registry[Crossing] = Registry("crossings of the city line")


def crossings_in_order() -> list[Crossing]:
    """All crossings, in order."""
    return sorted(crossings.values(), key=lambda c: (c.order, c.key))
