"""Publishing what a public text states, without a login behind it."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.life import give_number, mark_published
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing, Participation


@dataclass(frozen=True)
class SourceEntry:
    """What the text says; anything may be empty but title. `details` by field key."""

    kind: str
    external_id: str
    title: str
    summary: str = ""
    owner_note: str = ""
    area: str = ""
    field: str = ""
    cluster: str = ""
    maturity: str = ""
    price_low: Decimal | None = None
    price_high: Decimal | None = None
    details: dict[str, str] = dataclasses.field(default_factory=dict)


@transaction.atomic
def publish_from_source(
    entry: SourceEntry,
    *,
    source: str,
    owner: Organisation | None,
    by: Actor,
    now: datetime,
    holders: tuple[Organisation, ...] = (),
    people: tuple[Person, ...] = (),
) -> tuple[Listing, bool]:
    """Publish one entry of a source, marked 据公开报道; the same entry a second time is returned unchanged.

    No contact, no intention possible. Returns (listing, whether it is new).
    """
    require(by, Perm.PUBLISH_SOURCE)
    known = Listing.objects.filter(source=source, external_id=entry.external_id, kind=entry.kind)
    found = known.exclude(external_id="").first()  # as the partial index says it, or SQLite reads the whole kind
    if found is not None:
        return found, False
    spec = kinds[entry.kind]
    listing = begin(
        Listing(
            kind=spec.key,
            title=entry.title,
            summary=entry.summary,
            owner=owner,
            owner_note=entry.owner_note,
            area=entry.area or (owner.area if owner else ""),
            field=entry.field,
            cluster=entry.cluster,
            maturity=entry.maturity,
            price_low=entry.price_low,
            price_high=entry.price_high,
            source=source,
            external_id=entry.external_id,
            origin="source",
            incomplete=not entry.summary,
            details={"schema": spec.key, "version": spec.version, "values": entry.details, "tiers": {}},
        ),
        by=by,
        now=now,
        payload={"source": source, "external_id": entry.external_id},
    )
    for position, holder in enumerate(holders):
        Participation.objects.create(listing=listing, organisation=holder, role="holder", position=position)
    for position, person in enumerate(people):
        Participation.objects.create(listing=listing, person=person, role="team", position=position)
    advance(listing, "publish_source", by=by, now=now)
    give_number(listing, now)
    mark_published(listing, by=by, now=now)
    return listing, True
