"""Verifying organisations: thin verbs over `advance`."""

from datetime import datetime

from django.db import transaction

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import advance


@transaction.atomic
def submit_for_verification(
    organisation: Organisation, *, by: Actor, now: datetime, revision: int | None = None
) -> Organisation:
    """Ask the officer of the area to verify."""
    advance(organisation, "submit", by=by, now=now, revision=revision, organisation=organisation.uid)
    return organisation


@transaction.atomic
def verify_organisation(
    organisation: Organisation, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Organisation:
    """The officer confirms that the organisation is what it says."""
    advance(organisation, "verify", by=by, now=now, note=note, revision=revision)
    return organisation


@transaction.atomic
def refuse_organisation(
    organisation: Organisation, *, by: Actor, now: datetime, note: str, revision: int | None = None
) -> Organisation:
    """The officer refuses with a reason; the organisation may mend and submit again."""
    advance(organisation, "refuse", by=by, now=now, note=note, revision=revision)
    return organisation


@transaction.atomic
def withdraw_verification(
    organisation: Organisation, *, by: Actor, now: datetime, note: str, revision: int | None = None
) -> Organisation:
    """The officer takes a verification back with a reason."""
    advance(organisation, "withdraw", by=by, now=now, note=note, revision=revision)
    return organisation
