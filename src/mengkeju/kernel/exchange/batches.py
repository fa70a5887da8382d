"""An import from upload to confirmation. Nothing the rows would become is written here: see `running`.

upload → (choose_sheet) → map_columns → check → confirm or cancel. Every step asks for the permission anew.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File as DjangoFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mengkeju.kernel import jobs
from mengkeju.kernel.access import Actor, require, visible_to
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.exchange import (
    IGNORE,
    Row,
    Suggestion,
    Table,
    TableRefusedError,
    chosen_columns,
    read_table,
    suggest,
)
from mengkeju.kernel.exchange.access import READ, UPLOAD
from mengkeju.kernel.exchange.headers import normalise
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, ImportColumn, Importer, Judged, Sheet, importers
from mengkeju.kernel.exchange.layout import SERIAL
from mengkeju.kernel.exchange.rows import MAX_BYTES
from mengkeju.kernel.import_states import CHANGE
from mengkeju.kernel.models import ImportBatch, ImportMapping, ImportRow
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError

MAX_ROWS = 20_000
AT_ONCE = 500  # rows checked while the person waits; more are checked by a job
CHUNK = 1000
WRITABLE = ("create", "change", "same")
RUN, CHECK = "mengkeju.kernel.tasks.run_import", "mengkeju.kernel.tasks.check_import"
# A column this platform adds to the file of wrong rows; it fills nothing when it comes back.
ERRORS_HEADING = "错误说明"
GUIDE = gettext_noop("填写说明")  # the second sheet of a template, in either language


class SameFileError(Exception):
    """The same file was confirmed before for the same organisation and kind. `first` is that batch."""

    def __init__(self, first: ImportBatch) -> None:
        """The page leads to it."""
        super().__init__("same file")
        self.first = first


def importer_of(batch: ImportBatch) -> Importer:
    """What its rows become."""
    return importers[batch.importer]


# ---- Upload ------------------------------------------------------------------------------------------


def upload(
    file: IO[bytes],
    name: str,
    importer: str,
    *,
    owner: UUID,
    declared: bool,
    by: Actor,
    now: datetime,
    area: str = "",
) -> ImportBatch:
    """Read a file and keep its rows; with several sheets only the file, until one is chosen.

    Raises TableRefusedError (the file), ValidationError (`declared`: 已作保密审查 is missing; the kind), RefusedError.
    """
    require(by, UPLOAD)
    if importer not in importers:
        raise ValidationError({"kind": _("没有这一类可以导入")})
    importers[importer].may(by, owner)
    if not declared:
        raise ValidationError({"declared": _("请确认这份文件已按本单位规定作保密审查，不含国家秘密和工作秘密")})
    with tempfile.NamedTemporaryFile() as kept:
        digest, size = _copy(file, name, kept)
        table = read_table(Path(kept.name), name=name)
        limit_rows(name, table)
        batch = ImportBatch(
            importer=importer,
            owner=owner,
            organisation=owner if owner in by.organisations and not importers[importer].private else None,
            area=area,
            file_name=name[-200:],
            size=size,
            digest=digest,
            sheets=[sheet for sheet in table.sheets if sheet not in {GUIDE, _(GUIDE)}],
            secrecy_reviewed_at=now,
        )
        with transaction.atomic():
            several = len(batch.sheets) > 1
            batch.stage, batch.sheet = ("sheet", table.sheet) if several else ("mapping", table.sheet)
            begin(batch, by=by, now=now, payload={"importer": importer, "sha256": digest}, organisation=owner)
            if several:
                kept.seek(0)
                batch.content.save(batch.uid.hex, DjangoFile(kept), save=True)
            else:
                keep_rows(batch, table)
    return batch


def _copy(file: IO[bytes], name: str, kept: IO[bytes]) -> tuple[str, int]:
    """(sha256, size); a file beyond the limit is refused before it is copied as a whole."""
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(1 << 20):
        size += len(chunk)
        if size > MAX_BYTES:
            said = _("“{name}”超过 {most} MB，请分成几个文件")
            raise TableRefusedError(said.format(name=name, most=MAX_BYTES // 1024 // 1024))
        digest.update(chunk)
        kept.write(chunk)
    kept.flush()
    return digest.hexdigest(), size


def limit_rows(name: str, table: Table) -> None:
    """TableRefusedError for more rows than one batch takes."""
    if len(table.rows) > MAX_ROWS:
        said = _("“{name}”有 {count} 行，一次最多导入 {most} 行，请分成几个文件")
        raise TableRefusedError(said.format(name=name, count=len(table.rows), most=MAX_ROWS))


def choose_sheet(batch: ImportBatch, sheet: str, *, by: Actor) -> ImportBatch:
    """Read one sheet of the kept file; the file itself is deleted then. Raises TableRefusedError."""
    require(by, CHANGE, batch)
    with transaction.atomic():
        fresh = lock(batch)
        require(by, CHANGE, fresh)
        _must(fresh, fresh.stage == "sheet" and bool(fresh.content))
        if sheet not in fresh.sheets:
            raise TableRefusedError(_("“{name}”里没有工作表“{sheet}”").format(name=fresh.file_name, sheet=sheet))
        table = read_table(Path(fresh.content.path), sheet=sheet, name=fresh.file_name)
        limit_rows(fresh.file_name, table)
        fresh.sheet = sheet
        keep_rows(fresh, table)
        drop_content(fresh)
    return fresh


def drop_content(batch: ImportBatch) -> None:
    """Forget the file itself, after the commit."""
    if batch.content:
        storage, name = batch.content.storage, str(batch.content.name)
        batch.content = ""
        batch.save(update_fields=["content"])
        transaction.on_commit(lambda: storage.delete(name))


def _must(batch: ImportBatch, condition: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if batch.state != "draft" or not condition:
        raise TransitionRefusedError(_("这一批已经往前走了，请刷新页面看现在的情况"), "wrong_state")


def keep_rows(batch: ImportBatch, table: Table) -> None:
    """Keep headings and rows of a sheet: the batch waits for its mapping. In a transaction."""
    batch.columns = [{"heading": c.heading, "letter": c.letter, "unit": c.unit} for c in table.columns]
    batch.unit, batch.notices, batch.total = table.unit, list(table.notices), len(table.rows)
    batch.stage = "mapping"
    batch.save()
    batch.rows.all().delete()
    ImportRow.objects.bulk_create((_kept(batch, row) for row in table.rows), batch_size=CHUNK)


def _kept(batch: ImportBatch, row: Row) -> ImportRow:
    faults = {**row.errors, **({"": row.problem} if row.problem else {})}
    return ImportRow(batch=batch, number=row.number, cells=row.cells, faults=faults)


# ---- Mapping -----------------------------------------------------------------------------------------


def headings(batch: ImportBatch) -> list[str]:
    """The headings of the file, in order."""
    return [column["heading"] for column in batch.columns]


def suggestions(batch: ImportBatch) -> tuple[Suggestion, ...]:
    """What each heading probably fills: as chosen before in this batch, as the organisation chose, or by its words."""
    columns = importer_of(batch).columns()
    known = {c.key: c.words for c in columns}
    kept = dict.fromkeys((normalise(heading) for heading in (ERRORS_HEADING, *SERIAL)), IGNORE)
    rows = ImportMapping.objects.filter(organisation=batch.owner, importer=batch.importer)
    kept |= dict(rows.values_list("heading", "field"))
    kept |= {normalise(heading): field for heading, field in batch.mapping.items()}
    return suggest(headings(batch), known, kept)


def map_columns(
    batch: ImportBatch, mapping: Mapping[str, str], *, by: Actor, now: datetime, revision: int | None = None
) -> ImportBatch:
    """Say what each heading fills (a field or "ignore") and check the rows, many of them by a job.

    Raises TwoColumnsError, ValidationError (a required field has no column, an unknown field), StaleRevisionError.
    """
    require(by, CHANGE, batch)
    with transaction.atomic():
        fresh = lock(batch, revision)
        require(by, CHANGE, fresh)
        _must(fresh, fresh.stage != "sheet")
        importer_of(fresh).may(by, fresh.owner)
        fresh.mapping = _chosen(fresh, mapping)
        fresh.stage, fresh.moved_at, fresh.acted_by_id = "checking", now, by.account_id
        fresh.revision += 1
        fresh.save()
        if fresh.total > AT_ONCE:
            jobs.defer(CHECK, str(fresh.uid), fresh.revision)
    return fresh if fresh.total > AT_ONCE else check(fresh, by=by, now=now)


def _chosen(batch: ImportBatch, mapping: Mapping[str, str]) -> dict[str, str]:
    columns = {c.key: c for c in importer_of(batch).columns()}
    named = {heading: mapping.get(heading) or IGNORE for heading in headings(batch)}
    chosen = chosen_columns(headings(batch), named)
    unknown = set(chosen.field_of.values()) - set(columns)
    if unknown:
        raise ValidationError(_("没有这些字段：%(fields)s") % {"fields": ", ".join(sorted(unknown))})
    missing = [c for c in columns.values() if c.required and c.key not in chosen.field_of.values()]
    if missing:
        said = _("没有哪一列是“%(field)s”，请选一列")
        raise ValidationError([said % {"field": word(c)} for c in missing])
    return named


def field_of(batch: ImportBatch) -> dict[str, str]:
    """Heading → field, without those ignored."""
    return {heading: field for heading, field in batch.mapping.items() if field != IGNORE}


def sheet_of(batch: ImportBatch, by: Actor) -> Sheet:
    """What the importer must know of the whole batch."""
    columns: dict[str, ImportColumn] = {c.key: c for c in importer_of(batch).columns()}
    own = {column["heading"]: column["unit"] for column in batch.columns}
    fields = field_of(batch)
    units = {f: own.get(h, "") or (batch.unit if columns[f].money else "") for h, f in fields.items()}
    return Sheet(batch.owner, by, {field: heading for heading, field in fields.items()}, units)


# ---- Check -------------------------------------------------------------------------------------------


def check(batch: ImportBatch, *, by: Actor, now: datetime) -> ImportBatch:
    """Judge every row as `by` and keep the result. The answer of a mapping that was changed meanwhile is dropped."""
    rows = list(batch.rows.order_by("number"))
    fields = field_of(batch)
    given = [
        Given(r.number, {f: (r.cells or {}).get(h, "") for h, f in fields.items()}, _faults(r, fields)) for r in rows
    ]
    sheet = sheet_of(batch, by)
    judged = list(importer_of(batch).judge(sheet, given))
    for row, verdict in zip(rows, judged, strict=True):
        _put(row, verdict)
    with transaction.atomic():
        fresh = lock(batch)
        if fresh.revision != batch.revision or fresh.state != "draft":
            return fresh
        # Written anew: thousands of rows in one statement each, where updates would take one per row.
        fresh.rows.all().delete()
        for row in rows:
            row.pk = None
        ImportRow.objects.bulk_create(rows, batch_size=CHUNK)
        fresh.stage, fresh.moved_at = "preview", now
        # Rows of several organisations are for nobody but the person who sent them.
        one = all(v.values.get("owner") in {None, str(fresh.owner)} for v in judged)
        one = one and not importer_of(fresh).private
        fresh.organisation = fresh.owner if one and fresh.owner in by.organisations else None
        fresh.save()
    return fresh


def _faults(row: ImportRow, fields: Mapping[str, str]) -> dict[str, str]:
    if row.cells is None:
        return {"": _("这一行的内容已依法删除")}
    return {heading: fault for heading, fault in row.faults.items() if heading in fields or not heading}


def _put(row: ImportRow, judged: Judged) -> None:
    row.values, row.verdict = judged.values, judged.verdict
    row.problems = [[p.heading, p.level, p.message] for p in judged.problems]
    row.warned = judged.verdict != "bad" and any(p.level == WARNING for p in judged.problems)
    row.target, row.revision = judged.target, judged.revision


# ---- Confirm or cancel -------------------------------------------------------------------------------


def claim_of(batch: ImportBatch) -> str:
    """The same for two batches that would write the same: importer, owner, file, sheet, mapping."""
    parts = [batch.importer, str(batch.owner), batch.digest, batch.sheet, *sorted(map(str, batch.mapping.items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def confirm(batch: ImportBatch, *, by: Actor, now: datetime, revision: int | None = None) -> ImportBatch:
    """Start the writing. A second confirmation of this batch changes nothing and answers with the batch as it is.

    Raises SameFileError for another batch of the same file, TransitionRefusedError, RefusedError, StaleRevisionError.
    """
    require(by, CHANGE, batch)
    try:
        with transaction.atomic():
            fresh = lock(batch)
            require(by, CHANGE, fresh)
            if fresh.state in {"running", "finished", "acting"}:
                return fresh
            lock(batch, revision)
            importer_of(fresh).may(by, fresh.owner)
            _must(fresh, fresh.stage == "preview" and fresh.rows.filter(verdict__in=WRITABLE).exists())
            fresh.claim, fresh.confirmed_by_id, fresh.moved_at = claim_of(fresh), by.account_id, now
            fresh.save(update_fields=["claim", "confirmed_by", "moved_at"])
            advance(fresh, "confirm", by=by, now=now, data={"rows": fresh.total}, organisation=fresh.owner)
            fresh.rows.filter(verdict="bad").update(outcome="failed")
            _remember(fresh, now)
            jobs.defer(RUN, str(fresh.uid))
    except IntegrityError as error:
        first = ImportBatch.objects.filter(claim=claim_of(batch)).exclude(pk=batch.pk).first()
        if first is None:
            raise
        raise SameFileError(first) from error
    return fresh


def _remember(batch: ImportBatch, now: datetime) -> None:
    kept = [
        ImportMapping(
            organisation=batch.owner,
            importer=batch.importer,
            heading=normalise(heading)[:200],
            field=field,
            confirmed_at=now,
        )
        for heading, field in batch.mapping.items()
    ]
    ImportMapping.objects.bulk_create(
        {m.heading: m for m in kept}.values(),
        update_conflicts=True,
        unique_fields=["organisation", "importer", "heading"],
        update_fields=["field", "confirmed_at"],
    )


def cancel(batch: ImportBatch, *, by: Actor, now: datetime) -> ImportBatch:
    """Give up before the confirmation; the rows are deleted. Twice is once."""
    with transaction.atomic():
        fresh = lock(batch)
        if fresh.state == "cancelled":
            return fresh
        advance(fresh, "cancel", by=by, now=now, organisation=fresh.owner)
        fresh.rows.all().delete()
        fresh.discarded_at = now
        fresh.notices = []
        fresh.save(update_fields=["discarded_at", "notices"])
        drop_content(fresh)
    return fresh


def same_file(batch: ImportBatch) -> ImportBatch | None:
    """An earlier confirmed batch of the same file for the same organisation and kind."""
    rows = ImportBatch.objects.filter(owner=batch.owner, importer=batch.importer, digest=batch.digest)
    return rows.exclude(claim=None).exclude(pk=batch.pk).order_by("pk").first()


def visible(actor: Actor) -> QuerySet[ImportBatch]:
    """Batches the actor may read."""
    return visible_to(ImportBatch.objects.select_related("created_by"), actor, READ)


def find(actor: Actor, uid: UUID) -> ImportBatch | None:
    """One batch if the actor may read it."""
    return visible(actor).filter(uid=uid).first()


def errors_of(row: ImportRow) -> Sequence[tuple[str, str]]:
    """(heading, sentence) of what keeps the row out."""
    return [(heading, message) for heading, level, message in row.problems or [] if level == ERROR]
