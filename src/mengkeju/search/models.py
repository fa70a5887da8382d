"""The log of searches. What can be found lies in the index, not here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models import personal
from mengkeju.kernel.models.record import new_uid
from mengkeju.kernel.words import mark

SEARCHED = {
    "purpose": mark("说明意向从哪次搜索而来，改进搜索"),
    "basis": mark("个人同意（个人信息保护法第13条）；未同意时不记录登录账号"),
    "retention": mark("90 天后清除文字与账号"),
}


class SearchLog(models.Model):
    """One search: its words, who (only by consent) and for which organisation, when, how many hits."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    account = personal(models.UUIDField(_("搜索的账号"), null=True), **SEARCHED)
    organisation = models.UUIDField(null=True)
    text = personal(models.TextField(_("搜索的文字"), blank=True), **SEARCHED)
    at = models.DateTimeField(db_index=True)
    total = models.PositiveIntegerField()
    pruned_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pruned_at__isnull=True) | models.Q(text="", account=None), name="search_log_pruned"
            )
        ]

    def __str__(self) -> str:
        """When."""
        return f"search at {self.at:%Y-%m-%d %H:%M}"
