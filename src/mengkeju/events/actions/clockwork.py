"""What time does: reminders, meetings and pitches whose time has passed, personal data whose keeping has ended.

Everything is found by its times in the database: a task at the right moment and the nightly one may both come, and
the second finds nothing left to do.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.events import queries
from mengkeju.events.actions.telling import listening, reminder_at, tell_meeting, tell_pitch
from mengkeju.events.engine.meeting import WAITING
from mengkeju.events.engine.slots import FIGURES
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance, lock
from mengkeju.kernel.workflow import TransitionRefusedError

log = logging.getLogger(__name__)
# Written once for each reader, in his language.
_when = lazy(queries.span_in_words, str)


@transaction.atomic
def tend_meeting(uid: UUID, *, now: datetime) -> str:
    """Remind, end or lapse one meeting when it is time; returns what was done."""
    found = Meeting.objects.filter(uid=uid, archived_at=None).first()
    if found is None:
        return ""
    meeting = lock(found)
    if meeting.state in WAITING:
        last = meeting.slots.filter(round=meeting.round).aggregate(last=Max("starts_at"))["last"]
        if last is None or last > now:
            return ""
        advance(meeting, "lapse", by=SYSTEM, now=now)
        title = format_lazy(_("会面 {number}：提的时间都已过去，没有约成"), number=meeting.number)
        tell_meeting(meeting, title, by=SYSTEM, now=now)
        return "lapsed"
    if meeting.state != "scheduled" or meeting.starts_at is None or meeting.ends_at is None:
        return ""
    if meeting.ends_at <= now:
        advance(meeting, "end", by=SYSTEM, now=now)
        return "over"
    if meeting.reminded_at is None and reminder_at(meeting.starts_at) <= now < meeting.starts_at:
        Meeting.objects.filter(pk=meeting.pk).update(reminded_at=now)
        span = _when(meeting.starts_at, meeting.ends_at)
        title = format_lazy(_("会面提醒：{title}（{when}）"), title=meeting.title, when=span)
        tell_meeting(meeting, title, by=SYSTEM, now=now)
        return "reminded"
    return ""


@transaction.atomic
def tend_pitch(uid: UUID, *, now: datetime) -> str:
    """Remind the listeners, end or lapse one pitch when it is time; returns what was done."""
    found = Pitch.objects.filter(uid=uid, archived_at=None).first()
    if found is None:
        return ""
    pitch = lock(found)
    if pitch.state in {"invited", "accepted"} and pitch.ends_at <= now:
        advance(pitch, "end" if pitch.state == "accepted" else "lapse", by=SYSTEM, now=now)
        return pitch.state
    remindable = pitch.state == "accepted" and pitch.reminded_at is None
    if remindable and reminder_at(pitch.starts_at) <= now < pitch.starts_at:
        Pitch.objects.filter(pk=pitch.pk).update(reminded_at=now)
        accounts = [*listening(pitch), *([pitch.created_by.uid] if pitch.created_by else [])]
        span = _when(pitch.starts_at, pitch.ends_at)
        title = format_lazy(_("路演提醒：{title}（{when}）"), title=pitch.shown_title, when=span)
        tell_pitch(accounts, pitch, title, now=now)
        return "reminded"
    return ""


def tend_all(*, now: datetime) -> int:
    """Nightly: whatever a task at its moment has missed. Returns how many were moved or reminded."""
    soon = now + timedelta(days=15)  # the longest holiday with its weekends stays below this
    done = 0
    for uid in Meeting.objects.filter(state__in=WAITING, archived_at=None).values_list("uid", flat=True):
        done += _tended(tend_meeting, uid, now)
    for uid in Meeting.objects.filter(state="scheduled", starts_at__lt=soon).values_list("uid", flat=True):
        done += _tended(tend_meeting, uid, now)
    for uid in Pitch.objects.filter(state__in=["invited", "accepted"], starts_at__lt=soon).values_list(
        "uid", flat=True
    ):
        done += _tended(tend_pitch, uid, now)
    return done


def _tended(act: object, uid: UUID, now: datetime) -> bool:
    """One in a transaction of its own; what was moved meanwhile, or fails, does not stop the others."""
    try:
        return bool(act(uid, now=now))  # type: ignore[operator]  # one of the two above
    except TransitionRefusedError:
        return False
    except Exception:
        log.exception("%s was not tended", uid)
        return False


def blank_guests(*, now: datetime) -> int:
    """Nightly: clear name and address of guests whose keeping has ended; the pitch itself stays. Returns how many."""
    before = now - timedelta(days=FIGURES.guest_retention_days)
    done = 0
    for pitch in Pitch.objects.filter(ends_at__lte=before, blanked_at=None):
        with transaction.atomic():
            fresh = lock(pitch)
            if fresh.blanked_at is not None:
                continue
            fresh.contact_name, fresh.email, fresh.blanked_at = "", "", now
            fresh.save(update_fields=["contact_name", "email", "blanked_at"])
            audit.record("pitch.guest_blanked", fresh, by=SYSTEM, now=now)
            done += 1
    return done
