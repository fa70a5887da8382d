"""Links between two entries of a published source: what the text says belongs together."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.links import LINK_ROLES
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
