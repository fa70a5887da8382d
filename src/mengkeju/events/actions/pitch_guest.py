"""What a guest does by the link of his mail: accept with title and abstract, or decline. He has no account."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.events.actions.pitch import digest_of
from mengkeju.events.actions.telling import listening, tell_pitch
from mengkeju.events.engine.slots import FIGURES
from mengkeju.events.models import Pitch
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance, lock


def find_by_token(token: str, now: datetime) -> Pitch | None:
    """The pitch a guest's link opens; None for a wrong link, and once the session is over or called off."""
    rows = Pitch.objects.filter(token_digest=digest_of(token), ends_at__gt=now, archived_at=None)
    return rows.exclude(state="cancelled").first()


@transaction.atomic
def answer_as_guest(token: str, *, accept: bool, now: datetime, title: str = "", abstract: str = "") -> Pitch | None:
    """Accept (or change what was written), or decline. None for a link that opens nothing; ValidationError."""
    found = find_by_token(token, now)
    if found is None:
        return None
    pitch = lock(found)
    title, abstract = title.strip(), abstract.strip()
    if accept and not title:
        raise ValidationError({"title": _("请填写路演题目")})
    if len(abstract) > FIGURES.abstract_most:
        raise ValidationError({"abstract": _("摘要最多 %(most)d 字") % {"most": FIGURES.abstract_most}})
    was_open = pitch.state == "accepted"
    if not (accept and was_open):
        advance(pitch, "accept" if accept else "decline", by=SYSTEM, now=now, data={"by_guest": True})
    else:
        audit.record("pitch.rewritten", pitch, by=SYSTEM, now=now, payload={"by_guest": True})
    if accept:
        pitch.pitch_title, pitch.abstract = title[:120], abstract
    pitch.answered_at = now
    pitch.save(update_fields=["pitch_title", "abstract", "answered_at"])
    said = gettext_lazy("{team} 接受了远程路演邀请") if accept else gettext_lazy("{team} 婉拒了远程路演邀请")
    if not (accept and was_open):
        told = [pitch.created_by.uid] if pitch.created_by is not None else []
        told += [] if accept else listening(pitch)
        tell_pitch(told, pitch, format_lazy(said, team=pitch.team), now=now)
    return pitch
