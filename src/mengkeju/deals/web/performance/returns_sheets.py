"""Landings, benefits and people who came as files; their sums give the numbers of the page again."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import BOUNDS, Arrival, Benefit, Landing
from mengkeju.deals.models import MEASURES as KINDS
from mengkeju.deals.queries import returns
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.words import word


def _landing_columns() -> list[Column]:
    return [
        Column("name", _("项目或产线"), width=32),
        Column("deal", _("合作项目"), width=40),
        Column("number", _("合作项目编号"), width=18),
        Column("party", _("落地单位"), width=32),
        Column("state", _("状态"), width=12),
        Column("area", _("所在地区"), width=20),
        Column("field", _("技术领域"), width=20),
        Column("investment", _("投资"), Kind.MONEY),
        Column("product", _("产品"), width=20),
        Column("capacity", _("设计年产能"), Kind.NUMBER),
        Column("unit", _("计量单位"), width=10),
        Column("jobs", _("计划用工（人）"), Kind.NUMBER),
        Column("began_on", _("开工日期"), Kind.DATE),
        Column("produced_on", _("投产日期"), Kind.DATE),
    ]


def _landing_rows(actor: Actor, portion: Sequence[Landing]) -> Iterable[Row]:
    opened = returns.deals_opened(actor, portion)
    areas = directory.area_names({row.area for row in portion if row.area})
    fields = dict(queries.choices("technical_fields"))
    for row in portion:
        yield {
            "name": row.name,
            "deal": row.deal.title if row.deal_id in opened else "",
            "number": row.deal.number,
            "party": row.party.name if row.party.organisation_id else _("个人"),
            "state": word(LANDING.states[row.state]),
            "area": areas.get(row.area, row.area),
            "field": fields.get(row.deal.field, row.deal.field),
            "investment": row.investment,
            "product": row.product,
            "capacity": row.capacity,
            "unit": row.unit,
            "jobs": row.jobs_planned,
            "began_on": row.began_on,
            "produced_on": row.produced_on,
        }


def _benefit_columns() -> list[Column]:
    return [
        Column("deal", _("合作项目"), width=40),
        Column("number", _("合作项目编号"), width=18),
        Column("landing", _("哪一处落地"), width=28),
        Column("kind", _("预计还是实际"), width=12),
        Column("year", _("年份"), width=10),
        Column("bound", _("预计数是"), width=10),
        Column("revenue", _("新增销售收入"), Kind.MONEY),
        Column("profit", _("新增利润"), Kind.MONEY),
        Column("profit_bound", _("预计利润是"), width=10),
        Column("tax", _("新增税收"), Kind.MONEY),
        Column("jobs", _("新增就业（人）"), Kind.NUMBER),
        Column("basis", _("测算依据或数据来源"), width=48),
        Column("said_for", _("填写的单位"), width=32),
    ]


def _benefit_rows(actor: Actor, portion: Sequence[Benefit]) -> Iterable[Row]:
    opened = returns.deals_opened(actor, portion)
    for row in portion:
        party = row.said_for
        said_for = party.name if party is not None and party.organisation_id else ""
        yield {
            "deal": row.deal.title if row.deal_id in opened else "",
            "number": row.deal.number,
            "landing": row.landing.name if row.landing else "",
            "kind": str(KINDS[row.kind]),
            "year": str(row.year) if row.year else _("年均"),
            "bound": str(BOUNDS[row.bound]),
            "revenue": row.revenue,
            "profit": row.profit,
            "profit_bound": str(BOUNDS[row.profit_bound or row.bound]),
            "tax": row.tax,
            "jobs": row.jobs,
            "basis": row.basis,
            "said_for": said_for or (_("公开资料") if row.source else ""),
        }


def _arrival_columns() -> list[Column]:
    return [
        Column("team", _("团队或岗位"), width=32),
        Column("employer", _("引进单位"), width=32),
        Column("deal", _("合作项目"), width=40),
        Column("headcount", _("人数"), Kind.NUMBER),
        Column("doctors", _("其中博士"), Kind.NUMBER),
        Column("seniors", _("其中高级职称"), Kind.NUMBER),
        Column("came_from", _("来自"), width=24),
        Column("full_time", _("全职"), width=10),
        Column("arrived_on", _("到岗日期"), Kind.DATE),
    ]


def _arrival_rows(actor: Actor, portion: Sequence[Arrival]) -> Iterable[Row]:
    opened = returns.deals_opened(actor, portion)
    for row in portion:
        yield {
            "team": row.team,
            "employer": row.employer_name,
            "deal": row.deal.title if row.deal_id in opened else "",
            "headcount": row.headcount,
            "doctors": row.doctors,
            "seniors": row.seniors,
            "came_from": row.came_from,
            "full_time": _("是") if row.full_time else _("否"),
            "arrived_on": row.arrived_on,
        }


LANDINGS = register(Sheet("deals.landings", gettext_lazy("成果落地"), _landing_columns, _landing_rows))
BENEFITS = register(Sheet("deals.benefits", gettext_lazy("经济收益"), _benefit_columns, _benefit_rows))
ARRIVALS = register(Sheet("deals.arrivals", gettext_lazy("引进的人才和团队"), _arrival_columns, _arrival_rows))
