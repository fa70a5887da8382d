"""What published texts say of a deal, each as it says it: they need not agree, and none of them is corrected."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import Deal
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

READING_KINDS = {
    "origin": _("意向来源"),
    "channel": _("签约渠道"),
    "person": _("公开报道中点到的人"),
    "spelling": _("写法"),
    "mark": _("报道怎么评价"),
}


class SourceReading(Record):
    """One reading of one point of a deal that is recorded from published texts.

    `topic` groups the readings that speak of the same thing, `about` says of what. `source`: which text or texts.
    `note`: what the texts leave open, as whoever recorded them sees it; nothing of it is a fact. A `person` reading
    names somebody of the directory with his organisation.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=12, choices=list(READING_KINDS.items()))
    topic = models.CharField(max_length=60)
    about = models.CharField(max_length=120)
    value = models.CharField(max_length=300)
    source = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="deal_readings")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="deal_readings")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            archive_pair("source_reading_archived_pair"),
            models.CheckConstraint(condition=models.Q(kind__in=list(READING_KINDS)), name="source_reading_kind"),
            models.CheckConstraint(condition=~models.Q(source=""), name="source_reading_has_source"),
            models.UniqueConstraint(
                fields=["deal", "topic", "kind", "value", "source"],
                condition=models.Q(archived_at=None),
                name="source_reading_once",
            ),
        ]

    def __str__(self) -> str:
        """What of, and how it is told."""
        return f"{self.about} {self.value}"
