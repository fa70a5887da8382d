"""A meeting as a calendar file (RFC 5545), for the calendar programs of those who take part."""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """What stands in the calendar. `uid` stays the same when the entry changes; `sequence` rises."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    sequence: int = 0
    where: str = ""
    link: str = ""
    text: str = ""
    cancelled: bool = False


def calendar_file(entry: Entry) -> bytes:
    """The file; times in UTC, so that every program shows them in its owner's zone."""
    made = Event()
    made.add("uid", entry.uid)
    made.add("summary", entry.title)
    made.add("dtstart", entry.starts_at.astimezone(UTC))
    made.add("dtend", entry.ends_at.astimezone(UTC))
    made.add("dtstamp", entry.made_at.astimezone(UTC))
    made.add("sequence", entry.sequence)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.where or entry.link:
        made.add("location", entry.where or entry.link)
    if entry.link:
        made.add("url", entry.link)
    if entry.text:
        made.add("description", entry.text)
    whole = Calendar()
    whole.add("prodid", "-//Mengkeju//Meetings//ZH")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    whole.add_component(made)
    return bytes(whole.to_ical())
