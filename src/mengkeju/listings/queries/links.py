"""What a listing is linked with, for one reader."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor
from mengkeju.listings.engine.links import BETWEEN_OWNERS, LINK_ROLES
from mengkeju.listings.models import Listing, ListingLink
from mengkeju.listings.queries.reading import Presented, listings, present_many


@dataclass(frozen=True)
class Linked:
    """Another listing and what it is to the one asked about. `reported`: a public text says so, nobody else."""

    word: str
    listing: Presented
    reported: bool


def linked_with(listing: Listing, actor: Actor) -> list[Linked]:
    """Linked listings the actor may read, in the order of the links; the words are those of the other end."""
    links = ListingLink.objects.filter(Q(source=listing) | Q(target=listing)).order_by("pk")
    mine = Q(source__owner__uid__in=actor.organisations) | Q(target__owner__uid__in=actor.organisations)
    links = links.filter(~Q(role__in=BETWEEN_OWNERS) | mine)
    words = {
        (link.target_id, LINK_ROLES[link.role].target)
        if link.source_id == listing.pk
        else (link.source_id, LINK_ROLES[link.role].source): None
        for link in links
    }
    rows = {row.pk: row for row in listings(actor).filter(pk__in=[pk for pk, _role_word in words])}
    shown = dict(zip(rows, present_many(rows.values(), actor), strict=True))
    return [
        Linked(_(word), shown[pk], listing.from_source and rows[pk].from_source) for pk, word in words if pk in rows
    ]
