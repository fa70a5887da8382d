"""What a policy document consists of once it is read: typed, frozen, in the order of its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from mengkeju.policy.engine.words import NUMBERS, STATUSES, UNITS, Words


@dataclass(frozen=True, slots=True)
class Band:
    """A progressive band: `rate` on what lies above the band before, up to `up_to` (None: without end)."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """From `at_least` on (with `up_to`: up to and with that), a result between `low` and `high`, both included."""

    at_least: Decimal
    up_to: Decimal | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Window:
    """A period that comes back every year, as (month, day), both included; it may pass over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __str__(self) -> str:
        """As a file writes it: 11-01/10-31."""
        return f"{self.first[0]:02}-{self.first[1]:02}/{self.last[0]:02}-{self.last[1]:02}"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list. `asked_when`: circumstances of which one is enough for it to be asked (none: always)."""

    key: str
    label: str
    label_en: str
    asked_when: tuple[str, ...]
    basis: str
    note: Words


T = TypeVar("T")
Value = Decimal | bool | Words | Window | tuple[Band, ...] | tuple[Step, ...] | tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One dated entry under a key of a document; `value` None: not found.

    `shape`: value, cap (an upper limit), bands, steps or items. `unit` is a key of `UNITS`, `of` that of the
    thresholds of bands and steps. `first`, `last`: in force on these days and between; None: open.
    `flags`: for items, the list of the same document that names their circumstances.
    """

    key: str
    label: str
    label_en: str
    unit: str
    shape: str
    value: Value | None
    first: date | None
    last: date | None
    article: Words
    status: str
    note: Words
    of: str
    flags: str
    source: Words
    url: str

    @property
    def begins(self) -> date:
        """The first day it is in force, the first of all days when that is not known."""
        return self.first or date.min

    @property
    def ends(self) -> date:
        """The last day it is in force, the last of all days when none is set."""
        return self.last or date.max


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document as one file holds it. `own`: the file is the site's, not one that was shipped.

    `number` is its 文号, empty where it has none or none was found. `status` is that of its figures, where these
    do not say otherwise. `checked_on`: when somebody last compared the file with `source`.
    """

    key: str
    title: Words
    number: str
    issuer: Words
    issued_on: date | None
    in_force_from: date | None
    until: date | None
    status: str
    source: Words
    url: str
    checked_on: date
    note: Words
    figures: tuple[Figure, ...]
    own: bool = False

    @property
    def label(self) -> str:
        """The Chinese title."""
        return self.title.label

    @property
    def label_en(self) -> str:
        """The English title."""
        return self.title.label_en

    @property
    def status_words(self) -> Words:
        """已核对, 二手来源 or 征求意见稿."""
        return STATUSES[self.status]


class OtherShapeError(TypeError):
    """A figure was asked for as something it is not; a mistake of the program, not of the file."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a figure is on one day, with everything that has to be said beside it.

    `value` is None when the figure was not found, or when it is not in force on `day` (`in_force` false). `key`
    is DOCUMENT.FIGURE, `document` the edition that answers. `number`, `items` … give the value typed, and raise
    OtherShapeError for a figure of another shape, also when it was not found.
    """

    key: str
    day: date
    figure: Figure
    document: Document
    in_force: bool

    @property
    def value(self) -> Value | None:
        """The value on that day."""
        return self.figure.value if self.in_force else None

    @property
    def label(self) -> str:
        """The Chinese name."""
        return self.figure.label

    @property
    def label_en(self) -> str:
        """The English name."""
        return self.figure.label_en

    @property
    def unit(self) -> str:
        """A key of `UNITS`."""
        return self.figure.unit

    @property
    def unit_words(self) -> Words:
        """The unit as people say it."""
        return UNITS[self.figure.unit]

    @property
    def article(self) -> Words:
        """Where in the document; empty when not known."""
        return self.figure.article

    @property
    def status(self) -> str:
        """Verified, secondary or draft: a key of `STATUSES`."""
        return self.figure.status

    @property
    def status_words(self) -> Words:
        """The status as people say it."""
        return STATUSES[self.figure.status]

    @property
    def source(self) -> Words:
        """Where the figure was read."""
        return self.figure.source or self.document.source

    @property
    def url(self) -> str:
        """The address of that place; empty where the file names none."""
        return self.figure.url if self.figure.source else self.figure.url or self.document.url

    @property
    def note(self) -> Words:
        """What has to be known about it."""
        return self.figure.note

    def _only(self, shapes: Sequence[str], units: Sequence[str]) -> None:
        if self.figure.shape not in shapes or self.figure.unit not in units:
            msg = f"{self.key} is {self.figure.shape} in {self.figure.unit}"
            raise OtherShapeError(msg)

    @property
    def number(self) -> Decimal | None:
        """The Decimal of a value or cap."""
        self._only(("value", "cap"), tuple(NUMBERS))
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def whole(self) -> int | None:
        """The number as int, for days and months. OtherShapeError when it has decimals."""
        number = self.number
        if number is not None and number != number.to_integral_value():
            msg = f"{self.key} is {number}, no whole number"
            raise OtherShapeError(msg)
        return None if number is None else int(number)

    @property
    def yes(self) -> bool | None:
        """Whether, for a figure of yes and no."""
        self._only(("value",), ("yes_no",))
        return self.value if isinstance(self.value, bool) else None

    @property
    def text(self) -> Words | None:
        """The words of a figure that is a sentence."""
        self._only(("value",), ("text",))
        return self.value if isinstance(self.value, Words) else None

    @property
    def window(self) -> Window | None:
        """The yearly period."""
        self._only(("value",), ("window",))
        return self.value if isinstance(self.value, Window) else None

    @property
    def bands(self) -> tuple[Band, ...] | None:
        """Progressive bands, the lowest first."""
        self._only(("bands",), tuple(NUMBERS))
        return _all(Band, self.value)

    @property
    def steps(self) -> tuple[Step, ...] | None:
        """Steps, the lowest first."""
        self._only(("steps",), tuple(NUMBERS))
        return _all(Step, self.value)

    @property
    def items(self) -> tuple[Item, ...] | None:
        """The entries of a list, in its order."""
        self._only(("items",), ("list",))
        return _all(Item, self.value)


def _all(kind: type[T], value: Value | None) -> tuple[T, ...] | None:
    return tuple(one for one in value if isinstance(one, kind)) if isinstance(value, tuple) else None
