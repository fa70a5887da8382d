"""Reads of one-to-one meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from mengkeju.deals.models import Intention
from mengkeju.events.access import Perm
from mengkeju.events.engine.calendar import Entry
from mengkeju.events.models import Meeting, Slot
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.listings.models import Listing

OPEN_STATES = ("requested", "countered", "scheduled")


@dataclass(frozen=True)
class MeetingFilter:
    """What the list is asked for; empty = all. `box`: asked, received or arranged."""

    box: str = ""
    state: str = ""


def meetings(actor: Actor) -> QuerySet[Meeting]:
    """Meetings the actor may know of, what happened last first."""
    rows = Meeting.objects.select_related(
        "about", "counter", "intention", "requesting", "invited", "requesting_person", "invited_person", "broker"
    )
    return visible_to(rows, actor, Perm.READ).order_by("-state_at", "-pk")


def find_meeting(actor: Actor, uid: UUID) -> Meeting | None:
    """One meeting if the actor may know of it."""
    return meetings(actor).filter(uid=uid).first()


def find_meetings(actor: Actor, asked: MeetingFilter) -> QuerySet[Meeting]:
    """Those the list is asked for."""
    rows = meetings(actor)
    boxes = {
        "asked": Q(requesting__uid__in=actor.organisations),
        "received": Q(invited__uid__in=actor.organisations),
        "arranged": Q(broker__uid=actor.person_uid, broker__isnull=False),
    }
    if asked.box in boxes:
        rows = rows.filter(boxes[asked.box])
    return rows.filter(state=asked.state) if asked.state else rows


def reads_inside(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor takes part: message, link, place, note and next step are for those only."""
    return may(actor, Perm.READ_INSIDE, meeting)


def offered(meeting: Meeting, now: datetime) -> list[Slot]:
    """The times on offer that are still to come; for readers who take part."""
    return list(meeting.slots.filter(round=meeting.round, starts_at__gt=now))


def waits_on(meeting: Meeting) -> str:
    """The side whose move it is: invited, requesting, or nobody's."""
    waits = {"requested": "invited", "countered": "requesting", "over": "requesting", "held": meeting.next_by}
    return waits.get(meeting.state, "")


def open_about(actor: Actor, about: Listing) -> Meeting | None:
    """The open meeting of one of the actor's organisations on a listing, whichever side it is."""
    return _mine(actor).filter(Q(about=about) | Q(counter=about), state__in=OPEN_STATES).first()


def running_about(actor: Actor, listings: Collection[Listing]) -> dict[int, dict[int, Meeting]]:
    """The open meetings that bring each listing together with another, by both keys."""
    keys = {listing.pk for listing in listings}
    about = Q(about__in=keys, counter__isnull=False) | Q(counter__in=keys)
    found: dict[int, dict[int, Meeting]] = {key: {} for key in keys}
    for row in _mine(actor).filter(about, state__in=OPEN_STATES):
        for one, other in ((row.about_id, row.counter_id), (row.counter_id, row.about_id)):
            if one in found and other is not None:
                found[one].setdefault(other, row)
    return found


def on_intention(actor: Actor, intention: Intention) -> list[Meeting]:
    """The meetings of an intention the actor may know of, the newest first; no more than five."""
    return list(meetings(actor).filter(intention=intention)[:5])


def upcoming(actor: Actor, now: datetime) -> list[Meeting]:
    """What is scheduled for the actor's organisations or arranged by him, the next first."""
    rows = _mine(actor).filter(state="scheduled", ends_at__gt=now)
    return list(rows.order_by("starts_at", "pk")[:5])


def _mine(actor: Actor) -> QuerySet[Meeting]:
    rows = meetings(actor)
    mine = Q(requesting__uid__in=actor.organisations) | Q(invited__uid__in=actor.organisations)
    return rows.filter(mine | Q(broker__uid=actor.person_uid, broker__isnull=False))


def entry_for(actor: Actor, meeting: Meeting) -> Entry | None:
    """What stands in a reader's calendar: only for those who take part, and once a time has been chosen."""
    if meeting.starts_at is None or meeting.ends_at is None or not reads_inside(actor, meeting):
        return None
    return Entry(
        uid=f"{meeting.uid}@{urlsplit(settings.SITE_URL).hostname or 'mengkeju'}",
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        made_at=meeting.state_at,
        sequence=meeting.revision,
        where=meeting.place,
        link=meeting.link,
        text=settings.SITE_URL + meeting.get_absolute_url(),
        cancelled=meeting.state == "cancelled",
    )
