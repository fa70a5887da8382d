"""Consent given and withdrawn, by person or organisation, per purpose."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mengkeju.kernel import audit, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Consent


@transaction.atomic
def give(
    giver_type: str, giver_uid: UUID, purpose: str, *, text_version: str, by: Actor, now: datetime, scope: str = ""
) -> Consent:
    """Record a consent; an open one for the same purpose and scope is kept. `by` must be signed in."""
    if by.account_uid is None:
        msg = "consent needs a signed-in giver"
        raise ValueError(msg)
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
    open_ones = Consent.objects.filter(
        giver_type=giver_type, giver_uid=giver_uid, purpose=purpose, scope=scope, withdrawn_at=None
    )
    for consent in open_ones:
        _record("withdrawn", consent, by=by, now=now)
    return open_ones.update(withdrawn_at=now)


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
