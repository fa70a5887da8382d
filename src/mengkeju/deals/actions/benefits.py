"""经济收益: forecast and actual by year, each with its basis; the yearly report of a landing; people who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import LandingPerm
from mengkeju.deals.actions import under_way
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.actions.landing_duty import year_reported
from mengkeju.deals.actions.landings import AMOUNT_LIMIT, FIRST_YEAR, LAST_YEAR, Made, record_production
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import BOUNDS, MEASURES, Benefit, Deal, Landing
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.workflow import TransitionRefusedError

AMOUNTS = ("revenue", "profit", "tax")
MOST_JOBS = 2_000_000_000


@dataclass(frozen=True)
class Expected:
    """What a party says of a year (`year` None: a yearly average, of a forecast only). Amounts in 元.

    A loss is a negative profit. `bound`, `profit_bound`: keys of BOUNDS, of a forecast.
    """

    kind: str
    year: int | None
    basis: str
    landing: Landing | None = None
    revenue: Decimal | None = None
    profit: Decimal | None = None
    tax: Decimal | None = None
    jobs: int | None = None
    bound: str = ""
    profit_bound: str = ""


@transaction.atomic
def record_benefit(
    deal: Deal, given: Expected, *, by: Actor, now: datetime, evidence: Sequence[under_way.Paper] = ()
) -> Benefit:
    """Say what is expected of a year, or what it brought; what the same party said of it before is archived.

    Of a landing its own party speaks. ValidationError by field, FileRefusedError, TransitionRefusedError where
    another party has said it.
    """
    require(by, LandingPerm.BENEFIT, deal)
    fresh = under_way.signed_deal(deal, Step.BENEFIT, under_way.FOLLOWED)
    if given.landing is not None:
        require(by, LandingPerm.MOVE, given.landing)
    wrong = _troubles(fresh, given, clock.today(now))
    wrong["evidence"] = under_way.files_trouble(evidence)
    under_way.refuse(wrong)
    first = given.landing.party if given.landing is not None else None
    party = under_way.speaker(by, fresh, first=first)
    standing = fresh.benefits.filter(kind=given.kind, year=given.year, landing=given.landing, archived_at=None)
    before = standing.select_related("said_for").first()
    if before is not None:
        if before.said_for is not None and before.said_for not in queries.own_sides(by, fresh):
            said = _("这一项由“%(party)s”填写，要由该方更正") % {"party": before.said_for.name}
            raise TransitionRefusedError(said, "not_own")
        standing.update(archived_at=now, archived_by=by.account_id, archived_reason=_("重新填写"))
    row = Benefit.objects.create(
        deal=fresh,
        landing=given.landing,
        kind=given.kind,
        year=given.year,
        revenue=given.revenue,
        profit=given.profit,
        tax=given.tax,
        jobs=given.jobs,
        bound=given.bound,
        profit_bound=given.profit_bound,
        basis=given.basis.strip(),
        said_for=party,
        area=given.landing.area if given.landing is not None else under_way.place_of_use(fresh),
        created_at=now,
        created_by_id=by.account_id,
    )
    under_way.keep_files(row, evidence, party, by, now)
    _told(row, "deal.benefit_recorded", "", by=by, now=now)
    if given.landing is not None:
        year_reported(given.landing, by="report_landing_year", now=now)
    return row


def _troubles(deal: Deal, given: Expected, today: date) -> dict[str, str]:
    wrong = under_way.text_troubles({"basis": given.basis}, {"basis": 500}, {"basis": _("请写明测算依据或数据来源")})
    if given.kind not in MEASURES:
        wrong["kind"] = _("请选择预计或实际")
    if given.landing is not None and (given.landing.deal_id != deal.pk or given.landing.archived_at is not None):
        wrong["landing"] = _("没有这一项")
    if all(getattr(given, name) is None for name in (*AMOUNTS, "jobs")):
        wrong["revenue"] = _("至少填一项")
    for name in AMOUNTS:
        value, least = getattr(given, name), -AMOUNT_LIMIT if name == "profit" else Decimal(-1)
        if value is not None and not least < value < AMOUNT_LIMIT:
            wrong[name] = _("金额不对，请核对")
    if given.jobs is not None and not 0 <= given.jobs < MOST_JOBS:
        wrong["jobs"] = _("人数不对，请核对")
    wrong |= {name: _("没有这一项") for name in ("bound", "profit_bound") if getattr(given, name) not in BOUNDS}
    said = _year_trouble(given, today)
    return wrong | ({"year": said} if said else {})


def _year_trouble(given: Expected, today: date) -> str:
    if given.year is None:
        return _("请写明哪一年的实际收益") if given.kind == "actual" else ""
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        return _("请写四位的年份")
    if given.kind == "actual" and given.year >= today.year:
        return _("这一年还没有过完，过完以后再填实际收益")
    return ""


@transaction.atomic
def withdraw_benefit(benefit: Benefit, reason: str, *, by: Actor, now: datetime) -> Benefit:
    """Take wrong figures back, by the party whose word they were. ValidationError without a reason."""
    require(by, LandingPerm.BENEFIT, benefit.deal)
    deal = under_way.signed_deal(benefit.deal, Step.BENEFIT, under_way.FOLLOWED)
    row = deal.benefits.select_related("said_for", "deal").get(pk=benefit.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一条已经撤回"), "archived")
    if row.said_for not in queries.own_sides(by, deal):
        raise TransitionRefusedError(_("要由填写的一方撤回"), "not_own")
    under_way.refuse(under_way.text_troubles({"reason": reason}, {}, {"reason": _("请写明撤回的理由")}))
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    _told(row, "deal.benefit_withdrawn", reason.strip(), by=by, now=now)
    return row


def _told(row: Benefit, event: str, note: str, *, by: Actor, now: datetime) -> None:
    names = {"kind": MEASURES[row.kind], "year": row.year or _("年均")}
    said = _("%(kind)s · %(year)s") % names
    payload = {
        "benefit": str(row.uid),
        "kind": row.kind,
        "year": row.year,
        "note": _("%(what)s：%(note)s") % {"what": said, "note": note} if note else said,
    }
    under_way.told(row.deal, event, payload, by=by, now=now)
    if event == "deal.benefit_recorded":
        title = format_lazy(gettext_lazy("合作项目 {number} 填写了经济收益"), number=row.deal.number)
        tell_others(row.deal, by, title, now)


@transaction.atomic
def report_landing_year(
    landing: Landing,
    given: Expected,
    *,
    by: Actor,
    now: datetime,
    volume: Decimal | None = None,
    evidence: Sequence[under_way.Paper] = (),
) -> None:
    """The yearly report of a landing in one go: what was made, what it brought; its duty ends.

    ValidationError by field (`volume`, `year`, `revenue`, `basis` …), FileRefusedError.
    """
    require(by, LandingPerm.MOVE, landing)
    figures = [getattr(given, name) for name in (*AMOUNTS, "jobs")]
    if given.year is None or volume is None:
        record_benefit(landing.deal, given, by=by, now=now, evidence=evidence)
        return
    wrong = _year_trouble(given, clock.today(now))
    said = _("不能小于零，请核对") if volume < 0 else ""
    under_way.refuse({"year": wrong, "volume": said, "evidence": under_way.files_trouble(evidence)})
    told = any(value is not None for value in figures)
    made = Made("actual", given.year, volume, note=given.basis.strip()[:300])
    record_production(landing, [made], by=by, now=now, evidence=() if told else evidence)
    if told:
        record_benefit(landing.deal, given, by=by, now=now, evidence=evidence)
    year_reported(landing, by="report_landing_year", now=now)
