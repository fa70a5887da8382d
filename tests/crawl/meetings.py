"""Meetings and remote pitches of the crawl's world: what is said between the sides, and who the guest is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mengkeju.events import actions
from mengkeju.events.access import Perm
from mengkeju.events.actions import MeetingInput, NoteInput, PitchInput
from mengkeju.events.actions.pitch import digest_of
from mengkeju.events.engine.slots import Span, span
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from tests.crawl.doors import or_record

if TYPE_CHECKING:
    from tests.crawl.world import World

TOKEN = "guest-token-of-the-crawl-0123456789"
DAYS = timedelta(days=3)


def build(made: "World") -> None:
    """A meeting in each state that matters, a pitch with secrets in each, and one whose link everybody tries."""
    _meetings(made)
    _pitches(made)


def _soon(now: datetime) -> Span:
    return span(now + timedelta(days=2), 60)


def _asked(made: "World", label: str, about: str, *, now: datetime) -> Meeting:
    """The institute asks the firm; every word of it is for the two sides only."""
    people = made.people
    box: list[Meeting] = []

    def inside(actor: Actor) -> bool:
        return may(actor, Perm.READ_INSIDE, box[0])

    def word(what: str) -> str:
        return made.planted.word(f"{what} of the meeting {label}", inside)

    given = MeetingInput(
        word("title"), [_soon(now)], link=f"https://meet.example.org/{word('link')}", message=word("message")
    )
    by, listing = people.actor("counterpart"), made.one("listing", about)
    meeting = actions.request_meeting(given, about=listing, requesting=people.institute, by=by, now=now)
    box.append(meeting)
    made.put("meeting", label, meeting)
    return meeting


def _meetings(made: "World") -> None:
    people, now = made.people, clock.now()
    owner, asking = people.actor("owner"), people.actor("counterpart")
    _asked(made, "requested", "need public published", now=now)
    declined = _asked(made, "declined", "need members published", now=now)
    inside = or_record(_may(Perm.READ_INSIDE, declined))
    note = made.planted.word("why a meeting was declined", inside)
    actions.decline_meeting(declined, reason="other", reason_note=note, by=owner, now=now)
    early = now - DAYS
    held = _asked(made, "held", "achievement public published", now=early)
    actions.choose_slot(held, held.slots.get().uid, by=owner, now=early)
    actions.tend_meeting(held.uid, now=now)
    held.refresh_from_db()
    words = [made.planted.word(f"{what} of a meeting", _may(Perm.READ_INSIDE, held)) for what in ("note", "next step")]
    actions.record_note(held, NoteInput(words[0], words[1], clock.today(now), "requesting"), by=asking, now=now)


def _may(permission: str, obj: Any) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, permission, obj)


def _invited(made: "World", label: str, *, now: datetime) -> Pitch:
    """A team whose contact, address and link are planted."""
    box: list[Pitch] = []

    def rule(permission: str) -> Callable[[Actor], bool]:
        return lambda actor: may(actor, permission, box[0])

    def word(what: str, permission: str) -> str:
        return made.planted.word(f"{what} of the pitch {label}", rule(permission))

    given = PitchInput(
        f"演示路演 {label}", "演示团队", "德国", word("contact", Perm.PITCH_INSIDE),
        f"{word('address', Perm.PITCH_INSIDE)}@example.org", "zh-hans", "Asia/Shanghai", _soon(now),
        f"https://meet.example.org/{word('link', Perm.PITCH_LINK)}", word("invitation", Perm.PITCH_INSIDE),
    )  # fmt: skip
    pitch = actions.invite_team(given, by=made.people.actor("officer here"), now=now)
    box.append(pitch)
    made.put("pitch", label, pitch)
    return pitch


def _accept(pitch: Pitch, token: str, *, now: datetime) -> None:
    Pitch.objects.filter(pk=pitch.pk).update(token_digest=digest_of(token))
    actions.answer_as_guest(token, accept=True, now=now, title="演示题目", abstract="演示摘要")
    pitch.refresh_from_db()


def _pitches(made: "World") -> None:
    people, now = made.people, clock.now()
    _invited(made, "invited", now=now)
    accepted = _invited(made, "accepted", now=now)
    _accept(accepted, "one", now=now)
    actions.listen(accepted, by=people.actor("counterpart"), now=now)
    held = _invited(made, "held", now=now - DAYS)
    _accept(held, "two", now=now - DAYS)
    actions.tend_pitch(held.uid, now=now)
    held.refresh_from_db()
    actions.settle_pitch(held, held=True, by=people.actor("officer here"), now=now)

    def follows(actor: Actor) -> bool:
        return people.institute.uid in actor.organisations or may(actor, Perm.PITCH_INSIDE, held)

    note = made.planted.word("what somebody wants of a pitch", follows)
    wish: dict[str, Any] = {"organisation": people.institute.uid, "wish": "need", "note": note}
    actions.follow_pitch(held, **wish, by=people.actor("counterpart"), now=now)
    # The page of a link shows its invitation to whoever has it: nothing secret stands in this one.
    given = PitchInput(
        "演示路演", "演示团队", "110000", "演示联系人", "guest@example.org", "zh-hans", "Asia/Shanghai",
        _soon(now), "https://meet.example.org/open",
    )  # fmt: skip
    tried = actions.invite_team(given, by=people.actor("broker"), now=now)
    Pitch.objects.filter(pk=tried.pk).update(token_digest=digest_of(TOKEN))
    made.put("guest_token", "open", tried, TOKEN)
