"""What a technology-transfer body achieved in a year, as the authority judged it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.bodies import BODIES
from mengkeju.kernel.models import Record
from mengkeju.kernel.models.record import archive_pair
from mengkeju.kernel.words import word


class BodyEvaluation(Record):
    """The yearly evaluation (年度评价) of one body; entered wrongly, it is archived with the reason."""

    holder = models.ForeignKey("directory.Organisation", on_delete=models.PROTECT, related_name="evaluations")
    year = models.PositiveSmallIntegerField(_("评价年度"))
    result = models.CharField(_("评价结果"), max_length=20)
    basis = models.CharField(_("依据"), max_length=300)
    decided_on = models.DateField(_("公布日期"))

    class Meta:
        ordering: ClassVar = ["-year", "-pk"]
        constraints: ClassVar = [
            archive_pair("body_evaluation_archived_pair"),
            models.CheckConstraint(condition=models.Q(result__in=list(BODIES.results)), name="body_evaluation_result"),
            models.CheckConstraint(condition=~models.Q(basis=""), name="body_evaluation_has_basis"),
            models.UniqueConstraint(
                fields=["holder", "year"], condition=models.Q(archived_at=None), name="body_evaluation_once"
            ),
        ]

    def __str__(self) -> str:
        """Year and result in the reader's language."""
        return f"{self.year} {word(BODIES.results[self.result])}"

    def get_absolute_url(self) -> str:
        """It is shown on its holder's page."""
        return f"{self.holder.get_absolute_url()}#evaluation-{self.uid}"
