"""Handing out an evidence sheet: signed, and that it was made stands in the record itself."""

from datetime import datetime
from typing import Any

from django.db import transaction

from mengkeju.kernel import audit, digests
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.evidence import build
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing


def export_evidence(
    listing: Listing, *, by: Actor, now: datetime, number: int | None = None, content: bool = False
) -> dict[str, Any]:
    """The sheet of a listing, or of one of its versions. SigningError when the node has no key to use."""
    require(by, Perm.EVIDENCE, listing)
    build.seal_now(now=now)
    with transaction.atomic():
        made = build.signed(queries.evidence_of(listing, by, number=number, content=content), now=now)
        payload = {
            "sha256": digests.sha256(digests.canonical(made)),
            "key": made["signature"]["key"],
            "number": number,
            "content": content,
        }
        audit.record("listing.evidence_exported", listing, by=by, now=now, payload=payload)
    return made
