"""Members from outside the region (区外): opening the members' tier for them, on a basis and until a day."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory.access import Perm
from mengkeju.directory.actions.telling import tell_managers
from mengkeju.directory.engine.regions import FIGURES
from mengkeju.directory.models import MembersOpening, Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock


@transaction.atomic
def open_members_tier(
    organisation: Organisation, *, basis: str, until: date, by: Actor, now: datetime
) -> MembersOpening:
    """The region's officer opens the members' tier until and with a day. ValidationError per field.

    An opening that runs is replaced: both stand in the record.
    """
    require(by, Perm.MEMBERS_OPEN, organisation)
    fresh = lock(organisation)
    require(by, Perm.MEMBERS_OPEN, fresh)
    errors: dict[str, str] = {}
    if not fresh.verified:
        errors["__all__"] = _("单位核验通过后才能开放")
    if not basis.strip():
        errors["basis"] = _("请写明开放的依据，例如协议名称和日期")
    today = clock.today(now)
    if not today <= until <= today + FIGURES.longest:
        said = _("截止日期须在今天之后，最长 {days} 天；到期可以再开放")
        errors["until"] = said.format(days=FIGURES.longest.days)
    if errors:
        raise ValidationError(errors)
    fresh.members_openings.filter(ended_at=None).update(ended_at=now, ended_by=by.account_id)
    made = MembersOpening.objects.create(
        organisation=fresh, basis=basis.strip()[:200], until=until, opened_at=now, opened_by_id=by.account_id
    )
    event = audit.record(
        "organisation.members_opened", fresh, by=by, now=now, payload={"basis": made.basis, "until": until}
    )
    tell_managers(fresh, "members_opened", gettext_lazy("科技管理人员已为本单位开放会员可见的内容"), event, now)
    return made


@transaction.atomic
def close_members_tier(organisation: Organisation, *, by: Actor, now: datetime, note: str) -> None:
    """The region's officer ends an opening, with the reason. ValidationError when there is none."""
    require(by, Perm.MEMBERS_OPEN, organisation)
    if not note.strip():
        raise ValidationError(_("请写明理由"))
    ended = organisation.members_openings.filter(ended_at=None).update(ended_at=now, ended_by=by.account_id)
    if not ended:
        raise ValidationError(_("现在没有开放"))
    event = audit.record("organisation.members_closed", organisation, by=by, now=now, payload={"note": note.strip()})
    tell_managers(organisation, "members_closed", gettext_lazy("会员可见的内容已停止对本单位开放"), event, now)


def lapse_members_openings(*, by: Actor, now: datetime) -> int:
    """End the openings whose last day is past; returns how many.

    The right ends with the day itself, whenever this runs (`queries.limited`): here it is recorded and told.
    """
    if not by.system:
        raise RefusedError(Perm.MEMBERS_OPEN, _("到期由平台自动办理"), _("平台自身"))
    past = MembersOpening.objects.filter(ended_at=None, until__lt=clock.today(now)).select_related("organisation")
    lapsed = 0
    for opening in past:
        with transaction.atomic():
            if MembersOpening.objects.filter(pk=opening.pk, ended_at=None).update(ended_at=now):
                payload = {"until": opening.until}
                organisation = opening.organisation
                event = audit.record("organisation.members_lapsed", organisation, by=by, now=now, payload=payload)
                told = gettext_lazy("会员可见的内容对本单位的开放已到期")
                tell_managers(organisation, "members_lapsed", told, event, now)
                lapsed += 1
    return lapsed
