"""Who read what is not open to everybody, for the owner of a listing and for the auditor."""

from django.db.models import QuerySet

from mengkeju.kernel.access import Actor, visible_q
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing, ReadRecord


def reads(actor: Actor) -> QuerySet[ReadRecord]:
    """Records of the listings whose readers the actor may know, archived ones too; the newest first."""
    own = Listing.objects.filter(visible_q(actor, Perm.READS)).order_by()
    rows = ReadRecord.objects.filter(listing__in=own)
    return rows.select_related("listing", "organisation").order_by("-day", "-at", "-pk")


def reads_of(actor: Actor, listing: Listing) -> QuerySet[ReadRecord]:
    """Those of one listing."""
    return reads(actor).filter(listing=listing)


def readers_of(actor: Actor, listing: Listing) -> int:
    """How many organisations have read closed content of a listing, as far as it is kept."""
    return reads_of(actor, listing).exclude(organisation=None).order_by().values("organisation").distinct().count()
