"""Rights of intellectual property: stated by number, linked to listings, kept up to date by who holds them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actions import lock
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions.claims import claim_right
from mengkeju.listings.actions.fees import tend_right
from mengkeju.listings.actions.parts import locked_for_change
from mengkeju.listings.engine import patent_numbers
from mengkeju.listings.engine.rights import KINDS, STANDINGS, expiry
from mengkeju.listings.models import IpRight, Listing

FACTS = ("title", "status", "applied_on", "granted_on", "expires_on", "holder_name")
EARLIEST = date(1985, 4, 1)  # 专利法自这一天起施行，此前没有专利申请


@dataclass(frozen=True)
class RightInput:
    """What is stated of a right. `own`: the listing's owner holds it; else `holder_name` may say who does."""

    number: str
    kind: str = ""
    title: str = ""
    status: str = ""
    applied_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    own: bool = True
    holder_name: str = ""
    basis: str = ""


def checked(given: RightInput, *, today: date) -> RightInput:
    """The same with number, kind, status and end settled. ValidationError per field."""
    try:
        number = patent_numbers.read(given.number, given.kind)
    except patent_numbers.NumberRefusedError as error:
        raise ValidationError({"number": str(error)}) from error
    kind = given.kind or number.kind
    wrong: dict[str, str] = {}
    if kind not in KINDS:
        wrong["kind"] = _("请选择知识产权的类型")
    status = given.status or ("granted" if number.granted or given.granted_on else "")
    if status and status not in STANDINGS:
        wrong["status"] = _("没有这种法律状态")
    wrong |= _wrong_days(given, kind, today)
    if wrong:
        raise ValidationError(wrong)
    end = given.expires_on or expiry(kind, given.applied_on)
    if status == "granted" and end is not None and end <= today:
        status = "expired"
    holder = "" if given.own else given.holder_name.strip()
    return replace(
        given,
        number=number.text,
        kind=kind,
        status=status,
        expires_on=end,
        title=given.title.strip(),
        holder_name=holder,
    )


def _wrong_days(given: RightInput, kind: str, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if given.applied_on and given.applied_on > today:
        wrong["applied_on"] = _("申请日不能晚于今天")
    elif given.applied_on and kind in patent_numbers.PATENTS and given.applied_on < EARLIEST:
        wrong["applied_on"] = _("专利申请日不能早于 1985 年 4 月 1 日")
    if given.granted_on and given.granted_on > today:
        wrong["granted_on"] = _("授权日不能晚于今天")
    elif given.granted_on and given.applied_on and given.granted_on < given.applied_on:
        wrong["granted_on"] = _("授权日不能早于申请日")
    return wrong


@transaction.atomic
def link_right(
    listing: Listing, given: RightInput, *, by: Actor, now: datetime, secrecy_reviewed: bool = False
) -> tuple[IpRight, bool]:
    """State a right by its number and link it to a listing; the same again changes nothing.

    A known number is not written a second time: who may edit the right brings its facts up to date, everybody else
    links it as it is, and who says it is his own claims it (see `claims`). Returns (right, whether anything changed).
    RefusedError, ValidationError per field.
    """
    stated = checked(given, today=clock.today(now))
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    right = IpRight.objects.select_for_update().filter(number=stated.number).first()
    changed = right is None
    if right is None:
        right = _write(stated, listing, by=by, now=now)
    elif stated.kind != right.kind:
        raise ValidationError({"kind": _("平台上这个号码登记的类型是“%(kind)s”") % {"kind": right.spec.label}})
    if stated.own and listing.owner is not None:
        _claim, new = claim_right(right, listing.owner, by=by, now=now, basis=stated.basis)
        changed = changed or new
        right.refresh_from_db()
    if may(by, PartPerm.RIGHT_EDIT, right):
        changed = _refresh(right, stated, by=by, now=now) or changed
    if not right.listings.filter(pk=listing.pk).exists():
        right.listings.add(listing)
        audit.record("listing.right_linked", listing, by=by, now=now, payload={"right": str(right.uid)})
        changed = True
    tend_right(right, now=now)
    return right, changed


def _write(stated: RightInput, listing: Listing, *, by: Actor, now: datetime) -> IpRight:
    right = IpRight(
        kind=stated.kind,
        number=stated.number,
        rank=KINDS[stated.kind].rank,
        title=(stated.title or listing.title)[:200],
        area=listing.owner.area if listing.owner else listing.area,
        fictional=listing.fictional,
        checked_on=clock.today(now),
        created_at=now,
        created_by_id=by.account_id,
        **{key: getattr(stated, key) for key in FACTS if key != "title"},
    )
    right.save()
    audit.record("ip_right.stated", right, by=by, now=now, payload={"number": right.number, "kind": right.kind})
    return right


def _refresh(right: IpRight, stated: RightInput, *, by: Actor, now: datetime) -> bool:
    """Bring facts up to date: an empty answer never blanks one. Returns whether anything changed."""
    after = {key: getattr(stated, key) for key in FACTS if getattr(stated, key)}
    return _change(right, after, by=by, now=now)


def _change(right: IpRight, after: dict[str, object], *, by: Actor, now: datetime) -> bool:
    before = {key: getattr(right, key) for key in after}
    differing = [key for key in after if before[key] != after[key]]
    if not differing:
        return False
    for key in differing:
        setattr(right, key, after[key])
    right.checked_on = clock.today(now)
    right.revision += 1
    right.save()
    payload = {"before": {k: before[k] for k in differing}, "after": {k: after[k] for k in differing}}
    audit.record("ip_right.edited", right, by=by, now=now, payload=payload)
    return True


@transaction.atomic
def edit_right(right: IpRight, given: RightInput, *, by: Actor, now: datetime, revision: int | None = None) -> IpRight:
    """Its holder states title, status and dates anew; number and kind stay. StaleRevisionError, ValidationError."""
    require(by, PartPerm.RIGHT_EDIT, right)
    fresh = lock(right, revision)
    require(by, PartPerm.RIGHT_EDIT, fresh)
    fixed = replace(given, number=fresh.number, kind=fresh.kind, own=fresh.holder_id is not None)
    if not fixed.title.strip():
        raise ValidationError({"title": _("请填写名称")})
    stated = checked(fixed, today=clock.today(now))
    _change(fresh, {key: getattr(stated, key) for key in FACTS}, by=by, now=now)
    tend_right(fresh, now=now)
    return fresh


@transaction.atomic
def unlink_right(listing: Listing, right: IpRight, *, by: Actor, now: datetime, secrecy_reviewed: bool = False) -> bool:
    """Take a right off a listing; the right and its claims stay. Returns whether it was linked."""
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    if not right.listings.filter(pk=listing.pk).exists():
        return False
    right.listings.remove(listing)
    audit.record("listing.right_unlinked", listing, by=by, now=now, payload={"right": str(right.uid)})
    return True
