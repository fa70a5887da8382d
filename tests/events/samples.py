"""Meetings and remote pitches for tests, made through the actions."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core import mail

from mengkeju.events import actions
from mengkeju.events.engine.slots import Span, span
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from tests import factories as f
from tests.deals import samples as deals

NOW = deals.NOW
LINK = "https://meet.example.org/room-8616"


def spans(*days: int, now: datetime = NOW, minutes: int = 60) -> list[Span]:
    """One time at two o'clock on each of so many days from now."""
    start = now.replace(hour=14, minute=0, second=0, microsecond=0)
    return [span(start + timedelta(days=day), minutes) for day in days or (4, 5)]


def given(**stated: Any) -> actions.MeetingInput:
    """What a form would state."""
    base: dict[str, Any] = {"title": "谈细渣脱碳的中试", "spans": spans(), "link": LINK, "message": "想先看样品"}
    return actions.MeetingInput(**(base | stated))


def requested(pair: deals.Pair, *, now: datetime = NOW, by: Actor | None = None, **stated: Any) -> Meeting:
    """The institute asks the firm to meet about its need."""
    stated.setdefault("spans", spans(now=now))
    return actions.request_meeting(
        given(**stated), about=pair.need, requesting=pair.institute, by=by or pair.of_institute, now=now
    )


def first_slot(meeting: Meeting) -> Any:
    """The uid of the first time on offer."""
    return meeting.slots.filter(round=meeting.round).order_by("starts_at")[0].uid


def scheduled(pair: deals.Pair, *, now: datetime = NOW, **stated: Any) -> Meeting:
    """The firm has chosen the first time."""
    meeting = requested(pair, now=now, **stated)
    return actions.choose_slot(meeting, first_slot(meeting), by=pair.of_firm, now=now)


def over(pair: deals.Pair, *, now: datetime = NOW, **stated: Any) -> tuple[Meeting, datetime]:
    """Its time has passed; with the moment after it."""
    meeting = scheduled(pair, now=now, **stated)
    assert meeting.ends_at is not None
    after = meeting.ends_at + timedelta(minutes=1)
    assert actions.tend_meeting(meeting.uid, now=after) == "over"
    meeting.refresh_from_db()
    return meeting, after


def noted(pair: deals.Pair, **said: Any) -> tuple[Meeting, datetime]:
    """The requester has written note and next step, to be done by the firm within a week."""
    meeting, after = over(pair)
    base: dict[str, Any] = {
        "note": "对方能做中试", "next_step": "寄样品", "next_on": clock.today(after) + timedelta(days=7),
        "next_by": "invited",
    }  # fmt: skip
    return actions.record_note(meeting, actions.NoteInput(**(base | said)), by=pair.of_institute, now=after), after


def asked(**stated: Any) -> actions.PitchInput:
    """What a host would state."""
    base: dict[str, Any] = {
        "subject": "煤化工固废利用", "team": "Rhine Materials Lab", "origin": "德国", "contact_name": "Anna Beispiel",
        "email": "anna@example.org", "language": "en", "zone": "Europe/Berlin", "span": spans(6)[0], "link": LINK,
    }  # fmt: skip
    return actions.PitchInput(**(base | stated))


def invited(by: Actor | None = None, *, now: datetime = NOW, **stated: Any) -> Pitch:
    """An officer of 包头 has invited a team."""
    stated.setdefault("span", spans(6, now=now)[0])
    return actions.invite_team(asked(**stated), by=by or f.actor(f.officer()), now=now)


def token_of(capture: Any, act: Any) -> tuple[str, Any]:
    """The token in the mail that an act sends after commit, and what the act gave back."""
    with capture(execute=True):
        made = act()
    return token_in(str(mail.outbox[-1].body)), made


def token_in(text: str) -> str:
    """The token of the guest's link in a text."""
    found = re.search(r"/pitch/([\w-]{20,})/", text)
    assert found, text
    return found[1]


def opened(capture: Any, by: Actor | None = None, *, now: datetime = NOW, **stated: Any) -> tuple[str, Pitch]:
    """A pitch whose team has accepted, with its token."""
    token, pitch = token_of(capture, lambda: invited(by, now=now, **stated))
    actions.answer_as_guest(token, accept=True, now=now, title="Slag to zeolite", abstract="A process.")
    pitch.refresh_from_db()
    return token, pitch


def past(pitch: Pitch, *, held: bool = True, by: Actor | None = None) -> tuple[Pitch, datetime]:
    """Its time has passed, and its host has confirmed it if wished; with the moment after it."""
    after = pitch.ends_at + timedelta(minutes=1)
    assert actions.tend_pitch(pitch.uid, now=after) == "over"
    pitch.refresh_from_db()
    if held:
        host = by or f.actor(pitch.created_by)  # type: ignore[arg-type]  # made by an account
        actions.settle_pitch(pitch, held=True, by=host, now=after)
    return pitch, after


def kept(meetings: Sequence[Meeting]) -> list[str]:
    """Their states, read afresh."""
    return [Meeting.objects.get(pk=m.pk).state for m in meetings]
