"""What can be imported: each capability registers an importer; the batch mechanism knows nothing else of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from mengkeju.kernel.access import Actor
from mengkeju.kernel.kinds import Registry

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell: `heading` of the file (empty: the whole row), level, sentence for the person."""

    heading: str
    level: str
    message: str


@dataclass(frozen=True)
class ImportColumn:
    """A field a column can fill. `words`: its spellings, label first. `money`: read in the unit of its heading.

    `group` heads it in the select; both labels in the two languages.
    """

    key: str
    label: str
    label_en: str
    words: tuple[str, ...]
    required: bool = False
    money: bool = False
    help: str = ""


@dataclass(frozen=True)
class Judged:
    """A row after the check. `verdict`: create, change, same or bad; `target` the record that is there already."""

    verdict: str
    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    target: UUID | None = None
    revision: int | None = None


@dataclass(frozen=True)
class Given:
    """A row to be judged: its number, its cells by field, the heading of each field, the reader's faults by heading."""

    number: int
    cells: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """What all rows share: `heading_of` field → heading, `unit_of` field → unit (“” = 元), who imports for whom."""

    owner: UUID
    by: Actor
    heading_of: Mapping[str, str]
    unit_of: Mapping[str, str]


@dataclass(frozen=True)
class Link:
    """A page that goes with a batch: where, its words, and why one would go there."""

    url: str
    label: str
    text: str


@dataclass(frozen=True)
class Pages:
    """How an importer shows on the pages of imports.

    `owners(actor)`: (uid, name) of those he may import for, none when it is not offered to him. `shown(values, field)`:
    a value in words, None where the cell's own text serves. `titles(actor, uids)`: of records written, those he may
    read, with their addresses. `template()`: an empty workbook. `links(actor, batch)`: pages that go with it. `words`
    by verdict (same; change only by an importer that changes nothing), outcome, "title" (what names a row) and "hint"
    (what confirming does): where other words than the usual fit.
    """

    owners: Callable[[Actor], Sequence[tuple[str, str]]] = field(compare=False)
    shown: Callable[[Mapping[str, Any], str], str | None] = field(compare=False)
    titles: Callable[[Actor, Iterable[UUID]], Mapping[UUID, tuple[str, str]]] = field(compare=False)
    template: Callable[[], bytes] = field(compare=False)
    links: Callable[[Actor, Any], Sequence[Link]] = field(compare=False)
    words: Mapping[str, str | Promise] = field(compare=False)


@dataclass(frozen=True)
class Importer:
    """How rows of one kind become records.

    `may(actor, owner)` raises RefusedError. `judge` writes nothing and answers in order. `write(row values, target,
    revision, owner, by, now)` gives (outcome, uid): outcome created, changed or unchanged. `acts` by transition key
    (submit, publish): one record at a time. Both raise ValidationError, RefusedError, TransitionRefusedError or
    StaleRevisionError for a row that cannot be done; the others go on. `owner_of(values, owner)`: whose row it is.
    `pages`: for an importer that brings its own words to the pages. `private`: only who sent a file sees its batch,
    not the colleagues.
    """

    key: str
    label: str
    label_en: str
    subject: str
    columns: Callable[[], tuple[ImportColumn, ...]] = field(compare=False)
    may: Callable[[Actor, UUID], None] = field(compare=False)
    judge: Callable[[Sheet, Sequence[Given]], Iterable[Judged]] = field(compare=False)
    write: Callable[["Writing"], tuple[str, UUID]] = field(compare=False)
    may_act: Callable[[Actor, str, UUID], None] = field(compare=False)
    acts: Mapping[str, Callable[[UUID, Actor, datetime], None]] = field(compare=False)
    pages: Pages | None = field(default=None, compare=False)
    private: bool = False


@dataclass(frozen=True)
class Writing:
    """One row to be written: as judged, by whom, for whom."""

    values: Mapping[str, Any]
    target: UUID | None
    revision: int | None
    owner: UUID
    by: Actor
    now: datetime


importers: Registry[Importer] = Registry("importers")
