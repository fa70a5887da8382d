"""What hangs on a listing: other listings, and the people and organisations that take part in it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import personal
from mengkeju.kernel.models.record import new_uid
from mengkeju.kernel.words import mark
from mengkeju.listings.engine.participations import ANSWERS
from mengkeju.listings.models.listing import Listing


class ListingLink(models.Model):
    """A directed relation between two listings; `role` is one of engine.links, read from source to target."""

    source = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="links_in")
    role = models.CharField(max_length=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "role"], name="listing_link_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="listing_link_not_self"),
        ]

    def __str__(self) -> str:
        """Role."""
        return self.role


PUBLIC_ROLE = {
    "purpose": mark("标明发明人、完成人和团队成员"),
    "basis": mark("成果和专利的署名信息（个人信息保护法第13条第1款第6项）；本人可以提出异议"),
    "retention": mark("随条目保存；本人异议或移出名单后不再显示"),
}


class Participation(models.Model):
    """A person or an organisation in a listing: inventor, completer, team, holder; in order.

    Of a person without login there is only the name. `answer`: who is on the platform was asked, and agreed or
    objected; who objected is named to his organisation's side only. Taken off the list, a row stays with `removed_at`.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="participations")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="participations")
    name = personal(models.CharField(_("署名"), max_length=60, blank=True), **PUBLIC_ROLE)
    role = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    objection = personal(models.CharField(_("异议理由"), max_length=500, blank=True), **PUBLIC_ROLE)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(person__isnull=False, organisation__isnull=False),
                name="participation_one_party",
            ),
            models.CheckConstraint(condition=models.Q(answer__in=["", *ANSWERS]), name="participation_answer"),
            models.UniqueConstraint(
                "listing",
                "role",
                Coalesce("person", 0),
                Coalesce("organisation", 0),
                "name",
                condition=models.Q(removed_at__isnull=True),
                name="participation_once",
            ),
        ]

    def __str__(self) -> str:
        """Role."""
        return self.role

    def get_absolute_url(self) -> str:
        """Where the person answers."""
        return reverse("participation", args=[self.uid])

    @property
    def area(self) -> str:
        """That of its listing."""
        return self.listing.area

    def duty_holder(self, who: str) -> Holder:
        """`person`: who is named; else the owner of the listing."""
        if who == "person" and self.person is not None and self.person.account is not None:
            return Holder(account=self.person.account.uid)
        return self.listing.duty_holder("owner")
