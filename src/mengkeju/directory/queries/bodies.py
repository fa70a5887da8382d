"""Reads of technology-transfer bodies: the register as of a day, its counts by level and city, evaluations."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.published import PublishedCount, published
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import BodyEvaluation, Organisation, Title
from mengkeju.directory.queries.titles import in_force, in_force_q
from mengkeju.kernel.access import Actor, visible_to

BODY = "transfer_body"


@dataclass(frozen=True)
class RegisterFilter:
    """Which register (`kind` of title) as of which day; `level` empty = all, `areas` with everything below them."""

    on: date
    kind: str = BODY
    level: str = ""
    areas: frozenset[str] | None = None


def titles_of_register(actor: Actor, asked: RegisterFilter) -> QuerySet[Title]:
    """The titles that hold on the day, by their holders' names."""
    rows = visible_to(Title.objects.filter(in_force_q(asked.on), kind=asked.kind), actor, Perm.TITLE_READ)
    return _narrowed(rows.filter(holder__archived_at=None), asked)


def _narrowed(rows: QuerySet[Title], asked: RegisterFilter) -> QuerySet[Title]:
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.areas is not None:
        rows = rows.filter(Q(holder__area__in=asked.areas) | Q(holder__zone__in=asked.areas))
    return rows


def register_of_bodies(actor: Actor, asked: RegisterFilter) -> QuerySet[Organisation]:
    """The bodies of the register, each once however many levels it has, by name."""
    held = titles_of_register(actor, asked).filter(holder=OuterRef("pk"))
    rows = visible_to(Organisation.objects.all(), actor, Perm.ORGANISATION_READ)
    return rows.filter(Exists(held)).select_related("parent").order_by("name", "pk")


def levels_of(actor: Actor, asked: RegisterFilter, holders: Collection[int]) -> dict[int, list[Title]]:
    """By key of the holder its titles of this register on the day, the highest level first. One query."""
    order = {key: place for place, key in enumerate(TITLES.levels)}
    found: dict[int, list[Title]] = {}
    for title in titles_of_register(actor, replace(asked, level="")).filter(holder__in=holders).order_by("pk"):
        found.setdefault(title.holder_id, []).append(title)
    return {key: sorted(rows, key=lambda title: order[title.level]) for key, rows in found.items()}


def undated_later(actor: Actor, asked: RegisterFilter) -> int:
    """Bodies that a source names without day, taken over after the day that is asked for: they are not counted."""
    rows = Title.objects.filter(kind=asked.kind, day_known=False, valid_from__gt=asked.on, holder__archived_at=None)
    rows = _narrowed(visible_to(rows, actor, Perm.TITLE_READ), asked)
    return rows.values("holder").distinct().count()


@dataclass(frozen=True)
class Holding:
    """One level of one body, with the codes of where it sits."""

    holder: int
    level: str
    places: frozenset[str]


def holdings(actor: Actor, kind: str, on: date) -> list[Holding]:
    """Everything the counts of a register are made of. One query."""
    rows = titles_of_register(actor, RegisterFilter(on, kind))
    columns = rows.values_list("holder_id", "level", "holder__area", "holder__zone").distinct()
    return [Holding(holder, level, frozenset({area, zone} - {""})) for holder, level, area, zone in columns]


def count(rows: Iterable[Holding], *, level: str = "", areas: frozenset[str] | None = None) -> int:
    """How many bodies have the level (empty: any) and sit in one of the areas (None: anywhere); each once."""
    return len({
        row.holder
        for row in rows
        if (not level or row.level == level) and (areas is None or row.places & areas)
    })  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """A published count, and what the register yields for the same level and place."""

    told: PublishedCount
    computed: int


def published_beside(rows: Iterable[Holding], kind: str, below: Callable[[str], frozenset[str]]) -> list[Beside]:
    """Every published count of a register beside the one computed from its holdings, as they were told.

    `below`: the codes of a place and of everything in it.
    """
    held = list(rows)
    return [
        Beside(told, count(held, level=told.level, areas=below(told.area)))
        for told in published.values()
        if told.kind == kind
    ]


def evaluations_of(actor: Actor, organisation: Organisation) -> QuerySet[BodyEvaluation]:
    """The evaluations of a body, the latest year first."""
    rows = visible_to(BodyEvaluation.objects.filter(holder=organisation), actor, Perm.EVALUATION_READ)
    return rows.select_related("holder")


def latest_evaluations(actor: Actor, holders: Collection[int], on: date) -> dict[int, BodyEvaluation]:
    """By key of the body its latest evaluation published up to a day. One query."""
    rows = BodyEvaluation.objects.filter(holder__in=holders, decided_on__lte=on).order_by("year", "pk")
    return {row.holder_id: row for row in visible_to(rows, actor, Perm.EVALUATION_READ)}


def find_evaluation(actor: Actor, uid: UUID) -> BodyEvaluation | None:
    """One evaluation that was not withdrawn."""
    rows = BodyEvaluation.objects.select_related("holder").filter(uid=uid)
    return visible_to(rows, actor, Perm.EVALUATION_READ).first()


def was_body(organisation: Organisation, year: int) -> bool:
    """Whether it held a title of the register on some day of a year. One query."""
    began = Q(valid_from__lte=date(year, 12, 31)) | Q(day_known=False)
    ended = Q(valid_to__lt=date(year, 1, 1)) | Q(cancelled_from__lte=date(year, 1, 1))
    stands = Q(withdrawn_at=None) | Q(cancelled_from__isnull=False)
    rows = Title.objects.filter(began, stands, holder=organisation, kind__in=TITLES.registered, archived_at=None)
    return rows.exclude(ended).exists()


def is_body(organisation: Organisation, on: date) -> bool:
    """Whether it stands in the register on a day. One query."""
    return in_force(on).filter(holder=organisation, kind__in=TITLES.registered).exists()


def branches_of(actor: Actor, organisation: Organisation) -> QuerySet[Organisation]:
    """The branches of an organisation, by name."""
    return visible_to(organisation.branches.all(), actor, Perm.ORGANISATION_READ).order_by("name", "pk")
