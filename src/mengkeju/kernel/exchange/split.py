"""A workbook whose sheets are all wanted, a year each: one batch for every sheet."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import begin, lock
from mengkeju.kernel.exchange import TableRefusedError, read_table
from mengkeju.kernel.exchange.batches import choose_sheet, importer_of, keep_rows, limit_rows
from mengkeju.kernel.import_states import CHANGE
from mengkeju.kernel.models import ImportBatch


def one_each(batch: ImportBatch, *, by: Actor, now: datetime) -> tuple[list[ImportBatch], list[str]]:
    """A batch for every sheet that holds a table, the given one takes the first; the names of the others.

    Each is mapped, previewed and confirmed by itself. TableRefusedError when no sheet can be read (the last one's
    reason), RefusedError, TransitionRefusedError when a sheet was chosen before.
    """
    require(by, CHANGE, batch)
    with transaction.atomic():
        fresh = lock(batch)
        require(by, CHANGE, fresh)
        importer_of(fresh).may(by, fresh.owner)
        if fresh.state != "draft" or fresh.stage != "sheet":
            return [choose_sheet(fresh, fresh.sheet, by=by)], []  # says that it has gone on
        readable, left = _readable(fresh)
        made = [_sibling(fresh, sheet, by=by, now=now) for sheet in readable[1:]]
        return [choose_sheet(fresh, readable[0], by=by), *made], left


def _readable(batch: ImportBatch) -> tuple[list[str], list[str]]:
    """Sheets with a table, and those without."""
    found: list[str] = []
    left: list[str] = []
    last: TableRefusedError | None = None
    for sheet in batch.sheets:
        try:
            limit_rows(batch.file_name, read_table(Path(batch.content.path), sheet=sheet, name=batch.file_name))
            found.append(sheet)
        except TableRefusedError as error:
            left.append(sheet)
            last = error
    if not found and last is not None:
        raise last
    return found, left


def _sibling(batch: ImportBatch, sheet: str, *, by: Actor, now: datetime) -> ImportBatch:
    alike = ("importer", "owner", "organisation", "area", "file_name", "size", "digest", "sheets")
    columns = {name: getattr(batch, name) for name in (*alike, "secrecy_reviewed_at")}
    made = ImportBatch(sheet=sheet, **columns)
    payload = {"importer": made.importer, "sha256": made.digest}
    begin(made, by=by, now=now, payload=payload, organisation=made.owner)
    keep_rows(made, read_table(Path(batch.content.path), sheet=sheet, name=batch.file_name))
    return made
