"""Preparing a joint release: begin, gather, take out, bring up to date, confirm.

What was confirmed is exactly what is released: each change of the batch, and each change of a need in it, takes the
confirmations back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import audit, notices
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, require
from mengkeju.kernel.actions import StaleRevisionError, advance, begin, lock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Duty, Event
from mengkeju.kernel.words import listed, word
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.engine import releases as engine
from mengkeju.listings.engine.release_workflow import CONFIRMED_STATES, OPEN_STATES
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.models import Listing, Release, ReleaseItem, ReleasePart
from mengkeju.listings.queries import listings
from mengkeju.listings.queries import releases as reads

FOLLOWER = "listings.releases"
NAMED = 5


@dataclass(frozen=True)
class ReleaseInput:
    """What a release says of itself. `cities`: codes of those taking part, fixed once it is begun."""

    title: str
    intro: str = ""
    cities: tuple[str, ...] = ()


def name_some(titles: Sequence[str]) -> str:
    """The first few titles in a row, and how many more."""
    told = listed([f"“{title}”" for title in titles[:NAMED]])
    return told if len(titles) <= NAMED else _("%(some)s等 %(n)s 项") % {"some": told, "n": len(titles)}


@transaction.atomic
def begin_release(given: ReleaseInput, *, by: Actor, now: datetime) -> Release:
    """Begin a batch. An officer over at least one of the cities taking part; ValidationError per field."""
    require(by, ReleasePerm.CREATE)
    title = given.title.strip()
    known = {city.code for city in directory.cities()}
    cities = sorted(set(given.cities))
    if not title:
        raise ValidationError({"title": _("请填写题目")})
    if not cities or not set(cities) <= known:
        raise ValidationError({"cities": _("请选择参加的城市")})
    if not by.areas_of(Role.OFFICER) & set(cities):
        raise RefusedError(ReleasePerm.CREATE, _("只能发起有本市参加的联合发布"), _("参加城市的科技管理人员"))
    area = cities[0] if len(cities) == 1 else REGION
    release = Release(title=title, intro=given.intro.strip(), area=area)
    begin(release, by=by, now=now, payload={"title": title, "cities": cities})
    ReleasePart.objects.bulk_create(ReleasePart(release=release, city=city) for city in cities)
    return release


def _open(release: Release, revision: int | None, *, by: Actor) -> Release:
    """The row, locked, if the actor may change it and it is still in preparation."""
    require(by, ReleasePerm.EDIT, release)
    fresh = lock(release, revision)
    if fresh.state not in OPEN_STATES:
        raise ValidationError(_("这一批已经发布或撤回，不能再改"))
    return fresh


def _changed(release: Release, verb: str, payload: dict[str, object], *, by: Actor, now: datetime) -> Release:
    """Note a change of the batch; what was confirmed is no longer so."""
    release.revision += 1
    release.save(update_fields=["revision"])
    audit.record(f"release.{verb}", release, by=by, now=now, payload=payload)
    _take_back(release, _("这一批的内容有变动"), by=by, now=now)
    return release


def _take_back(release: Release, why: str, *, by: Actor, now: datetime) -> None:
    """Make the confirmations void; officers of the cities that had confirmed are told."""
    if release.state not in CONFIRMED_STATES:
        return
    gone = list(release.parts.exclude(confirmed_at=None).values_list("city", flat=True))
    release.parts.update(confirmed_at=None, confirmed_by=None, digest="")
    event = advance(release, "reopen", by=by, now=now, note=why)
    forget_plan(release)
    title = format_lazy(gettext_lazy("联合发布“{title}”有变动，请重新确认：{why}"), title=release.title, why=why)
    tell_officers(release, gone, title, now=now, event=event, but=by)


def forget_plan(release: Release) -> None:
    """No moment is planned any more; its task will find nothing to do."""
    Release.objects.filter(pk=release.pk).update(planned_at=None)
    release.planned_at = None


def tell_officers(
    release: Release, cities: Collection[str], title: str | Promise, *, now: datetime, event: Event, but: Actor
) -> None:
    """A notice to the officers of some cities, except who caused it."""
    accounts = {uid for city in cities for uid in provider().accounts_of(Duty(holder_role="officer", area=city))}
    notices.notify(
        accounts - {but.account_uid},
        "release.changed",
        title,
        subject_type="release",
        subject_uid=release.uid,
        now=now,
        event=event,
    )


@transaction.atomic
def edit_release(release: Release, given: ReleaseInput, *, by: Actor, now: datetime, revision: int) -> Release:
    """Change title and introduction. StaleRevisionError, ValidationError per field."""
    fresh = _open(release, revision, by=by)
    title, intro = given.title.strip(), given.intro.strip()
    if not title:
        raise ValidationError({"title": _("请填写题目")})
    if (title, intro) == (fresh.title, fresh.intro):
        return fresh
    payload: dict[str, object] = {
        "before": {"title": fresh.title, "intro": fresh.intro},
        "after": {"title": title, "intro": intro},
    }
    fresh.title, fresh.intro = title, intro
    fresh.save(update_fields=["title", "intro"])
    return _changed(fresh, "edited", payload, by=by, now=now)


def _why_not(need: Listing, mine: frozenset[str]) -> str:
    """Why a need cannot enter; empty when it can."""
    if need.kind != reads.KIND:
        return _("不是技术需求")
    if need.area not in mine:
        return _("不在您负责的参加城市")
    if need.archived_at is not None or need.state not in reads.MAY_ENTER:
        return _("还没有通过审核或已不在发布中（现在是“%(state)s”）") % {"state": word(LISTING.states[need.state])}
    if need.tier != "public":
        return _("不是对所有人公开的")
    return _("据公开来源收录，本单位没有确认") if need.from_source or need.owner is None else ""


@transaction.atomic
def add_needs(
    release: Release, uids: Collection[UUID], *, by: Actor, now: datetime, revision: int | None = None
) -> int:
    """Take needs of the actor's cities into the batch, all or none; returns how many.

    ValidationError names each that cannot enter and why; what stands in the batch already is passed over.
    """
    fresh = _open(release, revision, by=by)
    found = Listing.objects.select_for_update(of=("self",)).select_related("owner").filter(uid__in=list(uids))
    rows = list(found.exclude(release_items__release=fresh).order_by("area", "number", "pk"))
    codes = reads.my_cities(by, fresh)
    mine = frozenset[str]().union(*(directory.codes_below(city) for city in codes))
    # What he may not know of is to him as if it did not exist.
    told = {row.uid for row in listings(by).filter(pk__in=[row.pk for row in rows])}
    if len(told) < len(rows) or (not rows and not fresh.items.filter(listing__uid__in=list(uids)).exists()):
        raise ValidationError(_("选中的需求里有不存在或您看不到的，请刷新后重选"))
    refused = [f"“{row.title}”{why}" for row in rows if (why := _why_not(row, mine))]
    if refused:
        raise ValidationError([_("不能加入联合发布：%(what)s") % {"what": said} for said in refused])
    count = fresh.items.count()
    if count + len(rows) > engine.MOST_NEEDS:
        raise ValidationError(_("一批最多 %(most)s 项") % {"most": engine.MOST_NEEDS})
    if not rows:
        return 0
    _put_in(fresh, rows)
    payload: dict[str, object] = {"needs": [str(row.uid) for row in rows]}
    _changed(fresh, "added", payload, by=by, now=now)
    return len(rows)


def _put_in(release: Release, rows: list[Listing]) -> None:
    snapshots = reads.frozen(rows)
    last = release.items.order_by("-position").values_list("position", flat=True).first() or 0
    made = []
    for place, row in enumerate(rows, last + 1):
        snapshot = snapshots[row.pk]
        engine.check(snapshot)
        made.append(
            ReleaseItem(
                release=release,
                listing=row,
                position=place,
                city=snapshot["city"],
                revision=row.revision,
                snapshot=snapshot,
                digest=engine.content_digest(snapshot),
            )
        )
    try:
        with transaction.atomic():
            ReleaseItem.objects.bulk_create(made)
    except IntegrityError as error:
        others = ReleaseItem.objects.filter(listing__in=rows, open=True).exclude(release=release)
        titles = list(others.values_list("listing__title", flat=True))
        if not titles:
            raise
        said = _("%(titles)s已在另一批准备中的联合发布里")
        raise ValidationError(said % {"titles": name_some(titles)}) from error


@transaction.atomic
def remove_needs(
    release: Release, uids: Collection[UUID], *, by: Actor, now: datetime, note: str, revision: int | None = None
) -> int:
    """Take needs of the actor's cities out again, with a reason; returns how many. The record keeps which and why."""
    fresh = _open(release, revision, by=by)
    if not note.strip():
        raise ValidationError({"note": _("请写明移出的理由")})
    rows = fresh.items.filter(listing__uid__in=list(uids))
    if rows.exclude(city__in=reads.my_cities(by, fresh)).exists():
        raise RefusedError(ReleasePerm.EDIT, _("只能移出本市的需求"), _("该市的科技管理人员"))
    gone = [str(uid) for uid in rows.values_list("listing__uid", flat=True)]
    if gone:
        rows.delete()
        _changed(fresh, "removed", {"needs": gone, "note": note.strip()}, by=by, now=now)
    return len(gone)


@transaction.atomic
def refresh_needs(release: Release, *, by: Actor, now: datetime, revision: int | None = None) -> int:
    """Take over the present wording of the needs of the actor's cities that changed; returns how many."""
    fresh = _open(release, revision, by=by)
    mine = reads.my_cities(by, fresh)
    stale = [o.item for o in reads.obstacles(fresh) if o.why == "changed" and o.item.city in mine]
    if not stale:
        return 0
    now_rows = reads.frozen(item.listing for item in stale)
    for item in stale:
        item.snapshot, item.revision = now_rows[item.listing_id], item.listing.revision
        item.city, item.digest = item.snapshot["city"], engine.content_digest(item.snapshot)
        engine.check(item.snapshot)
    ReleaseItem.objects.bulk_update(stale, ["snapshot", "revision", "city", "digest"])
    _changed(fresh, "refreshed", {"needs": [str(item.listing.uid) for item in stale]}, by=by, now=now)
    return len(stale)


def refuse_obstacles(release: Release, city: str = "") -> None:
    """ValidationError that names the rows that cannot be released as they stand."""
    found = reads.obstacles(release, city)
    changed = [o.item.snapshot["title"] for o in found if o.why == "changed"]
    gone = [o.item.snapshot["title"] for o in found if o.why == "gone"]
    said = []
    if changed:
        said.append(
            _("预览之后被单位改过：%(titles)s。请先看过改动，采用新内容或移出。") % {"titles": name_some(changed)}
        )
    if gone:
        said.append(_("已撤回或不再对所有人公开：%(titles)s。请移出。") % {"titles": name_some(gone)})
    if said:
        raise ValidationError(said)


def _own_part(release: Release, city: str, *, by: Actor) -> ReleasePart:
    """The part of a city the actor is over. ValidationError for one that takes no part, RefusedError for another's."""
    part = release.parts.filter(city=city).first()
    if part is None:
        raise ValidationError(_("请说明是哪个城市的部分"))
    if city not in reads.my_cities(by, release):
        raise RefusedError(ReleasePerm.CONFIRM, _("只能办理本市的部分"), _("该市或其上级的科技管理人员"))
    return part


@transaction.atomic
def confirm_part(release: Release, city: str, *, digest: str, by: Actor, now: datetime) -> Release:
    """An officer confirms his city's part of exactly what he was shown (`digest`); the last one completes it.

    A second confirmation of a city changes nothing. StaleRevisionError when the batch changed since; ValidationError
    names the needs that changed, and refuses one person for two cities.
    """
    require(by, ReleasePerm.CONFIRM, release)
    fresh = lock(release)
    part = _own_part(fresh, city, by=by)
    if part.confirmed_at is not None:
        return fresh
    if fresh.state not in ("collecting", "checking"):
        raise ValidationError(_("这一批已经发布或撤回，不能再改"))
    if reads.content_digest(fresh) != digest:
        raise StaleRevisionError(fresh)
    if fresh.parts.filter(confirmed_by_id=by.account_id).exists():
        raise ValidationError(_("您已替另一个城市确认过；两市须由两个人分别确认"))
    if not fresh.items.filter(city=city).exists():
        raise ValidationError(_("本市还没有需求在这一批里"))
    refuse_obstacles(fresh, city)
    part.confirmed_at, part.confirmed_by_id, part.digest = now, by.account_id, digest
    part.save(update_fields=["confirmed_at", "confirmed_by", "digest"])
    left = fresh.parts.filter(confirmed_at=None).exists()
    advance(fresh, "confirm" if left else "complete", by=by, now=now, data={"city": city, "digest": digest})
    return fresh


@transaction.atomic
def unconfirm_part(release: Release, city: str, *, by: Actor, now: datetime, note: str) -> Release:
    """An officer takes his city's confirmation back, with the reason; nothing happens where there is none."""
    require(by, ReleasePerm.CONFIRM, release)
    fresh = lock(release)
    part = _own_part(fresh, city, by=by)
    if part.confirmed_at is None or fresh.state not in CONFIRMED_STATES:
        return fresh
    part.confirmed_at, part.confirmed_by_id, part.digest = None, None, ""
    part.save(update_fields=["confirmed_at", "confirmed_by", "digest"])
    others = list(fresh.parts.exclude(confirmed_at=None).values_list("city", flat=True))
    step = "unconfirm" if others else "reopen"
    event = advance(fresh, step, by=by, now=now, note=note.strip(), data={"city": city})
    forget_plan(fresh)
    title = format_lazy(gettext_lazy("联合发布“{title}”：另一市收回了确认"), title=fresh.title)
    tell_officers(fresh, others, title, now=now, event=event, but=by)
    return fresh


def needs_changed(events: Sequence[Event]) -> None:
    """Follower of the record: a need changed or left after it was confirmed, so the confirmations are void."""
    touched = {event.subject_uid for event in events if event.subject_type == "listing"}
    now = max((event.at for event in events), default=None)
    if not touched or now is None:
        return
    concerned = Release.objects.filter(
        state__in=CONFIRMED_STATES, items__listing__uid__in=touched, items__open=True
    ).distinct()
    for release in concerned.order_by("pk"):
        with transaction.atomic():
            fresh = lock(release)
            found = reads.obstacles(fresh) if fresh.state in CONFIRMED_STATES else []
            if found:
                titles = name_some([o.item.snapshot["title"] for o in found])
                _take_back(fresh, _("%(titles)s确认之后有改动") % {"titles": titles}, by=SYSTEM, now=now)
