"""Lists as files: a page names its columns once, and its own rows are written as typed .xlsx or CSV.

The rows come from the very query of the page, after the very check of the page, and are made by the same functions
(`present` for listings): what the page refuses or hides, the file refuses or hides. Who took which list, filtered how,
with how many rows stands in the record as `export.made` before the first byte leaves.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, TypeAlias

import yaml
from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mengkeju.kernel import audit, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.clock import today
from mengkeju.kernel.exchange.export import About, Column, Row, csv_chunks, write_xlsx
from mengkeju.kernel.kinds import Registry

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
EVENT = "export.made"
Objects: TypeAlias = "QuerySet[Any] | Sequence[Any]"


@dataclass(frozen=True)
class Figures:
    """How long a file may be and how much of it is read at a time."""

    rows_per_file: int
    portion: int


def load(path: Path = Path(__file__).parent / "exports.yaml") -> Figures:
    """Read the figures. ValueError unless they are dated and positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = Figures(int(data["rows_per_file"]), int(data["portion"]))
    if not isinstance(data["checked_on"], date) or min(made.rows_per_file, made.portion) <= 0:
        msg = f"{path.name}: checked_on must be a date and the figures positive"
        raise ValueError(msg)
    return made


FIGURES = load()


@dataclass(frozen=True)
class Sheet:
    """A list as a file. `key` names it in the record, `title` its file and its first line.

    `columns()` is asked when the file is made, so that headings are in the reader's language. `rows(actor, portion)`
    turns objects into rows, one per object and in their order, with a number of queries that does not hang on how many
    there are.
    """

    key: str
    title: str | Promise
    columns: Callable[[], Sequence[Column]] = field(compare=False)
    rows: Callable[[Actor, Sequence[Any]], Iterable[Row]] = field(compare=False)


sheets: Registry[Sheet] = Registry("lists that can be exported")


def register(sheet: Sheet) -> Sheet:
    """Add a list; a key that is taken fails at start."""
    return sheets.register(sheet.key, sheet)


@dataclass(frozen=True)
class Made:
    """A finished file: open at its beginning, gone when closed. `cut`: the list is longer than a file may be."""

    content: IO[bytes]
    name: str
    content_type: str
    rows: int
    cut: bool


def make(sheet: Sheet, form: str, objects: Objects, *, by: Actor, now: datetime, filters: str = "") -> Made:
    """Write the list and its event; `form` xlsx or csv, `filters` the page's filter in words ("" = none).

    The file lies on disk while it is written and sent: memory does not grow with the list.
    """
    query = objects if isinstance(objects, QuerySet) else None
    limit = FIGURES.rows_per_file
    wanted = list(objects[: limit + 1] if query is None else query.values_list("pk", flat=True)[: limit + 1])
    cut = len(wanted) > limit
    told = [filters] if filters else []
    if cut:
        told.append(_("只含前 {limit} 行，请缩小筛选范围").format(limit=limit))
    about = About(title=str(sheet.title), source=_source(), exported_at=now, filters=_("；").join(told))
    rows = _Counted(row for portion in _portions(wanted[:limit], query) for row in sheet.rows(by, portion))
    content = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
    try:
        if form == "xlsx":
            write_xlsx(sheet.columns(), rows, about, content)
        else:
            for chunk in csv_chunks(sheet.columns(), rows, about):
                content.write(chunk)
        _record(sheet, form, rows.count, filters, by=by, now=now)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return Made(content, f"{sheet.title} {today(now):%Y-%m-%d}.{form}", TYPES[form], rows.count, cut)


def _portions(wanted: Sequence[Any], query: "QuerySet[Any] | None") -> Iterator[list[Any]]:
    """Objects in portions; of a query `wanted` are its keys.

    The keys are read once, in the query's order, and the rows by key: a long list is not sorted again for every
    portion, and what the reader may no longer see when its portion is read is left out.
    """
    for start in range(0, len(wanted), FIGURES.portion):
        portion = list(wanted[start : start + FIGURES.portion])
        if query is not None:
            found = {row.pk: row for row in query.filter(pk__in=portion)}
            portion = [found[key] for key in portion if key in found]
        yield portion


class _Counted:
    """The rows, counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _source() -> str:
    said = _("蒙科聚 {address}").format(address=settings.SITE_URL)
    return _("{source}（演示系统，数据含虚构内容）").format(source=said) if settings.DEMO else said


def _record(sheet: Sheet, form: str, rows: int, filters: str, *, by: Actor, now: datetime) -> None:
    """The event stands on the person. A visitor is nobody, and was given what is open to everybody: no event."""
    person = subjects.find("person", by.person_uid) if by.person_uid is not None else None
    if isinstance(person, Model):
        payload = {"list": sheet.key, "form": form, "rows": rows, "filters": filters}
        with transaction.atomic():
            audit.record(EVENT, person, by=by, now=now, payload=payload)
