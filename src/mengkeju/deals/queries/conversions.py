"""The medians of many conversions: by year, field and city, beside the promise, and where the time is lost.

Counted are signed deals of the kinds that have a landing; the year is that of the signing, of a ledger's row without
it that of the registration. A median is of those that have begun and landed; the others are left out and counted: what
has not landed yet, and what has no beginning. Nothing here writes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractYear

from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.lead_time import LeadTime, Median, against, median_by, median_parts
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal
from mengkeju.deals.queries.lead_time import leads_of, promised_months
from mengkeju.deals.queries.statistics import counted
from mengkeju.deals.queries.vocabulary import choices
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.directory.queries.places import prefectures_of
from mengkeju.kernel.words import mark

CONVERSION_CUTS = {"year": mark("签约年份"), "field": mark("技术领域"), "city": mark("卖方所在城市")}
SHELVES = ("all", "finished", "kept", "running", "no_start", "stage")
"""What a number may count: everything, landed, landed within the promise, on the way, without beginning, one stage."""
NO_START = Q(achievement__isnull=True) | Q(achievement__published_at__isnull=True) | Q(achievement__origin="source")


@dataclass(frozen=True)
class ConversionsAsked:
    """Which conversions: of a year (None: all), of sellers in an area and below (empty: the region).

    `cut` and `code` narrow to one row of a cut, `shelf` to one of its numbers; `stage` is “signed-registered”.
    """

    year: int | None = None
    area: str = ""
    cut: str = ""
    code: str = ""
    shelf: str = "all"
    stage: str = ""


@dataclass(frozen=True)
class Conversion:
    """A conversion that has begun. `kept`: landed within the promise; None while that is open, or without promise."""

    deal: Deal
    codes: dict[str, str]
    lead: LeadTime
    kept: bool | None


@dataclass(frozen=True)
class StageMedian:
    """From one dated stage to the next dated one, over those that have both."""

    begins: str
    ends: str
    median: Median

    @property
    def key(self) -> str:
        """As an address names it."""
        return f"{self.begins}-{self.ends}"


@dataclass(frozen=True)
class ConversionGroup:
    """A row of a cut, or the whole. count = finished + running + no_start; the median is of the finished, in days."""

    code: str
    median: float | None
    finished: int
    kept: int
    running: int
    no_start: int
    slowest: StageMedian | None

    @property
    def count(self) -> int:
        """All of them."""
        return self.finished + self.left_out

    @property
    def left_out(self) -> int:
        """Those that the median does not know."""
        return self.running + self.no_start


@dataclass(frozen=True)
class LeadTimeStatistics:
    """The whole, every cut, and the stages, the slowest first. `months`: the promise; None without one."""

    asked: ConversionsAsked
    months: int | None
    whole: ConversionGroup
    cuts: dict[str, list[ConversionGroup]]
    stages: list[StageMedian]


def _year() -> Combinable:
    """The year of the signing, else that of the registration."""
    registered = counted().filter(deal=OuterRef("pk")).order_by("registered_on").values("registered_on")[:1]
    return Coalesce(ExtractYear("signed_on"), ExtractYear(Subquery(registered)))


def converted(asked: ConversionsAsked) -> QuerySet[Deal]:
    """The conversions of a year and an area."""
    keys = [key for key, kind in kinds.items() if kind.has(Step.LANDING)]
    rows = Deal.objects.filter(archived_at=None, state__in=SIGNED_STATES, kind__in=keys)
    if asked.year is not None:
        rows = rows.alias(stat_year=_year()).filter(stat_year=asked.year)
    if asked.area and asked.area != REGION:
        rows = rows.filter(area__in=directory.codes_below(asked.area))
    return rows


def begun(rows: QuerySet[Deal], today: date) -> list[Conversion]:
    """Those of them that have a beginning, with their clocks. Nine queries."""
    known = rows.exclude(NO_START).annotate(stat_year=_year())
    deals = list(known.select_related("achievement", "intention").order_by("pk"))
    leads, months = leads_of(deals, today), promised_months(today)
    cities = prefectures_of({deal.area for deal in deals})
    return [
        Conversion(deal, _codes(deal.stat_year, deal.field, deal.area, cities), lead, _kept(lead, months, today))
        for deal in deals
        for lead in (leads[deal.pk],)
    ]


def _codes(year: int | None, field: str, area: str, cities: dict[str, str]) -> dict[str, str]:
    return {"year": str(year or ""), "field": field, "city": cities.get(area, area)}


def _kept(lead: LeadTime, months: int | None, today: date) -> bool | None:
    held = against(lead, months, today) if months is not None else None
    return held.kept if held is not None and lead.total is not None else None


def lead_time_statistics(asked: ConversionsAsked, today: date) -> LeadTimeStatistics:
    """Everything the page and the API show. Twelve queries, however many deals there are."""
    rows = converted(asked)
    found = begun(rows, today)
    without = _without_beginning(rows)
    return LeadTimeStatistics(
        asked,
        promised_months(today),
        _group("", found, sum(without["year"].values())),
        {cut: _groups(cut, found, without[cut]) for cut in CONVERSION_CUTS},
        _stages(found),
    )


def _without_beginning(rows: QuerySet[Deal]) -> dict[str, Counter[str]]:
    """How many have no beginning, by every cut."""
    rows = rows.filter(NO_START).order_by()
    grouped = list(rows.values("field", "area", stat_year=_year()).annotate(n=Count("pk")))
    cities = prefectures_of({row["area"] for row in grouped})
    found: dict[str, Counter[str]] = {cut: Counter() for cut in CONVERSION_CUTS}
    for row in grouped:
        for cut, code in _codes(row["stat_year"], row["field"], row["area"], cities).items():
            found[cut][code] += row["n"]
    return found


def _groups(cut: str, found: Sequence[Conversion], without: Counter[str]) -> list[ConversionGroup]:
    """A cut's rows: years from the latest, else the most landed first."""
    members: dict[str, list[Conversion]] = {code: [] for code in without}
    for one in found:
        members.setdefault(one.codes[cut], []).append(one)
    made = [_group(code, rows, without[code]) for code, rows in members.items()]
    if cut == "year":
        return sorted(made, key=lambda group: group.code, reverse=True)
    return sorted(made, key=lambda group: (-group.finished, -group.count, group.code))


def _group(code: str, rows: Sequence[Conversion], no_start: int) -> ConversionGroup:
    totals = median_by(rows, lambda _one: "", lambda one: one.lead.total).get("", Median(None, 0, 0))
    kept = sum(one.kept is True for one in rows)
    slowest = next(iter(_stages(rows)), None)
    return ConversionGroup(code, totals.days, totals.count, kept, totals.left_out, no_start, slowest)


def _stages(rows: Sequence[Conversion]) -> list[StageMedian]:
    found = median_parts(one.lead for one in rows)
    return [StageMedian(begins, ends, median) for (begins, ends), median in found.items()]


def names_of(cut: str, codes: Sequence[str]) -> dict[str, str]:
    """The words of a cut's codes; a year is its own."""
    if cut == "city":
        return directory.area_names([code for code in codes if code])
    return dict(choices("technical_fields")) if cut == "field" else {}


def behind(asked: ConversionsAsked, today: date) -> QuerySet[Deal]:
    """The deals behind one number, the latest signed first. A constant number of queries."""
    rows = _in_cut(converted(asked), asked)
    if asked.shelf == "no_start":
        rows = rows.filter(NO_START)
    elif asked.shelf != "all":
        rows = rows.filter(pk__in=[one.deal.pk for one in begun(rows, today) if _is_on(one, asked)])
    return rows.select_related("achievement", "intention").order_by("-signed_on", "-pk")


def _in_cut(rows: QuerySet[Deal], asked: ConversionsAsked) -> QuerySet[Deal]:
    if asked.cut == "year":
        return rows.alias(stat_year=_year()).filter(stat_year=int(asked.code) if asked.code.isdecimal() else None)
    if asked.cut == "field":
        return rows.filter(field=asked.code)
    if asked.cut == "city":
        cities = prefectures_of(set(rows.order_by().values_list("area", flat=True).distinct()))
        return rows.filter(area__in=[area for area, city in cities.items() if city == asked.code])
    return rows


def _is_on(one: Conversion, asked: ConversionsAsked) -> bool:
    finished = one.lead.total is not None
    if asked.shelf == "stage":
        return asked.stage in {f"{part.begins}-{part.ends}" for part in one.lead.parts}
    return {"finished": finished, "kept": one.kept is True, "running": not finished}[asked.shelf]
