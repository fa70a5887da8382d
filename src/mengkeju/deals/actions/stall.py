"""A conversion stands still: name the obstacle, assign a helper, resolve it with a note."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.stall import OBSTACLES, OPEN_STALLS, STAGES, trouble_with
from mengkeju.deals.models import Intention, Stall
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Person
from mengkeju.kernel.access import SYSTEM, Actor, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.notices import notify, people_of


@transaction.atomic
def name_obstacle(intention: Intention, obstacle: str, note: str = "", *, by: Actor, now: datetime) -> Stall:
    """Say what is in the way; the officer then assigns a helper. ValidationError: ended, or one is named already."""
    require(by, Perm.STALL_NAME, intention)
    fresh = lock(intention)
    if fresh.state not in STAGES:
        raise ValidationError(_("这条意向已经结束，不用再点明障碍"))
    if trouble := trouble_with(obstacle, note):
        raise ValidationError({"note" if obstacle in OBSTACLES else "obstacle": trouble})
    stall = Stall(intention=fresh, stage=fresh.state, obstacle=obstacle, note=note.strip(), area=fresh.area)
    try:
        with transaction.atomic():
            begin(
                stall, by=by, now=now, payload={"intention": str(fresh.uid), "obstacle": obstacle, "stage": fresh.state}
            )
    except IntegrityError as error:
        if not Stall.objects.filter(intention=fresh, state__in=OPEN_STALLS).exists():
            raise
        raise ValidationError(_("障碍已经点明，正在办理")) from error
    return stall


@transaction.atomic
def assign_helper(
    stall: Stall, helper: Person, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Stall:
    """Somebody is to help it on: a broker or an officer who belongs to neither side. Also replaces the helper."""
    require(by, Perm.STALL_ASSIGN, stall)
    fresh = lock(stall, revision)
    account = helper.account
    actor = provider().actor_for(account) if account is not None else Actor()
    sides = {fresh.intention.declaring.uid, fresh.intention.answering.uid}
    if actor.suspended or not actor.has_role(Role.BROKER, Role.OFFICER):
        raise ValidationError({"helper": _("帮办人须是经纪人或科技管理人员")})
    if sides & actor.organisations:
        raise ValidationError({"helper": _("双方单位的人员不能作帮办人（须回避）")})
    if fresh.helper_id == helper.pk and fresh.state == "helping":
        raise ValidationError({"helper": _("已经由他帮办")})
    Stall.objects.filter(pk=fresh.pk).update(helper=helper)
    advance(stall, "assign", by=by, now=now, note=note, data={"helper": str(helper.uid)})
    stall.refresh_from_db()
    title = format_lazy(
        gettext_lazy("意向 {number} 有了帮办人：{helper}"), number=fresh.intention.number, helper=helper.name
    )
    accounts = [
        account for side in (fresh.intention.declaring, fresh.intention.answering) for account in people_of(side.uid)
    ]
    told = [uid for uid in accounts if uid != by.account_uid]
    notify(told, "stall.news", title, subject_type="stall", subject_uid=stall.uid, now=now)
    return stall


@transaction.atomic
def resolve_stall(stall: Stall, *, by: Actor, now: datetime, note: str, revision: int | None = None) -> Stall:
    """Done: what was found and how it goes on stands in the note."""
    advance(stall, "resolve", by=by, now=now, note=note, revision=revision)
    Stall.objects.filter(pk=stall.pk).update(outcome=note.strip()[:1000])
    stall.refresh_from_db()
    return stall


def overtake_stalls(intention: Intention, *, now: datetime) -> None:
    """The intention has moved: what stood in its way does so no longer."""
    for stall in Stall.objects.filter(intention=intention, state__in=OPEN_STALLS):
        advance(stall, "overtake", by=SYSTEM, now=now)
