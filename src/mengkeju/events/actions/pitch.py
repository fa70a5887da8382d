"""Inviting an external team to a remote pitch, and what its host does with it."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.directory.engine.roles import Role
from mengkeju.events import queries
from mengkeju.events.access import Perm
from mengkeju.events.actions.telling import TEND_PITCH, listening, look_again, reminder_at, tell_pitch
from mengkeju.events.engine.slots import Span, trouble_with, trouble_with_link
from mengkeju.events.models import Pitch
from mengkeju.events.models.pitch import LANGUAGES
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.listings import actions as listings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PitchInput:
    """Who is invited from where, when, and by which link; `origin`: a province's code or a country in words."""

    subject: str
    team: str
    origin: str
    contact_name: str
    email: str
    language: str
    zone: str
    span: Span
    link: str
    words: str = ""


def digest_of(token: str) -> str:
    """What is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_zone(name: str) -> bool:
    """Whether it is a time zone of the IANA list."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return bool(name)


def _checked_origin(origin: str) -> str:
    origin = " ".join(origin.split())
    if not origin:
        raise ValidationError({"origin": _("请选择省份，或填写国家或地区")})
    if origin.isdigit() and origin not in directory.outside_codes():
        raise ValidationError({"origin": _("请选择区外的省份")})
    return origin


def _check(given: PitchInput, now: datetime) -> None:
    for key, said in (
        ("subject", _("请填写路演的主题")),
        ("team", _("请填写对方单位")),
        ("contact_name", _("请填写联系人")),
    ):
        if not getattr(given, key).strip():
            raise ValidationError({key: said})
    try:
        validate_email(given.email)
    except ValidationError as error:
        raise ValidationError({"email": _("请填写对方的电子邮箱，例如 wang@example.com")}) from error
    if given.language not in LANGUAGES:
        raise ValidationError({"language": _("请选择语言")})
    if not is_zone(given.zone):
        raise ValidationError({"zone": _("没有这个时区")})
    if trouble := trouble_with([given.span], now):
        raise ValidationError({"starts_at": trouble})
    if trouble := trouble_with_link(given.link.strip()):
        raise ValidationError({"link": trouble})


def _area_of(by: Actor) -> str:
    """Where the host works: the area of his role, else the whole region."""
    return next((g.area for g in by.grants if g.area and g.role in {Role.OFFICER, Role.BROKER}), REGION)


@transaction.atomic
def invite_team(given: PitchInput, *, by: Actor, now: datetime, fictional: bool = False) -> Pitch:
    """Invite a team; it gets a mail with a link to a page of its own. Raises ValidationError, RefusedError."""
    require(by, Perm.PITCH_INVITE)
    _check(given, now)
    token = secrets.token_urlsafe(32)
    pitch = Pitch(
        number=listings.next_number("MK-RP", "pitch", clock.today(now).year),
        subject=given.subject.strip(),
        team=given.team.strip(),
        origin=_checked_origin(given.origin),
        contact_name=given.contact_name.strip(),
        email=given.email.strip().lower(),
        language=given.language,
        zone=given.zone,
        starts_at=given.span.starts_at,
        ends_at=given.span.ends_at,
        link=given.link.strip(),
        words=given.words.strip(),
        token_digest=digest_of(token),
        area=_area_of(by),
        fictional=fictional,
    )
    begin(pitch, by=by, now=now, payload={"origin": pitch.origin, "language": pitch.language})
    look_again(TEND_PITCH, pitch.uid, [reminder_at(pitch.starts_at), pitch.ends_at], now=now)
    transaction.on_commit(lambda: mail_guest(pitch, invitation_text(pitch, token)))
    return pitch


@transaction.atomic
def send_again(pitch: Pitch, *, by: Actor, now: datetime) -> Pitch:
    """Another mail with another link; the earlier link no longer opens the page."""
    fresh = lock(pitch)
    require(by, Perm.PITCH_MANAGE, fresh)
    if fresh.state not in {"invited", "accepted"} or fresh.ends_at <= now or not fresh.email:
        raise ValidationError(_("邀请已经结束，不能再发"))
    token = secrets.token_urlsafe(32)
    fresh.token_digest = digest_of(token)
    fresh.save(update_fields=["token_digest"])
    audit.record("pitch.sent_again", fresh, by=by, now=now)
    transaction.on_commit(lambda: mail_guest(fresh, invitation_text(fresh, token)))
    return fresh


def invitation_text(pitch: Pitch, token: str) -> tuple[str, list[str]]:
    """Heading and paragraphs of the invitation in the guest's language, the time in his zone and in ours."""
    with translation.override(pitch.language):
        address = settings.SITE_URL + reverse("pitch-guest", args=[token])
        heading = _("【蒙科聚】邀请贵单位远程路演：%(subject)s") % {"subject": pitch.subject}
        parts = [
            _("%(name)s：") % {"name": pitch.contact_name},
            _("内蒙古呼和浩特、包头的科技成果转化平台“蒙科聚”邀请%(team)s远程介绍贵方的技术。") % {"team": pitch.team},
            *([pitch.words] if pitch.words else []),
            _("您当地时间：%(when)s（%(zone)s）")
            % {"when": queries.span_in_words(pitch.starts_at, pitch.ends_at, pitch.zone), "zone": pitch.zone},
            _("北京时间：%(when)s") % {"when": queries.span_in_words(pitch.starts_at, pitch.ends_at)},
            _("请打开下面的页面接受或婉拒，并写上路演题目和摘要；不需要注册：") + f"\n{address}",
            _("链接只发给您，路演结束后失效。您的姓名和邮箱只用于这次路演的联系，到期自动清除。"),
        ]
    return heading, parts


def mail_guest(pitch: Pitch, said: tuple[str, list[str]]) -> None:
    """Mail the guest. A mail server that refuses does not undo what was done."""
    if not pitch.email:
        return
    heading, parts = said
    try:
        send_mail(" ".join(heading.split()), "\n\n".join(parts) + "\n", None, [pitch.email])
    except OSError:
        log.exception("pitch %s: the guest was not mailed", pitch.uid)


@transaction.atomic
def cancel_pitch(pitch: Pitch, *, note: str, by: Actor, now: datetime) -> Pitch:
    """It will not take place; the guest and whoever registered are told."""
    advance(pitch, "cancel", by=by, now=now, note=note)
    pitch.refresh_from_db()
    title = format_lazy(gettext_lazy("路演取消了：{title}"), title=pitch.shown_title)
    tell_pitch(listening(pitch), pitch, title, now=now)
    with translation.override(pitch.language):
        heading = _("【蒙科聚】远程路演取消：%(subject)s") % {"subject": pitch.subject}
        parts = [
            _("%(name)s：") % {"name": pitch.contact_name},
            _("很抱歉，原定 %(when)s（%(zone)s）的远程路演取消了。")
            % {"when": queries.span_in_words(pitch.starts_at, pitch.ends_at, pitch.zone), "zone": pitch.zone},
        ]
    transaction.on_commit(lambda: mail_guest(pitch, (heading, parts)))
    return pitch


@transaction.atomic
def settle_pitch(pitch: Pitch, *, held: bool, by: Actor, now: datetime, note: str = "") -> Pitch:
    """The host confirms that it took place, or says why it did not."""
    advance(pitch, "hold" if held else "miss", by=by, now=now, note="" if held else note)
    pitch.refresh_from_db()
    return pitch
