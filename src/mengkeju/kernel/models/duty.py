"""待办: who must do what on which subject until when."""

from django.db import models

from mengkeju.kernel.models.record import new_uid


class Duty(models.Model):
    """Opened and closed by `advance`. Exactly one holder: a role in an area, an organisation or an account.

    `announced_at`: when an organisation was told of it together with its others (`kernel.bundles`).
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    area = models.CharField(max_length=40, blank=True)
    holder_role = models.CharField(max_length=40, blank=True)
    holder_organisation = models.UUIDField(null=True)
    holder_account = models.UUIDField(null=True)
    barred_organisation = models.UUIDField(null=True)
    basis = models.CharField(max_length=200, blank=True)
    escalate_to = models.CharField(max_length=40, blank=True)
    lapse = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    lapse_on = models.DateField(null=True)
    due_provisional = models.BooleanField(default=False)
    announced_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_uid", "key"],
                condition=models.Q(closed_at__isnull=True),
                name="duty_open_once",
            ),
            models.CheckConstraint(
                condition=(
                    ~models.Q(holder_role="") & models.Q(holder_organisation__isnull=True, holder_account__isnull=True)
                )
                | (models.Q(holder_role="", holder_organisation__isnull=False, holder_account__isnull=True))
                | (models.Q(holder_role="", holder_organisation__isnull=True, holder_account__isnull=False)),
                name="duty_one_holder",
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "due_on"], name="duty_open_by_due")]

    def __str__(self) -> str:
        """What is to be done."""
        return self.label
