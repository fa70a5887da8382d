"""A broker claims a published listing nobody has answered, works on it, gives it back or passes it on."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.engine.board import BOARD
from mengkeju.deals.models import Claim
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Person
from mengkeju.kernel.access import SYSTEM, Actor, RefusedError, may, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.actors import provider
from mengkeju.kernel.notices import notify, people_of
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing


@transaction.atomic
def claim_listing(listing: Listing, *, by: Actor, now: datetime) -> Claim:
    """Take it from the board. ValidationError: somebody holds it, an intention runs, or the broker holds enough."""
    require(by, Perm.CLAIM)
    broker = directory.person_of(by)
    if broker is None or broker.account is None:
        raise RefusedError(Perm.CLAIM, _("这个登录没有对应的人员"), _("技术经纪人"))
    if listings.find(by, listing.uid) is None:
        raise RefusedError(Perm.CLAIM, _("看不到这一条"), _("可见范围内的人员"))
    lock(broker)  # who claims twice at once does not pass the limit
    trouble = _trouble(listing, broker, by)
    if trouble:
        raise ValidationError(trouble)
    return _take(listing, broker, by=by, now=now)


def _trouble(listing: Listing, broker: Person, by: Actor) -> str:
    if listing.kind_spec.market != TECHNOLOGY:
        return _("招才与实习由用人单位和学校自己对接，不由技术经纪人认领")
    if listing.state != "published" or not listing.kind_spec.side:
        return _("只能认领发布中的供需信息")
    if listing.owner is not None and listing.owner.uid in by.organisations:
        return _("本单位的条目不用认领")
    if queries.is_running(listing):
        return _("这一条已有意向在办，不用认领")
    if Claim.objects.filter(broker=broker, state="held").count() >= BOARD.claims_at_most:
        said = _("您已经认领了 %(count)s 条，先办完或放回几条再认领（平台规则）")
        return said % {"count": BOARD.claims_at_most}
    return ""


def _take(listing: Listing, broker: Person, *, by: Actor, now: datetime, passed_from: Claim | None = None) -> Claim:
    claim = Claim(listing=listing, broker=broker, area=listing.area, passed_from=passed_from)
    payload = {"listing": str(listing.uid), "passed_from": str(passed_from.uid) if passed_from else None}
    try:
        with transaction.atomic():
            begin(claim, by=by, now=now, payload=payload)
    except IntegrityError as error:
        holder = Claim.objects.filter(listing=listing, state="held").select_related("broker").first()
        if holder is None:
            raise
        raise ValidationError(_("%(broker)s已经认领了这一条") % {"broker": holder.broker.name}) from error
    title = format_lazy(
        gettext_lazy("经纪人 {broker} 认领了“{title}”，会帮忙找合作方"), broker=broker.name, title=listing.title
    )
    _tell_owner(claim, title, by=by, now=now)
    return claim


@transaction.atomic
def release_claim(claim: Claim, *, by: Actor, now: datetime, note: str, revision: int | None = None) -> Claim:
    """Give it back to the board, with the reason."""
    advance(claim, "release", by=by, now=now, note=note, revision=revision)
    _note_reason(claim, note)
    _tell_broker(claim, format_lazy(gettext_lazy("“{title}”已放回看板"), title=claim.listing.title), by=by, now=now)
    return claim


@transaction.atomic
def pass_on_claim(
    claim: Claim, to: Person, *, by: Actor, now: datetime, note: str, revision: int | None = None
) -> Claim:
    """Another broker takes it over. ValidationError: he is no broker, cannot see the listing, or holds enough."""
    require(by, Perm.CLAIM_RELEASE, claim)
    if to.pk == claim.broker_id:
        raise ValidationError({"to": _("已经在这名经纪人手里")})
    account = to.account
    taker = provider().actor_for(account) if account is not None else Actor()
    if not may(taker, Perm.CLAIM) or listings.find(taker, claim.listing.uid) is None:
        raise ValidationError({"to": _("这个人现在不能接手：不是经纪人，或看不到这一条")})
    lock(to)
    if trouble := _trouble(claim.listing, to, taker):
        raise ValidationError({"to": trouble})
    advance(claim, "pass_on", by=by, now=now, note=note, revision=revision)
    _note_reason(claim, note)
    _tell_broker(
        claim, format_lazy(gettext_lazy("“{title}”已转交别的经纪人"), title=claim.listing.title), by=by, now=now
    )
    return _take(claim.listing, to, by=by, now=now, passed_from=claim)


def lapse_claim(uid: UUID, *, now: datetime) -> None:
    """The nightly task gives back what its broker did not move in time."""
    claim = Claim.objects.select_related("listing", "broker").get(uid=uid)
    with transaction.atomic():
        advance(claim, "lapse", by=SYSTEM, now=now)
        title = format_lazy(gettext_lazy("认领到期，“{title}”已放回看板"), title=claim.listing.title)
        _tell_broker(claim, title, by=SYSTEM, now=now)


def settle_claims(*rows: Listing, by: Actor, now: datetime) -> None:
    """The broker has introduced these listings: what he holds of them is done."""
    if by.person_uid is None:
        return
    held = Claim.objects.filter(listing__in=rows, broker__uid=by.person_uid, state="held")
    for claim in held.select_related("listing", "broker"):
        advance(claim, "pair", by=by, now=now)


def _note_reason(claim: Claim, note: str) -> None:
    Claim.objects.filter(pk=claim.pk).update(reason=note.strip()[:300])
    claim.refresh_from_db()


def _tell_owner(claim: Claim, title: Promise, *, by: Actor, now: datetime) -> None:
    owner = claim.listing.owner
    if owner is None or owner.uid in by.organisations:
        return
    notify(people_of(owner.uid), "claim.news", title, subject_type="claim", subject_uid=claim.uid, now=now)


def _tell_broker(claim: Claim, title: Promise, *, by: Actor, now: datetime) -> None:
    account = claim.broker.account
    if account is not None and account.uid != by.account_uid:
        notify([account.uid], "claim.news", title, subject_type="claim", subject_uid=claim.uid, now=now)
