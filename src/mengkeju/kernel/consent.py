"""Consent given and withdrawn, by person or organisation, per purpose."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise

from mengkeju.kernel import audit, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Consent


@dataclass(frozen=True)
class Offer:
    """A purpose that a person may allow on his own page, and take back there as easily.

    `text` says what is kept, what for and how long, in the wording of `version`. `forget` takes a login (its uid) out
    of what was kept so far.
    """

    purpose: str
    label: str | Promise
    text: str | Promise
    version: str
    forget: Callable[[UUID], object] = field(compare=False)


offers: Registry[Offer] = Registry("consents offered to persons")


@transaction.atomic
def accept(purpose: str, *, by: Actor, now: datetime) -> None:
    """The signed-in person allows an offered purpose. A second time changes nothing."""
    if by.person_uid is not None:
        give("person", by.person_uid, purpose, text_version=offers[purpose].version, by=by, now=now)


@transaction.atomic
def take_back(purpose: str, *, by: Actor, now: datetime) -> None:
    """He takes it back: from now on, and out of what is already kept."""
    if by.person_uid is not None and by.account_uid is not None:
        withdraw("person", by.person_uid, purpose, by=by, now=now)
        offers[purpose].forget(by.account_uid)


@transaction.atomic
def give(
    giver_type: str, giver_uid: UUID, purpose: str, *, text_version: str, by: Actor, now: datetime, scope: str = ""
) -> Consent:
    """Record a consent: an open one to this wording is kept, one to another ends. `by` must be signed in."""
    if by.account_uid is None:
        msg = "consent needs a signed-in giver"
        raise ValueError(msg)
    open_ones = of(giver_type, giver_uid).filter(purpose=purpose, scope=scope, withdrawn_at=None)
    if open_ones.exclude(text_version=text_version).exists():
        withdraw(giver_type, giver_uid, purpose, by=by, now=now, scope=scope)
    made, new = Consent.objects.get_or_create(
        giver_type=giver_type,
        giver_uid=giver_uid,
        purpose=purpose,
        scope=scope,
        withdrawn_at=None,
        defaults={"text_version": text_version, "given_at": now, "given_by": by.account_uid},
    )
    if new:
        _record("given", made, by=by, now=now)
    return made


@transaction.atomic
def withdraw(giver_type: str, giver_uid: UUID, purpose: str, *, by: Actor, now: datetime, scope: str = "") -> int:
    """End a consent from this moment on; returns how many were open."""
    open_ones = of(giver_type, giver_uid).filter(purpose=purpose, scope=scope, withdrawn_at=None)
    ended = 0
    for consent in open_ones:
        # Of two withdrawals at once only one ends it and stands in the record.
        if Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=now):
            _record("withdrawn", consent, by=by, now=now)
            ended += 1
    return ended


def of(giver_type: str, giver_uid: UUID) -> QuerySet[Consent]:
    """Everything a giver has consented to, also what is withdrawn, newest first."""
    return Consent.objects.filter(giver_type=giver_type, giver_uid=giver_uid).order_by("-given_at", "-pk")


def _record(verb: str, consent: Consent, *, by: Actor, now: datetime) -> None:
    """The event stands on the giver, for a consent has no page of its own."""
    giver = subjects.find(consent.giver_type, consent.giver_uid)
    if giver is not None:
        payload = {"purpose": consent.purpose, "scope": consent.scope, "text_version": consent.text_version}
        audit.record(f"consent.{verb}", giver, by=by, now=now, payload=payload)


def has(giver_type: str, giver_uid: UUID, purpose: str, scope: str = "") -> bool:
    """Whether the purpose is allowed now."""
    return Consent.objects.filter(
        giver_type=giver_type, giver_uid=giver_uid, purpose=purpose, scope=scope, withdrawn_at=None
    ).exists()
