"""Importing listings row by row: idempotent by source and external id, in portions that can be resumed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Area, Organisation
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.exchange import Columns, Table, TableRefusedError, recognise
from mengkeju.kernel.words import listed
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.edit import ListingInput, create_listing, edit_listing
from mengkeju.listings.actions.imports_values import may_import_for
from mengkeju.listings.actions.life import publish_import
from mengkeju.listings.kinds import kinds
from mengkeju.listings.kinds.fields import SUMMARY_HEADINGS, TITLE
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import values_of

PORTION = 200
MAX_TITLE, MAX_ID = 200, 120
EDITABLE_STATES = ("draft", "returned", "published")
HEADINGS = {
    "external_id": ("need_id", "achievement_id", "外部编号"),
    "title": (TITLE.label, *TITLE.headings),
    "summary": ("要点说明", "需求描述", *SUMMARY_HEADINGS),
}


@dataclass(frozen=True)
class ImportRow:
    """One good row. `number` as the spreadsheet counts; without an id of its own it has one from its title."""

    number: int
    external_id: str
    title: str
    summary: str


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken, and where: row as the spreadsheet counts, heading of the file."""

    row: int
    column: str
    message: str


@dataclass
class ImportReport:
    """What an import did. `incomplete`: rows without body, to be completed; they are counted above as well."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    published: int = 0
    incomplete: int = 0
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """What all rows of an import share. `by` needs no membership of the owner if an officer over it."""

    kind: str
    source: str
    owner: Organisation
    by: Actor
    now: datetime
    area: str = ""
    publish: bool = False
    secrecy_reviewed: bool = False


def rows_of(table: Table) -> tuple[Columns, list[ImportRow], list[RowProblem]]:
    """Good rows and problems of a table, nothing written. TableRefusedError without a column of titles."""
    columns = recognise(table.headings, HEADINGS)
    if "title" not in columns.field_of.values():
        known = listed(["title", *HEADINGS["title"]])
        raise TableRefusedError(_("没有找到题目列。表头要有其中之一：%(known)s") % {"known": known})
    rows: list[ImportRow] = []
    problems: list[RowProblem] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        values = columns.values(row.cells)
        title = " ".join(values["title"].split())
        own_id = values.get("external_id", "")
        external_id = own_id or "t-" + hashlib.sha256(title.encode()).hexdigest()[:24]
        column = "external_id" if own_id else "title"
        fault = ("", row.problem) if row.problem else _fault(title, own_id)
        if fault is None and external_id in seen:
            fault = column, _("与第 %(row)s 行重复，已采用先出现的一行") % {"row": seen[external_id]}
        if fault is not None:
            problems.append(RowProblem(row.number, columns.heading_of(fault[0]), fault[1]))
            continue
        seen[external_id] = row.number
        rows.append(ImportRow(row.number, external_id, title, values.get("summary", "")))
    return columns, rows, problems


def _fault(title: str, external_id: str) -> tuple[str, str] | None:
    if not title:
        return "title", _("没有题目")
    if len(title) > MAX_TITLE:
        return "title", _("题目有 %(length)s 个字，最多 %(most)s 个") % {"length": len(title), "most": MAX_TITLE}
    if len(external_id) > MAX_ID:
        return "external_id", _("编号超过 %(most)s 个字") % {"most": MAX_ID}
    return None


def check_batch(batch: Batch) -> None:
    """Refuse the whole import before the first row: RefusedError (no right), ValidationError (what hinders)."""
    require(batch.by, Perm.CREATE)
    owner = batch.owner
    if not may_import_for(batch.by, owner):
        rule = _("只能导入自己所在单位、或所辖地区单位的条目")
        raise RefusedError(Perm.CREATE, rule, _("该单位人员；所辖地区的科技管理人员"))
    if batch.kind not in kinds:
        said = _("没有“%(kind)s”这一类；可以是：%(known)s")
        raise ValidationError(said % {"kind": batch.kind, "known": listed(list(kinds))})
    if not batch.source.strip():
        raise ValidationError(_("请写明来源名称"))
    if batch.area and not Area.objects.filter(code=batch.area).exists():
        raise ValidationError(_("没有代码为 %(code)s 的地区") % {"code": batch.area})
    if not batch.publish:
        return
    require(batch.by, Perm.REVIEW, Listing(owner=owner, area=batch.area or owner.area, zone=owner.zone))
    if not owner.verified:
        said = _("“%(organisation)s”还没有通过核验，导入的条目不能发布")
        raise ValidationError(said % {"organisation": owner.name})
    if not batch.secrecy_reviewed:
        raise ValidationError(_("发布前请确认这一批已作保密审查"))


def import_rows(batch: Batch, rows: Sequence[ImportRow], progress: Callable[[int], None] | None = None) -> ImportReport:
    """Write good rows as drafts, in transactions of at most 200; with `publish` also publish them.

    A row known by source and external id is compared: the same → unchanged, another title or a new body →
    edited; an empty body never blanks one. After a stop, importing the same file again goes on where it
    stopped. `progress` gets the number of rows of each portion. Raises as `check_batch`.
    """
    check_batch(batch)
    report = ImportReport()
    for portion in _portions(rows):
        with transaction.atomic():
            _write(batch, portion, report)
        if progress is not None:
            progress(len(portion))
    return report


def _portions(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    stream = iter(rows)
    while portion := list(islice(stream, PORTION)):
        yield portion


def _write(batch: Batch, portion: list[ImportRow], report: ImportReport) -> None:
    known = {
        listing.external_id: listing
        for listing in Listing.objects.filter(
            source=batch.source, kind=batch.kind, external_id__in=[r.external_id for r in portion]
        )
        .exclude(external_id="")  # as the partial index says it, or SQLite reads the whole kind
        .select_related("owner")
    }
    for row in portion:
        try:
            with transaction.atomic():
                outcome, listing = _write_row(batch, row, known.get(row.external_id))
                publish = batch.publish and listing.state == "draft"
                if publish:
                    publish_import(listing, by=batch.by, now=batch.now)
        except ValidationError as error:
            report.problems.append(RowProblem(row.number, "", "；".join(error.messages)))
        except TransitionRefusedError as error:
            report.problems.append(RowProblem(row.number, "", error.reason))
        except RefusedError as error:
            report.problems.append(RowProblem(row.number, "", error.rule))
        else:
            setattr(report, outcome, getattr(report, outcome) + 1)
            report.incomplete += listing.incomplete
            report.published += publish


def _write_row(batch: Batch, row: ImportRow, known: Listing | None) -> tuple[str, Listing]:
    # check_batch has found the right; the record still names the person behind the platform's hand.
    hand = replace(batch.by, system=True)
    if known is None:
        given = ListingInput({"title": row.title, "summary": row.summary, "area": batch.area or batch.owner.area})
        return "created", create_listing(
            batch.kind,
            given,
            owner=batch.owner,
            by=hand,
            now=batch.now,
            fictional=batch.owner.fictional,
            source=batch.source,
            external_id=row.external_id,
            origin="import",
        )
    if known.owner_id != batch.owner.pk:
        raise ValidationError(_("这个来源的同一编号已属于另一单位"))
    summary = row.summary or known.summary
    if (known.title, known.summary) == (row.title, summary):
        return "unchanged", known
    if known.state not in EDITABLE_STATES:
        waits = known.state == "submitted"
        raise ValidationError(_("平台上这一条待审核，没有改动") if waits else _("平台上这一条已办结或撤回，没有改动"))
    given = ListingInput(
        {**values_of(known), "title": row.title, "summary": summary},
        known.details.get("tiers", {}),
        known.tier,
        secrecy_reviewed=batch.secrecy_reviewed,
    )
    return "changed", edit_listing(known, given, by=hand, now=batch.now)
