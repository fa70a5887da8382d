"""The moment of a joint release: at a planned time or now, all of it or nothing; and taking it back."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import jobs
from mengkeju.kernel.access import SYSTEM, Actor, require
from mengkeju.kernel.actions import advance, lock
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.actions.life import mark_published
from mengkeju.listings.actions.releases import forget_plan, refuse_obstacles, tell_officers
from mengkeju.listings.models import Release
from mengkeju.listings.queries import releases as reads

TASK = "mengkeju.listings.tasks.release_due"


@transaction.atomic
def schedule_release(release: Release, planned_at: datetime, *, by: Actor, now: datetime) -> Release:
    """Let it be released at a moment to come; a second time moves the moment. ValidationError for one that is past."""
    require(by, ReleasePerm.NOW, release)
    fresh = lock(release)
    if planned_at <= now:
        raise ValidationError({"planned_at": _("发布时间要晚于现在")})
    refuse_obstacles(fresh)
    Release.objects.filter(pk=fresh.pk).update(planned_at=planned_at)
    advance(fresh, "schedule", by=by, now=now, data={"planned_at": planned_at.isoformat()})
    fresh.planned_at = planned_at
    jobs.defer(TASK, str(fresh.uid), at=planned_at)
    return fresh


@transaction.atomic
def unschedule_release(release: Release, *, by: Actor, now: datetime) -> Release:
    """No longer at that moment; the confirmations stand. The waiting task finds nothing to do."""
    fresh = lock(release)
    advance(fresh, "unschedule", by=by, now=now)
    forget_plan(fresh)
    return fresh


@transaction.atomic
def release_now(release: Release, *, by: Actor, now: datetime) -> Release:
    """Release what was confirmed: held needs are published, the frozen rows become public, at one moment.

    A second time changes nothing. ValidationError names a need that was edited or taken back since it was confirmed;
    then nothing at all is released.
    """
    require(by, ReleasePerm.NOW, release)
    fresh = lock(release)
    if fresh.state == "released":
        return fresh
    if fresh.state in ("checked", "scheduled"):
        refuse_obstacles(fresh)
    digest, counted = reads.content_digest(fresh), reads.sums(fresh)
    Release.objects.filter(pk=fresh.pk).update(released_at=now, digest=digest, firms=counted.firms, needs=counted.needs)
    data = {"digest": digest, "firms": counted.firms, "needs": counted.needs}
    advance(fresh, "release", by=by, now=now, data=data)
    held = [item.listing for item in reads.items(fresh) if item.listing.state == "held"]
    for listing in held:
        advance(listing, "release", by=SYSTEM, now=now, data={"release": str(fresh.uid)})
        mark_published(listing, by=by, now=now)
    fresh.items.update(open=False)
    fresh.refresh_from_db()
    return fresh


def release_due(uid: UUID, *, now: datetime) -> str:
    """The planned moment has come: release, or say to the officers what hinders. May run twice."""
    due = Release.objects.filter(uid=uid, state="scheduled", planned_at__lte=now).first()
    if due is None:
        return "nothing"
    try:
        release_now(due, by=SYSTEM, now=now)
    except ValidationError as refused:
        _put_off(due, " ".join(refused.messages), now=now)
        return "refused"
    return "released"


@transaction.atomic
def _put_off(release: Release, why: str, *, now: datetime) -> None:
    """It could not be released at its moment: the confirmations are void, and every city is told why."""
    fresh = lock(release)
    if fresh.state != "scheduled":
        return
    fresh.parts.update(confirmed_at=None, confirmed_by=None, digest="")
    event = advance(fresh, "reopen", by=SYSTEM, now=now, note=why)
    forget_plan(fresh)
    title = format_lazy(gettext_lazy("联合发布“{title}”没有按时发布：{why}"), title=fresh.title, why=why)
    tell_officers(fresh, fresh.cities, title, now=now, event=event, but=SYSTEM)


def sweep_due(*, now: datetime) -> int:
    """Queue again what should have been released and was not, because its task was lost; returns how many."""
    late = list(Release.objects.filter(state="scheduled", planned_at__lte=now).values_list("uid", flat=True))
    for uid in late:
        jobs.defer(TASK, str(uid), key=f"release:{uid}")
    return len(late)


@transaction.atomic
def withdraw_release(release: Release, *, by: Actor, now: datetime, note: str) -> Release:
    """Take a batch back with its reason. Needs that were published stay so; held ones wait for another batch."""
    require(by, ReleasePerm.WITHDRAW, release)
    fresh = lock(release)
    event = advance(fresh, "withdraw", by=by, now=now, note=note)
    fresh.items.update(open=False)
    title = format_lazy(gettext_lazy("联合发布“{title}”已撤回"), title=fresh.title)
    tell_officers(fresh, fresh.cities, title, now=now, event=event, but=by)
    return fresh
