"""Letting a counterpart into the parties' tier, and ending it. Called by the capability that owns the agreement."""

from datetime import datetime
from uuid import UUID

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing, PartyAccess


def let_party_in(
    listing: Listing, organisation: Organisation, *, origin_type: str, origin_uid: UUID, by: Actor, now: datetime
) -> PartyAccess:
    """Open the parties' tier of a listing to an organisation; repeated calls change nothing."""
    access, made = PartyAccess.objects.get_or_create(
        listing=listing,
        organisation=organisation,
        origin_uid=origin_uid,
        ended_at=None,
        defaults={"origin_type": origin_type, "given_at": now},
    )
    if made:
        payload = {"organisation": str(organisation.uid), "origin": str(origin_uid), "origin_type": origin_type}
        audit.record("listing.party_let_in", listing, by=by, now=now, payload=payload)
    return access


def end_party_access(*, origin_uid: UUID, by: Actor, now: datetime) -> int:
    """End what an agreement opened; returns how many accesses ended."""
    open_ones = PartyAccess.objects.filter(origin_uid=origin_uid, ended_at=None).select_related(
        "listing", "organisation"
    )
    for access in open_ones:
        payload = {"organisation": str(access.organisation.uid), "origin": str(origin_uid)}
        audit.record("listing.party_ended", access.listing, by=by, now=now, payload=payload)
    return open_ones.update(ended_at=now)
