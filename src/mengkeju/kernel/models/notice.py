"""Notices: in the application always, by e-mail when the account has an address."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models.record import new_uid, personal
from mengkeju.kernel.words import mark


class Notice(models.Model):
    """One message to one account about one subject."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    account = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=60)
    title = personal(
        models.CharField(_("通知的标题"), max_length=200),
        purpose=mark("告知办理进展"),
        basis=mark("履行服务所必需（个人信息保护法第13条第1款第2项）"),
        retention=mark("删除个人信息时一并删除"),
    )
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    event = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "event"], condition=models.Q(event__isnull=False), name="notice_once"
            )
        ]
        indexes = [models.Index(fields=["account", "read_at", "-created_at"], name="notice_unread")]

    def __str__(self) -> str:
        """Its title."""
        return self.title
