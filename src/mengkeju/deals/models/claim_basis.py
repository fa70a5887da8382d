"""申报依据: what one applicant can claim as 技术交易后补助 on one contract in one window, kept as it was worked out."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from mengkeju.deals.models.deal import Deal, DealParty
from mengkeju.deals.models.money import PaymentRecord
from mengkeju.deals.models.registration import Registration
from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair

SIDES = ("seller", "buyer")


class ClaimBasis(Record):
    """One a contract, applicant and window (both days included) that stands; a withdrawn one is archived.

    Nothing of it changes once it is drawn: it says what was known then. `base`, `before`, `computed` and `amount` (元)
    are those of `engine.claim_basis.Claim`; `cap` (None: none) and `granted`, what the applicant's other bases of the
    window had taken of it. `number` … `technology_value`: the registration and the price as they were. `worked` =
    {"schema": "claim-basis", "version": 1, "steps": [[key, amount]], "bands": [[up_to, rate]], "left_out": [[payment,
    why]], "figures": [{key, label, label_en, …}]} with amounts as text.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="claim_bases")
    applicant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claim_bases")
    party = models.ForeignKey(DealParty, on_delete=models.PROTECT, related_name="claim_bases")
    registration = models.ForeignKey(Registration, null=True, on_delete=models.PROTECT, related_name="claim_bases")
    side = models.CharField(max_length=20)
    window_begins = models.DateField()
    window_until = models.DateField()
    contract_type = models.CharField(max_length=30)
    number = models.CharField(max_length=16, blank=True)
    registered_on = models.DateField(null=True)
    contract_value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    technology_value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    base = models.DecimalField(max_digits=16, decimal_places=2)
    before = models.DecimalField(max_digits=16, decimal_places=2)
    computed = models.DecimalField(max_digits=16, decimal_places=2)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    cap = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    granted = models.DecimalField(max_digits=16, decimal_places=2)
    worked = models.JSONField(default=dict)
    fictional = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-window_begins", "-pk"]
        constraints: ClassVar = [
            archive_pair("claim_basis_archived_pair"),
            models.UniqueConstraint(
                fields=["deal", "applicant", "window_begins"],
                condition=models.Q(archived_at=None),
                name="claim_basis_once",
            ),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="claim_basis_side"),
            models.CheckConstraint(
                condition=models.Q(window_begins__lte=models.F("window_until")), name="claim_basis_window"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    base__gte=0, before__gte=0, amount__gte=0, granted__gte=0, amount__lte=models.F("computed")
                ),
                name="claim_basis_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(cap__isnull=True) | models.Q(amount__lte=models.F("cap")), name="claim_basis_cap"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["applicant", "-window_begins"], name="claim_basis_of")]

    def __str__(self) -> str:
        """Contract and window."""
        return f"{self.deal.number} {self.window_begins} – {self.window_until}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("claim-basis", args=[self.uid])


class ClaimedPayment(Record):
    """A payment that a basis counts, with the amounts as they were; each side counts a payment once."""

    basis = models.ForeignKey(ClaimBasis, on_delete=models.PROTECT, related_name="claimed")
    payment = models.ForeignKey(PaymentRecord, on_delete=models.PROTECT, related_name="claimed")
    side = models.CharField(max_length=20)
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    technical = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["paid_on", "pk"]
        constraints: ClassVar = [
            archive_pair("claimed_payment_archived_pair"),
            models.UniqueConstraint(
                fields=["payment", "side"], condition=models.Q(archived_at=None), name="claimed_payment_once"
            ),
            models.CheckConstraint(
                condition=models.Q(technical__gte=0, technical__lte=models.F("amount")), name="claimed_payment_part"
            ),
        ]

    def __str__(self) -> str:
        """Day and technical part."""
        return f"{self.paid_on} {self.technical}"
