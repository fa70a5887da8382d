"""What waits to be confirmed as still valid, and what was taken off the shelf for want of it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import Duty, Event
from mengkeju.listings.access import Perm
from mengkeju.listings.definitions.freshness import CONFIRM_KEY
from mengkeju.listings.models import Listing


def _asked() -> Exists:
    duties = Duty.objects.filter(subject_type="listing", key=CONFIRM_KEY, closed_at=None)
    return Exists(duties.filter(subject_uid=OuterRef("uid")))


def to_confirm(actor: Actor) -> QuerySet[Listing]:
    """What the actor's organisations are asked to confirm: the nearest day first, what is off the shelf before it."""
    rows = Listing.objects.filter(owner__uid__in=actor.organisations, archived_at=None).select_related("owner")
    rows = rows.filter(Q(_asked(), state="published") | Q(state="dormant"))
    return rows.order_by("state", "review_by", "pk")


def dormant(actor: Actor) -> QuerySet[Listing]:
    """What is off the shelf unconfirmed in the areas of an officer, the latest first; for the auditor everywhere."""
    rows = Listing.objects.filter(state="dormant", archived_at=None).select_related("owner")
    return visible_to(rows, actor, Perm.SHELF_READ).order_by("-state_at", "pk")


def changed_off_the_shelf(listing: Listing) -> bool:
    """Whether what it states was changed after it was taken off the shelf: then an officer looks at it again."""
    edits = Event.objects.filter(type="listing.edited", subject_type="listing", subject_uid=listing.uid)
    hidden = Event.objects.filter(type="listing.hide", subject_type="listing", subject_uid=listing.uid)
    last = hidden.order_by("-pk").values_list("pk", flat=True).first()
    return edits.filter(pk__gt=last or 0).exists()
