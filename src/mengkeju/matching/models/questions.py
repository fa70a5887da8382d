"""Doubts about proposals, and who wants none made by programme. No verbs."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord, personal
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing
from mengkeju.matching.engine.workflow import QUESTION
from mengkeju.matching.models.proposals import Proposal

ASKED = {
    "purpose": mark("答复本人对自动推荐的疑问"),
    "basis": mark("个人就自动化决策要求说明（个人信息保护法第24条、第50条）"),
    "retention": mark("随疑问保存，删除个人信息时清除"),
}


class Question(StatefulRecord):
    """A person's doubt about a proposal, or about having none; answered in writing by a person, twice at most.

    `listing` is the asker's side; `proposal` is empty where none was made. `organisation`: of the asker, if it owns
    the listing. `shown` = the proposal's reasons when it was asked, with its band ({} without one). `area` is the
    listing's.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.PROTECT, related_name="questions")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    shown = models.JSONField(default=dict)
    text = personal(models.TextField(_("对推荐的疑问"), max_length=2000), **ASKED)
    answer = personal(models.TextField(_("对疑问的答复"), max_length=4000, blank=True), **ASKED)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    again = personal(models.TextField(_("再次提出的疑问"), max_length=2000, blank=True), **ASKED)
    again_at = models.DateTimeField(null=True, editable=False)
    second_answer = personal(models.TextField(_("再次的答复"), max_length=4000, blank=True), **ASKED)
    second_answered_at = models.DateTimeField(null=True, editable=False)
    second_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        constraints: ClassVar = [
            archive_pair("match_question_archived_pair"),
            state_in(QUESTION.states, "match_question_state"),
            models.UniqueConstraint(
                "listing", "person", Coalesce("proposal", 0), condition=~Q(state="closed"), name="match_question_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="match_question_answer_pair",
            ),
            models.CheckConstraint(
                condition=Q(second_answered_at__isnull=True, second_answered_by__isnull=True)
                | Q(second_answered_at__isnull=False, second_answered_by__isnull=False, again_at__isnull=False),
                name="match_question_second_pair",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "state_at"], name="match_question_waiting")]

    def __str__(self) -> str:
        """What it is about."""
        return str(self.proposal) if self.proposal is not None else self.listing.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("match-question", args=[self.uid])

    def duty_holder(self, who: str) -> Holder:
        """`asker`: the person; `operator`: whoever runs the platform."""
        if who == "asker" and self.person.account is not None:
            return Holder(account=self.person.account.uid)
        return Holder(role="operator")


class AutomationChoice(models.Model):
    """Whether a person wants proposals made by programme: `off_since` empty = yes, as for those without a row."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    off_since = personal(
        models.DateTimeField(_("关闭自动推荐的时间"), null=True),
        purpose=mark("不再向本人作自动推荐"),
        basis=mark("个人拒绝自动化决策（个人信息保护法第24条）"),
        retention=mark("到本人重新打开为止，删除个人信息时清除"),
    )

    def __str__(self) -> str:
        """On or off."""
        return "off" if self.off_since else "on"
