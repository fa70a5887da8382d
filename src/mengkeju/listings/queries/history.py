"""What happened to a listing, for those inside also what each edit changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.forms import Sources, changed
from mengkeju.kernel.forms.show import shown
from mengkeju.kernel.models import Event
from mengkeju.kernel.words import word
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import ListingKind
from mengkeju.listings.models import TIERS, Listing
from mengkeju.listings.queries.reading import label_sources, readable_tiers, sees_numbers, without_numbers

Change = tuple[str, str, str]


@dataclass(frozen=True)
class Edit:
    """One edit: when, and (label, before, after) in words."""

    at: datetime
    changes: list[Change]


def is_inside(actor: Actor, listing: Listing) -> bool:
    """Whether the reader sees names and notes: owner's people, officers of the area, parties, auditors."""
    return may(actor, Perm.CLOSE, listing) or may(actor, Perm.READ_PARTIES, listing)


def edits(actor: Actor, listing: Listing) -> list[Edit]:
    """The edits in which something changed that the reader may know, newest first; none for those outside."""
    if not is_inside(actor, listing):
        return []
    events = Event.objects.filter(type="listing.edited", subject_uid=listing.uid).select_related("payload")
    tiers, labels = readable_tiers(listing, actor), label_sources(areas=True)
    masked = not sees_numbers(listing, actor)
    rows = [Edit(e.at, _changes(listing, e, tiers, labels, masked=masked)) for e in events.order_by("-id")]
    return [row for row in rows if row.changes]


def _changes(listing: Listing, event: Event, tiers: frozenset[str], labels: Sources, *, masked: bool) -> list[Change]:
    """A section counts as closed if it is so now, or was so in either of the two versions."""
    payload = getattr(event, "payload", None)
    if payload is None:  # lawfully erased
        return []
    body, now = payload.body, listing.kind_spec.tier_of(listing.details.get("tiers", {}))
    sections = [s for s in listing.kind_spec.sections if tiers >= {now[s.key], *body["section_tiers"].get(s.key, ())}]
    before, after = (without_numbers(body[side]) if masked else body[side] for side in ("before", "after"))
    found = changed(shown(sections, before, labels), shown(sections, after, labels))
    return found + tier_changes(listing.kind_spec, body["before"], body["after"])


def tier_changes(kind: ListingKind, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """(label, before, after) of who may read what, of two snapshots or parts of them; what is equal is left out."""
    rows = [(_("整条信息谁能看到"), before.get("tier", ""), after.get("tier", ""))]
    old, new = kind.tier_of(before.get("tiers") or {}), kind.tier_of(after.get("tiers") or {})
    rows += [(_("“%(section)s”谁能看到") % {"section": word(s)}, old[s.key], new[s.key]) for s in kind.sections]
    return [(label, str(TIERS.get(a, "")), str(TIERS.get(b, ""))) for label, a, b in rows if a != b]
