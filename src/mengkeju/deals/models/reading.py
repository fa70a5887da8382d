"""What published texts say of a deal, each as it says it: they need not agree, and none of them is corrected."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import Deal
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair
from mengkeju.kernel.words import mark

READING_KINDS = {
    "origin": _("意向来源"),
    "channel": _("签约渠道"),
    "person": _("公开报道中点到的人"),
    "spelling": _("写法"),
    "mark": _("报道怎么评价"),
}
PRINTED = {
    "purpose": mark("照录公开报道对合作项目的说法"),
    "basis": mark("合理处理已经合法公开的个人信息（个人信息保护法第13条第1款第6项）"),
    "retention": mark("随合作项目保存，删除个人信息时清除"),
}


class SourceReading(Record):
    """One reading of one point of a deal that is recorded from published texts.

    `topic` groups the readings that speak of the same thing, `about` says of what. `source`: which text or texts.
    `note`: what the texts leave open, as whoever recorded them sees it; nothing of it is a fact. A reading of how
    somebody is called names him, with his organisation; `value` is empty after he had his data erased.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=12, choices=list(READING_KINDS.items()))
    topic = models.CharField(max_length=60)
    about = models.CharField(max_length=120)
    value = personal(models.CharField(_("报道的说法"), max_length=300), **PRINTED)
    source = models.CharField(max_length=80)
    note = personal(models.CharField(_("整理时的说明"), max_length=500, blank=True), **PRINTED)
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
