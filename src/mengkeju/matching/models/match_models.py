"""Models that make the proposals: which is live. No verbs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from mengkeju.kernel.duties import Holder
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.models.record import archive_pair, state_in
from mengkeju.matching.engine.model_workflow import MODEL


class MatchModel(StatefulRecord):
    """A model trained on this site or brought from another. At most one is live; none: the shipped one is.

    `content` is the file as `engine.model_files` packs it, `sha256` its digest, `body_sha256` that of the numbers
    alone: the same numbers are stored once. `facts` = {"schema", "version", labels by source, what was held back,
    the measures of the model and of the one that was live then}, see `actions.training`.
    """

    version = models.CharField(max_length=80, unique=True)
    family = models.CharField(max_length=20)
    engine = models.CharField(max_length=20)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    card = models.TextField()
    trained_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            archive_pair("match_model_archived_pair"),
            state_in(MODEL.states, "match_model_state"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="live"), name="match_model_one_live"),
        ]

    def duty_holder(self, _key: str) -> Holder:
        """The operators: one of them but not the one who asked."""
        return Holder(role="operator")

    def __str__(self) -> str:
        """Its version."""
        return self.version

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("match-model", args=[self.uid])
