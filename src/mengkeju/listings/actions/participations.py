"""Who takes part in a listing, in order.

Who is on the platform is asked and can object; then nobody else is told his name, and the owner has to settle the list.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit, duties
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.deadlines import load
from mengkeju.kernel.models import Event
from mengkeju.kernel.notices import announce_duty
from mengkeju.kernel.workflow import DutySpec
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions.parts import locked_for_change
from mengkeju.listings.engine import participations as parts
from mengkeju.listings.models import Listing, Participation

DEADLINES = load(Path(parts.__file__).parent / "participations.yaml")
ANSWER = DutySpec(
    "answer_participation",
    "确认您在这条信息里的署名",
    "person",
    DEADLINES["answer_participation"],
    DEADLINES.source,
    label_en="Confirm that you are named rightly",
)
SETTLE = DutySpec(
    "settle_participants",
    "署名有人提出异议，请核定名单",
    "owner",
    DEADLINES["settle_participants"],
    DEADLINES.source,
    label_en="Somebody objects to being named: settle the list",
)


@dataclass(frozen=True)
class ParticipantInput:
    """Who and in which part: an organisation, a colleague, somebody by e-mail, or a name."""

    role: str
    name: str = ""
    email: str = ""
    person: Person | None = None
    organisation: Organisation | None = None


@transaction.atomic
def add_participant(
    listing: Listing, given: ParticipantInput, *, by: Actor, now: datetime, secrecy_reviewed: bool = False
) -> Participation:
    """Put one more at the end of the list; who is on the platform is asked. RefusedError, ValidationError per field."""
    listing = locked_for_change(listing, by=by, secrecy_reviewed=secrecy_reviewed)
    person = given.person or _by_email(given.email)
    standing = listing.participations.filter(removed_at=None)
    _check(given, person, standing.count())
    name = "" if person or given.organisation else " ".join(given.name.split())
    same = standing.filter(role=given.role, person=person, organisation=given.organisation, name=name).first()
    if same is not None:
        raise ValidationError({"name": _("名单上已经有了")})
    last = standing.aggregate(last=Max("position"))["last"]
    row = Participation.objects.create(
        listing=listing,
        person=person,
        organisation=given.organisation,
        name=name,
        role=given.role,
        position=0 if last is None else last + 1,
        **_first_answer(person, by, now),
    )
    event = _record("participant_added", row, by=by, now=now)
    if row.answer == "asked":
        announce_duty(duties.open_duty(row, ANSWER, now=now), event=event, now=now)
    return row


def _by_email(email: str) -> Person | None:
    email = email.strip()
    found = Person.objects.filter(account__email__iexact=email, account__is_active=True, archived_at=None)
    return found.first() if email else None


def _first_answer(person: Person | None, by: Actor, now: datetime) -> dict[str, object]:
    """Who names himself has agreed; who has a login is asked; of others nothing is known."""
    if person is None or person.account is None:
        return {}
    if person.account_id == by.account_id:
        return {"answer": "agreed", "asked_at": now, "answered_at": now}
    return {"answer": "asked", "asked_at": now}


def _check(given: ParticipantInput, person: Person | None, standing: int) -> None:
    wrong: dict[str, str] = {}
    part = parts.PARTS.get(given.role)
    if part is None:
        wrong["role"] = _("请选择署名的身份")
    elif part.people and given.organisation is not None:
        wrong["organisation"] = _("“%(part)s”只能是人") % {"part": part.label}
    if person is None and given.organisation is None and not given.name.strip():
        wrong["name"] = _("请填写姓名或单位名称")
    if standing >= parts.MOST:
        wrong["__all__"] = _("名单最多 %(most)s 个") % {"most": parts.MOST}
    if wrong:
        raise ValidationError(wrong)


def _record(verb: str, row: Participation, *, by: Actor, now: datetime) -> Event:
    """On the listing: that the list changed is for everybody, who stands on it is told by the list alone."""
    payload = {"participation": str(row.uid), "role": row.role}
    return audit.record(f"listing.{verb}", row.listing, by=by, now=now, payload=payload)


@transaction.atomic
def move_participant(row: Participation, *, up: bool, by: Actor, now: datetime, secrecy_reviewed: bool = False) -> bool:
    """One place up or down among those of the same part. Returns whether it moved."""
    listing = locked_for_change(row.listing, by=by, secrecy_reviewed=secrecy_reviewed)
    order = list(
        listing.participations.select_for_update().filter(removed_at=None, role=row.role).order_by("position", "pk")
    )
    at = next((n for n, other in enumerate(order) if other.pk == row.pk), -1)
    to = at - 1 if up else at + 1
    if at < 0 or not 0 <= to < len(order):
        return False
    order[at], order[to] = order[to], order[at]
    places = sorted(other.position for other in order)
    for n, other in enumerate(order):  # positions of old rows may be equal
        Participation.objects.filter(pk=other.pk).update(position=max(places[n], places[0] + n))
    _record("participants_ordered", row, by=by, now=now)
    return True


@transaction.atomic
def remove_participant(row: Participation, *, by: Actor, now: datetime, secrecy_reviewed: bool = False) -> bool:
    """Take one off the list; the row stays without being shown. Returns whether it stood on it."""
    listing = locked_for_change(row.listing, by=by, secrecy_reviewed=secrecy_reviewed)
    fresh = listing.participations.select_for_update().filter(pk=row.pk, removed_at=None).first()
    if fresh is None:
        return False
    Participation.objects.filter(pk=fresh.pk).update(removed_at=now)
    duties.close_duties(fresh, by="removed", now=now)
    _record("participant_removed", fresh, by=by, now=now)
    return True


@transaction.atomic
def answer_participation(
    row: Participation, *, agrees: bool, by: Actor, now: datetime, reason: str = ""
) -> Participation:
    """The person named agrees or objects, and may change his mind. RefusedError, ValidationError."""
    require(by, PartPerm.PARTICIPATION_ANSWER, row)
    fresh = Participation.objects.select_for_update(of=("self",)).select_related("listing", "person").get(pk=row.pk)
    require(by, PartPerm.PARTICIPATION_ANSWER, fresh)
    answer = "agreed" if agrees else "objected"
    if fresh.answer == answer:
        return fresh
    fresh.answer, fresh.answered_at = answer, now
    fresh.objection = "" if agrees else reason.strip()[:500]
    fresh.save(update_fields=["answer", "answered_at", "objection"])
    # On his own row: the line of the listing would tell everybody whose people object.
    payload = {"reason": fresh.objection, "listing": str(fresh.listing.uid)}
    event = audit.record(f"participation.{answer}", fresh, by=by, now=now, payload=payload)
    duties.close_duties(fresh, by=answer, now=now)
    if not agrees and fresh.listing.owner_id is not None:
        announce_duty(duties.open_duty(fresh, SETTLE, now=now), event=event, now=now)
    return fresh
