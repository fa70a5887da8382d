"""Reads of diagnoses: the brokers' queue, one of them, and what the enterprise is told."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.diagnosis_workflow import TOLD_STATES
from mengkeju.listings.models import Diagnosis, Listing

FILTERS = ("open", "mine", "proposed", "tracked")
"""What the queue can be narrowed to; without one it shows what is open and one's own."""


@dataclass(frozen=True)
class DiagnosisFilter:
    """`show`: one of FILTERS or empty. `area` with everything below it, `field` of the need."""

    show: str = ""
    area: str = ""
    field: str = ""


def diagnoses(actor: Actor, asked: DiagnosisFilter) -> QuerySet[Diagnosis]:
    """The queue, the longest waiting first. Rounds of one's own organisations' needs are not in it (回避)."""
    rows = visible_to(Diagnosis.objects.filter(archived_at=None), actor, Perm.DIAGNOSIS_READ)
    rows = rows.exclude(listing__owner__uid__in=actor.organisations) if actor.organisations else rows
    match asked.show:
        case "open":
            rows = rows.filter(state="open")
        case "mine":
            rows = rows.filter(broker=actor.account_id) if actor.account_id is not None else rows.none()
        case "proposed":
            rows = rows.filter(state="proposed")
        case "tracked":
            rows = rows.filter(state="tracked", listing__state="tracking")
        case _:
            rows = rows.filter(state__in=("open", "claimed", "proposed"))
    if asked.area:
        rows = rows.filter(area__in=directory.codes_below(asked.area))
    if asked.field:
        rows = rows.filter(listing__field=asked.field)
    return rows.select_related("listing", "listing__owner", "broker").order_by("state_at", "pk")


def find_diagnosis(actor: Actor, uid: UUID) -> Diagnosis | None:
    """One diagnosis if the actor may read it."""
    rows = visible_to(Diagnosis.objects.filter(uid=uid, archived_at=None), actor, Perm.DIAGNOSIS_READ)
    return rows.select_related("listing", "listing__owner", "listing__contact", "broker").first()


def last_diagnosis(listing: Listing) -> Diagnosis | None:
    """The newest round of a need."""
    return listing.diagnoses.select_related("broker").order_by("-round").first()


def is_told(actor: Actor, diagnosis: Diagnosis) -> bool:
    """Whether the reader may see what the broker wrote: once it is concluded, before that only who diagnoses."""
    if diagnosis.state in TOLD_STATES:
        return True
    return may(actor, Perm.DIAGNOSE, diagnosis.listing) or actor.has_role("auditor")


def rounds_of(diagnosis: Diagnosis) -> list[Diagnosis]:
    """The earlier rounds of the same need, the newest first."""
    earlier = Diagnosis.objects.filter(listing=diagnosis.listing_id, round__lt=diagnosis.round)
    return list(earlier.select_related("broker").order_by("-round"))


def was_refined(listing: Listing) -> bool:
    """Whether a broker refined it and the enterprise took his wording."""
    return listing.diagnoses.filter(state="accepted").exists()
