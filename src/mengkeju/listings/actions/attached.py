"""Hanging a listing on a weak link, a bottleneck or a direction, and taking it off again."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, may
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.weak_links import role_of
from mengkeju.listings.kinds import TECHNOLOGY
from mengkeju.listings.models import Listing


def hang(links: Any, listing: Listing, *, on: Model, told: str, by: Actor, now: datetime, extra: str = "") -> bool:
    """Hang a listing the actor may read on what `links` are of; `told` is the event on the subject `on`.

    The right to do so is asked by the caller. A second time changes nothing. ValidationError for a listing the actor
    may not read or one that stands on no side. Call inside a transaction. Returns whether it is new.
    """
    if not may(by, Perm.READ, listing) or listing.archived_at is not None:
        raise ValidationError({"reference": _("没有找到这条供需信息")})
    try:
        role = role_of(listing.kind_spec.side if listing.kind_spec.market == TECHNOLOGY else "")
    except ValueError:
        raise ValidationError({"reference": _("这一类信息不能挂在清单上")}) from None
    _row, made = links.get_or_create(
        listing=listing, defaults={"role": role, "attached_at": now, "attached_by_id": by.account_id}
    )
    if made:
        payload = {"listing": str(listing.uid), "role": role, **({"item": extra} if extra else {})}
        audit.record(told, on, by=by, now=now, payload=payload)
    return bool(made)


def take_off(links: Any, listing: Listing, *, on: Model, told: str, by: Actor, now: datetime, extra: str = "") -> bool:
    """Take a listing off; what hung there stays in the record. Returns whether it hung there."""
    gone, _each = links.filter(listing=listing).delete()
    if gone:
        payload = {"listing": str(listing.uid), **({"item": extra} if extra else {})}
        audit.record(told, on, by=by, now=now, payload=payload)
    return bool(gone)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The payload of an edit: only what differs; empty when nothing does."""
    differing = [key for key in after if before.get(key) != after[key]]
    if not differing:
        return {}
    return {"before": {k: before.get(k) for k in differing}, "after": {k: after[k] for k in differing}}


def filled(required: dict[str, str], given: Any) -> dict[str, str]:
    """Errors by field for what must not be empty: {field: what is said}."""
    return {name: said for name, said in required.items() if not str(getattr(given, name)).strip()}
