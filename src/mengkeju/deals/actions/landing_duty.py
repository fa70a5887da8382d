"""Every year whoever keeps a landing that produces is asked what the year before brought (ACH-11)."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import Benefit, Landing, Production
from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import Duty
from mengkeju.kernel.notices import announce_duty
from mengkeju.kernel.workflow import DutySpec

log = logging.getLogger(__name__)
REPORT_KEY = "report_landing"
REPORT = DutySpec(
    REPORT_KEY,
    "填写上一年的落地情况：产量和收益",
    "party",
    DEADLINES["report_year"],
    DEADLINES.source,
    label_en="Report last year of a landing: production and benefit",
)


def reported(year: int) -> Q:
    """Landings of which somebody has said what was made, or what it brought, in a year."""
    actual = Benefit.objects.filter(landing=OuterRef("pk"), kind="actual", year=year, archived_at=None)
    made = Production.objects.filter(landing=OuterRef("pk"), kind="actual", year=year, month=None, archived_at=None)
    return Q(Exists(actual)) | Q(Exists(made))


def _to_ask(year: int) -> QuerySet[Landing]:
    """Producing since that year or before, told by its parties, nothing said of the year and not asked already."""
    asked = Duty.objects.filter(subject_type="landing", key=REPORT_KEY, closed_at=None)
    rows = Landing.objects.filter(state="producing", archived_at=None, source="", produced_on__year__lte=year)
    rows = rows.exclude(deal__origin="source").exclude(deal__state="terminated")
    return rows.exclude(reported(year)).exclude(uid__in=asked.values("subject_uid")).order_by("pk")


def follow_landings(*, now: datetime) -> int:
    """Nightly: open the duty for last year where it is missing; how many were asked. A failing one waits a night."""
    year, asked = clock.today(now).year - 1, 0
    for landing in _to_ask(year).iterator(chunk_size=200):
        try:
            with transaction.atomic():
                asked += _asked(landing, year, now=now)
        except Exception:
            log.exception("landing %s could not be asked", landing.uid)
    return asked


def _asked(landing: Landing, year: int, *, now: datetime) -> bool:
    row = lock(landing)
    if row.state != "producing" or duties.open_on(row).filter(key=REPORT_KEY).exists():
        return False
    event = audit.record("landing.year_asked", row, by=SYSTEM, now=now, payload={"year": year})
    announce_duty(duties.open_duty(row, REPORT, now=now), event=event, now=now)
    return True


def year_reported(landing: Landing, *, by: str, now: datetime) -> None:
    """End the duty if the year it was opened for has been told."""
    duty = duties.open_on(landing).filter(key=REPORT_KEY).first()
    if duty is None:
        return
    year = clock.today(duty.opened_at).year - 1
    if Landing.objects.filter(reported(year), pk=landing.pk).exists():
        duties.close_duties(landing, by=by, now=now, key=REPORT_KEY)
