"""What published texts say of a deal is kept as each says it; no act of the real parties is invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import READING_KINDS, Deal, SourceReading
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM, require
from mengkeju.kernel.actions import lock


@dataclass(frozen=True)
class Reading:
    """One reading: `kind` of READING_KINDS, `topic` groups what speaks of the same, `source` names the text."""

    kind: str
    topic: str
    about: str
    value: str
    source: str
    note: str = ""
    person: Person | None = None
    organisation: Organisation | None = None


@transaction.atomic
def record_readings_from_source(deal: Deal, readings: Sequence[Reading], *, now: datetime) -> int:
    """Keep the readings that are not there yet; how many.

    ValueError for a deal that no source tells of, an unknown kind, and a reading without value or source.
    """
    require(SYSTEM, DealPerm.RECORD)
    fresh = lock(deal)
    if not fresh.from_source:
        msg = f"{deal}: only of a deal that a source tells of"
        raise ValueError(msg)
    for one in readings:
        if one.kind not in READING_KINDS or not (one.value.strip() and one.source.strip()):
            msg = f"{deal} {one.topic}: a reading has a kind, a value and its source"
            raise ValueError(msg)
    known = set(fresh.readings.filter(archived_at=None).values_list("topic", "kind", "value", "source"))
    new = [one for one in readings if (one.topic, one.kind, one.value, one.source) not in known]
    if not new:
        return 0
    SourceReading.objects.bulk_create(
        SourceReading(deal=fresh, order=len(known) + n, area=fresh.area, created_at=now, **vars(one))
        for n, one in enumerate(new)
    )
    payload = {"readings": [[one.kind, one.topic, one.source] for one in new]}  # the words stay where they are erased
    audit.record("deal.readings_recorded", fresh, by=SYSTEM, now=now, payload=payload)
    return len(new)
