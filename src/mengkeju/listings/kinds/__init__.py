"""Listing kinds: one small file here = one more kind. No migration, URL or template is needed.

This file holds what a kind declares: words, sections, sides, facets. Plain data.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mengkeju.kernel.forms import FieldSpec, Section
from mengkeju.kernel.kinds import Registry
from mengkeju.listings.engine.markets import MARKETS, TALENT, TECHNOLOGY, Market

__all__ = ["MARKETS", "TALENT", "TECHNOLOGY", "ListingKind", "Market", "Topic", "in_order", "keys_of", "kinds"]
MAX_DETAILS = 30
MAX_FACETS = 4
Values = dict[str, Any]


@dataclass(frozen=True)
class Topic:
    """One screen of the guided form: a question, and the keys of the fields that answer it.

    `sharing`: the screen also asks who may see what; `contact`: who is to be called. `lead` says why it is asked.
    """

    key: str
    label: str
    label_en: str
    fields: tuple[str, ...] = ()
    question: str = ""
    lead: str = ""
    sharing: bool = False
    contact: bool = False


@dataclass(frozen=True)
class ListingKind:
    """One kind. `side` and `seeks` say what it is matched with, inside its `market`; empty = not matched.

    `market` (see `markets`): a technical need is never proposed a group of students. `signals` are the fields in
    `details` that matching compares as facts, not as text. `owners`: the kinds of organisation that may publish one;
    empty = all.
    `columns` of a section's fields are the model's real columns; everything else goes to `details`.
    `asks_outcome`: closing one states how it ended, with evidence.
    `ask` is what a visitor is invited to, where it is not “表达合作意向”; it is an ordinary intention.
    `sought`: the fields that say which partners along the chain are looked for; they say nothing of what is offered. A
    kind with any is brought together with its like, too.
    `version` rises when `details` change shape; `upgrades` has one function for each step, the first from 1 to 2,
    from the older values to the newer. `icon` names a sprite symbol. `topics`: the screens of the guided form; a kind
    without them has the one-page form only.
    `position` orders kinds wherever they are listed: needs come first. `verb`, and the helps, examples and
    choices of its fields, are marked (`kernel.words.mark`) and translated where they are shown.
    """

    key: str
    label: str
    label_en: str
    verb: str
    number_prefix: str
    icon: str
    sections: tuple[Section, ...]
    position: int = 100
    side: str = ""
    seeks: str = ""
    market: str = TECHNOLOGY
    signals: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    version: int = 1
    body_fields: tuple[str, ...] = field(default=())
    asks_outcome: bool = False
    ask: str = ""
    sought: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    upgrades: tuple[Callable[[Values], Values], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Hold the stop lines: ≤ 30 detail fields, ≤ 4 facets; topics name fields, each once; an upgrade per step."""
        if len(self.detail_fields) > MAX_DETAILS or len(self.facets) > MAX_FACETS:
            msg = f"kind {self.key}: more than {MAX_DETAILS} details or {MAX_FACETS} facets"
            raise ValueError(msg)
        asked = [key for topic in self.topics for key in topic.fields]
        if self.topics and sorted(asked) != sorted(f.key for f in self.fields):
            msg = f"kind {self.key}: every field is asked on one screen, and nothing else"
            raise ValueError(msg)
        if len(self.upgrades) != self.version - 1:
            msg = f"kind {self.key}: version {self.version} needs {self.version - 1} upgrades"
            raise ValueError(msg)

    def current(self, details: dict[str, Any]) -> Values:
        """The values of stored details in this version's shape; the stored ones stay as they are."""
        values = dict(details.get("values", {}))
        for upgrade in self.upgrades[int(details.get("version", 1)) - 1 :]:
            values = upgrade(values)
        return values

    def meets(self, other: "ListingKind") -> bool:
        """Whether the two can be brought together: one is of the side the other looks for, in the same market."""
        return bool(self.seeks) and other.side == self.seeks and other.market == self.market

    @property
    def words(self) -> Market:
        """The words of its market."""
        return MARKETS[self.market]

    def is_technology(self, side: str) -> bool:
        """Whether it stands on that side of the market of technology: what rights, stages and releases are about."""
        return self.side == side and self.market == TECHNOLOGY

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """All fields in order."""
        return tuple(f for s in self.sections for f in s.fields)

    @property
    def detail_fields(self) -> tuple[FieldSpec, ...]:
        """Fields kept in `details`."""
        return tuple(f for f in self.fields if not f.column)

    def tier_of(self, tiers: dict[str, str]) -> dict[str, str]:
        """Tier by section: the owner's choice where he has one, else the default."""
        return {s.key: s.tier if s.fixed_tier else tiers.get(s.key, s.tier) for s in self.sections}

    def field_tiers(self, tiers: dict[str, str]) -> dict[str, str]:
        """Tier by field: that of its section."""
        by_section = self.tier_of(tiers)
        return {f.key: by_section[s.key] for s in self.sections for f in s.fields}


kinds: Registry[ListingKind] = Registry("listing kinds")


def keys_of(market: str, side: str = "") -> list[str]:
    """The keys of the kinds of a market, or of one side of it, in order."""
    return [kind.key for kind in in_order() if kind.market == market and side in ("", kind.side)]


def in_order() -> list[ListingKind]:
    """All kinds as they are listed on pages."""
    return sorted(kinds.values(), key=lambda kind: (kind.position, kind.key))
