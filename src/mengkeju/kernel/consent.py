"""Consent given and withdrawn, by person or organisation, per purpose."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

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
    made, _new = Consent.objects.get_or_create(
        giver_type=giver_type,
        giver_uid=giver_uid,
        purpose=purpose,
        scope=scope,
        withdrawn_at=None,
        defaults={"text_version": text_version, "given_at": now, "given_by": by.account_uid},
    )
    return made


def withdraw(giver_type: str, giver_uid: UUID, purpose: str, *, now: datetime, scope: str = "") -> int:
    """End a consent from this moment on; returns how many were open."""
    return Consent.objects.filter(
        giver_type=giver_type, giver_uid=giver_uid, purpose=purpose, scope=scope, withdrawn_at=None
    ).update(withdrawn_at=now)


def has(giver_type: str, giver_uid: UUID, purpose: str, scope: str = "") -> bool:
    """Whether the purpose is allowed now."""
    return Consent.objects.filter(
        giver_type=giver_type, giver_uid=giver_uid, purpose=purpose, scope=scope, withdrawn_at=None
    ).exists()
