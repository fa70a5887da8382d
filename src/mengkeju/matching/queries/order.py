"""Why an entry of a list stands lower than its score: a near-identical one of the same holder stands before it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from mengkeju.listings.models import Listing
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import variety
from mengkeju.matching.engine.variety import Held
from mengkeju.matching.models import Proposal, sides


def held_of(listing: Listing) -> Held:
    """A listing as an entry of a list: its title, and who holds it (for what came from a source: as that names him)."""
    return Held(f"#{listing.owner_id}" if listing.owner_id else listing.owner_note.strip(), listing.title)


def same_holder(row: Proposal) -> str:
    """Said where one organisation both asks and offers: then there is nobody to find."""
    asks, offers = (held_of(listing).holder for listing in (row.need, row.achievement))
    return _("需求方也是持有单位") if asks and asks == offers else ""


def behind(rows: Sequence[Proposal], listing: Listing) -> dict[int, Proposal]:
    """Of proposals in the order of a listing's list, by key: which stand lower, and behind which of these."""
    side = sides(listing)[0]
    entries = [held_of(row.other(listing)) for row in rows]
    moved = [getattr(row, f"{side}_expected") for row in rows]
    standing = [row.expected if value is None else float(value) for row, value in zip(rows, moved, strict=True)]
    found = variety.behind(entries, standing, least=limits().titles_alike)
    return {rows[at].pk: rows[leader] for at, leader in found.items()}
