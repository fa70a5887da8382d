"""Where the cities complement each other: needs of one that something of another could answer.

Everything is read through the proposals the reader may see. Whether a need's own city has an answer is said only of
needs whose whole list he may see; of the others he reads that the other city has one, and no more.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import not_set_aside, proposals
from mengkeju.matching.queries.figures import asking

MOST_NEEDS = 5000
"""So many needs are looked at, the newest; the page says when it is cut."""
ANSWERS: dict[str, str | Promise] = {
    "other": gettext_lazy("本市没有，对方能答"),
    "both": gettext_lazy("两市都能答"),
    "unseen": gettext_lazy("对方能答，本市情况不在您的查看范围"),
    "own": gettext_lazy("只有本市能答"),
    "none": gettext_lazy("两市都还没有"),
}
FROM_OTHER = ("other", "both", "unseen")
CUTS: dict[str, str | Promise] = {
    "cluster": gettext_lazy("产业集群或产业链"),
    "field": gettext_lazy("技术领域"),
}
NONE = "none"


@dataclass(frozen=True)
class Asked:
    """Which needs; empty = all. `city`: whose needs, `answer`: a key of ANSWERS (empty: the other city has one).

    `field`, `cluster`: a term with those below, or `none`.
    """

    city: str = ""
    answer: str = ""
    field: str = ""
    cluster: str = ""

    def of(self, **parts: str) -> "Asked":
        """The same with some parts set."""
        return replace(self, **parts)

    def address(self, **more: str) -> str:
        """`?…` of what is asked and what else is given; empty parts are left out."""
        parts = {key: value for key, value in {**vars(self), **more}.items() if value}
        return f"?{urlencode(parts)}" if parts else "?"


@dataclass(frozen=True)
class Standing:
    """A need with the expected level of the best answer of its own city and of another; 0: none.

    `answer` is a key of ANSWERS.
    """

    need: int
    city: str
    field: str
    cluster: str
    own: float
    other: float
    answer: str


@dataclass(frozen=True)
class Cities:
    """The cities by code: their names and all area codes below each."""

    names: Mapping[str, str]
    codes: Mapping[str, frozenset[str]]

    @cached_property
    def _home(self) -> dict[str, str]:
        return {code: city for city, below in self.codes.items() for code in below}

    @property
    def enough(self) -> bool:
        """There are at least two: with one there is nothing to complement."""
        return len(self.names) > 1

    def of(self, area: str) -> str:
        """The city of an area; empty when it lies in none."""
        return self._home.get(area, "")

    def others(self, city: str) -> list[str]:
        """The other cities."""
        return [code for code in self.names if code != city]

    def here(self) -> Q:
        """Of proposals: both sides in the same city."""
        found = Q(pk__in=())
        for below in self.codes.values():
            found |= Q(need__area__in=below, achievement__area__in=below)
        return found

    def across(self) -> Q:
        """Of proposals: the need in one city, the answer in another."""
        found = Q(pk__in=())
        for city, below in self.codes.items():
            rest = frozenset[str]().union(*(self.codes[other] for other in self.others(city)))
            found |= Q(need__area__in=below, achievement__area__in=rest)
        return found


def cities() -> Cities:
    """The cities of the network, from the directory."""
    return Cities({city.code: city.word for city in directory.cities()}, listings.city_codes())


@dataclass(frozen=True)
class Survey:
    """The reader's needs of the cities under a filter, best first, whatever their answer. `cut`: there are more."""

    rows: tuple[Standing, ...]
    cut: bool

    def of(self, answer: str = "", city: str = "") -> tuple[Standing, ...]:
        """Those with an answer (empty: the other city has one) of a city (empty: of all)."""
        wanted = (answer,) if answer else FROM_OTHER
        return tuple(row for row in self.rows if row.answer in wanted and city in {"", row.city})


def _roots(vocabulary: str) -> dict[str, str]:
    """The uppermost term above each term of a vocabulary, by key."""
    parents = dict(directory.terms(vocabulary, retired=True).values_list("key", "parent__key"))
    found = {}
    for key, parent in parents.items():
        top, above = key, parent
        while above in parents and above != key:
            top, above = above, parents[above]
        found[key] = top
    return found


def terms_of(vocabulary: str, wanted: str) -> list[str]:
    """The values a filter lets through: a term with everything below it; `none`: nothing stated."""
    return [""] if wanted == NONE else directory.terms_below(vocabulary, wanted)


def _with_terms(rows: QuerySet[Listing], asked: Asked) -> QuerySet[Listing]:
    for name in CUTS:
        if wanted := getattr(asked, name):
            rows = rows.filter(**{f"{name}__in": terms_of(name, wanted)})
    return rows


def _needs(actor: Actor, asked: Asked, known: Cities) -> QuerySet[Listing]:
    wanted = [asked.city] if asked.city else list(known.names)
    areas = {code for city in wanted for code in known.codes.get(city, ())}
    rows = listings.listings(actor).filter(kind__in=asking(), state="published", area__in=areas)
    return _with_terms(rows, asked)


def answered(actor: Actor) -> QuerySet[Proposal]:
    """Live proposals of technology in a band that the reader may see and his organisation has not set aside."""
    return not_set_aside(proposals(actor).filter(need__kind__in=asking()), actor)


def survey(actor: Actor, asked: Asked, known: Cities) -> Survey:
    """How each need stands, whatever `asked.answer`; a constant number of queries."""
    if not known.enough:
        return Survey((), cut=False)
    needs = _needs(actor, asked, known)
    keys = needs.order_by().values("pk")
    best = answered(actor).filter(need__in=keys).order_by().values_list("need_id")
    found = {
        need: (own or 0.0, other or 0.0)
        for need, own, other in best.annotate(
            best_here=Max("expected", filter=known.here()), best_there=Max("expected", filter=known.across())
        )
    }
    whole = set(visible_to(Listing.objects.filter(pk__in=keys), actor, Perm.LIST).values_list("pk", flat=True))
    columns = needs.order_by("-published_at", "-pk").values_list("pk", "area", "field", "cluster")
    listed = list(columns[: MOST_NEEDS + 1])
    rows = []
    for pk, area, field, cluster in listed[:MOST_NEEDS]:
        own, other = found.get(pk, (0.0, 0.0))
        answer = _answer(own, other, whole=pk in whole)
        if answer:
            rows.append(Standing(pk, known.of(area), field, cluster, own, other, answer))
    order = list(ANSWERS)
    rows.sort(key=lambda row: (order.index(row.answer), -row.other, -row.own, -row.need))
    return Survey(tuple(rows), len(listed) > MOST_NEEDS)


def _answer(own: float, other: float, *, whole: bool) -> str:
    """Which of ANSWERS; empty where the reader knows too little to say anything."""
    if not whole:
        return "unseen" if other else ""
    return {(True, True): "both", (False, True): "other", (True, False): "own"}.get((bool(own), bool(other)), "none")


@dataclass(frozen=True)
class Group:
    """A field or cluster: the filter that gives the same needs, and how many stand how."""

    label: str
    asked: Asked
    counts: Mapping[str, int]


def groups(rows: Iterable[Standing], asked: Asked, cut: str) -> list[Group]:
    """The needs cut by field or cluster, on its upper level, where the other city has most answers first.

    Where the cut is itself filtered there is one group: the filter.
    """
    only = getattr(asked, cut)
    roots = _roots(cut)
    found: dict[str, Counter[str]] = {}
    for row in rows:
        value = getattr(row, cut)
        key = only or roots.get(value, value) or NONE
        found.setdefault(key, Counter())[row.answer] += 1
    labels = {NONE: _("未载明"), **directory.term_labels(cut)}
    made = [Group(labels.get(key, key), asked.of(**{cut: key}), counts) for key, counts in found.items()]
    return sorted(made, key=lambda g: (-g.counts["other"], -sum(g.counts[a] for a in FROM_OTHER), g.label))


@dataclass(frozen=True)
class Offer:
    """A proposal with what it proposes, as the reader may see it."""

    proposal: Proposal
    shown: Presented


@dataclass(frozen=True)
class Pairing:
    """A need with the best answer of another city, and the best of its own. `more`: further answers of other cities.

    `listed`: the reader may open the need's whole list.
    """

    standing: Standing
    need: Listing
    shown: Presented
    other: Offer | None
    own: Offer | None
    more: int

    @property
    def listed(self) -> bool:
        """The reader may open the need's whole list."""
        return self.standing.answer != "unseen"


def pairings(actor: Actor, rows: Sequence[Standing], known: Cities) -> list[Pairing]:
    """The rows with their listings and proposals; a constant number of queries."""
    needs = Listing.objects.select_related("owner").in_bulk([row.need for row in rows])
    best: dict[tuple[int, bool], int] = {}
    counted: Counter[int] = Counter()
    columns = answered(actor).filter(known.here() | known.across(), need__in=needs).order_by("-expected", "pk")
    for pk, need, area in columns.values_list("pk", "need_id", "achievement__area"):
        away = known.of(area) != known.of(needs[need].area)
        best.setdefault((need, away), pk)
        counted[need] += away
    picked = proposals(actor).in_bulk(best.values())
    wanted = [*needs.values(), *(p.achievement for p in picked.values())]
    seen = {one.uid: one for one in listings.present_many(wanted, actor)}

    def offer(need: int, *, away: bool) -> Offer | None:
        found = picked.get(best.get((need, away), 0))
        return Offer(found, seen[found.achievement.uid]) if found is not None else None

    return [
        Pairing(
            row,
            needs[row.need],
            seen[needs[row.need].uid],
            offer(row.need, away=True),
            offer(row.need, away=False),
            max(counted[row.need] - 1, 0),
        )
        for row in rows
        if row.need in needs
    ]


def shown_listings(found: Iterable[Pairing]) -> list[Presented]:
    """Every listing whose title stands in these rows, for the log of what was read."""
    return [
        one
        for row in found
        for one in (row.shown, *(offer.shown for offer in (row.other, row.own) if offer is not None))
    ]


def names_of(codes: Collection[str], known: Cities) -> list[str]:
    """City names in order."""
    return [name for code, name in known.names.items() if code in codes]
