"""The log of searches, and searches kept to be told of news. What can be found lies in the index, not here."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models import Record, personal
from mengkeju.kernel.models.record import archive_pair, new_uid
from mengkeju.kernel.words import mark
from mengkeju.search.engine.saved import Way

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


SAVED = {
    "purpose": mark("按本人设的条件提醒新的需求与成果"),
    "basis": mark("履行服务所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("本人删除提醒时清除；注销时清除"),
}


class SavedSearch(Record):
    """A search somebody keeps to be told of what is new: his own, or one for all members of an organisation.

    `query` is the search in its one spelling (engine/saved.py). Events after (`since_xact`, `since_position`) in the
    record count: what was there before was on the page when it was saved, or is on it when it goes on after a pause.
    """

    account = personal(models.UUIDField(_("设提醒的账号"), null=True, db_index=True), **SAVED)
    organisation = models.UUIDField(null=True, db_index=True)
    name = personal(models.CharField(_("提醒的名称"), max_length=60, blank=True), **SAVED)
    query = personal(models.JSONField(_("提醒的搜索条件"), null=True), **SAVED)
    way = models.CharField(max_length=10, default=Way.DAILY)
    paused_at = models.DateTimeField(null=True)
    since_xact = models.BigIntegerField(default=0)
    since_position = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            archive_pair("saved_search_archived_pair"),
            models.CheckConstraint(condition=models.Q(way__in=[str(way) for way in Way]), name="saved_search_way"),
        ]
        indexes: ClassVar = [models.Index(fields=["archived_at", "paused_at", "way"], name="saved_search_live")]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("saved-search", args=[self.uid])


class SavedSearchReader(models.Model):
    """How one account stands to a saved search: when it was last told and last looked, and whether it wants none."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="readers")
    account = models.UUIDField()
    told_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["search", "account"], name="saved_search_reader_once")]

    def __str__(self) -> str:
        """Which search."""
        return f"reader of {self.search_id}"


class SavedSearchHit(models.Model):
    """An object a saved search found for an account after it was published or changed; told once, at `told_at`."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    account = models.UUIDField()
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    noted_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["search", "account", "subject_type", "subject_uid"], name="saved_search_hit_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["told_at", "noted_at"], name="saved_search_hit_due"),
            models.Index(fields=["search", "account", "-told_at"], name="saved_search_hit_told"),
        ]

    def __str__(self) -> str:
        """What was found."""
        return f"{self.subject_type}:{self.subject_uid}"
