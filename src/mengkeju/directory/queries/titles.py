"""Reads of titles (资质称号): whose is in force, and which organisations are leading enterprises."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from mengkeju.directory.access import Perm
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation, Title
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.words import word

STATES = ("in_force", "ended", "withdrawn")


def in_force_q(on: date) -> Q:
    """The condition under which a title holds on a day."""
    begun = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    stands = Q(withdrawn_at__isnull=True) | Q(cancelled_from__gt=on)
    return begun & stands & Q(archived_at__isnull=True)


def in_force(on: date) -> QuerySet[Title]:
    """Titles that hold on a day."""
    return Title.objects.filter(in_force_q(on))


def of_organisation(actor: Actor, organisation: Organisation) -> QuerySet[Title]:
    """Every title of an organisation the actor may read, those in force first."""
    rows = visible_to(Title.objects.filter(holder=organisation), actor, Perm.TITLE_READ).select_related("holder")
    return rows.order_by(F("withdrawn_at").asc(nulls_first=True), "-valid_from", "pk")


@dataclass(frozen=True)
class TitleFilter:
    """What the list is asked for; empty = all. `area` with everything below it; `state` one of STATES."""

    kind: str = ""
    state: str = ""
    areas: frozenset[str] | None = None


def find_titles(actor: Actor, asked: TitleFilter, *, on: date | None = None) -> QuerySet[Title]:
    """Titles the actor may read, the newest first."""
    rows = visible_to(Title.objects.select_related("holder"), actor, Perm.TITLE_READ)
    day = on or clock.today()
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.areas is not None:
        rows = rows.filter(Q(holder__area__in=asked.areas) | Q(holder__zone__in=asked.areas))
    if asked.state == "in_force":
        rows = rows.filter(in_force_q(day))
    elif asked.state == "ended":
        rows = rows.filter(withdrawn_at=None, valid_to__lt=day)
    elif asked.state == "withdrawn":
        rows = rows.exclude(withdrawn_at=None)
    return rows.order_by("-valid_from", "-pk")


def find_title(actor: Actor, uid: UUID) -> Title | None:
    """One title the actor may read."""
    rows = Title.objects.select_related("holder").filter(uid=uid)
    return visible_to(rows, actor, Perm.TITLE_READ).first()


def is_leading(path: str, on: date | None = None) -> Exists:
    """Of a row, in the database: the organisation whose key stands at `path` is a leading enterprise on a day."""
    held = in_force(on or clock.today()).filter(kind__in=TITLES.leading, holder=OuterRef(path))
    return Exists(held)


def leading(organisations: Iterable[int | None], on: date | None = None) -> dict[int, tuple[str, ...]]:
    """By key of the organisation the words of its titles of a leading enterprise; one query."""
    wanted = {key for key in organisations if key is not None}
    found: dict[int, tuple[str, ...]] = {}
    if not wanted:
        return found
    rows = in_force(on or clock.today()).filter(kind__in=TITLES.leading, holder__in=wanted).order_by("valid_from", "pk")
    for key, kind in rows.values_list("holder_id", "kind"):
        label = word(TITLES.kinds[kind])
        if label not in found.get(key, ()):
            found[key] = (*found.get(key, ()), label)
    return found


def leading_kinds(organisations: Iterable[int | None], on: date | None = None) -> dict[int, tuple[str, ...]]:
    """The same as keys of the titles, for the index."""
    wanted = {key for key in organisations if key is not None}
    found: dict[int, tuple[str, ...]] = {}
    if wanted:
        rows = in_force(on or clock.today()).filter(kind__in=TITLES.leading, holder__in=wanted)
        for key, kind in rows.order_by("pk").values_list("holder_id", "kind"):
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), kind)))
    return found
