"""Addresses for search engines, and how the index of this node stands."""

from dataclasses import dataclass
from datetime import datetime

from tantivy import Order

from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS
from mengkeju.kernel.audit import after, settled
from mengkeju.kernel.models import Event
from mengkeju.search.access import reach_of
from mengkeju.search.queries.feeds import with_changes
from mengkeju.search.queries.terms import filtered
from mengkeju.search.store import VERSION, IndexUnavailableError, opened, reading, total

PER_SITEMAP = 500


@dataclass(frozen=True)
class Address:
    """A public page: path and when its object was last published or edited."""

    path: str
    at: datetime


def public_pages() -> int:
    """How many parts the sitemap has, at least one. Raises IndexUnavailableError."""
    now_open = opened()
    with reading(now_open.generation):
        found = now_open.index.searcher().search(filtered(None, reach_of(ANONYMOUS), "", {}), 1)
    return max(1, -(-total(found) // PER_SITEMAP))


def public_addresses(part: int) -> list[Address]:
    """Part 1, 2, … of the pages anybody may read, oldest first so that parts stay as they are."""
    now_open = opened()
    with reading(now_open.generation):
        searcher = now_open.index.searcher()
        found = searcher.search(
            filtered(None, reach_of(ANONYMOUS), "", {}),
            PER_SITEMAP,
            offset=(part - 1) * PER_SITEMAP,
            order_by_field="at",
            order=Order.Asc,
        )
        keys = [searcher.doc(address)["key"][0] for _at, address in found.hits]
    return [Address(row["url"], row["updated"]) for row in with_changes(keys)]


@dataclass(frozen=True)
class IndexStatus:
    """The index of this node. `behind`: events of the record it has not read; `folder` empty = no index."""

    folder: str
    documents: int
    behind: int
    version: int
    checked_at: datetime


def status() -> IndexStatus:
    """How the index stands, without touching it."""
    try:
        now_open = opened()
        with reading(now_open.generation):
            documents = now_open.index.searcher().num_docs
    except IndexUnavailableError:
        return IndexStatus("", 0, settled(Event.objects.all()).count(), VERSION, clock.now())
    place = now_open.cursor
    behind = after(settled(Event.objects.all()), place.xact, place.position).count()
    return IndexStatus(now_open.generation.name, documents, behind, VERSION, clock.now())
