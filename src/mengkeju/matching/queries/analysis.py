"""Needs analysis of any filtered set: distribution, keywords, gaps. Every number keeps the needs behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import Actor
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.analysis import CLOSED, EMPTY, Part, distribution
from mengkeju.matching.engine.keywords import Keyword, keywords, words_of
from mengkeju.matching.queries import shelf
from mengkeju.search import queries as search
from mengkeju.search.queries.rarity import found_keys, rarity

MOST_NEEDS = 5000
"""A set is analysed up to so many needs; the page says when it is cut."""
AREA = "area"
GAPS: dict[str, str | Promise] = {
    "unanswered": _("发布中、还没有推荐的需求"),
    "fields": _("有需求、没有成果或能力的技术领域"),
}


@dataclass(frozen=True)
class Asked:
    """Which needs: a search (`text`, `facets`), or with scope “area” those of the reader's area in every state."""

    text: str = ""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scope: str = ""


@dataclass(frozen=True)
class NeedSet:
    """The needs of a set the reader may see. `cut`: there are more than are analysed."""

    rows: tuple[Listing, ...]
    cut: bool


@dataclass(frozen=True)
class Analysis:
    """What the page shows. `weighted`: the words are weighed against the whole shelf.

    `unanswered`: of the `published` ones those without a proposal in a band; `fields`: those with needs and no
    achievement.
    """

    needs: NeedSet
    parts: dict[str, tuple[Part, ...]]
    words: tuple[Keyword[int], ...]
    weighted: bool
    unanswered: tuple[int, ...]
    published: int
    fields: tuple[Part, ...]


class UnavailableError(RuntimeError):
    """A search cannot be analysed at this moment: the index is being built."""


def need_set(actor: Actor, asked: Asked) -> NeedSet:
    """The needs asked for, read through the read permission, the newest first. UnavailableError for a search."""
    rows = _of_area(actor, asked) if asked.scope == AREA else None
    if rows is not None:
        found = list(rows[: MOST_NEEDS + 1])
        return NeedSet(tuple(found[:MOST_NEEDS]), len(found) > MOST_NEEDS)
    query = search.SearchQuery(text=asked.text, kind="need", facets=asked.facets)
    keys = found_keys(actor, query, MOST_NEEDS)
    if keys is None:
        raise UnavailableError
    uids = [UUID(key.partition(":")[2]) for key in keys[:MOST_NEEDS]]
    made = listings.listings(actor).filter(kind="need", uid__in=uids).order_by("-published_at", "pk")
    return NeedSet(tuple(made), len(keys) > MOST_NEEDS)


def _of_area(actor: Actor, asked: Asked) -> QuerySet[Listing]:
    """Needs of the areas of the reader's role, past the draft; of a role without area those of all areas."""

    def one(key: str) -> str:
        return next(iter(asked.facets.get(key, ())), "")

    wanted = listings.ListingFilter(
        q=asked.text, kind="need", area=one("city"), field=one("field"), cluster=one("cluster")
    )
    rows = listings.find_listings(actor, wanted).exclude(state="draft").order_by("-published_at", "pk")
    grants = [g for g in actor.grants if g.role in {Role.OFFICER, Role.BROKER, Role.AUDITOR}]
    if any(not grant.area for grant in grants):
        return rows
    areas = actor.areas_of(Role.OFFICER, Role.BROKER)
    return rows.filter(Q(area__in=areas) | Q(zone__in=areas))


def analyse(actor: Actor, asked: Asked) -> Analysis:
    """Everything at once; the number of queries does not hang on how many needs there are."""
    needs = need_set(actor, asked)
    parts = distribution(needs.rows)
    words, weighted = _words(needs.rows)
    unanswered = _unanswered(actor, needs.rows)
    held = _fields_with_achievements(actor)
    return Analysis(
        needs=needs,
        parts=parts,
        words=tuple(words),
        weighted=weighted,
        unanswered=unanswered,
        published=sum(row.state == "published" for row in needs.rows),
        fields=tuple(part for part in parts["field"] if part.value not in {EMPTY, CLOSED} | held),
    )


def behind(actor: Actor, asked: Asked, by: str, value: str) -> tuple[Listing, ...] | None:
    """The needs behind one number; None for a number that does not exist."""
    needs = need_set(actor, asked)
    if by == "":
        return needs.rows
    if by == "word":
        keys = {row.pk for row in needs.rows if value in words_of(_text(row))}
    elif by == "gap" and value == "unanswered":
        keys = set(_unanswered(actor, needs.rows))
    else:
        found = _part(needs.rows, by, value)
        if found is None:
            return None
        keys = set(found.keys)
    return tuple(row for row in needs.rows if row.pk in keys)


def part(actor: Actor, asked: Asked, by: str, value: str) -> Part | None:
    """One part of a distribution of the set."""
    return _part(need_set(actor, asked).rows, by, value)


def _part(rows: Sequence[Listing], by: str, value: str) -> Part | None:
    return next((one for one in distribution(rows).get(by, ()) if one.value == value), None)


def _text(row: Listing) -> str:
    """What everybody who may know of it may read of it."""
    return f"{row.title}\n{listings.text_by_tier(row)['public']}"


def _words(rows: Sequence[Listing]) -> tuple[list[Keyword[int]], bool]:
    texts = {row.pk: words_of(_text(row)) for row in rows}
    topics = frozenset().union(*(words_of(row.title) for row in rows))
    seen = rarity(topics)
    return keywords(texts, seen, among=topics), seen is not None


def _unanswered(actor: Actor, rows: Sequence[Listing]) -> tuple[int, ...]:
    keys = [row.pk for row in rows if row.state == "published"]
    some = shelf.without_answer(actor, Listing.objects.filter(pk__in=keys))
    return tuple(some.order_by("pk").values_list("pk", flat=True))


def _fields_with_achievements(actor: Actor) -> frozenset[str]:
    """Fields in which the reader can find a published achievement, with the fields above and below each."""
    kinds = [m.key for m in matchables.values() if m.side == "achievement" and m.market == TECHNOLOGY]
    shown = listings.listings(actor).filter(state="published", kind__in=kinds).order_by()
    held = set(shown.exclude(field="").values_list("field", flat=True).distinct())
    parents = {t.key: t.parent.key if t.parent else "" for t in directory.terms("field", retired=True)}
    above = {parents.get(key, "") for key in held}
    below = {key for key, parent in parents.items() if parent in held}
    return frozenset(held | above | below)
