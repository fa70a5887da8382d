"""Conversions that stand still: too long in a stage, or with an obstacle named."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.stall import OPEN_STALLS, STAGE_DAYS, STAGES
from mengkeju.deals.models import Intention, Stall
from mengkeju.deals.queries.board import before
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Person
from mengkeju.directory.queries.holders import holders
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_to


@dataclass(frozen=True)
class StalledFilter:
    """What the list is asked for; empty = all. `obstacle`: a key, or “none” where none is named. `mine`: I help."""

    stage: str = ""
    obstacle: str = ""
    mine: bool = False


def days_in_stage(intention: Intention, today: date) -> int:
    """Working days since it came to its stage."""
    return clock.working_days_between(clock.today(intention.state_at), today)


def stalled(actor: Actor, today: date) -> QuerySet[Intention]:
    """Intentions the actor may know to stand still, the longest in their stage first."""
    late = Q(pk__in=())
    for stage, days in STAGE_DAYS.working_days.items():
        late |= Q(state=stage, state_at__lt=before(today, days))
    named = Stall.objects.filter(intention=OuterRef("pk"), state__in=OPEN_STALLS)
    rows = visible_to(Intention.objects.filter(late | Exists(named), state__in=STAGES), actor, Perm.STALLED_SEE)
    opened = Prefetch("stalls", Stall.objects.filter(state__in=OPEN_STALLS).select_related("helper"), "open_stalls")
    related = rows.select_related("target", "counter", "declaring", "answering", "broker").prefetch_related(opened)
    return related.order_by("state_at", "pk")


def find_stalled(actor: Actor, asked: StalledFilter, today: date) -> QuerySet[Intention]:
    """Those the list is asked for."""
    rows = stalled(actor, today)
    opened = Stall.objects.filter(intention=OuterRef("pk"), state__in=OPEN_STALLS)
    if asked.stage:
        rows = rows.filter(state=asked.stage)
    if asked.obstacle == "none":
        rows = rows.filter(~Exists(opened))
    elif asked.obstacle:
        rows = rows.filter(Exists(opened.filter(obstacle=asked.obstacle)))
    if asked.mine:
        me = actor.person_uid
        rows = rows.filter(Exists(opened.filter(helper__uid=me))) if me is not None else rows.none()
    return rows


def find_pair(actor: Actor, uid: UUID) -> Intention | None:
    """An intention whose standing the actor may know, stalled or not."""
    rows = Intention.objects.select_related("target", "counter", "declaring", "answering", "broker")
    return visible_to(rows.filter(uid=uid), actor, Perm.STALLED_SEE).first()


def find_stall(actor: Actor, uid: UUID) -> Stall | None:
    """One obstacle the actor may read."""
    rows = Stall.objects.select_related("intention__declaring", "intention__answering", "intention__target", "helper")
    return visible_to(rows.filter(uid=uid), actor, Perm.STALL_READ).first()


def stalls_of(actor: Actor, intention: Intention) -> QuerySet[Stall]:
    """The obstacles of an intention the actor may read, the newest first."""
    rows = Stall.objects.filter(intention=intention).select_related("helper", "intention")
    return visible_to(rows, actor, Perm.STALL_READ).order_by("-created_at", "-pk")


def helpers_for(intention: Intention) -> QuerySet[Person]:
    """Who can be asked to help: brokers and officers who belong to neither side."""
    sides = [intention.declaring_id, intention.answering_id]
    own = Exists(
        Person.objects.filter(pk=OuterRef("pk"), memberships__organisation__in=sides, memberships__ended_at=None)
    )
    return holders((Role.BROKER, Role.OFFICER)).filter(~own)
