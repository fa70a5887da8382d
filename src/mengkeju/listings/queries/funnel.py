"""The funnel of listings: who counts what, by which filter, and by what it is cut.

Listings are counted by cohort: those first published in the period, with how far each has come by now. Every number
is the count of a queryset that the list behind it shows.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import permutations
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, funnel
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.words import word
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import TECHNOLOGY, in_order, keys_of, kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.filters import topmost_terms, with_terms_below

CUTS = ("city", "field", "cluster", "kind", "owner")
TERMS = ("field", "cluster")
NONE, OTHER = "none", "other"
MOST_GROUPS = 50


@dataclass(frozen=True)
class FunnelFilter:
    """What is counted; empty = all. `city`: a code, `none` (no place stated) or `other` (in neither city).

    `field`, `cluster`: a term with those below, or `none`; `owner`: an organisation's uid, or `none`.
    """

    city: str = ""
    field: str = ""
    cluster: str = ""
    kind: str = ""
    owner: str = ""
    first: date | None = None
    last: date | None = None

    def of(self, cut: str, key: str) -> "FunnelFilter":
        """The same with one cut set."""
        return replace(self, **{cut: key})  # type: ignore[arg-type]  # a cut is a text

    def query(self) -> dict[str, str]:
        """As it stands in an address; empty parts are left out."""
        parts = {key: getattr(self, key) for key in CUTS}
        days = {"first": self.first, "last": self.last}
        return {k: v for k, v in parts.items() if v} | {k: d.isoformat() for k, d in days.items() if d}

    def address(self, **more: str) -> str:
        """`?…` of the filter and what else is given."""
        asked = self.query() | {key: value for key, value in more.items() if value}
        return f"?{urlencode(asked)}" if asked else ""


def sees_funnel(actor: Actor) -> bool:
    """Whether there is anything for the actor to count: an area, the whole platform, or an own organisation."""
    return may(actor, Perm.FUNNEL_PAGE)


def in_scope(actor: Actor) -> QuerySet[Listing]:
    """Every listing ever published that the actor may count."""
    return visible_to(Listing.objects.filter(published_at__isnull=False), actor, Perm.FUNNEL)


def counted(actor: Actor, asked: FunnelFilter) -> QuerySet[Listing]:
    """Of these, those of the filter, in no order."""
    rows = in_scope(actor)
    if asked.city:
        rows = _of_city(rows, asked.city)
    for name in TERMS:
        if wanted := getattr(asked, name):
            rows = rows.filter(**{f"{name}__in": [""] if wanted == NONE else with_terms_below(name, wanted)})
    # Whom firms look for is no transfer of technology: counted only when it is asked for.
    rows = rows.filter(kind__in=[asked.kind] if asked.kind else keys_of(TECHNOLOGY))
    if asked.owner:
        rows = rows.filter(owner=None) if asked.owner == NONE else rows.filter(owner__uid=asked.owner)
    if asked.first:
        rows = rows.filter(published_at__gte=clock.end_of(asked.first - clock.DAY))
    if asked.last:
        rows = rows.filter(published_at__lt=clock.end_of(asked.last))
    return rows


def _of_city(rows: QuerySet[Listing], city: str) -> QuerySet[Listing]:
    if city == NONE:
        return rows.filter(area="")
    if city == OTHER:
        return rows.exclude(area__in=frozenset[str]().union(*city_codes().values()) | {""})
    return rows.filter(area__in=directory.codes_below(city))


def city_codes() -> dict[str, frozenset[str]]:
    """All area codes of each city, by the city's code."""
    return {city.code: directory.codes_below(city.code) for city in directory.cities()}


def listed(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """The first stage: all of them."""
    return rows


def at_stage(rows: QuerySet[Listing], stage: funnel.Stage) -> QuerySet[Listing]:
    """Of the rows those that have come to a stage."""
    return stage.of(rows) if stage.of is not None else rows.none()


@dataclass(frozen=True)
class Group:
    """A line of the table: what it stands for, the filter that gives the same records, and the count per stage."""

    label: str
    asked: FunnelFilter
    counts: tuple[int, ...]
    area: str = ""


def totals(actor: Actor, asked: FunnelFilter) -> list[tuple[funnel.Stage, int]]:
    """Each stage with how many have come there; one query for each."""
    rows = counted(actor, asked)
    return [(stage, at_stage(rows, stage).count()) for stage in funnel.of_listings()]


def groups(actor: Actor, asked: FunnelFilter, cut: str) -> tuple[list[Group], int]:
    """The same counts cut by city, field, cluster, kind or owner: one query for each stage.

    The largest first; at most MOST_GROUPS, with how many groups are left out.
    """
    rows, home = counted(actor, asked), _homes(asked, cut)
    column = {"city": "area", "owner": "owner__uid"}.get(cut, cut)
    per_stage: list[Counter[str]] = []
    for stage in funnel.of_listings():
        found: Counter[str] = Counter()
        for value, n in at_stage(rows, stage).order_by().values_list(column).annotate(n=Count("pk")):
            found[home(str(value or ""))] += n
        per_stage.append(found)
    keys = sorted({key for counter in per_stage for key in counter}, key=lambda key: (-per_stage[0][key], key))
    shown = keys[:MOST_GROUPS]
    labels = _labels(cut, shown)
    made = [
        Group(
            labels.get(key, key),
            asked.of(cut, key),
            tuple(counter[key] for counter in per_stage),
            key if cut == "city" and key.isdigit() else "",
        )
        for key in shown
    ]
    return made, len(keys) - len(shown)


def _homes(asked: FunnelFilter, cut: str) -> Callable[[str], str]:
    """To which group a value belongs, so that the group's filter gives exactly its records.

    Places belong to their city, terms to the uppermost above them; where the cut is itself filtered there is one group.
    """
    if only := getattr(asked, cut):
        return lambda _value: str(only)
    if cut == "city":
        above = {code: city for city, below in city_codes().items() for code in below}
        return lambda value: above.get(value, OTHER) if value else NONE
    if cut in TERMS:
        tops = topmost_terms(cut)
        return lambda value: tops.get(value, value) if value else NONE
    return lambda value: value or NONE


def _labels(cut: str, keys: Sequence[str]) -> dict[str, str]:
    words = {NONE: _("未载明"), OTHER: _("两市以外")}
    if cut == "city":
        return directory.area_names([key for key in keys if key not in words]) | words
    if cut == "kind":
        return {key: word(kind) for key, kind in kinds.items()}
    if cut == "owner":
        uids = [UUID(key) for key in keys if key != NONE]
        return {str(o.uid): o.name for o in Organisation.objects.filter(uid__in=uids)} | words
    return directory.term_labels(cut) | words


def word_of_area(code: str) -> str:
    """An area's name for the reader."""
    return directory.area_names([code]).get(code, code)


def owner_name(uid: str) -> str:
    """An organisation's name by what stands in a filter; empty for none."""
    return (
        Organisation.objects.filter(uid=UUID(uid)).values_list("name", flat=True).first() or "" if uid != NONE else ""
    )


def kind_choices() -> list[tuple[str, str]]:
    """Kinds in their order, for a select."""
    return [(kind.key, word(kind)) for kind in in_order()]


def furthest(rows: Sequence[Listing]) -> dict[int, tuple[str, ...]]:
    """The stages each of a page's rows has come to, by its key, in order; one query for each stage."""
    page = Listing.objects.filter(pk__in=[row.pk for row in rows])
    found: dict[int, tuple[str, ...]] = {}
    for stage in funnel.of_listings():
        for pk in at_stage(page, stage).order_by().values_list("pk", flat=True):
            found[pk] = (*found.get(pk, ()), stage.key)
    return found


def crossing_asked(actor: Actor, first: date | None, last: date | None) -> funnel.Asked:
    """Which pairs a reader counts across the city line."""
    rows = in_scope(actor).filter(kind__in=keys_of(TECHNOLOGY))
    return funnel.Asked(rows, tuple(city_codes().values()), first, last)


def moments(asked: funnel.Asked) -> dict[str, datetime]:
    """The period of a crossing as conditions on `created_at`."""
    found = {}
    if asked.first:
        found["created_at__gte"] = clock.end_of(asked.first - clock.DAY)
    if asked.last:
        found["created_at__lt"] = clock.end_of(asked.last)
    return found


def across(asked: funnel.Asked, left: str, right: str) -> Q:
    """That two area columns lie in two different cities."""
    found = Q(pk__in=())
    for one, other in permutations(asked.cities, 2):
        found |= Q(**{f"{left}__in": one, f"{right}__in": other})
    return found


def pair_side(listing: Listing | None, *, readable: Collection[int], area: str = "") -> tuple[str, str, str]:
    """(title, address, area) of one side of a pair; title and address only of what the reader may open."""
    if listing is None or listing.pk not in readable:
        return "", "", area or (listing.area if listing else "")
    return listing.title, listing.get_absolute_url(), area or listing.area
