"""资质称号: what an authority has granted to an organisation, entered with its basis."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.titles import TITLES
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair
from mengkeju.kernel.words import word

ORIGINS = {
    "entered": _("科技管理人员登记"),
    "import": _("批量导入"),
    "decision": _("平台上的认定"),
    "source": _("公开资料"),
}


class Title(Record):
    """One title of one holder, from a day to a day (none: without end); withdrawn with a reason, never deleted.

    `area` is the holder's when it was entered. `ended_at`: its last day is past and that stands in the record.
    `day_known`: false where a published source names no day; `valid_from` is then the day it was taken over from there.
    `cancelled_from`: of one that was withdrawn, since when the authority had cancelled it; without, it never held.
    """

    kind = models.CharField(_("称号"), max_length=40)
    number = models.CharField(_("证书或文件中的编号"), max_length=60, blank=True)
    holder = models.ForeignKey("directory.Organisation", on_delete=models.PROTECT, related_name="titles")
    level = models.CharField(_("级别"), max_length=20)
    issued_by = models.CharField(_("认定单位"), max_length=120)
    valid_from = models.DateField(_("认定日期"))
    day_known = models.BooleanField(default=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    basis = models.CharField(_("认定依据"), max_length=300)
    origin = models.CharField(max_length=20, default="entered", choices=list(ORIGINS.items()))
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True, editable=False)
    cancelled_from = models.DateField(_("取消日期"), null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("title_archived_pair"),
            models.CheckConstraint(condition=models.Q(kind__in=list(TITLES.kinds)), name="title_kind"),
            models.CheckConstraint(condition=models.Q(level__in=list(TITLES.levels)), name="title_level"),
            models.CheckConstraint(condition=~models.Q(basis="") & ~models.Q(issued_by=""), name="title_has_basis"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="title_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawn_reason="")),
                name="title_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_from__isnull=True)
                | models.Q(withdrawn_at__isnull=False, cancelled_from__gte=models.F("valid_from")),
                name="title_cancelled_when_withdrawn",
            ),
            models.UniqueConstraint(
                fields=["holder", "kind", "level", "valid_from"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="title_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "valid_to"], name="title_in_force")]

    def __str__(self) -> str:
        """The level and the title in the reader's language."""
        return f"{word(TITLES.levels[self.level])}{word(TITLES.kinds[self.kind])}"

    def get_absolute_url(self) -> str:
        """It is shown on its holder's page."""
        return f"{self.holder.get_absolute_url()}#title-{self.uid}"

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day; `queries.titles.in_force` says the same of rows."""
        begun = self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)
        stands = self.withdrawn_at is None or (self.cancelled_from is not None and on < self.cancelled_from)
        return begun and stands and self.archived_at is None
