"""Signed deals with milestones, a verdict, a landing and figures, made through the actions."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.actions import Came, Expected, Made, Planned, Site
from mengkeju.deals.models import Acceptance, Arrival, Benefit, Deal, DealParty, Landing, Milestone
from mengkeju.kernel import clock
from tests.deals import deal_samples
from tests.deals import samples as s

NOW = s.NOW
SIGNED_ON = deal_samples.SIGNED_ON
LATER = NOW + timedelta(days=60)
DUE_ON = clock.today(NOW) + timedelta(days=90)
D = Decimal


def party(deal: Deal, side: str) -> DealParty:
    """The lead of a side."""
    return deal.parties.get(side=side, role="lead", archived_at=None)


def signed(pair: s.Pair) -> Deal:
    """Signed on NOW's day by the firm, which buys, and the institute."""
    return deal_samples.signed(pair)


def planned(deal: Deal, pair: s.Pair, **given: Any) -> Milestone:
    """The institute is to finish the trial by DUE_ON; the firm planned it."""
    options = {"title": "完成中试", "due_on": DUE_ON, "reporter": party(deal, "seller"), "criteria": "连续运行 72 小时"}
    rows = [Planned(**(options | given))]
    return actions.plan_milestones(deal, rows, by=pair.of_firm, now=NOW)[0]


def reported(row: Milestone, pair: s.Pair, **given: Any) -> Milestone:
    """The institute says that it was reached on NOW's day."""
    options: dict[str, Any] = {"reached_on": clock.today(NOW), "by": pair.of_institute, "now": LATER}
    return actions.report_milestone(row, given.pop("report", "已连续运行 80 小时"), **(options | given))


def judged(deal: Deal, pair: s.Pair, verdict: str = "passed", **given: Any) -> Acceptance:
    """The firm's verdict on NOW's day."""
    options: dict[str, Any] = {"held_on": clock.today(NOW), "opinion": "达到约定指标", "by": pair.of_firm, "now": LATER}
    return actions.record_acceptance(deal, verdict=verdict, **(options | given))


def landed(deal: Deal, pair: s.Pair, *, now: datetime = LATER, **given: Any) -> Landing:
    """At the firm's: 20,000 t a year, planned."""
    options: dict[str, Any] = {
        "name": "母粒填料生产线",
        "party": party(deal, "buyer"),
        "investment": D(30_000_000),
        "product": "母粒填料",
        "capacity": D(20_000),
        "unit": "吨",
        "jobs_planned": 60,
    }
    return actions.record_landing(deal, Site(**(options | given)), by=pair.of_firm, now=now)


def producing(deal: Deal, pair: s.Pair, *, since: date | None = None) -> Landing:
    """A landing that produces since a day, NOW's where none is given."""
    return landed(deal, pair, produced_on=since or clock.today(NOW))


def figures(deal: Deal, pair: s.Pair, kind: str = "forecast", *, now: datetime = LATER, **given: Any) -> Benefit:
    """The firm's figures of a year: 1.29亿元 expected as a yearly average."""
    options: dict[str, Any] = {"year": None, "revenue": D(129_000_000), "profit": D(38_000_000), "basis": "年产 × 单价"}
    expected = Expected(kind=kind, **(options | given))
    return actions.record_benefit(deal, expected, by=pair.of_firm, now=now)


def made(landing: Landing, pair: s.Pair, *rows: Made, now: datetime = LATER) -> None:
    """Volumes that the firm tells."""
    actions.record_production(landing, rows, by=pair.of_firm, now=now)


def came(deal: Deal, pair: s.Pair, **given: Any) -> Arrival:
    """Five people of whom two are doctors came to the firm."""
    options: dict[str, Any] = {
        "team": "材料分选团队",
        "headcount": 5,
        "doctors": 2,
        "seniors": 1,
        "arrived_on": clock.today(NOW),
        "employer": party(deal, "buyer"),
        "came_from": "北京",
    }
    return actions.record_arrival(deal, Came(**(options | given)), by=pair.of_firm, now=LATER)
