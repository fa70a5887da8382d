"""A one-to-one meeting of two organisations, and the times proposed for it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models import Intention
from mengkeju.directory.models import Organisation, Person
from mengkeju.events.engine.meeting import MEETING
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing

MODES = {"remote": _("远程会面"), "place": _("当面会面")}
ORIGINS = {"listing": _("浏览"), "match": _("推荐"), "intention": _("合作意向"), "broker": _("经纪人安排")}
SIDES = ("requesting", "invited")
TALK = {
    "purpose": mark("双方约见和跟进"),
    "basis": mark("履行双方合作所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("随会面保存，删除个人信息时清除"),
}


class Meeting(StatefulRecord):
    """The requesting organisation wants to meet the invited one about its listing.

    `counter` is the requester's own listing, if named. `starts_at`, `ends_at` are the time that was chosen; `round`
    is the round of times now on offer. Message, link, place, note and next step are for those who take part.
    """

    number = models.CharField(max_length=30, unique=True, editable=False)
    title = models.CharField(max_length=120)
    about = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="meetings")
    counter = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="counter_meetings")
    intention = models.ForeignKey(Intention, null=True, on_delete=models.PROTECT, related_name="meetings")
    origin = models.CharField(max_length=20, choices=list(ORIGINS.items()))
    origin_uid = models.UUIDField(null=True)
    requesting = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="meetings_requested")
    invited = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="meetings_received")
    requesting_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    invited_person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    broker = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="arranged_meetings")
    mode = models.CharField(max_length=10, choices=list(MODES.items()))
    place = personal(models.CharField(_("会面地点"), max_length=200, blank=True), **TALK)
    link = personal(models.CharField(_("远程会议链接"), max_length=500, blank=True), **TALK)
    message = personal(models.TextField(_("会面邀请的附言"), max_length=2000, blank=True), **TALK)
    round = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    note = personal(models.TextField(_("会面纪要"), max_length=4000, blank=True), **TALK)
    next_step = personal(models.TextField(_("会面约定的下一步"), max_length=1000, blank=True), **TALK)
    next_on = models.DateField(null=True)
    next_by = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    reason_note = models.TextField(max_length=1000, blank=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("meeting_archived_pair"),
            state_in(MEETING.states, "meeting_state"),
            models.CheckConstraint(condition=Q(origin__in=list(ORIGINS)), name="meeting_origin"),
            models.CheckConstraint(condition=Q(mode__in=list(MODES)), name="meeting_mode"),
            models.CheckConstraint(condition=Q(reason__in=["", *REASONS]), name="meeting_reason"),
            models.CheckConstraint(condition=Q(next_by__in=["", *SIDES]), name="meeting_next_by"),
            models.CheckConstraint(condition=~Q(requesting=F("invited")), name="meeting_two_sides"),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="https://"), name="meeting_link_https"),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")), name="meeting_time_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["scheduled", "over", "held", "closed", "missed"]) | Q(starts_at__isnull=False),
                name="meeting_scheduled_has_time",
            ),
            models.UniqueConstraint(
                fields=["requesting", "about"],
                condition=Q(state__in=["requested", "countered", "scheduled"]),
                name="meeting_open_once",
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("meeting", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`requesting`, `invited`, or `next`: the side that does the next step."""
        side = self.next_by if who == "next" else who
        return Holder(organisation=self.invited.uid if side == "invited" else self.requesting.uid)


class Slot(Record):
    """One proposed time. `round` counts the proposals, `side` is who made it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="slots")
    round = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            archive_pair("slot_archived_pair"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="slot_side"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_begins"),
            models.UniqueConstraint(fields=["meeting", "round", "starts_at"], name="slot_once"),
        ]

    def __str__(self) -> str:
        """From when."""
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
