"""Reads of remote pitches, and where the invited teams come from."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mengkeju.directory import queries as directory
from mengkeju.events.access import Perm
from mengkeju.events.engine.calendar import Entry
from mengkeju.events.models import Listener, Pitch, PitchInterest
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.models import Event

STAGES: dict[str, str | Promise] = {
    "invited": _("邀请"),
    "accepted": _("接受"),
    "held": _("举行"),
    "interests": _("获得关注"),
}
"""What is counted by origin; each includes those that went on from there."""


@dataclass(frozen=True)
class PitchFilter:
    """What the list is asked for; empty = all. `stage` is one of STAGES."""

    origin: str = ""
    stage: str = ""


def pitches(actor: Actor) -> QuerySet[Pitch]:
    """Pitches the actor may know of, the latest first."""
    return visible_to(Pitch.objects.select_related("created_by"), actor, Perm.PITCH_READ).order_by("-starts_at", "-pk")


def find_pitch(actor: Actor, uid: UUID) -> Pitch | None:
    """One pitch if the actor may know of it."""
    return pitches(actor).filter(uid=uid).first()


def _at_stage(stage: str) -> Q:
    accepted = Event.objects.filter(subject_type="pitch", subject_uid=OuterRef("uid"), type="pitch.accept")
    interested = PitchInterest.objects.filter(pitch=OuterRef("pk"), archived_at=None)
    conditions: dict[str, Any] = {
        "accepted": Q(Exists(accepted)),
        "held": Q(state="held"),
        "interests": Q(Exists(interested)),
    }
    found: Q = conditions.get(stage, Q())
    return found


def find_pitches(actor: Actor, asked: PitchFilter) -> QuerySet[Pitch]:
    """Those the list is asked for."""
    rows = pitches(actor).filter(_at_stage(asked.stage))
    return rows.filter(origin=asked.origin) if asked.origin else rows


@dataclass(frozen=True)
class OriginRow:
    """How many teams of one origin came how far."""

    origin: str
    name: str
    counts: dict[str, int]


def origins(actor: Actor) -> list[OriginRow]:
    """One row per origin of the pitches the actor may know of, the most invited first; one query per stage."""
    counted: dict[str, dict[str, int]] = {}
    for stage in STAGES:
        rows = pitches(actor).filter(_at_stage(stage)).order_by().values("origin").annotate(n=Count("pk"))
        for row in rows:
            counted.setdefault(row["origin"], dict.fromkeys(STAGES, 0))[stage] = row["n"]
    names = origin_names(counted)
    made = [OriginRow(origin, names[origin], counts) for origin, counts in counted.items()]
    return sorted(made, key=lambda row: (-row.counts["invited"], row.origin))


def origin_names(found: Any) -> dict[str, str]:
    """Each origin in words: the province's name, or what was written."""
    wanted = set(found)
    known = directory.area_names(code for code in wanted if code.isdigit())
    return {origin: known.get(origin, origin) for origin in wanted}


def is_listening(actor: Actor, pitch: Pitch) -> bool:
    """Whether the actor has registered to listen."""
    if actor.person_uid is None:
        return False
    return Listener.objects.filter(pitch=pitch, person__uid=actor.person_uid, archived_at=None).exists()


def listeners_of(pitch: Pitch) -> list[Listener]:
    """Who has registered; for its hosts."""
    return list(pitch.listeners.filter(archived_at=None).select_related("organisation", "person").order_by("pk"))


def interests_of(actor: Actor, pitch: Pitch) -> list[PitchInterest]:
    """Who wants to follow it up: its hosts see all, others their own organisations'."""
    rows = pitch.interests.filter(archived_at=None).select_related("organisation", "person").order_by("pk")
    if not may(actor, Perm.PITCH_INSIDE, pitch):
        rows = rows.filter(organisation__uid__in=actor.organisations)
    return list(rows)


def pitch_entry(actor: Actor, pitch: Pitch) -> Entry | None:
    """What stands in the calendar of a host or a listener."""
    if not may(actor, Perm.PITCH_LINK, pitch):
        return None
    return Entry(
        uid=f"{pitch.uid}@{urlsplit(settings.SITE_URL).hostname or 'mengkeju'}",
        title=pitch.shown_title,
        starts_at=pitch.starts_at,
        ends_at=pitch.ends_at,
        made_at=pitch.state_at,
        sequence=pitch.revision,
        link=pitch.link,
        text=settings.SITE_URL + pitch.get_absolute_url(),
        cancelled=pitch.state == "cancelled",
    )
