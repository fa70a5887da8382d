"""What is left of a batch: the wrong rows as a file to mend, the end of its data, and what an erasure takes out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import lock
from mengkeju.kernel.exchange import About, Column, xlsx_chunks
from mengkeju.kernel.exchange.batches import ERRORS_HEADING, cancel, errors_of, field_of, importer_of
from mengkeju.kernel.exchange.units import split_unit
from mengkeju.kernel.models import ImportBatch, ImportRow

RETENTION = Path(__file__).parent / "retention.yaml"


@cache
def retention() -> dict[str, int]:
    """Days by stage (draft, finished) from the dated data file. ValueError when one is not positive."""
    data = yaml.safe_load(RETENTION.read_text(encoding="utf-8"))
    days = {str(key): int(value) for key, value in data["days"].items()}
    if not data["checked_on"] or not data["source"] or any(value <= 0 for value in days.values()):
        msg = "retention.yaml: checked_on, source and positive days are needed"
        raise ValueError(msg)
    return days


# ---- The wrong rows ----------------------------------------------------------------------------------


def bad_rows(batch: ImportBatch) -> Iterator[ImportRow]:
    """The rows that are not written: wrong before the confirmation, failed after it."""
    wrong = Q(outcome="failed") if batch.state in {"running", "finished", "acting"} else Q(verdict="bad")
    return batch.rows.filter(wrong).exclude(cells=None).order_by("number").iterator(chunk_size=500)


def bad_file(batch: ImportBatch, *, now: datetime) -> Iterator[bytes]:
    """An .xlsx with the original headings, the wrong rows as they came, and what is wrong with each in a last column.

    Sent again it is understood as the first time: the headings carry the units that stood above the first table, and
    the column of errors is left out.
    """
    titles = {column["heading"]: _heading(batch, column) for column in batch.columns}
    columns = [Column(heading, title) for heading, title in titles.items()]
    columns.append(Column(ERRORS_HEADING, ERRORS_HEADING, width=60))
    rows = ({**(row.cells or {}), ERRORS_HEADING: _sentence(row)} for row in bad_rows(batch))
    title = _("未导入的行（改好后可以直接再上传）")
    return xlsx_chunks(columns, rows, About(title, batch.file_name, now))


def _heading(batch: ImportBatch, column: dict[str, str]) -> str:
    heading, unit = column["heading"], column["unit"]
    if not unit:
        money = {c.key for c in importer_of(batch).columns() if c.money}
        unit = batch.unit if field_of(batch).get(heading) in money else ""
    return f"{heading}（{unit}）" if unit and not split_unit(heading)[1] else heading


def _sentence(row: ImportRow) -> str:
    said = [f"{heading}：{message}" if heading else message for heading, message in errors_of(row)]
    return _("原第 {row} 行　").format(row=row.number) + "；".join(said)


# ---- The end -----------------------------------------------------------------------------------------


def discard(*, now: datetime) -> int:
    """Cancel what nobody confirmed in time and empty the rows of old finished batches. Returns how many batches."""
    days, count = retention(), 0
    for batch in ImportBatch.objects.filter(state="draft", state_at__lt=now - timedelta(days=days["draft"])):
        cancel(batch, by=SYSTEM, now=now)
        count += 1
    old = ImportBatch.objects.filter(state="finished", discarded_at=None)
    for batch in old.filter(state_at__lt=now - timedelta(days=days["finished"])):
        with transaction.atomic():
            fresh = lock(batch)
            fresh.rows.update(cells=None, values=None, problems=None)
            fresh.discarded_at, fresh.claim, fresh.notices = now, None, []
            fresh.save(update_fields=["discarded_at", "claim", "notices"])
        count += 1
    return count


# ---- Erasure -----------------------------------------------------------------------------------------


def rows_naming(
    own: Iterable[str], names: Iterable[str], organisations: Iterable[UUID], account: int | None
) -> set[int]:
    """Keys of the stored rows that hold a person.

    `own` words (phone, e-mail) count in every batch; `names` only in the batches of his organisations and his own.
    """
    own, near = {w for w in own if w}, set(organisations)
    names = own | {w for w in names if w}
    found: set[int] = set()
    rows = ImportRow.objects.exclude(cells=None).select_related("batch").only(
        "pk", "cells", "values", "problems", "batch__owner", "batch__created_by_id"
    )  # fmt: skip
    for row in rows.iterator(chunk_size=500):
        about = row.batch.owner in near or (account is not None and row.batch.created_by_id == account)
        text = row.text
        if any(word in text for word in (names if about else own)):
            found.add(row.pk)
    return found


def forget_unread(organisations: Iterable[UUID], account: int | None, *, now: datetime) -> None:
    """For an erasure: files of these organisations or this account whose sheet nobody chose yet are cancelled.

    What stands in them is not known, and they can be sent again. Checks under way are dropped, so that none writes
    back what is being erased.
    """
    theirs = Q(owner__in=set(organisations))
    if account is not None:
        theirs |= Q(created_by_id=account)
    for batch in ImportBatch.objects.filter(theirs, state="draft", stage="sheet"):
        cancel(batch, by=SYSTEM, now=now)
    for batch in ImportBatch.objects.filter(state="draft", stage="checking"):
        fresh = lock(batch)
        fresh.stage, fresh.revision = "mapping", fresh.revision + 1
        fresh.save(update_fields=["stage", "revision"])
