"""What a deal costs and what was paid. All amounts in 元; both sides' word, never public money (that is `ledger`)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

LINE_KINDS = {
    "technical": _("技术费用"),
    "equipment": _("设备仪器"),
    "material": _("零部件原材料"),
    "other": _("其他非技术费用"),
}


class PriceLine(Record):
    """One line of the price. 成交额 is the sum of the lines, 技术交易额 the sum of the technical ones.

    `amount` is empty while it is not known. A line that was replaced is archived.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="price_lines")
    kind = models.CharField(max_length=12, choices=list(LINE_KINDS.items()))
    label = models.CharField(_("内容"), max_length=200, blank=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2, null=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            archive_pair("price_line_archived_pair"),
            models.CheckConstraint(condition=models.Q(kind__in=list(LINE_KINDS)), name="price_line_kind"),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="price_line_amount"
            ),
        ]

    def __str__(self) -> str:
        """Its kind."""
        return str(LINE_KINDS[self.kind])


class Instalment(Record):
    """One instalment of a price: when or upon what, and how much."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="instalments")
    due_on = models.DateField(_("约定日期"), null=True)
    condition = models.CharField(_("付款条件"), max_length=200, blank=True)
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            archive_pair("instalment_archived_pair"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="instalment_amount"),
        ]

    def __str__(self) -> str:
        """Its condition."""
        return self.condition


class PaymentRecord(Record):
    """What one party paid another, with its voucher (a file attached as `voucher`).

    `technical_amount` is the part for technology, empty when the parties did not say. `said_for`: the organisation
    whose member wrote it; the other side may confirm it. A wrong one is archived with its reason, never changed.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="payments")
    payer = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="payments_made")
    payee = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="payments_got")
    paid_on = models.DateField(_("付款日期"))
    amount = models.DecimalField(_("金额（元）"), max_digits=16, decimal_places=2)
    technical_amount = models.DecimalField(_("其中技术费用（元）"), max_digits=16, decimal_places=2, null=True)
    voucher_number = models.CharField(_("凭证号"), max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    said_for = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_for = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["paid_on", "pk"]
        constraints: ClassVar = [
            archive_pair("payment_archived_pair"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=models.Q(technical_amount__isnull=True)
                | models.Q(technical_amount__gte=0, technical_amount__lte=models.F("amount")),
                name="payment_technical_within",
            ),
            models.CheckConstraint(condition=~models.Q(payer=models.F("payee")), name="payment_two_parties"),
        ]

    def __str__(self) -> str:
        """Day and amount."""
        return f"{self.paid_on} {self.amount}"
