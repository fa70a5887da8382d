"""Intentions between two organisations, their thread, and a broker's introduction."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.engine.workflow import AGREED_STATES, INTENTION, OPEN_STATES
from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing

ORIGINS = {
    "search": _("搜索"),
    "match": _("推荐"),
    "broker": _("经纪人引荐"),
    "listing": _("浏览"),
    "release": _("联合发布"),
    "roadshow": _("路演"),
    "window": _("服务窗口"),
}
ORIGINS_BY_HAND = ("search", "match", "listing", "release")
"""What a declaring person's address may claim; the others are set by the act that makes them true."""


class Intention(StatefulRecord):
    """The declaring organisation wants the target listing of the answering organisation.

    `counter` is its own need (for an achievement) or achievement (for a need), if named. `origin_uid` is
    the proposal, search or joint release that led here. One open intention per (declaring, target, counter).
    """

    number = models.CharField(max_length=30, unique=True, editable=False)
    target = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="intentions")
    counter = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="counter_intentions")
    declaring = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="intentions_declared")
    answering = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="intentions_received")
    declaring_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answering_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    broker = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="introductions")
    introduced_at = models.DateTimeField(null=True)
    declaring_confirmed_at = models.DateTimeField(null=True)
    answering_confirmed_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=20, choices=list(ORIGINS.items()))
    origin_uid = models.UUIDField(null=True)
    message = models.TextField(max_length=2000, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    reason_note = models.TextField(max_length=1000, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("intention_archived_pair"),
            state_in(INTENTION.states, "intention_state"),
            models.CheckConstraint(condition=models.Q(origin__in=list(ORIGINS)), name="intention_origin"),
            models.CheckConstraint(condition=models.Q(reason__in=["", *REASONS]), name="intention_reason"),
            models.CheckConstraint(condition=~models.Q(declaring=models.F("answering")), name="intention_two_sides"),
            models.UniqueConstraint(
                "declaring",
                "target",
                Coalesce("counter", 0),
                condition=models.Q(state__in=OPEN_STATES),
                name="intention_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(broker__isnull=True, introduced_at__isnull=True)
                | models.Q(broker__isnull=False, introduced_at__isnull=False),
                name="intention_introduced_pair",
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    @property
    def opened(self) -> bool:
        """Whether contacts and the parties' tier are open to both: accepted, an introduction confirmed by both."""
        confirmed = self.broker_id is None or bool(self.declaring_confirmed_at and self.answering_confirmed_at)
        return confirmed and self.state in AGREED_STATES

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("intention", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`answering`, `declaring`; `both` is held by the declaring side, which asked first."""
        if who == "answering":
            return Holder(organisation=self.answering.uid)
        return Holder(organisation=self.declaring.uid)


class Message(Record):
    """One message of the thread between the two sides."""

    intention = models.ForeignKey(Intention, on_delete=models.PROTECT, related_name="messages")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = personal(
        models.TextField(_("意向中的留言"), max_length=4000),
        purpose=mark("供需双方商谈"),
        basis=mark("履行双方合作所必需（个人信息保护法第13条第1款第2项）"),
        retention=mark("随意向保存，删除个人信息时清除"),
    )

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [archive_pair("message_archived_pair")]

    def __str__(self) -> str:
        """Its beginning."""
        return self.text[:40]
