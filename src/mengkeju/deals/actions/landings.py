"""Where a result landed: recorded with its site, moved from plan to production, with volumes planned and made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import LandingPerm
from mengkeju.deals.actions import under_way
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.engine.deal_workflow import DEAL
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import PRODUCTION_KINDS, Deal, DealParty, Landing, Production
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.workflow import TransitionRefusedError

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = {"name": 200, "address": 200, "product": 120, "unit": 20}
AMOUNT_LIMIT = Decimal(10) ** 14
VOLUME_LIMIT = Decimal(10) ** 13
NOTE = 300


@dataclass(frozen=True)
class Site:
    """What a party says of a landing. `investment` in 元; `capacity` a year, in `unit`; days that have come only."""

    name: str
    party: DealParty
    area: str = ""
    address: str = ""
    investment: Decimal | None = None
    product: str = ""
    capacity: Decimal | None = None
    unit: str = ""
    jobs_planned: int | None = None
    began_on: date | None = None
    produced_on: date | None = None


COLUMNS = (
    "name",
    "address",
    "investment",
    "product",
    "capacity",
    "unit",
    "jobs_planned",
    "began_on",
    "produced_on",
)


def _values(given: Site) -> dict[str, Any]:
    """The columns of a landing, texts without the space around them, and its place."""
    values = {name: getattr(given, name) for name in COLUMNS}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {**values, "area": given.area or given.party.area or given.party.deal.area}


@transaction.atomic
def record_landing(
    deal: Deal, given: Site, *, by: Actor, now: datetime, evidence: Sequence[under_way.Paper] = ()
) -> Landing:
    """Say where the result landed, by the party whose site it is; the deal is landed with it.

    Days that are given move the landing at once. ValidationError by field, FileRefusedError, RefusedError,
    TransitionRefusedError.
    """
    require(by, LandingPerm.RECORD, deal)
    fresh = under_way.signed_deal(deal, Step.LANDING)
    wrong = _troubles(fresh, given, clock.today(now))
    wrong["evidence"] = under_way.files_trouble(evidence)
    under_way.refuse(wrong)
    row = Landing(deal=fresh, party=given.party, fictional=fresh.fictional, **_values(given))
    require(by, LandingPerm.MOVE, row)
    begin(row, by=by, now=now, payload={"deal": str(fresh.uid), "name": row.name})
    for step, day in (("build", row.began_on), ("produce", row.produced_on)):
        if day is not None:
            advance(row, step, by=by, now=now, data={"on": day.isoformat()})
    under_way.keep_files(row, evidence, row.party, by, now)
    payload = {"landing": str(row.uid), "note": row.name}
    under_way.told(fresh, "deal.landing_recorded", payload, by=by, now=now)
    if fresh.state in DEAL.transitions["land"].source:
        advance(fresh, "land", by=by, now=now, note=row.name, data={"landing": str(row.uid)})
        deal.refresh_from_db()
    tell_others(fresh, by, format_lazy(gettext_lazy("合作项目 {number} 填写了成果落地"), number=fresh.number), now)
    return row


@transaction.atomic
def edit_landing(landing: Landing, given: Site, *, by: Actor, now: datetime, revision: int | None = None) -> Landing:
    """Change what is said of a landing; its days change with its steps. ValidationError, StaleRevisionError."""
    require(by, LandingPerm.MOVE, landing)
    deal = under_way.signed_deal(landing.deal, Step.LANDING, under_way.FOLLOWED)
    row = lock(landing, revision)
    wrong = _troubles(deal, given, clock.today(now))
    values = _values(given)
    if values["unit"] != row.unit and row.production.filter(archived_at=None).exists():
        wrong["unit"] = _("已经填了产量，计量单位不能再改")
    under_way.refuse(wrong)
    kept = {name: value for name, value in values.items() if name not in {"began_on", "produced_on"}}
    changed = {name: value for name, value in kept.items() if getattr(row, name) != value}
    if not changed:
        return row
    before = {name: str(getattr(row, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.revision += 1
    row.save(update_fields=[*changed, "revision"])
    payload = {"landing": str(row.uid), "note": row.name, "before": before}
    under_way.told(deal, "deal.landing_edited", payload, by=by, now=now)
    return row


def _troubles(deal: Deal, given: Site, today: date) -> dict[str, str]:
    texts = {name: getattr(given, name) for name in LONGEST}
    wrong = under_way.text_troubles(texts, LONGEST, {"name": _("请写明项目或产线的名称")})
    if given.party.deal_id != deal.pk or given.party.archived_at is not None:
        wrong["party"] = _("请选择合同的一方")
    if given.area and given.area not in directory.area_names([given.area]):
        wrong["area"] = _("没有这个地区")
    if given.investment is not None and not 0 <= given.investment < AMOUNT_LIMIT:
        wrong["investment"] = _("金额不对，请核对")
    if given.capacity is not None and not 0 < given.capacity < VOLUME_LIMIT:
        wrong["capacity"] = _("要大于零，请核对")
    if given.capacity is not None and not given.unit.strip():
        wrong["unit"] = _("请写明计量单位，例如：吨")
    return wrong | _day_troubles(given, today)


def _day_troubles(given: Site, today: date) -> dict[str, str]:
    wrong = {
        name: _("不能晚于今天；还没有的就空着")
        for name in ("began_on", "produced_on")
        if (day := getattr(given, name)) is not None and day > today
    }
    if given.began_on and given.produced_on and given.began_on > given.produced_on:
        wrong["produced_on"] = _("投产不能早于开工")
    return wrong


@transaction.atomic
def move_landing(
    landing: Landing, step: str, *, on: date, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Landing:
    """Build, produce or stop as of a day. ValidationError by field, RefusedError, TransitionRefusedError."""
    require(by, LandingPerm.MOVE, landing)
    deal = under_way.signed_deal(landing.deal, Step.LANDING, under_way.FOLLOWED)
    row = lock(landing, revision)
    row.deal = deal
    LANDING.check(row, step, note, {})
    under_way.refuse({"on": _move_trouble(row, step, on, clock.today(now))})
    days: dict[str, dict[str, date | None]] = {
        "build": {"began_on": on},
        "produce": {"produced_on": on, "stopped_on": None},
        "stop": {"stopped_on": on},
    }
    if step == "produce" and row.state == "stopped" and row.produced_on is not None:
        days["produce"] = {"stopped_on": None}  # it began to produce when it first did
    for name, day in days[step].items():
        setattr(row, name, day)
    row.save(update_fields=list(days[step]))
    advance(row, step, by=by, now=now, note=note, data={"on": on.isoformat()})
    said = _("%(name)s：%(note)s") % {"name": row.name, "note": note.strip()} if note.strip() else row.name
    events = {"build": "landing_building", "produce": "landing_producing", "stop": "landing_stopped"}
    payload = {"landing": str(row.uid), "on": on.isoformat(), "note": said}
    under_way.told(deal, f"deal.{events[step]}", payload, by=by, now=now)
    return row


def _move_trouble(row: Landing, step: str, on: date, today: date) -> str:
    if on > today:
        return _("不能晚于今天")
    earlier = [day for day in (row.began_on, row.produced_on if step == "stop" else None) if day is not None]
    if step != "build" and earlier and on < max(earlier):
        return _("不能早于开工、投产的日期")
    if step == "produce" and row.stopped_on is not None and on < row.stopped_on:
        return _("不能早于停产的日期")
    return ""


@dataclass(frozen=True)
class Made:
    """A volume planned or made in a year (`month` None) or a month of it, in the unit of the landing."""

    kind: str
    year: int
    volume: Decimal
    month: int | None = None
    note: str = ""


@transaction.atomic
def record_production(
    landing: Landing, rows: Sequence[Made], *, by: Actor, now: datetime, evidence: Sequence[under_way.Paper] = ()
) -> list[Production]:
    """Say what is to be made or was made; what was said of the same time before is archived.

    All or none. ValidationError with paths `rows.2.volume`, FileRefusedError, TransitionRefusedError.
    """
    require(by, LandingPerm.MOVE, landing)
    deal = under_way.signed_deal(landing.deal, Step.LANDING, under_way.FOLLOWED)
    row = lock(landing)
    if not row.unit:
        raise TransitionRefusedError(_("先在落地情况里写明产品和计量单位"), "no_unit")
    if not rows:
        raise ValidationError({"rows": _("请至少填一行")})
    today = clock.today(now)
    wrong = {
        f"rows.{at}.{key}": said for at, one in enumerate(rows) for key, said in _volume_troubles(one, today).items()
    }
    wrong |= _twice(rows)
    wrong["evidence"] = under_way.files_trouble(evidence)
    under_way.refuse(wrong)
    made = [_made(row, one, by=by, now=now) for one in rows]
    under_way.keep_files(row, evidence, row.party, by, now)
    words = {kind: str(label) for kind, label in PRODUCTION_KINDS.items()}
    kinds = _("、").join(words[kind] for kind in PRODUCTION_KINDS if any(one.kind == kind for one in rows))
    note = _("%(name)s：%(kinds)s，%(n)d 行") % {"name": row.name, "kinds": kinds, "n": len(rows)}
    payload = {"landing": str(row.uid), "rows": [str(one.uid) for one in made], "note": note}
    under_way.told(deal, "deal.production_recorded", payload, by=by, now=now)
    return made


def _made(landing: Landing, given: Made, *, by: Actor, now: datetime) -> Production:
    standing = landing.production.filter(kind=given.kind, year=given.year, month=given.month, archived_at=None)
    standing.update(archived_at=now, archived_by=by.account_id, archived_reason=_("重新填写"))
    return Production.objects.create(
        landing=landing,
        kind=given.kind,
        year=given.year,
        month=given.month,
        volume=given.volume,
        note=given.note.strip(),
        area=landing.area,
        created_at=now,
        created_by_id=by.account_id,
    )


def _volume_troubles(given: Made, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if given.kind not in PRODUCTION_KINDS:
        wrong["kind"] = _("请选择计划或实际")
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        wrong["year"] = _("请写四位的年份")
    if given.month is not None and given.month not in range(1, 13):
        wrong["month"] = _("请写 1 到 12")
    elif given.kind == "actual" and (given.year, given.month or 1) > (today.year, today.month):
        wrong["year"] = _("还没有到，不能填实际产量")
    if not 0 <= given.volume < VOLUME_LIMIT:
        wrong["volume"] = _("不能小于零，请核对")
    if len(given.note.strip()) > NOTE:
        wrong["note"] = _("最多 %(most)s 个字") % {"most": NOTE}
    return wrong


def _twice(rows: Sequence[Made]) -> dict[str, str]:
    seen: set[tuple[str, int, int | None]] = set()
    wrong: dict[str, str] = {}
    for at, one in enumerate(rows):
        key = (one.kind, one.year, one.month)
        if key in seen:
            wrong[f"rows.{at}.year"] = _("这一期在上面已经填了")
        seen.add(key)
    return wrong
