"""What a listing with closed tiers states, noted by digest in the sealed record each time it changes."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries
from mengkeju.listings.engine.disclosure import stated, version_content, version_digests
from mengkeju.listings.models import DisclosedVersion, Listing


@transaction.atomic
def note_version(listing: Listing, *, by: Actor, now: datetime) -> DisclosedVersion | None:
    """Note what it states now, unless the last noted version says the same; None when nothing in it is closed."""
    listing = Listing.objects.select_for_update().get(pk=listing.pk)  # as it stands, and one number each
    tiers = queries.stated_by_tier(listing)
    if listing.tier == "public" and not set(tiers) - {"public"}:
        return None
    last = queries.last_version(listing)
    if last is not None and stated(last.content) == tiers:
        return last
    content = version_content(tiers, {tier: secrets.token_hex(16) for tier in tiers})
    number = last.number + 1 if last is not None else 1
    payload: dict[str, Any] = {"number": number, "revision": listing.revision, "digests": version_digests(content)}
    event = audit.record("listing.version_noted", listing, by=by, now=now, payload=payload)
    return DisclosedVersion.objects.create(listing=listing, number=number, at=now, event=event.uid, content=content)
