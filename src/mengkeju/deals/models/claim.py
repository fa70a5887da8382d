"""A broker cares for a published need or achievement that nobody has answered."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from mengkeju.deals.engine.claim import CLAIM
from mengkeju.directory.models import Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.models import Listing


class Claim(StatefulRecord):
    """One listing in one broker's hands, from `created_at` until it is paired, released, passed on or lapses.

    Until when is said by its duty alone. `reason`: why it was released or passed on. `passed_from`: the claim of the
    broker before. `area` is the listing's.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="claims")
    broker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    passed_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="passed_to")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("claim_archived_pair"),
            state_in(CLAIM.states, "claim_state"),
            models.UniqueConstraint(fields=["listing"], condition=models.Q(state="held"), name="claim_held_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["broker", "state"], name="claim_of_broker")]

    def __str__(self) -> str:
        """The listing's title."""
        return self.listing.title

    def get_absolute_url(self) -> str:
        """The listing, where the claim is shown."""
        return f"{reverse('listing', args=[self.listing.uid])}#claim"

    def duty_holder(self, _who: str) -> Holder:
        """The broker himself."""
        account = self.broker.account
        if account is None:
            return Holder(role="broker", area=self.area)
        return Holder(account=account.uid)
