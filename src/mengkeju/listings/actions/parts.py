"""What every change of something that hangs on a listing begins with."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing

OFFERS = "achievement"
"""The side of the kinds that offer something."""


def locked_for_change(listing: Listing, *, by: Actor, secrecy_reviewed: bool) -> Listing:
    """The listing's row, locked, once the actor may edit it. RefusedError, ValidationError. In a transaction.

    What hangs on a published listing is public at once, so the review of secrecy is confirmed each time.
    """
    require(by, Perm.EDIT, listing)
    fresh = lock(listing)
    require(by, Perm.EDIT, fresh)
    if not fresh.kind_spec.is_technology(OFFERS):
        raise ValidationError(_("只有成果、专利等供给信息可以填写这一项"))
    if fresh.state == "published" and not secrecy_reviewed:
        raise ValidationError({"secrecy_reviewed": _("改动立即公开，请确认改后的内容已按本单位规定作保密审查")})
    return fresh
