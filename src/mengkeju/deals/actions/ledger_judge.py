"""What confirming a ledger would do, row by row, before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mengkeju.deals.access import LedgerPerm
from mengkeju.deals.actions.ledger_read import LedgerRow, Reader, day_of
from mengkeju.deals.engine import ledger, registration_number
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES
from mengkeju.deals.models import Registration
from mengkeju.deals.queries.ledger import AMOUNTS, Difference, Known, Parties, desk_area, differences
from mengkeju.deals.queries.statistics import LISTS
from mengkeju.deals.queries.vocabulary import word_of_code
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, Judged, Problem, Sheet
from mengkeju.kernel.figures import amount
from mengkeju.kernel.words import listed, word

SIDES = ("seller", "buyer")
SHOWN = 3


def may_import(by: Actor, owner: UUID) -> None:
    """Registrars, in the name of their own organisation. RefusedError."""
    require(by, LedgerPerm.IMPORT)
    if owner not in by.organisations:
        said = _("登记台账以登记员自己所在的单位导入")
        raise RefusedError(LedgerPerm.IMPORT, said, _("该单位的技术合同登记员"))


@dataclass(frozen=True)
class _Judging:
    """What all rows of a sheet are judged with."""

    reader: Reader
    parties: Parties
    codes: frozenset[str]
    desk: str
    own: frozenset[UUID]

    @classmethod
    def of(cls, sheet: Sheet) -> "_Judging":
        desk = desk_area(sheet.by)
        return cls(Reader(sheet), Parties(desk), sheet.by.areas_of(Role.REGISTRAR), desk, sheet.by.organisations)


def judge(sheet: Sheet, given: Sequence[Given]) -> Iterator[Judged]:
    """A verdict per row, in order: create, same, change (the platform says otherwise; nothing is changed), bad."""
    judging = _Judging.of(sheet)
    reads = [judging.reader.read(row) for row in given]
    for read in reads:
        if not read.wrong:
            _parties(judging, read)
            _place(judging, read)
    _twice(judging, given, reads)
    good = [read for read in reads if not read.wrong]
    known = Known.read(
        (read.values["number"] for read in good if read.values.get("number")), (day_of(read.values) for read in good)
    )
    for read in reads:
        yield _verdict(judging, known, read)


def _parties(judging: _Judging, read: LedgerRow) -> None:
    """Whom both sides mean; who is doubtful is said and waits for the merge desk."""
    found: dict[str, Organisation] = {}
    for side in SIDES:
        heading, name = judging.reader.heading(side), read.values[side]
        if side == "seller" and read.values.get("seller_kind") == "individual":
            continue
        meant = judging.parties.find(name, read.values.get(f"{side}_code", ""))
        if meant.organisation is not None:
            found[side] = meant.organisation
            if meant.alias is None:  # a decision is asked again when the row is written: it may be undone till then
                read.values[f"{side}_organisation"] = str(meant.organisation.uid)
            if meant.organisation.uid in judging.own:
                said = _("本单位是合同一方，请由别的登记员导入（须回避）")
                read.problems.append(Problem(heading, ERROR, said))
        elif meant.doubtful:
            read.values.setdefault("doubtful", []).append(side)
            names = listed([one.name for one in meant.candidates[:SHOWN]])
            said = _("可能是平台上的%(names)s：到“单位归并”里定，确认导入前后都可以") % {"names": names}
            read.problems.append(Problem(heading, WARNING, said))
    if len(found) == len(SIDES) and found["seller"] == found["buyer"]:
        read.problems.append(Problem(judging.reader.heading("buyer"), ERROR, _("卖方和买方是同一家单位")))
    seller = found.get("seller")
    if seller is not None:
        read.values["seller_area"] = seller.area


def _place(judging: _Judging, read: LedgerRow) -> None:
    """The place of the desk: as the cell says, else where the seller sits, else the registrar's own area."""
    place = read.values.get("area") or read.values.get("seller_area") or judging.desk
    if place not in judging.codes:
        name = directory.area_names([place]).get(place, place)
        said = _("卖方在%(area)s，不在您登记的地区") % {"area": name}
        read.problems.append(Problem(judging.reader.heading("area", "seller"), ERROR, said))
    read.values["desk"] = place


def _twice(judging: _Judging, given: Sequence[Given], reads: Sequence[LedgerRow]) -> None:
    """The same number (or, without one, the same contract) twice in the file: the first row counts."""
    first: dict[str, int] = {}
    for row, read in zip(given, reads, strict=True):
        if read.wrong:
            continue
        key = ledger.identity(read.values, day_of(read.values))
        if key in first:
            numbered = bool(read.values.get("number"))
            alike = _("与第 %(row)s 行登记编号相同，只导入先出现的那一行；编号写错了请改正后再传")
            said = (alike if numbered else _("与第 %(row)s 行是同一份登记，已采用先出现的一行")) % {"row": first[key]}
            at = "number" if numbered else "title"
            read.problems.append(Problem(judging.reader.heading(at), ERROR, said))
        else:
            first[key] = row.number


def _verdict(judging: _Judging, known: Known, read: LedgerRow) -> Judged:
    row = None if read.wrong else known.find(read.values)
    if row is not None:
        _meets(judging, read, row)
    if read.wrong:
        return Judged("bad", read.values, tuple(read.problems))
    if row is None:
        return Judged("create", read.values, tuple(read.problems))
    read.problems = [p for p in read.problems if p.heading not in {judging.reader.heading(side) for side in SIDES}]
    read.values.pop("doubtful", None)
    differing = differences(read.values, row)
    for one in differing:
        read.problems.append(Problem(judging.reader.heading(one.column), WARNING, said_of(one)))
    return Judged("change" if differing else "same", read.values, tuple(read.problems), row.uid, row.revision)


def _meets(judging: _Judging, read: LedgerRow, row: Registration) -> None:
    """A number that is there already: of another desk, or no longer in force."""
    heading = judging.reader.heading("number", "title")
    if row.area not in judging.codes:
        read.problems.append(Problem(heading, ERROR, _("这个登记编号已由别的地区登记在平台上")))
    elif row.state not in (*REGISTERED_STATES, "objected"):
        said = _("平台上这个编号的登记（%(number)s）已不再有效，请到登记受理台核对")
        read.problems.append(Problem(heading, ERROR, said % {"number": row.number_here}))


def said_of(one: Difference) -> str:
    """What the platform says instead, in words."""
    shown = {"before": shown_value(one.column, one.before)}
    if one.name:
        return _("平台上是%(before)s；导入不改它，要改到“台账差异”里办") % shown
    return _("平台上是%(before)s；属于合同本身，导入不改它") % shown


def shown_value(column: str, value: Any) -> str:
    """A value of a column in words; a dash for none."""
    if value in (None, ""):
        return "—"
    if column in AMOUNTS:
        return amount(value)
    if column in ("area", "buyer_area", "zone", "desk"):
        return directory.area_names([value]).get(value, str(value))
    if column == "contract_type":
        return word(TYPES[value]) if value in TYPES else str(value)
    if column == "number":
        return registration_number.show(value)
    return word_of_code(LISTS[column], value) if column in LISTS else str(value)
