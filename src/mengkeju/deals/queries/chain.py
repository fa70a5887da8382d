"""The chain of a deal that published texts tell of: from the achievement to what is expected of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from mengkeju.deals.models import Benefit, Deal, Landing, SourceReading


@dataclass(frozen=True)
class Topic:
    """Readings that speak of the same thing. `disagrees`: they are not told alike."""

    key: str
    about: str
    note: str
    readings: tuple[SourceReading, ...]

    @property
    def disagrees(self) -> bool:
        """Whether there is more than one way to tell it; several judgements of a text stand beside each other."""
        return len({row.value for row in self.readings if row.kind != "mark"}) > 1


def readings_of(deal: Deal) -> list[SourceReading]:
    """Every reading of a deal that still says something, in its order. One query."""
    return list(deal.readings.filter(archived_at=None).exclude(value="").select_related("organisation"))


def topics(readings: Sequence[SourceReading]) -> list[Topic]:
    """Readings by what they speak of, people apart from it; in their order."""
    found: dict[str, list[SourceReading]] = {}
    for row in readings:
        if row.kind != "person":
            found.setdefault(row.topic, []).append(row)
    return [
        Topic(key, rows[0].about, next((row.note for row in rows if row.note), ""), tuple(rows))
        for key, rows in found.items()
    ]


def forecasts_of(deal: Deal) -> list[Benefit]:
    """What is expected a year or in a year, never what was reached. One query."""
    return list(deal.benefits.filter(archived_at=None, kind="forecast").order_by("year", "pk"))


def has_actual(deal: Deal) -> bool:
    """Whether anything reached has been told. One query."""
    return deal.benefits.filter(archived_at=None, kind="actual").exists()


def plans_of(deal: Deal) -> list[Landing]:
    """What is to be made with it, and where. One query."""
    return list(deal.landings.filter(archived_at=None, capacity__isnull=False).select_related("party"))
