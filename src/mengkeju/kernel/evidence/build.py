"""Making an evidence sheet: the events, the segment of the sealed chain around them, the node's signature."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from mengkeju.kernel import audit, digests, signing
from mengkeju.kernel.evidence.check import FORMAT, VERSION, message
from mengkeju.kernel.models import Event, Seal

GAP = 1000
"""Two events further apart in the chain than this stand in two segments; what lies between is not shown."""
MOST_BATCHES = 20


@dataclass(frozen=True)
class Sheet:
    """A sheet about one subject: `subject` and `statement` are its owner's words, `events` what they rest on."""

    subject: dict[str, Any]
    statement: dict[str, Any]
    events: Sequence[Event]


def seal_now(*, now: datetime) -> None:
    """Seal what waits, so that a sheet made now shows the seals of what happened a moment ago."""
    for _batch in range(MOST_BATCHES):
        if not audit.seal_pending(now=now):
            return


def signed(sheet: Sheet, *, now: datetime) -> dict[str, Any]:
    """The sheet as a file holds it, signed with the node's key. SigningError when there is none to use."""
    made: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "node": settings.NODE,
        "site": settings.SITE_URL,
        "made_at": signing.in_zone(now),
        "subject": sheet.subject,
        "statement": sheet.statement,
        "events": [item_of(event) for event in sheet.events],
        "chain": chain_of(sheet.events),
    }
    return {**made, "signature": signing.current(now=now).block(message(made))}


def item_of(event: Event) -> dict[str, Any]:
    """One event: its row as the seal binds it, and its payload unless lawfully erased."""
    payload = getattr(event, "payload", None)
    return {
        "fields": dict(zip(digests.EVENT_FIELDS, audit.fields_of(event), strict=True)),
        "payload": {"salt": payload.salt, "body": payload.body} if payload is not None else None,
    }


def chain_of(events: Iterable[Event]) -> dict[str, Any]:
    """The links around the events. Of other events only a digest is shown, which tells nothing about them."""
    uids = {event.pk: str(event.uid) for event in events}
    places = dict(Seal.objects.filter(event_id__in=uids).values_list("sequence", "event_id"))
    runs = []
    for first, last in _runs(sorted(places)):
        seals = Seal.objects.filter(sequence__range=(first, last)).select_related("event").order_by("sequence")
        links = [_link(seal, uids.get(seal.event_id)) for seal in seals]
        previous = seals[0].previous
        runs.append({"previous": previous, "links": links})
    unsealed = sorted(uid for pk, uid in uids.items() if pk not in set(places.values()))
    return {"runs": runs, "unsealed": unsealed}


def _link(seal: Seal, event: str | None) -> dict[str, Any]:
    return {
        "sequence": seal.sequence,
        "sealed_at": str(seal.sealed_at.timestamp()),
        "scheme": seal.scheme,
        "inner": digests.event(audit.fields_of(seal.event)),
        "hash": seal.hash,
        "event": event,
    }


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Stretches of the chain that hold all places, parted where the next is further than GAP."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place - runs[-1][1] <= GAP:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
