"""Saved searches: whose they are, what of news they find for a reader, and why it was found."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from tantivy import Occur, Query

from mengkeju.directory import queries as directory
from mengkeju.kernel import subjects
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.words import listed, word
from mengkeju.search import store
from mengkeju.search.access import Perm, Reach, reach_of
from mengkeju.search.engine import highlight
from mengkeju.search.engine.saved import Kept, restored
from mengkeju.search.models import SavedSearch, SavedSearchHit, SavedSearchReader
from mengkeju.search.queries import synonyms
from mengkeju.search.queries.facets import facet_words, search_kinds
from mengkeju.search.queries.pages import SearchQuery, present, text_part
from mengkeju.search.queries.terms import Understood, filtered, text_query, understand
from mengkeju.search.store import opened, reading

ALL = Reach(members=True, organisations=frozenset(), areas=frozenset(), everything=True)
SHOWN_WORDS = 5
SHOWN_VALUES = 3
COUNTED = 500
"""The newest hits that are looked at for the counts of the list."""


def saved_searches(actor: Actor) -> QuerySet[SavedSearch]:
    """His own and his organisations', the newest first."""
    return visible_to(SavedSearch.objects.all(), actor, Perm.READ).order_by("-created_at", "-pk")


def find_saved(actor: Actor, uid: UUID) -> SavedSearch | None:
    """One of them."""
    return saved_searches(actor).filter(uid=uid).first()


def kept_by(saved: SavedSearch) -> Kept | None:
    """What it asks for; None once its words were erased."""
    return restored(saved.query) if saved.query else None


def saved_as(actor: Actor, asked: Kept) -> SavedSearch | None:
    """The actor's own saved search that asks for the same, if he has one."""
    if not actor.is_authenticated:
        return None
    own = SavedSearch.objects.filter(account=actor.account_uid, organisation=None, archived_at=None)
    return next((saved for saved in own if kept_by(saved) == asked), None)


def as_query(asked: Kept) -> SearchQuery:
    """The search of the page that asks for the same, the newest first."""
    return SearchQuery(asked.text, asked.kind, asked.facets, "newest")


def in_words(asked: Kept) -> str:
    """The search in words: “气化细渣；技术需求；城市：包头市”."""
    kind = search_kinds().get(asked.kind)
    parts = [_("“%(text)s”") % {"text": asked.text}] if asked.text else []
    parts += [word(kind)] if kind else []
    pairs = facet_words(asked.facets)
    return _("；").join([*parts, *(_("{label}：{value}").format(label=label, value=_some(v)) for label, v in pairs)])


def _some(values: list[str]) -> str:
    """The first few of many values: a chain has a dozen nodes."""
    if len(values) <= SHOWN_VALUES:
        return listed(values)
    return _("%(values)s 等 %(count)d 项") % {"values": listed(values[:SHOWN_VALUES]), "count": len(values)}


def chain(key: str) -> tuple[str, ...]:
    """A cluster or chain node and everything below it, as values of the facet; empty for an unknown key."""
    rows = dict(directory.terms("cluster", retired=True).values_list("pk", "key"))
    parents = dict(directory.terms("cluster", retired=True).values_list("pk", "parent_id"))
    top = next((pk for pk, known in rows.items() if known == key), None)
    if top is None:
        return ()
    below = synonyms.below(parents)
    return tuple(sorted({key, *(rows[pk] for pk in below.get(top, ()))}))


@dataclass(frozen=True)
class Found:
    """News for one reader: the row of the results as he may see it, and why it was found."""

    key: str
    row: dict[str, Any]
    why: str


def could_find(asked: Kept, keys: Collection[str]) -> bool:
    """Whether the search finds any of these index keys for anybody at all: asked before a reader is looked up.

    Raises IndexUnavailableError.
    """
    now_open = opened()
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        understood = understand(asked.text, _words(asked), searcher)
        if asked.text and not understood.words:
            return False
        text = text_query(understood, ALL, searcher, 1) if asked.text else None
        wanted = _among(filtered(text, ALL, asked.kind, asked.facets), keys)
        return bool(store.total(searcher.search(wanted, 1)))


def found_among(actor: Actor, asked: Kept, keys: Collection[str]) -> tuple[list[str], Understood]:
    """Of these index keys those the search page would find for him now, but for his own organisations' things.

    Raises IndexUnavailableError.
    """
    now_open, reach = opened(), reach_of(actor)
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        understood = understand(asked.text, _words(asked), searcher)
        if not keys or (asked.text and not understood.words):
            return [], understood
        text = text_part(understood, reach, searcher)
        wanted = _among(filtered(text, reach, asked.kind, asked.facets), keys, without=reach.organisations)
        found = searcher.search(wanted, len(set(keys)))
        hits = {searcher.doc(address)["key"][0] for _score, address in found.hits}
    return [key for key in dict.fromkeys(keys) if key in hits], understood


def _words(asked: Kept) -> list[synonyms.Group]:
    return synonyms.groups() if asked.text else []


def _among(wanted: Query, keys: Collection[str], *, without: Collection[UUID] = ()) -> Query:
    parts = [(Occur.Must, wanted), (Occur.Must, Query.term_set_query(store.SCHEMA, "key", sorted(set(keys))))]
    if without:
        own = Query.term_set_query(store.SCHEMA, "owner", sorted(str(uid) for uid in without))
        parts.append((Occur.MustNot, own))
    return Query.boolean_query(parts)


def news(actor: Actor, asked: Kept, keys: Sequence[str]) -> list[Found]:
    """What of these he is to be told now: found by the search and shown to him, in their order, with the reason.

    Raises IndexUnavailableError.
    """
    found, understood = found_among(actor, asked, keys)
    return [Found(_key(row), row, why(asked, row, understood)) for row in _rows(actor, found)]


def told(actor: Actor, asked: Kept, hits: Sequence[SavedSearchHit]) -> list[tuple[SavedSearchHit, Found]]:
    """What he was told, as he may see it now; what is closed to him since, or gone, is left out."""
    by_key = {store.key_of(hit.subject_type, hit.subject_uid): hit for hit in hits}
    understood = Understood(asked.text, tuple(highlight.query_terms(asked.text)), {})
    shown = [Found(_key(row), row, why(asked, row, understood)) for row in _rows(actor, list(by_key))]
    return [(by_key[found.key], found) for found in shown]


def _rows(actor: Actor, keys: Sequence[str]) -> list[dict[str, Any]]:
    """`present` of each, with its index key in the row."""
    rows = present(actor, keys)
    uids = {str(row["uid"]): row for row in rows}
    return [{**uids[uid], "key": key} for key in keys if (uid := key.partition(":")[2]) in uids]


def _key(row: Mapping[str, Any]) -> str:
    return str(row["key"])


def why(asked: Kept, row: Mapping[str, Any], understood: Understood) -> str:
    """Why it was found, from nothing but the search itself and what this reader is shown of the object."""
    parts = []
    if asked.text:
        said = _said(f"{row['title']}\n{row['text']}\n{row['owner']}", understood)
        elsewhere = _("归在您所找的领域或产业链下，或说的是同一件事")
        parts.append(_("含有：%(words)s") % {"words": listed(said)} if said else elsewhere)
    kind = search_kinds().get(asked.kind)
    conditions = [word(kind)] if kind else []
    for label, values in facet_words(asked.facets):
        conditions.append(_("{label}：{value}").format(label=label, value=_some(values)))
    if conditions:
        parts.append(_("符合条件：%(conditions)s") % {"conditions": listed(conditions)})
    return _("；").join(parts)


def _said(text: str, understood: Understood) -> list[str]:
    marked = [text[span.start : span.end] for span in highlight.spans(text, understood.terms)]
    return list(dict.fromkeys(marked))[:SHOWN_WORDS]


# how one account stands to them


def reader(saved: SavedSearch, account: UUID | None) -> SavedSearchReader | None:
    """How an account stands to a saved search; None while nothing was told, looked at or stopped."""
    return saved.readers.filter(account=account).first() if account is not None else None


def readers(saved: Iterable[SavedSearch], account: UUID | None) -> dict[int, SavedSearchReader]:
    """The same for many, by key of the search; one query."""
    if account is None:
        return {}
    rows = SavedSearchReader.objects.filter(search__in=list(saved), account=account)
    return {row.search_id: row for row in rows}


def fresh(actor: Actor, saved: Sequence[SavedSearch]) -> dict[int, int]:
    """How many hits he has not looked at, of those he may see now; two queries and one per type of subject."""
    if actor.account_uid is None:
        return {}
    looked = {row.search_id: row.seen_at for row in readers(saved, actor.account_uid).values()}
    rows = SavedSearchHit.objects.filter(search__in=list(saved), account=actor.account_uid).order_by("-noted_at")
    hits = [h for h in rows[:COUNTED] if (at := looked.get(h.search_id)) is None or h.noted_at > at]
    by_type: dict[str, set[UUID]] = {}
    for hit in hits:
        by_type.setdefault(hit.subject_type, set()).add(hit.subject_uid)
    seen = {uid for kind, uids in by_type.items() for uid in subjects.visible_many(actor, kind, uids)}
    counts: dict[int, int] = {}
    for hit in hits:
        counts[hit.search_id] = counts.get(hit.search_id, 0) + (hit.subject_uid in seen)
    return counts


def told_hits(saved: SavedSearch, account: UUID | None) -> QuerySet[SavedSearchHit]:
    """What an account was told, the newest first."""
    rows = saved.hits.filter(account=account).exclude(told_at=None) if account is not None else saved.hits.none()
    return rows.order_by("-told_at", "-pk")


def due_hits(before: Mapping[str, datetime]) -> QuerySet[SavedSearchHit]:
    """Hits nobody was told of yet, of searches in force, noted up to the moment named for their way."""
    late = Q(pk__in=())
    for way, moment in before.items():
        late |= Q(search__way=way, noted_at__lte=moment)
    return SavedSearchHit.objects.filter(late, told_at=None, search__paused_at=None, search__archived_at=None)
