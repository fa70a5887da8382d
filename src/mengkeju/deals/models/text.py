"""The text of a contract: versions with their digests, who confirmed which, addenda and translations."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.directory.models import Person
from mengkeju.kernel.models import File, Record
from mengkeju.kernel.models.record import archive_pair

TEXT_ROLES = {
    "main": _("合同文本"),
    "addendum": _("补充协议"),
    "translation": _("中文译本"),
    "scan": _("签字盖章扫描件"),
}
AGREED_ROLES = ("main", "addendum")
"""Texts that every party confirms; a translation and a scan only accompany one."""
TEXT_LANGUAGES = {
    "zh": _("中文"),
    "en": _("英文"),
    "ru": _("俄文"),
    "mn": _("蒙古文"),
    "ja": _("日文"),
    "ko": _("韩文"),
    "de": _("德文"),
    "fr": _("法文"),
    "other": _("其他外文"),
}
"""By ISO 639-1; the choice is ours (自定)."""


class ContractText(Record):
    """One version of a text, put up by the people of `party`. Never changed: another version is another row.

    `sm3` is the digest of the file's content when it was uploaded. `frozen_at`: every party has confirmed it. A
    translation names what it translates. `language`: a key of TEXT_LANGUAGES. Versions count by role: of the main text
    the newest is the one that counts; an addendum that is frozen stays in force beside those after it.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="texts")
    party = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="texts")
    role = models.CharField(max_length=12, choices=list(TEXT_ROLES.items()))
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, default="zh", choices=list(TEXT_LANGUAGES.items()))
    translation_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="translations")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    sm3 = models.CharField(max_length=64)
    note = models.CharField(_("这一版改了什么"), max_length=300, blank=True)
    frozen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["role", "version", "pk"]
        constraints: ClassVar = [
            archive_pair("contract_text_archived_pair"),
            models.CheckConstraint(condition=models.Q(role__in=list(TEXT_ROLES)), name="contract_text_role"),
            models.CheckConstraint(
                condition=models.Q(role="translation", translation_of__isnull=False)
                | (~models.Q(role="translation") & models.Q(translation_of__isnull=True)),
                name="contract_text_translates",
            ),
            models.UniqueConstraint(fields=["deal", "role", "version"], name="contract_text_version_once"),
        ]

    def __str__(self) -> str:
        """Role and version."""
        return f"{TEXT_ROLES[self.role]} {self.version}"

    def unconfirmed(self) -> list[DealParty]:
        """The parties of the deal that have not confirmed this version, in their order. Two queries."""
        done = set(self.confirmations.values_list("party", flat=True))
        return [party for party in self.deal.parties.filter(archived_at=None) if party.pk not in done]


class TextConfirmation(Record):
    """A party's word that this very text (by its digest) is what it agrees to, said by a person for it.

    `scan`: the party is not on the platform and agreed on paper, `person` (of another party) put it on record with
    this scan.
    """

    text = models.ForeignKey(ContractText, on_delete=models.PROTECT, related_name="confirmations")
    party = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="confirmations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sm3 = models.CharField(max_length=64)
    scan = models.ForeignKey(ContractText, null=True, on_delete=models.PROTECT, related_name="confirms")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            archive_pair("text_confirmation_archived_pair"),
            models.UniqueConstraint(fields=["text", "party"], name="text_confirmation_once"),
        ]

    def __str__(self) -> str:
        """Who confirmed."""
        return self.party.name
