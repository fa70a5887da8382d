"""落地与收益 summed up: landings by state, city and field; expected and realised benefit apart; people who came.

Every number is a sum over rows that can be listed. Amounts in 元. The number of queries does not depend on how many
rows there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from mengkeju.deals.access import DealPerm, LandingPerm
from mengkeju.deals.engine.benefit import ACTUAL, FORECAST, MEASURES
from mengkeju.deals.models import Arrival, Benefit, Deal, Landing
from mengkeju.deals.queries.deal import own_deals
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, may, visible_to

AVERAGE = "average"
"""The period that is no year: yearly averages, which only forecasts give."""
UNKNOWN = "-"
"""The code of what nobody said."""
ELSEWHERE = "other"
"""The code of every place outside the two cities."""
KINDS = (FORECAST, ACTUAL)
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class ReturnsAsked:
    """What is narrowed by; empty = everything. `period`: a year, or AVERAGE; `kind`: forecast or actual."""

    city: str = ""
    field: str = ""
    state: str = ""
    period: str = ""
    kind: str = ""

    def without(self, *names: str) -> "ReturnsAsked":
        """The same without some of it."""
        return replace(self, **dict.fromkeys(names, ""))


def sums_region(actor: Actor) -> bool:
    """Whether the actor sees the sums of the region; everybody else those of his own deals."""
    return may(actor, LandingPerm.REGION)


def _scoped(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    found = visible_to(rows, actor, LandingPerm.READ).exclude(deal__state="terminated")
    return found if sums_region(actor) else found.filter(deal__in=own_deals(actor).order_by().values("pk"))


def _places() -> dict[str, frozenset[str]]:
    """The codes of each of the two cities."""
    return {city.code: directory.codes_below(city.code) for city in directory.cities()}


def _narrowed(rows: QuerySet[M], asked: ReturnsAsked, places: Mapping[str, frozenset[str]]) -> QuerySet[M]:
    if asked.city == ELSEWHERE:
        rows = rows.exclude(area__in=frozenset().union(*places.values()))
    elif asked.city:
        rows = rows.filter(area__in=places.get(asked.city, frozenset({asked.city})))
    if asked.field:
        rows = rows.filter(deal__field="" if asked.field == UNKNOWN else asked.field)
    return rows


def landings(actor: Actor, asked: ReturnsAsked) -> QuerySet[Landing]:
    """The landings behind a number, the newest first."""
    rows = _narrowed(_scoped(actor, Landing.objects.all()), asked, _places())
    if asked.state:
        rows = rows.filter(state=asked.state)
    return rows.select_related("deal", "party").order_by("-created_at", "-pk")


def benefits(actor: Actor, asked: ReturnsAsked) -> QuerySet[Benefit]:
    """The figures behind a number: of a deal as a whole, or of its landings where nobody spoke of the whole."""
    return _benefits(actor, asked, _places()).select_related("deal", "landing", "said_for").order_by("-year", "-pk")


def _benefits(actor: Actor, asked: ReturnsAsked, places: Mapping[str, frozenset[str]]) -> QuerySet[Benefit]:
    rows = _narrowed(_scoped(actor, Benefit.objects.all()), asked, places)
    whole = Benefit.objects.filter(deal=OuterRef("deal"), kind=OuterRef("kind"), landing=None, archived_at=None).alias(
        of_year=Coalesce("year", Value(0))
    )
    same_year = whole.filter(of_year=Coalesce(OuterRef("year"), Value(0)))
    rows = rows.filter(Q(landing=None) | ~Exists(same_year))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.period == AVERAGE:
        rows = rows.filter(year=None)
    elif asked.period:
        rows = rows.filter(year=int(asked.period))
    return rows


def arrivals(actor: Actor, asked: ReturnsAsked) -> QuerySet[Arrival]:
    """The counts of people behind a number, the newest first."""
    rows = _narrowed(_scoped(actor, Arrival.objects.all()), asked, _places())
    return rows.select_related("deal", "employer").order_by("-arrived_on", "-pk")


def deals_opened(actor: Actor, rows: Sequence[Landing | Benefit | Arrival]) -> set[int]:
    """Keys of the deals of these rows that the actor may open. One query."""
    deals = Deal.objects.filter(pk__in={row.deal_id for row in rows})
    return set(visible_to(deals, actor, DealPerm.READ).values_list("pk", flat=True))


@dataclass(frozen=True)
class Sums:
    """Sums of one kind of figures; None where no row says anything."""

    rows: int = 0
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    jobs: int | None = None


Pair = dict[str, Sums]
"""Forecast and actual; nothing ever adds the two."""


@dataclass(frozen=True)
class Landed:
    """How many landings, with what was to be invested there and the jobs that were planned."""

    count: int
    investment: Decimal | None
    jobs: int | None


@dataclass(frozen=True)
class People:
    """Who came: rows, heads, of them doctors, with senior titles, and in full time."""

    rows: int
    heads: int
    doctors: int
    seniors: int
    full_time: int


@dataclass(frozen=True)
class Returns:
    """The page. `periods`: by year (a string) and AVERAGE; `landed`, `by_cut` by cut (state, city, field) and code."""

    periods: dict[str, Pair]
    period: str
    landed: dict[str, dict[str, Landed]]
    by_cut: dict[str, dict[str, Pair]]
    whole: Landed
    people: People


def returns(actor: Actor, asked: ReturnsAsked) -> Returns:
    """All sums of what the actor may read.

    The cuts of figures are of one period: the one asked for, else the latest year with actual figures, else any.
    """
    places = _places()
    everything = asked.without("period", "kind", "state")
    periods = _by_period(_benefits(actor, everything, places))
    realised = (key for key, pair in periods.items() if pair[ACTUAL].rows)
    period = asked.period or next(realised, next(iter(periods), AVERAGE))
    figures = _benefits(actor, replace(everything, period=period), places)
    sites = _narrowed(_scoped(actor, Landing.objects.all()), everything, places)
    area = _landed(sites, "area")
    cuts = {
        "city": _pairs(figures, "area", places),
        "field": _pairs(figures, "deal__field", {}),
    }
    landed = {
        "state": _merged(_landed(sites, "state"), {}),
        "city": _merged(area, places),
        "field": _merged(_landed(sites, "deal__field"), {}),
    }
    return Returns(periods, period, landed, cuts, _added(area.values()), _people(actor, everything, places))


def _by_period(rows: QuerySet[Benefit]) -> dict[str, Pair]:
    """The latest year first, the averages at the end. One query."""
    found: dict[str, dict[str, list[Sums]]] = {}
    for row in rows.order_by("-year").values("year", "kind").annotate(**_SUMS).order_by():
        found.setdefault(str(row["year"] or AVERAGE), {}).setdefault(row["kind"], []).append(_sums(row))
    ordered = sorted(found, key=lambda key: (key == AVERAGE, -int(key) if key != AVERAGE else 0))
    return {key: {kind: _total(found[key].get(kind, [])) for kind in KINDS} for key in ordered}


_SUMS = {"n": Count("pk"), "people": Sum("jobs"), **{f"sum_{name}": Sum(name) for name in MEASURES}}
_LANDED = {"n": Count("pk"), "invested": Sum("investment"), "people": Sum("jobs_planned")}


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(int(row["n"]), {name: row[f"sum_{name}"] for name in MEASURES}, row["people"])


def _pairs(rows: QuerySet[Benefit], column: str, places: Mapping[str, frozenset[str]]) -> dict[str, Pair]:
    """Figures by a column, areas put together by city. One query."""
    found: dict[str, dict[str, list[Sums]]] = {}
    for row in rows.order_by().values(column, "kind").annotate(**_SUMS):
        code = _code(row[column], places)
        found.setdefault(code, {}).setdefault(row["kind"], []).append(_sums(row))
    return {code: {kind: _total(parts.get(kind, [])) for kind in KINDS} for code, parts in found.items()}


def _total(parts: Iterable[Sums]) -> Sums:
    rows = list(parts)
    amounts = {name: _sum(part.amounts.get(name) for part in rows) for name in MEASURES}
    people = [part.jobs for part in rows if part.jobs is not None]
    return Sums(sum(part.rows for part in rows), amounts, sum(people) if people else None)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [Decimal(value) for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _landed(rows: QuerySet[Landing], column: str) -> dict[str, Landed]:
    grouped = rows.order_by().values(column).annotate(**_LANDED)
    return {str(row[column]): Landed(row["n"], row["invested"], row["people"]) for row in grouped}


def _merged(parts: Mapping[str, Landed], places: Mapping[str, frozenset[str]]) -> dict[str, Landed]:
    found: dict[str, list[Landed]] = {}
    for value, part in parts.items():
        found.setdefault(_code(value, places), []).append(part)
    return {code: _added(same) for code, same in found.items()}


def _added(parts: Iterable[Landed]) -> Landed:
    rows = list(parts)
    people = [part.jobs for part in rows if part.jobs is not None]
    return Landed(sum(part.count for part in rows), _sum(r.investment for r in rows), sum(people) if people else None)


def _code(value: str, places: Mapping[str, frozenset[str]]) -> str:
    if places:
        return next((city for city, codes in places.items() if value in codes), ELSEWHERE)
    return value or UNKNOWN


def _people(actor: Actor, asked: ReturnsAsked, places: Mapping[str, frozenset[str]]) -> People:
    rows = _narrowed(_scoped(actor, Arrival.objects.all()), asked, places)
    found = rows.aggregate(
        n=Count("pk"),
        heads=Sum("headcount"),
        doctors=Sum("doctors"),
        seniors=Sum("seniors"),
        full=Sum("headcount", filter=Q(full_time=True)),
    )
    return People(*(int(found[key] or 0) for key in ("n", "heads", "doctors", "seniors", "full")))
