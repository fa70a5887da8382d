"""Cases of use of an achievement: stated, kept up to date and taken off by its owner."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import lock
from mengkeju.listings.actions.parts import locked_for_change
from mengkeju.listings.models import TIERS, Application, Listing

FIELDS = ("adopter_name", "product", "scale", "unit", "before", "since", "evidence", "tier")
MOST = Decimal(10) ** 12


@dataclass(frozen=True)
class ApplicationInput:
    """Who uses it for what since when; `scale` now and `before` at the beginning, both in `unit`."""

    adopter_name: str
    product: str
    since: date
    scale: Decimal | None = None
    unit: str = ""
    before: Decimal | None = None
    evidence: str = ""
    tier: str = "public"


def _checked(given: ApplicationInput, today: date) -> None:
    wrong: dict[str, str] = {}
    if not given.adopter_name.strip():
        wrong["adopter_name"] = _("请填写使用单位")
    if not given.product.strip():
        wrong["product"] = _("请写明用在什么产品或工序")
    if given.since > today:
        wrong["since"] = _("开始日期不能晚于今天；还没有开始的不算应用")
    if (given.scale is not None or given.before is not None) and not given.unit.strip():
        wrong["unit"] = _("有数值就要有单位，例如：吨/年")
    for key in ("scale", "before"):
        value = getattr(given, key)
        if value is not None and not 0 <= value < MOST:
            wrong[key] = _("规模应为 0 以上的数")
    if given.before is not None and given.scale is None:
        wrong["scale"] = _("写了开始时的规模，也请写现在的规模")
    if given.tier not in TIERS:
        wrong["tier"] = _("可见范围只能是：所有人、已核验单位、合作双方")
    if wrong:
        raise ValidationError(wrong)


def _put(row: Application, given: ApplicationInput) -> None:
    for key in FIELDS:
        value = getattr(given, key)
        setattr(row, key, value.strip() if isinstance(value, str) else value)
    # The exact name of an organisation of the platform leads to its page; it does not make it confirm anything.
    found = Organisation.objects.filter(name=row.adopter_name, archived_at=None)[:2]
    row.adopter = found[0] if len(found) == 1 else None


def stated(row: Application) -> dict[str, Any]:
    """What a row says, for before → after and for forms."""
    return {key: getattr(row, key) for key in FIELDS}


@transaction.atomic
def add_application(
    listing: Listing, given: ApplicationInput, *, by: Actor, now: datetime, secrecy_reviewed: bool = False
) -> Application:
    """State a case. RefusedError, ValidationError per field."""
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    _checked(given, clock.today(now))
    row = Application(listing=listing, area=listing.area, created_at=now, created_by_id=by.account_id)
    _put(row, given)
    row.save()
    payload = {"application": str(row.uid), "after": stated(row)}
    audit.record("listing.application_added", listing, by=by, now=now, payload=payload)
    return row


@transaction.atomic
def edit_application(
    row: Application,
    given: ApplicationInput,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
    secrecy_reviewed: bool = False,
) -> Application:
    """State a case anew, e.g. that its capacity grew. StaleRevisionError, RefusedError, ValidationError per field."""
    listing = locked_for_change(row.listing, by=by, secrecy_reviewed=secrecy_reviewed)
    fresh = lock(row, revision)
    _must_stand(fresh)
    _checked(given, clock.today(now))
    before = stated(fresh)
    _put(fresh, given)
    after = stated(fresh)
    differing = [key for key in FIELDS if before[key] != after[key]]
    if not differing:
        return fresh
    fresh.revision += 1
    fresh.save()
    payload = {
        "application": str(fresh.uid),
        "before": {k: before[k] for k in differing},
        "after": {k: after[k] for k in differing},
    }
    audit.record("listing.application_edited", listing, by=by, now=now, payload=payload)
    return fresh


@transaction.atomic
def remove_application(
    row: Application, *, by: Actor, now: datetime, note: str, secrecy_reviewed: bool = False
) -> Application:
    """Take a case off the page, with a reason; it stays in the record."""
    listing = locked_for_change(row.listing, by=by, secrecy_reviewed=secrecy_reviewed)
    fresh = lock(row)
    _must_stand(fresh)
    if not note.strip():
        raise ValidationError({"note": _("请写明为什么去掉")})
    fresh.archived_at, fresh.archived_by_id, fresh.archived_reason = now, by.account_id, note.strip()[:200]
    fresh.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"application": str(fresh.uid), "note": note.strip()[:200]}
    audit.record("listing.application_removed", listing, by=by, now=now, payload=payload)
    return fresh


def _must_stand(row: Application) -> None:
    if row.archived_at is not None:
        raise ValidationError(_("这条应用案例已经去掉了"))
