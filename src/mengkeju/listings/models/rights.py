"""Rights of intellectual property."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair
from mengkeju.kernel.words import mark
from mengkeju.listings.models.listing import Listing


class IpRight(Record):
    """A right of intellectual property; the kind `patent` is the offer of one."""

    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=40, unique=True)
    rank = models.CharField(_("类别"), max_length=4, blank=True)
    title = models.CharField(max_length=200)
    holder = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="ip_rights")
    holder_name = personal(
        models.CharField(_("权利人名称"), max_length=120, blank=True),
        purpose=mark("标明权利人"),
        basis=mark("公开的专利登记信息（个人信息保护法第13条第1款第6项）"),
        retention=mark("随权利记录保存"),
    )
    status = models.CharField(max_length=20, blank=True)
    applied_on = models.DateField(null=True)
    granted_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    listings = models.ManyToManyField(Listing, related_name="ip_rights", blank=True)

    class Meta:
        constraints: ClassVar = [archive_pair("ip_right_archived_pair")]

    def __str__(self) -> str:
        """Its number."""
        return self.number
