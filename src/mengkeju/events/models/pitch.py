"""A team from another province or country presents by a remote session; who listens, and who follows it up."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.events.engine.pitch import PITCH
from mengkeju.events.engine.slots import FIGURES
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import Record, StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import mark

LANGUAGES = {"zh-hans": _("中文"), "en": _("英文")}
WISHES = {"need": _("提交本单位的技术需求"), "register": _("请对方注册为区外成员")}
GUEST = {
    "purpose": mark("邀请外部团队远程路演"),
    "basis": mark("为联系受邀人所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("路演时间过后 180 天，由夜间任务清除"),
}


class Pitch(StatefulRecord):
    """An invited team without an account. `origin` is a province's code, or a country or place in words.

    The guest's page is reached by a token, kept as its digest only; it ends with the session. `area` is the host's.
    """

    number = models.CharField(max_length=30, unique=True, editable=False)
    subject = models.CharField(max_length=120)
    team = models.CharField(max_length=160)
    origin = models.CharField(max_length=60, db_index=True)
    contact_name = personal(models.CharField(_("外部团队的联系人"), max_length=60, blank=True), **GUEST)
    email = personal(models.EmailField(_("外部团队的电子邮箱"), blank=True), **GUEST)
    language = models.CharField(max_length=10, choices=list(LANGUAGES.items()))
    zone = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    link = models.CharField(max_length=500)
    words = models.TextField(max_length=1000, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    pitch_title = models.CharField(max_length=120, blank=True)
    abstract = models.TextField(max_length=FIGURES.abstract_most, blank=True)
    answered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    blanked_at = models.DateTimeField(null=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            archive_pair("pitch_archived_pair"),
            state_in(PITCH.states, "pitch_state"),
            models.CheckConstraint(condition=Q(link__startswith="https://"), name="pitch_link_https"),
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="pitch_language"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="pitch_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(origin=""), name="pitch_has_origin"),
            models.CheckConstraint(
                condition=Q(blanked_at=None) | Q(contact_name="", email=""), name="pitch_blanked_is_blank"
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("pitch", args=[self.uid])

    @property
    def shown_title(self) -> str:
        """What the team calls its pitch, or what the host called the session."""
        return self.pitch_title or self.subject

    def duty_holder(self, _who: str) -> Holder:
        """`host`: whoever invited."""
        return Holder(account=self.created_by.uid) if self.created_by else Holder(role="officer", area=self.area)


class Listener(Record):
    """Somebody of an organisation registered to listen."""

    pitch = models.ForeignKey(Pitch, on_delete=models.PROTECT, related_name="listeners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            archive_pair("listener_archived_pair"),
            models.UniqueConstraint(fields=["pitch", "person"], condition=Q(archived_at=None), name="listener_once"),
        ]

    def __str__(self) -> str:
        """Who listens."""
        return f"{self.organisation_id} · {self.pitch_id}"


class PitchInterest(Record):
    """An organisation wants to follow a pitch up: by a need of its own, or by the team becoming a member."""

    pitch = models.ForeignKey(Pitch, on_delete=models.PROTECT, related_name="interests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    wish = models.CharField(max_length=10, choices=list(WISHES.items()))
    note = personal(
        models.TextField(_("对远程路演的关注说明"), max_length=500, blank=True),
        purpose=mark("跟进远程路演"),
        basis=mark("个人主动填写（个人信息保护法第13条第1款第1项）"),
        retention=mark("随路演保存，删除个人信息时清除"),
    )

    class Meta:
        constraints: ClassVar = [
            archive_pair("interest_archived_pair"),
            models.CheckConstraint(condition=Q(wish__in=list(WISHES)), name="interest_wish"),
            models.UniqueConstraint(fields=["pitch", "organisation"], name="interest_once"),
        ]

    def __str__(self) -> str:
        """Who is interested."""
        return f"{self.organisation_id} · {self.pitch_id}"
