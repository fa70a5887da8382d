"""Files in private storage, and what they are attached to."""

from django.db import models

from mengkeju.kernel.models.record import Record, archive_pair


class File(Record):
    """One stored file. `content` is a storage name that never leaves the server; the uid does."""

    name = models.CharField("文件名", max_length=200)
    content = models.FileField(upload_to="%Y/%m/")
    size = models.PositiveBigIntegerField()
    detected_type = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    tier = models.CharField(max_length=10, default="parties")
    owner_organisation = models.UUIDField(null=True)

    class Meta:
        constraints = [archive_pair("file_archived_pair")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Attachment(models.Model):
    """A file on a subject, in a role (e.g. message, evidence)."""

    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments")
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    role = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "subject_type", "subject_uid"], name="attachment_once")]
        indexes = [models.Index(fields=["subject_type", "subject_uid"], name="attachment_subject")]

    def __str__(self) -> str:
        """File and subject."""
        return f"{self.file_id} on {self.subject_type}:{self.subject_uid}"
