"""The result page: hits of the index, read again through the read permission, with marks and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any
from uuid import UUID

import tantivy
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _
from tantivy import Query

from mengkeju.kernel import subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.search import searchables
from mengkeju.search.access import Reach, reach_of
from mengkeju.search.engine import highlight
from mengkeju.search.queries import facets, synonyms
from mengkeju.search.queries.terms import Understood, filtered, least_words, text_query, understand
from mengkeju.search.store import IndexUnavailableError, opened, reading, total

MAX_CHARACTERS = 2000
"""The longest text searched for; a pasted need has about 300 characters."""
PER_PAGE = 20
MAX_PAGES = 100
SNIPPET = 130
FEED_LENGTH = 50
SORTS = {"relevance": _("最相关"), "newest": _("最新发布"), "amount": _("金额从高到低")}
_FIELDS = {"newest": "at", "amount": "amount"}


class Problem(StrEnum):
    """Why there is no result list."""

    TOO_LONG = "too_long"
    NO_WORDS = "no_words"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class SearchQuery:
    """What is asked. `facets`: chosen values by facet key; an empty `kind` is all kinds."""

    text: str = ""
    kind: str = ""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def order(self) -> str:
        """The sort in force: relevance needs a text."""
        if self.sort in _FIELDS:
            return self.sort
        return "relevance" if self.text.strip() else "newest"

    @property
    def active(self) -> int:
        """How many facet values are chosen."""
        return sum(len(values) for values in self.facets.values())


@dataclass(frozen=True)
class SearchPage:
    """One page of results for one reader. `rows` hold the variables of `mk/result.html`.

    `page` is over all hits; `uid` names the search once it is logged, for the links of the results.
    """

    query: SearchQuery
    problem: Problem | None = None
    heard: tuple[str, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    tabs: tuple[facets.Tab, ...] = ()
    groups: tuple[facets.Group, ...] = ()
    page: Page[int] | None = None
    total: int = 0
    took_ms: int = 0
    uid: UUID | None = None

    @property
    def seconds(self) -> str:
        """The time it took, for people."""
        return f"{max(self.took_ms, 10) / 1000:.2f}"


def search(actor: Actor, query: SearchQuery) -> SearchPage:
    """The page of a search. Problems are told in `problem`, never raised."""
    if len(query.text) > MAX_CHARACTERS:
        return SearchPage(query, Problem.TOO_LONG)
    began = perf_counter()
    try:
        return _search(actor, query, began)
    except IndexUnavailableError:
        return SearchPage(query, Problem.UNAVAILABLE)


def _search(actor: Actor, query: SearchQuery, began: float) -> SearchPage:
    now_open = opened()
    reach = reach_of(actor)
    words = synonyms.groups() if query.text.strip() else []
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        understood = understand(query.text, words, searcher)
        if query.text.strip() and not understood.words:
            return SearchPage(query, Problem.NO_WORDS)
        text = text_part(understood, reach, searcher)
        wanted = filtered(text, reach, query.kind, query.facets)
        number, keys, count = _hits(searcher, wanted, query)
        counts = facets.count(searcher, text, reach, query.kind, query.facets)
    rows = present(actor, keys)
    count -= len(keys) - len(rows)
    return SearchPage(
        query=query,
        heard=understood.shown,
        rows=tuple(_marked(row, understood) for row in rows),
        tabs=facets.tabs(counts["kind"], query.kind),
        groups=facets.groups(counts, query.facets),
        page=Paginator(range(min(count, PER_PAGE * MAX_PAGES)), PER_PAGE).get_page(number),
        total=count,
        took_ms=round((perf_counter() - began) * 1000),
    )


def every_key(actor: Actor, query: SearchQuery, limit: int) -> list[str]:
    """Index keys of all hits in the order of the pages, at most one more than `limit`; [] where a page has none.

    Raises IndexUnavailableError.
    """
    if len(query.text) > MAX_CHARACTERS:
        return []
    now_open, reach = opened(), reach_of(actor)
    words = synonyms.groups() if query.text.strip() else []
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        understood = understand(query.text, words, searcher)
        if query.text.strip() and not understood.words:
            return []
        wanted = filtered(text_part(understood, reach, searcher), reach, query.kind, query.facets)
        found = searcher.search(wanted, limit + 1, order_by_field=_FIELDS.get(query.order))
        return [searcher.doc(address)["key"][0] for _score, address in found.hits]


def text_part(understood: Understood, reach: Reach, searcher: tantivy.Searcher) -> Query | None:
    """The text part; asks for fewer of the words when no visible object has as many. None without words."""
    text = None
    for least in range(least_words(understood), 0, -1):
        text = text_query(understood, reach, searcher, least)
        if total(searcher.search(filtered(text, reach, "", {}), 1)):
            break
    return text


def _hits(searcher: tantivy.Searcher, wanted: Query, query: SearchQuery) -> tuple[int, list[str], int]:
    """(page number, keys of its hits, number of all hits); a page after the last gives the last."""
    number = min(max(query.page, 1), MAX_PAGES)
    order = _FIELDS.get(query.order)
    found = searcher.search(wanted, PER_PAGE, offset=(number - 1) * PER_PAGE, order_by_field=order)
    last = max(1, -(-total(found) // PER_PAGE))
    if number > last:
        number = last
        found = searcher.search(wanted, PER_PAGE, offset=(number - 1) * PER_PAGE, order_by_field=order)
    return number, [searcher.doc(address)["key"][0] for _score, address in found.hits], total(found)


def present(actor: Actor, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Rows for index keys in their order, as the database knows them now.

    The second lock: whatever the index says, an object the actor may not read, or that is no longer
    findable, gives no row. The number of queries depends on the number of subject types alone.
    """
    by_type: dict[str, list[UUID]] = {}
    for key in keys:
        subject, _colon, uid = key.partition(":")
        by_type.setdefault(subject, []).append(UUID(uid))
    rows: dict[str, dict[str, Any]] = {}
    for subject, uids in by_type.items():
        searchable = searchables.get(subject)
        visible = subjects.visible_many(actor, subject, uids)
        if searchable is None or searchable.present is None or not visible:
            continue
        for row in searchable.present(actor, visible.keys()):
            rows[f"{subject}:{row['uid']}"] = row
    return [rows[key] for key in keys if key in rows]


def _marked(row: dict[str, Any], understood: Understood) -> dict[str, Any]:
    """The row with its title and snippet in pieces; the text is what this reader was given."""
    title = highlight.pieces(row["title"], highlight.spans(row["title"], understood.terms))
    snippet = highlight.snippet(row["text"], understood.terms, SNIPPET)
    return {
        **row,
        "title": [(piece.text, piece.marked) for piece in title],
        "snippet": [(piece.text, piece.marked) for piece in snippet],
    }
