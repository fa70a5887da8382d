"""What members do with a pitch: register to listen, and afterwards follow it up."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.events.access import Perm
from mengkeju.events.actions.meeting import person_acting
from mengkeju.events.actions.pitch import mail_guest
from mengkeju.events.actions.telling import tell_pitch
from mengkeju.events.models import WISHES, Listener, Pitch, PitchInterest
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock


@transaction.atomic
def listen(pitch: Pitch, *, by: Actor, now: datetime) -> Listener:
    """Register to listen, for the first of one's organisations; a second time changes nothing."""
    fresh = lock(pitch)
    require(by, Perm.PITCH_LISTEN, fresh)
    if by.primary_organisation is None:
        raise RefusedError(Perm.PITCH_LISTEN, _("报名要以单位的名义"), _("有单位的人员"))
    made, new = Listener.objects.get_or_create(
        pitch=fresh,
        person=person_acting(by),
        archived_at=None,
        defaults={
            "organisation": directory.organisation(by.primary_organisation),
            "area": fresh.area,
            "created_at": now,
            "created_by_id": by.account_id,
        },
    )
    if new:
        audit.record("pitch.listener", fresh, by=by, now=now)
    return made


@transaction.atomic
def stop_listening(pitch: Pitch, *, by: Actor, now: datetime) -> None:
    """Take the registration back; one can register again."""
    fresh = lock(pitch)
    require(by, Perm.PITCH_LISTEN, fresh)
    mine = Listener.objects.filter(pitch=fresh, person=person_acting(by), archived_at=None)
    if mine.update(archived_at=now, archived_by=by.account_id):
        audit.record("pitch.listener_left", fresh, by=by, now=now)


@transaction.atomic
def follow_pitch(
    pitch: Pitch, *, organisation: UUID, wish: str, note: str = "", by: Actor, now: datetime
) -> PitchInterest:
    """An organisation is interested: it writes a need of its own, or the guest is asked to become a member.

    Raises ValidationError (unknown wish, noted before), RefusedError.
    """
    fresh = lock(pitch)
    require(by, Perm.PITCH_FOLLOW, fresh)
    if organisation not in by.organisations:
        raise RefusedError(Perm.PITCH_FOLLOW, _("只能以自己所在单位的名义跟进"), _("该单位人员"))
    if wish not in WISHES:
        raise ValidationError({"wish": _("请选择怎么跟进")})
    interested = directory.organisation(organisation)
    made = PitchInterest(
        pitch=fresh,
        organisation=interested,
        person=person_acting(by),
        wish=wish,
        note=note.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("贵单位已经表示过关注")) from error
    audit.record("pitch.followed", fresh, by=by, now=now, payload={"wish": wish}, organisation=organisation)
    if fresh.created_by is not None and fresh.created_by_id != by.account_id:
        said = gettext_lazy("{organisation} 关注了远程路演：{title}")
        title = format_lazy(said, organisation=interested.name, title=fresh.shown_title)
        tell_pitch([fresh.created_by.uid], fresh, title, now=now)
    if wish == "register":
        transaction.on_commit(lambda: mail_guest(fresh, _asked_to_register(fresh, interested.name)))
    return made


def _asked_to_register(pitch: Pitch, organisation: str) -> tuple[str, list[str]]:
    """Heading and paragraphs of the mail that asks the guest to become a member from outside the region."""
    with translation.override(pitch.language):
        heading = _("【蒙科聚】%(organisation)s 对贵方的路演有兴趣") % {"organisation": organisation}
        parts = [
            _("%(name)s：") % {"name": pitch.contact_name},
            _("%(organisation)s 听了“%(title)s”，希望继续联系。")
            % {"organisation": organisation, "title": pitch.shown_title},
            _("请注册为区外成员单位并发布成果，对方就能与贵方约会面、表达合作意向：")
            + f"\n{settings.SITE_URL}{reverse('account_signup')}",
        ]
    return heading, parts
