"""What the two sides do with a meeting: choose a time, propose others, decline, cancel, note, next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.events.access import Perm
from mengkeju.events.actions.meeting import OPEN_MEETINGS, check_spans, offer, person_acting
from mengkeju.events.actions.telling import TEND_MEETING, look_again, reminder_at, tell_meeting
from mengkeju.events.engine.meeting import NEXT_STEP
from mengkeju.events.engine.slots import Span, trouble_with_link
from mengkeju.events.models import Meeting
from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, lock, refuse_stale
from mengkeju.kernel.notices import announce_duty

CHOOSES = {"requested": "choose", "countered": "pick"}
PROPOSES = {"requested": "propose", "countered": "repropose"}


@transaction.atomic
def choose_slot(meeting: Meeting, slot: UUID, *, by: Actor, now: datetime, revision: int | None = None) -> Meeting:
    """Whoever it waits on chooses one of the times on offer. Of two at once the later is told that it is done.

    Raises ValidationError for a time that is not on offer or past; TransitionRefusedError, RefusedError.
    """
    fresh = lock(meeting)
    step = CHOOSES.get(fresh.state, "choose")
    require(by, Perm.CHOOSE, fresh)
    refuse_stale(fresh, revision)
    if fresh.state in CHOOSES:
        chosen = fresh.slots.filter(uid=slot, round=fresh.round).first()
        if chosen is None:
            raise ValidationError({"slot": _("请从对方提的时间里选一个")})
        if chosen.starts_at <= now:
            raise ValidationError({"slot": _("这个时间已经过去，请选别的，或另提时间")})
        fresh.starts_at, fresh.ends_at = chosen.starts_at, chosen.ends_at
        if step == "choose" and fresh.invited.uid in by.organisations:
            fresh.invited_person = person_acting(by)
        fresh.save(update_fields=["starts_at", "ends_at", "invited_person"])
    advance(meeting, step, by=by, now=now, data={"slot": str(slot)})
    meeting.refresh_from_db()
    if meeting.starts_at is not None and meeting.ends_at is not None:
        look_again(TEND_MEETING, meeting.uid, [reminder_at(meeting.starts_at), meeting.ends_at], now=now)
    tell_meeting(meeting, format_lazy(gettext_lazy("会面约好了：{title}"), title=meeting.title), by=by, now=now)
    return meeting


@transaction.atomic
def change_where(meeting: Meeting, *, link: str, place: str, by: Actor, now: datetime) -> Meeting:
    """One side, or the broker, gives another link or place, before it takes place; the others are told."""
    fresh = lock(meeting)
    require(by, Perm.CANCEL, fresh)
    if fresh.state not in OPEN_MEETINGS:
        raise ValidationError(_("会面已经结束，不能再改"))
    link, place = link.strip(), place.strip()
    if link and (trouble := trouble_with_link(link)):
        raise ValidationError({"link": trouble})
    if not link and not place:
        raise ValidationError({"link": _("请填写会议链接或地点")})
    fresh.link, fresh.place, fresh.mode = link, place, "remote" if link else "place"
    fresh.revision += 1
    fresh.save(update_fields=["link", "place", "mode", "revision"])
    audit.record("meeting.moved", fresh, by=by, now=now, payload={"mode": fresh.mode})
    meeting.refresh_from_db()
    title = format_lazy(gettext_lazy("会面 {number} 换了地点或链接"), number=meeting.number)
    tell_meeting(meeting, title, by=by, now=now)
    return meeting


@transaction.atomic
def propose_times(
    meeting: Meeting, spans: Sequence[Span], *, by: Actor, now: datetime, revision: int | None = None
) -> Meeting:
    """Whoever it waits on proposes other times instead; the other side then chooses."""
    fresh = lock(meeting)
    step = PROPOSES.get(fresh.state, "propose")
    require(by, Perm.CHOOSE, fresh)
    refuse_stale(fresh, revision)
    check_spans(spans, now)
    advance(meeting, step, by=by, now=now, data={"slots": len(spans)})
    meeting.refresh_from_db()
    meeting.round += 1
    meeting.save(update_fields=["round"])
    side, other = ("requesting", "invited") if step == "repropose" else ("invited", "requesting")
    offer(meeting, spans, side=side, by=by, now=now)
    title = format_lazy(gettext_lazy("会面 {number}：对方另提了时间"), number=meeting.number)
    tell_meeting(meeting, title, by=by, now=now, sides=(other,))
    return meeting


@transaction.atomic
def decline_meeting(
    meeting: Meeting, *, reason: str, reason_note: str = "", by: Actor, now: datetime, revision: int | None = None
) -> Meeting:
    """The invited side does not want to meet, with a reason of the dated list."""
    data = {"reason": reason, "reason_note": reason_note}
    advance(meeting, "decline", by=by, now=now, data=data, revision=revision)
    Meeting.objects.filter(pk=meeting.pk).update(reason=reason, reason_note=reason_note.strip())
    meeting.refresh_from_db()
    title = format_lazy(gettext_lazy("会面 {number}：对方婉拒了"), number=meeting.number)
    tell_meeting(meeting, title, by=by, now=now, sides=("requesting",))
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, note: str, by: Actor, now: datetime, revision: int | None = None) -> Meeting:
    """Either side, or the broker, cancels before it takes place; why is told to both."""
    fresh = lock(meeting)
    require(by, Perm.CANCEL, fresh)
    refuse_stale(fresh, revision)
    if fresh.starts_at is not None and fresh.starts_at <= now:
        raise ValidationError(_("会面时间已到，不能再取消；没有见成的，请在写纪要时说明"))
    advance(meeting, "cancel", by=by, now=now, note=note)
    Meeting.objects.filter(pk=meeting.pk).update(reason_note=note.strip()[:1000])
    meeting.refresh_from_db()
    title = format_lazy(gettext_lazy("会面取消了：{title}"), title=meeting.title)
    tell_meeting(meeting, title, by=by, now=now)
    return meeting


@dataclass(frozen=True)
class NoteInput:
    """What came of a meeting; `next_step` with its day and the side that does it, or none of the three."""

    note: str
    next_step: str = ""
    next_on: date | None = None
    next_by: str = ""


def _check_note(given: NoteInput, today: date) -> None:
    if not given.note.strip():
        raise ValidationError({"note": _("请写会面纪要")})
    if not given.next_step.strip():
        if given.next_on or given.next_by:
            raise ValidationError({"next_step": _("请写明下一步做什么")})
        return
    if given.next_on is None or given.next_on < today:
        raise ValidationError({"next_on": _("请填写今天或以后的日期")})
    if given.next_by not in {"requesting", "invited"}:
        raise ValidationError({"next_by": _("请选择由哪一方办")})


@transaction.atomic
def record_note(
    meeting: Meeting, given: NoteInput, *, by: Actor, now: datetime, revision: int | None = None
) -> Meeting:
    """Write what came of it. A next step becomes a duty of its side with its day; without one the meeting is done.

    The words stand in the meeting only, never in the record.
    """
    fresh = lock(meeting)
    require(by, Perm.RECORD, fresh)
    refuse_stale(fresh, revision)
    _check_note(given, clock.today(now))
    goes_on = bool(given.next_step.strip())
    event = advance(meeting, "record" if goes_on else "close", by=by, now=now)
    meeting.refresh_from_db()
    meeting.note = given.note.strip()
    if goes_on:
        meeting.next_step, meeting.next_on, meeting.next_by = given.next_step.strip(), given.next_on, given.next_by
    meeting.save(update_fields=["note", "next_step", "next_on", "next_by"])
    if goes_on:
        duty = duties.open_duty(meeting, NEXT_STEP, now=now, due_on=given.next_on)
        announce_duty(duty, event=event, now=now)
    title = format_lazy(gettext_lazy("会面 {number} 有了纪要"), number=meeting.number)
    tell_meeting(meeting, title, by=by, now=now)
    return meeting


@transaction.atomic
def miss_meeting(meeting: Meeting, *, note: str, by: Actor, now: datetime, revision: int | None = None) -> Meeting:
    """It did not take place; why."""
    advance(meeting, "miss", by=by, now=now, note=note, revision=revision)
    Meeting.objects.filter(pk=meeting.pk).update(reason_note=note.strip()[:1000])
    meeting.refresh_from_db()
    return meeting


@transaction.atomic
def finish_meeting(meeting: Meeting, *, by: Actor, now: datetime, revision: int | None = None) -> Meeting:
    """The agreed next step is done."""
    advance(meeting, "finish", by=by, now=now, revision=revision)
    meeting.refresh_from_db()
    title = format_lazy(gettext_lazy("会面 {number} 的下一步已办"), number=meeting.number)
    tell_meeting(meeting, title, by=by, now=now)
    return meeting
