"""What is talked over before signing: offers back and forth, and gaps between result and need with how they close."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models.deal import AGREEMENT, Deal, DealParty
from mengkeju.directory.models import Person
from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair

GAP_STATES = {"open": _("未解决"), "proposed": _("已提出办法"), "agreed": _("已商定"), "failed": _("谈不拢")}


class Offer(Record):
    """One step of the negotiation, in free order: what a side proposes, with an amount or without. Answers another.

    `party`: for whom it was said; empty for a broker, whose proposal is nobody's word. `accepted_for`: the party of
    another side whose person accepted it. Never changed but by that.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="offers")
    party = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answered_by")
    amount = models.DecimalField(_("报价（元）"), max_digits=16, decimal_places=2, null=True)
    text = personal(models.TextField(_("说明"), max_length=4000, blank=True), **AGREEMENT)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            archive_pair("offer_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="offer_amount"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_for__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_for__isnull=False),
                name="offer_accepted_pair",
            ),
        ]

    def __str__(self) -> str:
        """Its beginning."""
        return self.text[:40]


class GapItem(Record):
    """磨合: one difference between what the result can do and what is needed; how it may close, how it ended.

    `raised_for` and `proposed_for`: for which party it was said; empty for a broker.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="gaps")
    gap = models.TextField(_("差在哪里"), max_length=1000)
    proposal = models.TextField(_("怎样适配"), max_length=1000, blank=True)
    outcome = models.TextField(_("商定的结果或谈不拢的原因"), max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=list(GAP_STATES.items()), default="open")
    raised_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(DealParty, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            archive_pair("gap_item_archived_pair"),
            models.CheckConstraint(condition=models.Q(status__in=list(GAP_STATES)), name="gap_item_status"),
            models.CheckConstraint(
                condition=~models.Q(status__in=["agreed", "failed"]) | ~models.Q(outcome=""), name="gap_item_outcome"
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["proposed", "agreed"]) | ~models.Q(proposal=""),
                name="gap_item_proposal",
            ),
        ]

    def __str__(self) -> str:
        """Its beginning."""
        return self.gap[:40]
