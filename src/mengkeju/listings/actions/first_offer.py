"""本地优先: for some days from publication only organisations of an area may declare; the owner sets it beforehand."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Area
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.first_offer import LONGEST
from mengkeju.listings.models import FirstOffer, Listing
from mengkeju.listings.queries.first_offer import window_of


@transaction.atomic
def offer_first(listing: Listing, area: str, days: int, *, by: Actor, now: datetime) -> FirstOffer | None:
    """Set the window before the first publication; 0 days: none. RefusedError, ValidationError per field."""
    require(by, Perm.EDIT, listing)
    listing = lock(listing)
    require(by, Perm.EDIT, listing)
    _check(listing, area, days)
    known = FirstOffer.objects.filter(listing=listing).first()
    if days == 0:
        if known is not None:
            known.delete()
            audit.record("listing.first_offer_set", listing, by=by, now=now, payload={"days": 0})
        return None
    if known is not None and (known.area, known.days) == (area, days):
        return known
    made, _new = FirstOffer.objects.update_or_create(
        listing=listing, defaults={"area": area, "days": days, "set_at": now, "ended_at": None}
    )
    audit.record("listing.first_offer_set", listing, by=by, now=now, payload={"area": area, "days": days})
    return made


def _check(listing: Listing, area: str, days: int) -> None:
    if not listing.kind_spec.is_technology("achievement"):
        raise ValidationError(_("只有供给信息可以设本地优先期"))
    if listing.published_at is not None:
        raise ValidationError(_("已经发布过的不能再设本地优先期：别的地区已经可以表意向"))
    wrong: dict[str, str] = {}
    if not 0 <= days <= LONGEST:
        wrong["days"] = _("天数应为 0 到 %(most)s（0 为不设）") % {"most": LONGEST}
    if days and not Area.objects.filter(code=area, valid_to=None).exists():
        wrong["area"] = _("请选择优先的地区")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def end_first_offer(listing: Listing, *, by: Actor, now: datetime) -> bool:
    """Open to all before the time is over. Returns whether a window was open."""
    require(by, Perm.EDIT, listing)
    listing = lock(listing)
    require(by, Perm.EDIT, listing)
    window = window_of(listing, clock.today(now))
    if window is None or not window.is_open:
        return False
    FirstOffer.objects.filter(listing=listing).update(ended_at=now)
    audit.record("listing.first_offer_ended", listing, by=by, now=now, payload={"until": window.until})
    return True
