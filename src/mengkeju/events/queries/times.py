"""Times in the reader's words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mengkeju.kernel import clock, figures


def span_in_words(starts_at: datetime, ends_at: datetime, zone: str = "") -> str:
    """“2026年11月24日（周二） 14:00–14:30” in a zone, ours when none is named; a later day is written out."""
    where = ZoneInfo(zone) if zone else clock.ZONE
    begin, end = starts_at.astimezone(where), ends_at.astimezone(where)
    day = figures.with_weekday(begin.date(), figures.full_date(begin.date()))
    if begin.date() == end.date():
        return f"{day} {begin:%H:%M}–{end:%H:%M}"
    last = figures.with_weekday(end.date(), figures.full_date(end.date()))
    return f"{day} {begin:%H:%M} – {last} {end:%H:%M}"
