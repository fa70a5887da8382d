"""Proposals, who was shown them, what people made of them, and listings waiting to be matched. No verbs."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair, new_uid
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import mark
from mengkeju.listings.models import Listing
from mengkeju.matching.definitions import STEPS
from mengkeju.matching.engine.bands import bands

BANDS = ["", *(b.key for b in bands())]
SIDES = {"need": mark("需求一方"), "achievement": mark("供方")}
VERDICTS = {"aside": mark("暂不考虑"), "suits": mark("合适")}


class Proposal(Record):
    """A need and an achievement that may fit: one row per pair for ever, live while `retired_at` is empty.

    `need_rank` is the achievement's place in the need's own list (from 1), `achievement_rank` the reverse;
    empty = not on that list. `p2`, `p3`, `p4` are P(level ≥ 2, 3, 4), `expected` lies in [1, 4], `band` is
    empty below the bands. `reasons` = {"schema", "version", …}, see `queries.reasons.read`. Both texts it
    quotes are public. `area` is the need's; `created_at` is when the pair was first proposed.

    What judgements make of it on the need's list stands in `need_…`, on the achievement's in `achievement_…`; `…_band`
    and `…_expected` are empty where nothing moves it. `base` and `…_judged`: see `queries.judgements`.
    """

    need = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="proposals_as_need")
    achievement = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="proposals_as_achievement")
    need_rank = models.PositiveSmallIntegerField(null=True)
    achievement_rank = models.PositiveSmallIntegerField(null=True)
    expected = models.FloatField()
    p2 = models.FloatField()
    p3 = models.FloatField()
    p4 = models.FloatField()
    band = models.CharField(max_length=10, blank=True)
    reasons = models.JSONField(default=dict)
    base = models.JSONField(default=dict)
    need_expected = models.FloatField(null=True)
    need_band = models.CharField(max_length=10, null=True)  # noqa: DJ001 - "" is a standing of its own: below the bands
    need_judged = models.JSONField(default=list)
    achievement_expected = models.FloatField(null=True)
    achievement_band = models.CharField(max_length=10, null=True)  # noqa: DJ001 - as above
    achievement_judged = models.JSONField(default=list)
    model_version = models.CharField(max_length=120)
    computed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("proposal_archived_pair"),
            models.UniqueConstraint(fields=["need", "achievement"], name="proposal_once"),
            models.CheckConstraint(condition=~Q(need=F("achievement")), name="proposal_two_sides"),
            models.CheckConstraint(
                condition=Q(p4__gte=0, p4__lte=F("p3"), p3__lte=F("p2"), p2__lte=1, expected__gte=1, expected__lte=4),
                name="proposal_chances",
            ),
            models.CheckConstraint(condition=Q(band__in=BANDS), name="proposal_band"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{side}_expected": None, f"{side}_band": None})
                    | Q(
                        **{f"{side}_expected__gte": 1, f"{side}_expected__lte": 4, f"{side}_band__in": BANDS},
                    ),
                    name=f"proposal_{side}_view",
                )
                for side in ("need", "achievement")
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=False) | Q(need_rank__isnull=False) | Q(achievement_rank__isnull=False),
                name="proposal_live_is_listed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["need", "need_rank"], condition=Q(retired_at=None), name="proposal_of_need"),
            models.Index(
                fields=["achievement", "achievement_rank"],
                condition=Q(retired_at=None),
                name="proposal_of_achievement",
            ),
        ]

    def __str__(self) -> str:
        """The two titles."""
        return f"{self.need.title} ↔ {self.achievement.title}"

    def get_absolute_url(self) -> str:
        """The need's list, at this card."""
        return f"{reverse('listing-matches', args=[self.need.uid])}#match-{self.uid}"

    def side_of(self, listing: Listing) -> str:
        """Which end a listing is: need or achievement. ValueError when it is neither."""
        if listing.pk == self.need_id:
            return "need"
        if listing.pk == self.achievement_id:
            return "achievement"
        msg = f"listing {listing.pk} is at neither end of proposal {self.pk}"
        raise ValueError(msg)

    def other(self, listing: Listing) -> Listing:
        """The listing at the other end."""
        return self.achievement if self.side_of(listing) == "need" else self.need


class Showing(models.Model):
    """A proposal was shown to an organisation on a day; `account` (its uid) only with consent. A year at most."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="showings")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    account = personal(
        models.UUIDField(_("看过推荐的账号"), null=True),
        purpose=mark("统计推荐是否有用"),
        basis=mark("个人同意（个人信息保护法第13条第1款第1项）"),
        retention=mark("一年，或撤回同意时"),
    )
    rank = models.PositiveSmallIntegerField()
    model_version = models.CharField(max_length=120)
    day = models.DateField(db_index=True)
    shown_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("proposal", Coalesce("organisation", 0), "day", name="showing_once_a_day"),
        ]

    def __str__(self) -> str:
        """When and in which place."""
        return f"{self.day} #{self.rank}"


class Feedback(models.Model):
    """暂不考虑 or 合适: one judge's word on a proposal, seen by himself only. Withdrawn ones stay for learning.

    The judge is the organisation, or the person where a broker acts for none. `side`: from whose list it was said, and
    so which list it teaches.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="feedback")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=11, choices=list(SIDES.items()), default="need")
    verdict = models.CharField(max_length=5, choices=list(VERDICTS.items()), default="aside")
    reason = models.CharField(max_length=30, blank=True)
    note = personal(
        models.TextField(_("暂不考虑的说明"), max_length=500, blank=True),
        purpose=mark("说明暂不考虑的原因"),
        basis=mark("个人主动填写（个人信息保护法第13条第1款第1项）"),
        retention=mark("随反馈保存，删除个人信息时清除"),
    )
    model_version = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "organisation"],
                condition=Q(withdrawn_at=None, organisation__isnull=False),
                name="feedback_open_once",
            ),
            models.UniqueConstraint(
                fields=["proposal", "person"],
                condition=Q(withdrawn_at=None, organisation=None),
                name="feedback_person_open_once",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(person__isnull=False), name="feedback_judge"
            ),
            models.CheckConstraint(condition=Q(side__in=list(SIDES)), name="feedback_side"),
            models.CheckConstraint(
                condition=Q(verdict="aside", reason__in=list(REASONS)) | Q(verdict="suits", reason="", note=""),
                name="feedback_reason",
            ),
        ]

    def __str__(self) -> str:
        """The reason's key, or the verdict."""
        return self.reason or self.verdict


class Outcome(models.Model):
    """How far a proposal came; each step is noted once, the first time. `side`: who took it; empty: not one side."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="outcomes")
    step = models.CharField(max_length=10, choices=list(STEPS.items()))
    side = models.CharField(max_length=11, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "step"], name="outcome_once"),
            models.CheckConstraint(condition=Q(step__in=list(STEPS)), name="outcome_step"),
            models.CheckConstraint(condition=Q(side__in=["", *SIDES]), name="outcome_side"),
        ]

    def __str__(self) -> str:
        """The step."""
        return self.step


class Waiting(models.Model):
    """A published listing that changed and is to be matched by the next task."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        """Which."""
        return str(self.listing_id)


class ListingVector(models.Model):
    """A matched listing as n-grams (`engine.hashed`), so that likeness is told without the fitted shelf.

    Written by the worker from public text. `body` keeps the weightiest n-grams only. `stage` is the maturity.
    `latent` is the title in the latent space `space` (`engine.latent`); both are empty where the shelf is too small for
    one. Rows of different spaces are not compared.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="+", primary_key=True)
    side = models.CharField(max_length=11, choices=list(SIDES.items()))
    title = models.BinaryField()
    body = models.BinaryField()
    stage = models.CharField(max_length=10, blank=True)
    latent = models.BinaryField(default=bytes)
    space = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        """Whose."""
        return str(self.listing_id)


class Alike(models.Model):
    """Two near-duplicates of one side, in both directions; kept where at least one of them was judged."""

    one = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["one", "other"], name="alike_once")]

    def __str__(self) -> str:
        """Which."""
        return f"{self.one_id} ~ {self.other_id}"


class Running(models.Model):
    """An intention runs between a need and an achievement: the pair is no open proposal to those who know of it.

    Those are the people of the two owners and the broker whose person uid is `introduced_by`.
    """

    need = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    achievement = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    introduced_by = models.UUIDField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["need", "achievement"], name="running_once")]

    def __str__(self) -> str:
        """Which pair."""
        return f"{self.need_id} ↔ {self.achievement_id}"


def sides(listing: Listing) -> tuple[str, str]:
    """(the end a listing stands at, its rank field), e.g. ("need", "need_rank"); ("", "") when not matched."""
    side = listing.kind_spec.side
    return (side, f"{side}_rank") if side else ("", "")
