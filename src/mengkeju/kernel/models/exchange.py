"""Import batches: a file somebody brought, its rows as they were read, and what became of each."""

import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.import_states import IMPORT
from mengkeju.kernel.models.record import StatefulRecord, archive_pair, personal, state_in
from mengkeju.kernel.words import mark

STAGES = ("sheet", "mapping", "checking", "preview")
VERDICTS = ("", "create", "change", "same", "bad")
OUTCOMES = ("", "created", "changed", "unchanged", "failed")
SENT = ("", "waiting", "done", "refused")
ROW_MARKS = {
    "purpose": mark("核对并写入导入的表格，退回有误的行"),
    "basis": mark("为履行单位委托的信息发布所必需（个人信息保护法第13条第1款第2项）"),
    "retention": mark("到期自动删除，天数见 retention.yaml"),
}


class ReadableEncoder(DjangoJSONEncoder):
    """Chinese stays Chinese in the database: a third of the size, and an erasure can look for a name."""

    def __init__(self, **options: Any) -> None:
        """As json calls it, but never with escapes."""
        super().__init__(**{**options, "ensure_ascii": False})


class ImportBatch(StatefulRecord):
    """One file for one importer (see kernel.exchange.importers), from upload to result.

    `owner` is the organisation whose records the rows become; `organisation` whose people see the batch besides the
    person who sent it (empty when its rows concern several). `content` is kept only until its sheet is read into rows.
    `stage` is the step before the confirmation. `version` is that of the JSON columns here and in the rows:
    columns [{heading, letter, unit, money}], mapping {heading: field}.
    `claim` keeps a second batch from the same file out from the confirmation on.
    """

    importer = models.CharField(max_length=40)
    owner = models.UUIDField()
    organisation = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    content = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    stage = models.CharField(max_length=10, default="mapping")
    sheets = models.JSONField(default=list, encoder=ReadableEncoder)
    sheet = models.CharField(max_length=100, blank=True)
    columns = models.JSONField(default=list, encoder=ReadableEncoder)
    unit = models.CharField(max_length=10, blank=True)
    notices = models.JSONField(default=list, encoder=ReadableEncoder)
    mapping = models.JSONField(default=dict, encoder=ReadableEncoder)
    version = models.PositiveSmallIntegerField(default=1)
    total = models.PositiveIntegerField(default=0)
    secrecy_reviewed_at = models.DateTimeField()
    claim = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - NULLs are many, a claim is one
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    act = models.CharField(max_length=20, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    moved_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            archive_pair("import_archived_pair"),
            state_in(IMPORT.states, "import_state"),
            models.CheckConstraint(condition=models.Q(stage__in=STAGES), name="import_stage"),
        ]
        indexes = [models.Index(fields=["owner", "importer", "digest"], name="import_same_file")]

    def __str__(self) -> str:
        """The file's name."""
        return self.file_name


class ImportRow(models.Model):
    """A row of the file. `cells` heading → text; `faults` heading → what the reader found wrong ("" = the whole row).

    After the check: `values` field → value as the importer writes it, `problems` [[heading, level, message]] with level
    error or warning, `verdict` what confirming does. `target` is the record it would change, at `revision`. After the
    confirmation: `outcome`, `subject`; `sent` is how the act on the whole batch went. The three marked columns are
    emptied by an erasure and when the data are discarded.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = personal(models.JSONField(_("表格内容"), null=True, encoder=ReadableEncoder), **ROW_MARKS)
    values = personal(models.JSONField(_("读出的值"), null=True, encoder=ReadableEncoder), **ROW_MARKS)
    problems = personal(models.JSONField(_("问题"), null=True, encoder=ReadableEncoder), **ROW_MARKS)
    faults = models.JSONField(default=dict, encoder=ReadableEncoder)
    verdict = models.CharField(max_length=10, blank=True)
    warned = models.BooleanField(default=False)
    target = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    subject = models.UUIDField(null=True)
    sent = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_once"),
            models.CheckConstraint(condition=models.Q(verdict__in=VERDICTS), name="import_row_verdict"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="import_row_outcome"),
            models.CheckConstraint(condition=models.Q(sent__in=SENT), name="import_row_sent"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="import_row_pending")]

    def __str__(self) -> str:
        """Where it stood."""
        return f"{self.batch_id}:{self.number}"

    @property
    def text(self) -> str:
        """Everything kept of it, as one text."""
        return json.dumps([self.cells, self.values, self.problems], cls=ReadableEncoder)


class ImportMapping(models.Model):
    """What an organisation means by a heading: confirmed once, suggested from then on. `field` may be "ignore"."""

    organisation = models.UUIDField()
    importer = models.CharField(max_length=40)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "importer", "heading"], name="import_mapping_once")
        ]

    def __str__(self) -> str:
        """Heading and field."""
        return f"{self.heading} → {self.field}"
