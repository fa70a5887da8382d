"""认定登记: the application of a deal, what the registrar checked, and the result as the national system gave it."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.registration_workflow import LIVE_STATES, REGISTRATION
from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in


class Registration(StatefulRecord):
    """One registration of a deal, from the application on or taken over from a ledger; one live a deal.

    `area` is the place of the desk: the seller's. `day_known`: false where a source names only the month.

    `applied_*` are the sums of the price lines when it was filed, `certified_*` those of the 登记证明 (元). `number` is
    the 16 characters the national system gave, normalised, never generated here; only a row of a ledger (`ledger_key`)
    may be registered without. `accepted_on` starts the clock and moves when a supplement comes. `particulars`: what
    the applicant says besides the deal (`engine.application`). `checks` = {"schema": "precheck", "version": 1,
    "findings": […]} as of filing.
    The columns from `seller_kind` on are what the statistics count by, kept as of the registration.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="registrations")
    number_here = models.CharField(max_length=30, unique=True, editable=False)
    applicant = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="registrations")
    contract_type = models.CharField(max_length=30, blank=True)
    contract_subtype = models.CharField(max_length=30, blank=True)
    suggested_type = models.CharField(max_length=30, blank=True)
    type_reason = models.CharField(_("改判类型的理由"), max_length=500, blank=True)
    is_import = models.BooleanField(_("技术进口合同"), default=False)
    particulars = models.JSONField(default=dict)
    declared_true = models.BooleanField(default=False)
    filed_at = models.DateTimeField(null=True, editable=False)
    accepted_on = models.DateField(null=True)
    supplement_until = models.DateField(null=True)
    objected_from = models.CharField(max_length=30, blank=True)
    needs_expert = models.BooleanField(default=False)
    expert_opinion = models.TextField(_("专家意见"), max_length=2000, blank=True)
    supplement_note = models.TextField(_("要补正什么"), max_length=2000, blank=True)
    applied_value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    applied_technology = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    certified_value = models.DecimalField(_("核定的成交额（元）"), max_digits=16, decimal_places=2, null=True)
    certified_technology = models.DecimalField(_("核定的技术交易额（元）"), max_digits=16, decimal_places=2, null=True)
    number = models.CharField(_("合同登记编号"), max_length=16, blank=True)
    registered_on = models.DateField(_("登记日期"), null=True)
    day_known = models.BooleanField(default=True)
    body = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="registrations_done")
    body_name = models.CharField(_("登记机构"), max_length=120, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.TextField(_("不予登记的理由"), max_length=2000, blank=True)
    checks = models.JSONField(default=dict)
    ledger_key = models.CharField(max_length=120, blank=True)
    seller_name = models.CharField(max_length=120, blank=True)
    buyer_name = models.CharField(max_length=120, blank=True)
    seller_kind = models.CharField(max_length=40, blank=True)
    buyer_area = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=60, blank=True)
    ip_kind = models.CharField(max_length=40, blank=True)
    plan_source = models.CharField(max_length=40, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("registration_archived_pair"),
            state_in(REGISTRATION.states, "registration_state"),
            models.UniqueConstraint(
                fields=["deal"], condition=models.Q(state__in=LIVE_STATES), name="registration_live_once"
            ),
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="registration_number_once"),
            models.UniqueConstraint(
                fields=["ledger_key"], condition=~models.Q(ledger_key=""), name="registration_ledger_once"
            ),
            models.CheckConstraint(
                condition=models.Q(certified_technology__isnull=True)
                | models.Q(certified_technology__gte=0, certified_technology__lte=models.F("certified_value")),
                name="registration_technology_within",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["registered", "changed"])
                | models.Q(registered_on__isnull=False) & ~models.Q(number="", ledger_key=""),
                name="registration_has_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "area", "accepted_on"], name="registration_queue"),
            models.Index(fields=["registered_on", "state"], name="registration_year"),
        ]

    def __str__(self) -> str:
        """Its number here."""
        return self.number_here

    @property
    def has_expert_opinion(self) -> bool:
        """Whether the experts have been heard."""
        return bool(self.expert_opinion)

    @property
    def has_other_live(self) -> bool:
        """Whether the deal has another registration that is live. One query."""
        return self.deal.registrations.filter(state__in=LIVE_STATES).exclude(pk=self.pk).exists()

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("registration", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`applicant`: the applying organisation (an individual himself); `registrar`: of its area, parties barred."""
        if who == "applicant" and self.applicant is not None:
            if self.applicant.organisation is not None:
                return Holder(organisation=self.applicant.organisation.uid)
            if self.applicant.person is not None and self.applicant.person.account is not None:
                return Holder(account=self.applicant.person.account.uid)
        seller = self.applicant.organisation if self.applicant is not None else None
        return Holder(role="registrar", area=self.area, barred=seller.uid if seller is not None else None)


class RegistrationDocument(Record):
    """A file of the checklist: `key` as the policy document names it; the file is attached to it."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="documents")
    key = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            archive_pair("registration_document_archived_pair"),
            models.UniqueConstraint(
                fields=["registration", "key"],
                condition=models.Q(archived_at=None),
                name="registration_document_once",
            ),
        ]

    def __str__(self) -> str:
        """Its key."""
        return self.key


class Amendment(Record):
    """A figure or particular of a registration that was changed after it was registered, and by whom."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="amendments")
    name = models.CharField(max_length=40)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    changed_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [archive_pair("amendment_archived_pair")]

    def __str__(self) -> str:
        """What changed."""
        return self.name
