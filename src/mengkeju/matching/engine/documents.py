"""What is matched: a document with a side, a title, perhaps a body, and structured facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Side(StrEnum):
    """Which end of a match a document is: who asks, or who offers (achievement, patent)."""

    NEED = "need"
    ACHIEVEMENT = "achievement"

    @property
    def other(self) -> "Side":
        """The side its matches are found on."""
        return Side.ACHIEVEMENT if self is Side.NEED else Side.NEED


class Maturity(StrEnum):
    """初期 / 中期 / 成熟应用, as the taxonomy maps TRL 1–9."""

    EARLY = "early"
    MIDDLE = "middle"
    MATURE = "mature"


@dataclass(frozen=True, slots=True)
class Profile:
    """Structured facts of a need or an achievement. None or empty means: not stated.

    `money_low`/`money_high` are yuan: a need's budget, an achievement's price. `area_path` are
    area codes from the city down to the division or zone. `checked_on` is the last day somebody
    published or confirmed it. `verified` and `deals` (signed contracts) speak of the holder. `market` is where it is
    matched, and what `more` holds: facts that only its kinds have (`talent`).
    """

    fields: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    maturity: Maturity | None = None
    deadline: date | None = None
    money_low: Decimal | None = None
    money_high: Decimal | None = None
    area_path: tuple[str, ...] = ()
    checked_on: date | None = None
    verified: bool | None = None
    deals: int | None = None
    market: str = "technology"
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One object to match. `id` is unique within its side; title and body may be empty.

    `is_open`: anybody may read it, so that its text may be sent to an encoder elsewhere.
    """

    id: str
    side: Side
    title: str
    body: str = ""
    profile: Profile = field(default_factory=Profile)
    is_open: bool = False

    @property
    def market(self) -> str:
        """Where it is matched: documents of two markets never meet."""
        return self.profile.market

    @property
    def whole(self) -> str:
        """Title and body as one text."""
        return f"{self.title}\n{self.body}" if self.body else self.title
