"""Links between listings: as a published text says, as an owner says, and to what came out of a cooperation."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actions import advance
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.links import ALIKE, LINK_ROLES
from mengkeju.listings.models import Listing, ListingLink


@transaction.atomic
def link_from_source(
    source: Listing, target: Listing, role: str, *, by: Actor, now: datetime
) -> tuple[ListingLink, bool]:
    """State that `source` stands in `role` (a key of LINK_ROLES) to `target`, as a public text says.

    Only between entries published from a source; what people own they link themselves. The same link a second
    time changes nothing. Returns (link, whether it is new). RefusedError, ValidationError.
    """
    require(by, Perm.PUBLISH_SOURCE)
    if role not in LINK_ROLES:
        raise ValidationError(_("没有“%(role)s”这种关联") % {"role": role})
    if source.pk == target.pk or not (source.from_source and target.from_source):
        raise ValidationError(_("只能关联两条不同的、据公开来源收录的条目"))
    link, made = ListingLink.objects.get_or_create(source=source, target=target, role=role)
    if made:
        audit.record("listing.linked", source, by=by, now=now, payload={"role": role, "target": str(target.uid)})
    return link, made


@transaction.atomic
def link_alike(
    source: Listing, target: Listing, role: str, *, by: Actor, now: datetime, instead: bool = False
) -> tuple[ListingLink, bool]:
    """The owner says that his listing is like another one (or the same) that he may read: similar, same_as.

    `instead`: his own is withdrawn in favour of the other. Of two alike links between the same two the first stays.
    Returns (link, whether it is new). RefusedError, ValidationError, TransitionRefusedError.
    """
    require(by, Perm.SUBMIT, source)
    if role not in ALIKE:
        raise ValidationError(_("没有“%(role)s”这种关联") % {"role": role})
    if source.pk == target.pk or source.kind != target.kind or not may(by, Perm.READ, target):
        raise ValidationError(_("只能与另一条您看得到的同类信息关联"))
    link = ListingLink.objects.filter(source=source, target=target, role__in=ALIKE).first()
    made = link is None
    if link is None:
        link = ListingLink.objects.create(source=source, target=target, role=role)
        audit.record("listing.linked", source, by=by, now=now, payload={"role": role, "target": str(target.uid)})
    if instead:
        said = _("与已有的一条相同：%(number)s") % {"number": target.number or target.title}
        advance(source, "withdraw", by=by, now=now, note=said)
    return link, made


@transaction.atomic
def link_output(output: Listing, pair: Iterable[Listing], *, by: Actor, now: datetime) -> None:
    """Say of which listings' cooperation a draft came out; only the owners of both ends read it. RefusedError."""
    require(by, Perm.EDIT, output)
    for listing in pair:
        _link, made = ListingLink.objects.get_or_create(source=output, target=listing, role="output_of")
        if made:
            payload = {"role": "output_of", "target": str(listing.uid)}
            audit.record("listing.linked", output, by=by, now=now, payload=payload)
