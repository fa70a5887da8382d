"""What a set of listings is made of, counted by one thing at a time.

Only what every reader of a listing may know is counted: values of sections open to everybody; a value that stands in
a section that is not is counted as “closed”, whatever it is. So the numbers tell nothing the search's filters do not.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import OUTSIDE, is_outside
from mengkeju.directory.models import Area
from mengkeju.kernel import clock
from mengkeju.kernel.words import chosen, word
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.indexing import BUDGET_BANDS, NOT_STATED, budget_band
from mengkeju.listings.queries.reading import PRICES

DIMENSIONS: dict[str, str | Promise] = {
    "city": gettext_lazy("城市"),
    "field": gettext_lazy("技术领域"),
    "cluster": gettext_lazy("产业集群"),
    "maturity": gettext_lazy("希望的成熟度"),
    "budget": gettext_lazy("投入"),
    "month": gettext_lazy("发布月份"),
    "state": gettext_lazy("状态"),
}
EMPTY, CLOSED = "none", "closed"
"""Values of a thing that is not stated, and of one that is not open to everybody."""
_BUDGET_ORDER = [label for _limit, label in BUDGET_BANDS] + [NOT_STATED, CLOSED]
_STATE_ORDER = list(LISTING.states)


@dataclass(frozen=True)
class Part:
    """One value of a dimension with the listings that have it, by key."""

    dimension: str
    value: str
    label: str
    keys: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.keys)


def distribution(rows: Sequence[Listing]) -> dict[str, tuple[Part, ...]]:
    """Every dimension in its order; the parts of each make up the whole set. A constant number of queries."""
    cities = cities_of({row.area for row in rows})
    made: dict[str, tuple[Part, ...]] = {}
    for dimension in DIMENSIONS:
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(_value(row, dimension, cities), []).append(row.pk)
        label = _labels(dimension, found)
        parts = [Part(dimension, value, label(value), tuple(keys)) for value, keys in found.items()]
        made[dimension] = tuple(sorted(parts, key=_order(dimension)))
    return made


def cities_of(codes: Iterable[str]) -> dict[str, str]:
    """The city (prefecture) of each area; of a place outside the region “outside”, of none “none”."""
    wanted = set(codes)
    paths = dict(Area.objects.filter(code__in=wanted).values_list("code", "path"))
    prefectures = set(Area.objects.filter(kind="prefecture").values_list("code", flat=True))
    found = {}
    for code in wanted:
        above = [part for part in paths.get(code, code).split("/") if part in prefectures]
        found[code] = OUTSIDE if is_outside(code) else (above[0] if above else code) or EMPTY
    return found


def _value(row: Listing, dimension: str, cities: dict[str, str]) -> str:
    if dimension == "city":
        return cities[row.area]
    if dimension == "state":
        return row.state
    if dimension == "month":
        return f"{clock.today(row.published_at):%Y-%m}" if row.published_at else EMPTY
    tiers = row.field_tiers
    if dimension == "budget":
        return budget_band(row) if all(tiers.get(key) == "public" for key in PRICES) else CLOSED
    if tiers.get(dimension) != "public":
        return CLOSED
    return getattr(row, dimension) or EMPTY


def _labels(dimension: str, values: Iterable[str]) -> Callable[[str], str]:
    known: dict[str, str] = {}
    if dimension == "city":
        known = {OUTSIDE: _("区外"), EMPTY: _("没有写地区"), **directory.area_names(values)}
    elif dimension in {"field", "cluster", "maturity"}:
        known = {EMPTY: _("没有填"), **directory.term_labels(dimension)}
    elif dimension == "state":
        known = {key: word(state) for key, state in LISTING.states.items()}
    elif dimension == "budget":
        known = {label: _(label) for label in _BUDGET_ORDER}
    elif dimension == "month":
        known = {value: _month(value) for value in values} | {EMPTY: _("还没发布")}
    known = known | {CLOSED: _("没有对所有人公开")}
    return lambda value: known.get(value, value)


def _month(value: str) -> str:
    year, _dash, number = value.partition("-")
    return chosen(f"{year}年{int(number)}月", value) if number.isdigit() else value


def _order(dimension: str) -> Callable[[Part], tuple[object, ...]]:
    """Months and budgets in their own order, states as they follow each other, the rest by how many."""
    if dimension == "month":
        return lambda part: (part.value == EMPTY, part.value)
    if dimension == "budget":
        return lambda part: (_BUDGET_ORDER.index(part.value),)
    if dimension == "state":
        return lambda part: (_STATE_ORDER.index(part.value),)
    return lambda part: (part.value in {EMPTY, CLOSED}, -part.count, part.label)
