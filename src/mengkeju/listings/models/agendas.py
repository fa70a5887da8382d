"""行业攻关方向: an agenda an innovation platform or a leading firm sets, its directions, and what became of them."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.listings.engine.agendas import AGENDA
from mengkeju.listings.engine.weak_links import LINK_WORDS
from mengkeju.listings.models.weak_links import Attached


class Agenda(StatefulRecord):
    """`cluster` and `field` are terms. `source` is set where a public text states it: nobody signs in for it then."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agendas")
    title = models.CharField(max_length=120)
    summary = models.TextField(max_length=3000, blank=True)
    cluster = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    source = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("agenda_archived_pair"),
            state_in(AGENDA.states, "agenda_state"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="agenda_source_once"
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("agenda", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`officer`: of its area, its own people excepted; `owner`: its own people."""
        if who == "owner":
            return Holder(organisation=self.organisation.uid)
        return Holder(role="officer", area=self.area, barred=self.organisation.uid)


class AgendaItem(Record):
    """One direction. `solved_note` says by what it was solved; it stands as long as `solved_on` does."""

    agenda = models.ForeignKey(Agenda, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=3000, blank=True)
    solved_on = models.DateField(null=True)
    solved_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            archive_pair("agenda_item_archived_pair"),
            models.CheckConstraint(
                condition=models.Q(solved_on__isnull=True, solved_note="")
                | (models.Q(solved_on__isnull=False) & ~models.Q(solved_note="")),
                name="agenda_item_solved_pair",
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title


class AgendaItemListing(Attached):
    """A need a direction has become, or an offer that answers it."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="attached")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "listing"], name="agenda_item_listing_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(LINK_WORDS)), name="agenda_item_listing_role"),
        ]
