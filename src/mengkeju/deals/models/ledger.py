"""Names in a registrar's ledger that may mean an organisation of the directory, and what he decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

DECISIONS = {"": _("待决定"), "organisation": _("就是这家单位"), "none": _("都不是")}


class PartyAlias(Record):
    """One spelling of a party, doubtful or decided, for the desk of `area` (the area the registrar was granted).

    `key` is how spellings are compared (`kernel.exchange.values.organisation_key`), `spelling` the first one seen.
    `decision`: empty while open, `organisation` (then it is set) or `none`. It holds for every row with that spelling,
    those imported already (`DealParty.alias` says which were linked by it) and those of later imports.
    """

    spelling = models.CharField(_("台账里的写法"), max_length=120)
    key = models.CharField(max_length=120)
    decision = models.CharField(max_length=20, blank=True, choices=list(DECISIONS.items()))
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="ledger_aliases")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        constraints: ClassVar = [
            archive_pair("party_alias_archived_pair"),
            models.UniqueConstraint(fields=["area", "key"], name="party_alias_once"),
            models.CheckConstraint(
                condition=models.Q(decision="organisation", organisation__isnull=False)
                | models.Q(decision__in=["", "none"], organisation__isnull=True),
                name="party_alias_decision",
            ),
        ]

    def __str__(self) -> str:
        """The spelling."""
        return self.spelling

    def get_absolute_url(self) -> str:
        """The merge desk; it has no page of its own."""
        return reverse("party-merge")
