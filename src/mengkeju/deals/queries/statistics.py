"""The contract statistics: every figure is a sum over registrations that can be listed. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, RowRange, Sum, Value, When, Window
from django.db.models.expressions import Combinable

from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.engine.growth import growth
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES
from mengkeju.deals.engine.statistics import CUTS, FLOWS, Figures, Part
from mengkeju.deals.models import Registration, StatClosing
from mengkeju.deals.queries.vocabulary import choices
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel.words import gettext, word

COLUMNS = {
    "type": "contract_type",
    "field": "field",
    "seller_kind": "seller_kind",
    "ip_kind": "ip_kind",
    "plan_source": "plan_source",
    "area": "area",
    "zone": "zone",
}
LISTS = {
    "field": "technical_fields",
    "seller_kind": "seller_kinds",
    "ip_kind": "ip_kinds",
    "plan_source": "plan_sources",
}


@dataclass(frozen=True)
class Asked:
    """What is counted: registrations dated `first_on` … `last_on`, both included, of sellers in `area` and below.

    An empty area is the whole region. `cut` and `code` narrow to one row of a cut.
    """

    first_on: date
    last_on: date
    area: str = ""
    cut: str = ""
    code: str = ""

    @property
    def year_before(self) -> "Asked":
        """The same span a year earlier."""
        return replace(self, first_on=_year_back(self.first_on), last_on=_year_back(self.last_on))


def of_year(year: int, area: str = "") -> Asked:
    """A calendar year."""
    return Asked(date(year, 1, 1), date(year, 12, 31), area)


def _year_back(day: date) -> date:
    """The same day a year earlier; 29 February becomes the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def counted() -> QuerySet[Registration]:
    """What the statistics count: registered, changed, and those under objection that had been so."""
    still = Q(state__in=REGISTERED_STATES) | Q(state="objected", objected_from__in=REGISTERED_STATES)
    return Registration.objects.filter(still, archived_at=None, registered_on__isnull=False)


def registered(asked: Asked) -> QuerySet[Registration]:
    """The registrations behind a number; all their certified amounts add up to it."""
    rows = counted().filter(registered_on__range=(asked.first_on, asked.last_on))
    rows = _in(asked.area, rows)
    if asked.cut == "flow":
        rows = rows.annotate(flow=_flow(asked.area)).filter(flow=asked.code)
    elif asked.cut:
        rows = rows.filter(**{COLUMNS[asked.cut]: asked.code})
    return rows


def _in(area: str, rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """Those of sellers in an area or zone; the whole region is not asked for row by row."""
    if not area or area == REGION:
        return rows
    codes = directory.codes_below(area)
    return rows.filter(Q(area__in=codes) | Q(zone__in=codes))


def figures_of(rows: QuerySet[Registration]) -> Figures:
    """Count and sums of any registrations. One query."""
    return _figures(rows.aggregate(**_SUMS))


_SUMS = {
    "n": Count("pk"),
    "value": Sum("certified_value"),
    "technology": Sum("certified_technology"),
    "stated": Count("certified_value"),
}


def _figures(row: Mapping[str, Any]) -> Figures:
    count, stated = int(row["n"] or 0), int(row["stated"] or 0)
    return Figures(count, Decimal(row["value"] or 0), Decimal(row["technology"] or 0), count - stated)


def cut_by(cut: str, asked: Asked) -> list[Part]:
    """The rows of one cut, the largest sum first; their figures add up to the whole. One query."""
    rows = registered(asked).order_by()
    if cut == "flow":
        rows, column = rows.annotate(flow=_flow(asked.area)), "flow"
    else:
        column = COLUMNS[cut]
    grouped = rows.values(column).annotate(**_SUMS)
    parts = [Part(str(row[column]), _figures(row)) for row in grouped]
    return sorted(parts, key=lambda part: (-part.figures.contract_value, -part.figures.count, part.code))


def _within(area: str, name: str) -> Q:
    """Whether the place in a column lies in an area.

    Not every place of the region is listed, so the beginning of its code (GB/T 2260) says it.
    """
    found = Q(**{f"{name}__in": directory.codes_below(area or REGION)})
    return found | Q(**{f"{name}__startswith": REGION[:2]}) if not area or area == REGION else found


def _flow(area: str) -> Combinable:
    """Where the buyer sits, seen from the area: inside it, in the other city, elsewhere in the region, outside."""
    network = frozenset().union(*(directory.codes_below(city.code) for city in directory.cities()))
    return Case(
        When(buyer_area="", then=Value("unknown")),
        When(_within(area, "buyer_area"), then=Value("inside")),
        When(buyer_area__in=network, then=Value("network")),
        When(_within(REGION, "buyer_area"), then=Value("region")),
        default=Value("outside"),
        output_field=CharField(),
    )


def names_of_cut(cut: str, codes: list[str]) -> dict[str, str]:
    """The words of a cut's codes."""
    if cut == "type":
        return {key: word(kind) for key, kind in TYPES.items()}
    if cut == "flow":
        return {key: gettext(text) for key, text in FLOWS.items()}
    if cut in {"area", "zone"}:
        return directory.area_names([code for code in codes if code])
    return dict(choices(LISTS[cut]))


def inflow(asked: Asked) -> Figures:
    """吸纳: what buyers in the area took from sellers outside it, wherever it was registered here. One query."""
    rows = counted().filter(_within(asked.area, "buyer_area"), registered_on__range=(asked.first_on, asked.last_on))
    return figures_of(rows.exclude(_within(asked.area, "area")))


@dataclass(frozen=True)
class ContractStatistics:
    """The figures of a span and an area, those of the span before, and every cut."""

    asked: Asked
    figures: Figures
    before: Figures
    cuts: dict[str, list[Part]]
    inflow: Figures

    @property
    def growth_pct(self) -> Decimal | None:
        """Of the contract value against the same span a year earlier, one decimal; None without one."""
        return growth(self.figures.contract_value, self.before.contract_value)


def statistics(asked: Asked) -> ContractStatistics:
    """Everything the page, the command and the API show. Eleven queries, however many contracts there are."""
    return ContractStatistics(
        asked,
        figures_of(registered(asked)),
        figures_of(registered(asked.year_before)),
        {cut: cut_by(cut, asked) for cut in CUTS},
        inflow(asked),
    )


def by_year(area: str = "") -> list[tuple[int, Figures]]:
    """Every year that has registrations, the latest first. One query."""
    rows = _in(area, counted().order_by())
    grouped = rows.values("registered_on__year").annotate(**_SUMS).order_by("-registered_on__year")
    return [(int(row["registered_on__year"]), _figures(row)) for row in grouped]


def closings(asked: Asked) -> list[StatClosing]:
    """Every closing of exactly this period and area, the newest first."""
    return list(
        StatClosing.objects.filter(area=asked.area or REGION, first_on=asked.first_on, last_on=asked.last_on)
        .select_related("created_by", "reopened_by")
        .order_by("-version")
    )


def closed(closings_: Sequence[StatClosing]) -> StatClosing | None:
    """The closing in force, if the period is closed."""
    return next((row for row in closings_ if row.reopened_at is None), None)


def published(closing: StatClosing) -> Figures:
    """The total as it was published."""
    return Figures.read(closing.figures["total"])


def largest(asked: Asked, limit: int = 10) -> QuerySet[Registration]:
    """The largest certified contracts of a span and area (TRD-14), the largest first."""
    rows = registered(asked).filter(certified_value__isnull=False)
    return rows.select_related("deal").order_by("-certified_value", "registered_on", "pk")[:limit]


def records_over_time(area: str = "") -> QuerySet[Registration]:
    """Each registration larger than every one before it, the latest first (TRD-14). One query."""
    rows = _in(area, counted().filter(certified_value__isnull=False))
    order = [F("registered_on").asc(), F("pk").asc()]
    before = Window(Max("certified_value"), order_by=order, frame=RowRange(start=None, end=-1))
    ranked = rows.annotate(best_before=before)
    beaten = Q(best_before__isnull=True) | Q(certified_value__gt=F("best_before"))
    return ranked.filter(beaten).select_related("deal").order_by("-registered_on", "-pk")
