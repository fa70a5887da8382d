"""Closing a period of the contract statistics, and opening it again. What was published stays."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import StatPerm
from mengkeju.deals.engine.statistics import CUTS
from mengkeju.deals.models import StatClosing
from mengkeju.deals.queries.statistics import Asked
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock


@transaction.atomic
def close_period(asked: Asked, *, by: Actor, now: datetime) -> StatClosing:
    """Keep the figures of a period and area as published. Not before it is over, not twice.

    What is registered, changed or cancelled afterwards with a date inside shows as a correction. RefusedError,
    ValidationError.
    """
    area = asked.area or REGION
    made = StatClosing(area=area, first_on=asked.first_on, last_on=asked.last_on)
    require(by, StatPerm.CLOSE, made)
    if asked.last_on >= clock.today(now):
        raise ValidationError(_("这一期还没有过完，不能关账"))
    former = StatClosing.objects.select_for_update().filter(area=area, first_on=asked.first_on, last_on=asked.last_on)
    versions = [(row.version, row.reopened_at) for row in former]
    if any(reopened is None for _version, reopened in versions):
        raise ValidationError(_("这一期已经关账"))
    found = queries.statistics(asked)
    made.version = max((version for version, _at in versions), default=0) + 1
    made.figures = {
        "schema": "contract-statistics",
        "version": 1,
        "total": found.figures.stored(),
        "cuts": {cut: {part.code: part.figures.stored() for part in found.cuts[cut]} for cut in CUTS},
    }
    made.created_at, made.created_by_id = now, by.account_id
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # somebody closed it in the same moment
        raise ValidationError(_("这一期已经关账")) from error
    audit.record("stat_closing.closed", made, by=by, now=now, payload={"total": made.figures["total"]})
    return made


@transaction.atomic
def reopen_period(closing: StatClosing, reason: str, *, by: Actor, now: datetime) -> StatClosing:
    """Open a closed period again, with the reason; the published figures stay as they were. RefusedError."""
    require(by, StatPerm.CLOSE, closing)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明重新打开的理由")})
    fresh = lock(closing)
    if fresh.reopened_at is not None:
        raise ValidationError(_("这一期已经重新打开"))
    fresh.reopened_at, fresh.reopened_by_id, fresh.reopened_reason = now, by.account_id, reason.strip()
    fresh.save(update_fields=["reopened_at", "reopened_by", "reopened_reason"])
    audit.record("stat_closing.reopened", fresh, by=by, now=now, payload={"reason": reason.strip()})
    return fresh
