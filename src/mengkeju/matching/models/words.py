"""Pairs of words found in public texts, for a person to judge. No verbs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.models import Term
from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.matching.engine.word_workflow import WORD_PAIR

KINDS = {"synonym": _("同义词"), "narrower": _("上下位词")}
LONGEST = 40


class WordPair(StatefulRecord):
    """Two words that may mean the same, or an upper term (`one`) and a lower one (`other`); nothing acts by itself.

    `one_key`, `other_key` are the folded words, of synonyms in order: a pair is there once, and what was refused is
    not proposed again. `evidence` = {"schema", "version", "counts": kind → texts, "texts": uids of listings open to
    everybody, "likeness"}; no text is kept here. `gone_at`: the last run no longer found it. `term`: where the
    accepted words stand.
    """

    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    one = models.CharField(max_length=LONGEST)
    other = models.CharField(max_length=LONGEST)
    one_key = models.CharField(max_length=LONGEST)
    other_key = models.CharField(max_length=LONGEST)
    score = models.FloatField()
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    term = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            archive_pair("word_pair_archived_pair"),
            state_in(WORD_PAIR.states, "word_pair_state"),
            models.UniqueConstraint(fields=["kind", "one_key", "other_key"], name="word_pair_once"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="word_pair_kind"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="word_pair_score"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-score"], name="word_pair_best")]

    def __str__(self) -> str:
        """Both words."""
        return f"{self.one} ≈ {self.other}" if self.kind == "synonym" else f"{self.one} ⊃ {self.other}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("match-word", args=[self.uid])

    def duty_holder(self, _key: str) -> Holder:
        """Whoever runs the platform."""
        return Holder(role="operator")
