"""Webhook endpoints and what was sent to them."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.models.record import StatefulRecord, archive_pair, new_uid, state_in

STATES = ("active", "paused", "failed", "blocked")
OUTCOMES = {
    "waiting": _("待发送"),
    "delivered": _("已送达"),
    "failed": _("未送达"),
    "dropped": _("已无权看到，不发送"),
}


class WebhookEndpoint(StatefulRecord):
    """An address that is told of chosen events. `organisation` empty: the platform's own, which hears what is public.

    Secrets are stored encrypted (kernel.webhooks.signing). `failing_since`: the first failure since the last success.
    """

    organisation = models.UUIDField(null=True, db_index=True)
    url = models.CharField(_("接收地址"), max_length=500)
    description = models.CharField(_("用途"), max_length=120)
    types = models.JSONField(_("推送哪些事件"), default=list)
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [archive_pair("webhook_archived_pair"), state_in(STATES, "webhook_state")]

    def __str__(self) -> str:
        """What it is for."""
        return self.description

    def secrets(self, now: datetime) -> list[str]:
        """The stored secrets that sign now: the newest first, the one before it for a day."""
        both = self.previous_secret and self.previous_until is not None and self.previous_until > now
        return [self.secret, self.previous_secret] if both else [self.secret]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("webhook", args=[self.uid])


class WebhookDelivery(models.Model):
    """One event for one endpoint. `uid` names the message in every attempt; the body is made when it is sent.

    `queued_at` is when it last began to be tried (made, or sent again by hand), `lease_holder` the attempt under way.
    `status`, `error`, `answer`, `took` (milliseconds) are those of the last attempt.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.UUIDField(null=True)
    type = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    area = models.CharField(max_length=40, blank=True)
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.UUIDField(null=True)
    attempted_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=20, blank=True)
    answer = models.TextField(blank=True)
    took = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_event_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=sorted(OUTCOMES)), name="webhook_outcome"),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting", ended_at=None)
                | (~models.Q(outcome="waiting") & models.Q(ended_at__isnull=False)),
                name="webhook_ended_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_until=None, lease_holder=None)
                | models.Q(lease_until__isnull=False, lease_holder__isnull=False),
                name="webhook_lease_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=models.Q(outcome="waiting"), name="webhook_due"),
            models.Index(
                fields=["endpoint", "lease_until"], condition=~models.Q(lease_until=None), name="webhook_busy"
            ),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhook_log"),
            models.Index(fields=["ended_at"], name="webhook_ended"),
        ]

    def __str__(self) -> str:
        """Message and type."""
        return f"{self.message} {self.type}"

    @property
    def message(self) -> str:
        """The webhook-id header."""
        return f"msg_{self.uid.hex}"
