"""What anybody may read, the newest first, for feeds: filters held to the vocabularies, and when each last changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import OUTSIDE
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.kernel.models import Event
from mengkeju.kernel.search import searchables
from mengkeju.search.access import reach_of
from mengkeju.search.queries.facets import search_kinds
from mengkeju.search.queries.pages import FEED_LENGTH, present
from mengkeju.search.queries.terms import filtered
from mengkeju.search.store import opened, reading

FILTERS = ("city", "cluster", "field")
MAX_VALUES = 20


class UnknownFilterError(ValueError):
    """A value no vocabulary knows."""


@dataclass(frozen=True)
class FeedFilter:
    """What a feed is of, in its one spelling; nothing chosen is everything."""

    kind: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def feed_filter(kind: str, given: Mapping[str, Sequence[str]]) -> FeedFilter:
    """The filter with values in order and once. UnknownFilterError for a kind, place or term that does not exist."""
    facets: dict[str, tuple[str, ...]] = {}
    for name in FILTERS:
        values = tuple(sorted({value for value in given.get(name, ()) if value}))
        if values:
            facets[name] = values
    if kind and kind not in search_kinds():
        raise UnknownFilterError(kind)
    for name, values in facets.items():
        unknown = set(values) - _known(name, values)
        if unknown or len(values) > MAX_VALUES:
            raise UnknownFilterError(", ".join(sorted(unknown)) or name)
    return FeedFilter(kind, facets)


def _known(name: str, values: Sequence[str]) -> set[str]:
    if name == "city":
        return {OUTSIDE, *directory.area_names(values)}
    return set(directory.term_labels(name))


def newest(asked: FeedFilter) -> list[dict[str, Any]]:
    """What anybody may read of this, newest first, each with `updated`. Raises IndexUnavailableError."""
    now_open = opened()
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        wanted = filtered(None, reach_of(ANONYMOUS), asked.kind, asked.facets)
        found = searcher.search(wanted, FEED_LENGTH, order_by_field="at")
        keys = [searcher.doc(address)["key"][0] for _at, address in found.hits]
    return with_changes(keys)


def with_changes(keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows a visitor gets for index keys, each with `updated`: its last publication or edit."""
    rows, changed = present(ANONYMOUS, keys), _changed(keys)
    return [{**row, "updated": max(row["at"], changed.get(row["uid"], row["at"]))} for row in rows]


def _changed(keys: Sequence[str]) -> dict[UUID, datetime]:
    """When each was last published or edited, by the record; one query per type of subject."""
    by_type: dict[str, list[UUID]] = {}
    for key in keys:
        kind, _colon, uid = key.partition(":")
        by_type.setdefault(kind, []).append(UUID(uid))
    found: dict[UUID, datetime] = {}
    for kind, uids in by_type.items():
        news = searchables[kind].news if kind in searchables else frozenset()
        events = Event.objects.filter(subject_type=kind, subject_uid__in=uids, type__in=sorted(news))
        found |= dict(events.values_list("subject_uid").annotate(last=Max("at")))
    return found
