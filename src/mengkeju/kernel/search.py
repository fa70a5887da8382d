"""Searchables and matchables: what a capability wants found, as plain data. Read by search and matching."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exports import Sheet
from mengkeju.kernel.kinds import Registry

TIERS = ("public", "members", "parties")


@dataclass(frozen=True)
class SearchDocument:
    """One findable object. Text is kept apart by tier; `facets` maps facet key → values.

    `owners`: organisations whose members see every tier. `audience`: "public", "members", or
    "owners" — who may know that it exists at all. `parties`: organisations that may know it exists
    whatever the audience. `facets`, `price_low` and `price_high` hold only what every reader who may
    know of the object may also know: counts and order are shown to all of them.
    """

    uid: UUID
    subject_type: str
    kind: str
    title: str
    url: str
    text: dict[str, str]
    facets: dict[str, tuple[str, ...]]
    audience: str
    owners: tuple[UUID, ...]
    areas: tuple[str, ...]
    at: datetime
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    parties: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class SearchKind:
    """A tab of the results. `icon` names a sprite symbol, `tone` a state colour (go, wait, done, calm)."""

    key: str
    label: str
    icon: str
    tone: str
    label_en: str = ""


@dataclass(frozen=True)
class Searchable:
    """How to load documents: for given uids (absent = no longer findable), and all uids in order.

    `present(actor, uids)` gives one row for each of them that this reader may see **and** that is still
    findable, with the variables of `mk/result.html` (kind, title, url, area, owner, verified, meta, demo)
    and `text`: what the reader may see of its body, for the snippet. `uid` is in every row. `at` is when
    it was published. `news`: types of events after which an object is news to who keeps a search; none: never.
    """

    subject_type: str
    load: Callable[[Iterable[UUID]], list[SearchDocument]] = field(compare=False)
    all_uids: Callable[[], Iterable[UUID]] = field(compare=False)
    present: Callable[[Actor, Collection[UUID]], list[dict[str, Any]]] | None = field(default=None, compare=False)
    find: Callable[[Actor, Collection[UUID]], list[Any]] | None = field(default=None, compare=False)
    sheet: Callable[[str], Sheet] | None = field(default=None, compare=False)
    kinds: tuple[SearchKind, ...] = ()
    news: frozenset[str] = frozenset()


searchables: Registry[Searchable] = Registry("searchables")


@dataclass(frozen=True)
class Signals:
    """Structured signals of a listing, None or empty where unknown. Money in 元.

    `more`: what its kind declares beyond these, as stored: key → values; days as ISO dates, money as decimals.
    """

    fields: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    area: str = ""
    maturity: str = ""
    deadline: date | None = None
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    modes: tuple[str, ...] = ()
    published_on: date | None = None
    verified: bool = False
    done_deals: int = 0
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class MatchDocument:
    """One side of a match: texts anybody may read who may know of it, and signals.

    Sides meet inside their `market` only. `is_open`: anybody may know of it, also outside the platform; only then
    may its text leave this machine.
    """

    uid: UUID
    side: str
    title: str
    body: str
    owner: UUID | None
    signals: Signals
    is_open: bool = False
    market: str = "technology"


@dataclass(frozen=True)
class Matchable:
    """What a kind matches: its own side (e.g. need) and the side it looks for (e.g. achievement), in its market."""

    key: str
    side: str
    seeks: str
    load: Callable[[Iterable[UUID]], list[MatchDocument]] = field(compare=False)
    all_uids: Callable[[], Iterable[UUID]] = field(compare=False)
    market: str = "technology"


matchables: Registry[Matchable] = Registry("matchables")
