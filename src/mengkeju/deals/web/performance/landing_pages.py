"""What the panels of landings and benefits show on a deal's page. Nothing here writes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.benefit import MEASURES, Cell
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.engine.production import YearOfProduction
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import BOUNDS, Benefit, Deal, Landing, Production
from mengkeju.deals.models import MEASURES as KINDS
from mengkeju.deals.web.performance.pages import files_of, state_of
from mengkeju.directory import queries as directory
from mengkeju.kernel import figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import word


def landings_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """落地: each site with what is made there. What a source tells of is everybody's."""
    if not deal.kind_spec.has(Step.LANDING) or not (shown["inside"] or deal.from_source):
        return None
    rows = queries.landings_of(actor, deal)
    may_land = queries.may_land(actor, deal) and bool(queries.sites_open_to(actor, deal))
    if not rows and not may_land:
        return None
    volumes = queries.production_of(rows)
    evidence = queries.evidence_of("landing", rows)
    areas = directory.area_names({row.area for row in rows if row.area})
    return {
        "d": deal,
        "rows": [
            {
                "landing": row,
                "state": state_of(LANDING, row),
                "facts": _facts(row, areas),
                "production": production_table(row, volumes[row.pk]),
                "files": files_of(evidence[row.uid]),
                **_tended(actor, row),
            }
            for row in rows
        ],
        "may_land": may_land,
    }


def _tended(actor: Actor, row: Landing) -> dict[str, Any]:
    """What the reader may do with a landing."""
    tends = queries.may_tend(actor, row)
    return {
        "tends": tends,
        "steps": [(key, word(step)) for key, step in LANDING.leaving(row.state)] if tends else [],
        "makes": tends and bool(row.unit),
        "reports": tends and row.state in {"producing", "stopped"},
    }


def _facts(row: Landing, areas: dict[str, str]) -> list[dict[str, Any]]:
    capacity = ""
    if row.capacity is not None:
        capacity = _("%(volume)s %(unit)s/年") % {"volume": volume_in_words(row.capacity), "unit": row.unit}
    rows = [
        (_("落地单位"), row.party.name),
        (_("所在地区"), areas.get(row.area, row.area)),
        (_("落地地点"), row.address),
        (_("投资"), figures.amount(row.investment) if row.investment is not None else ""),
        (_("产品"), row.product),
        (_("每年计划处理或生产") if row.source else _("设计年产能"), capacity),
        (_("计划用工（人）"), f"{row.jobs_planned:,}" if row.jobs_planned is not None else ""),
        (_("开工日期"), figures.full_date(row.began_on) if row.began_on else ""),
        (_("投产日期"), figures.full_date(row.produced_on) if row.produced_on else ""),
        (_("停产日期"), figures.full_date(row.stopped_on) if row.stopped_on else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def volume_in_words(volume: Decimal) -> str:
    """With thousands and without the zeros of the database."""
    return f"{volume.normalize():,f}"


def production_table(landing: Landing, rows: Sequence[Production]) -> dict[str, Any] | None:
    """Plan, actual and deviation by year; None while nothing is said."""
    years = queries.years_of(rows)
    if not years:
        return None
    unit = {"unit": landing.unit}
    head = (
        _("年份"),
        _("计划（%(unit)s）") % unit,
        _("实际（%(unit)s）") % unit,
        _("偏差（%(unit)s）") % unit,
        _("偏差率"),
    )
    return {
        "columns": [{"label": label, "numeric": place > 0} for place, label in enumerate(head)],
        "rows": [{"cells": _production_cells(one, head)} for one in years],
    }


def _production_cells(one: YearOfProduction, head: Sequence[str]) -> list[dict[str, Any]]:
    values = [_("未填") if value is None else volume_in_words(value) for value in (one.plan, one.actual)]
    values.append("—" if one.deviation is None else signed(volume_in_words(abs(one.deviation)), one.deviation))
    values.append("—" if one.percent is None else signed(f"{abs(one.percent)}%", one.percent))
    note = _("已填 %(n)d 个月") % {"n": one.months} if one.months else ""
    cells = [{"value": value, "numeric": True, "label": label} for label, value in zip(head[1:], values, strict=True)]
    return [{"value": str(one.year), "header": True, "note": note}, *cells]


def signed(words: str, value: Decimal) -> str:
    """A figure with its sign; nought has none."""
    return f"+{words}" if value > 0 else f"\u2212{words}" if value < 0 else words


def benefits_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """经济收益: forecast, actual and difference by year, and every row with its basis."""
    if not deal.kind_spec.has(Step.BENEFIT) or not (shown["inside"] or deal.from_source):
        return None
    rows = queries.benefits_of(actor, deal)
    may_benefit = queries.may_benefit(actor, deal)
    if not rows and not may_benefit:
        return None
    found = queries.evidence_of("benefit", rows)
    own = {party.pk for party in queries.own_sides(actor, deal)} if may_benefit else set()
    return {
        "d": deal,
        "table": compare_table(rows),
        "rows": [
            {
                "b": row,
                "kind": str(KINDS[row.kind]),
                "year": year_in_words(row),
                "amounts": amounts_in_words(row),
                "files": files_of(found[row.uid]),
                "withdrawable": row.said_for_id in own,
            }
            for row in rows
        ],
        "may_benefit": may_benefit,
    }


def year_in_words(row: Benefit) -> str:
    """“2027年”, or that it is a yearly average."""
    return _("%(year)s年") % {"year": row.year} if row.year else _("年均")


def bounded(amount: Decimal | None, bound: str) -> str:
    """“不少于 3,800万元”; empty for none."""
    if amount is None:
        return ""
    words = figures.amount(amount) if amount >= 0 else f"\u2212{figures.amount(-amount)}"
    return _("%(bound)s %(amount)s") % {"bound": BOUNDS[bound], "amount": words} if bound else words


def amounts_in_words(row: Benefit) -> str:
    """What one row says, measure by measure."""
    names = measure_names()
    said = []
    for name in MEASURES:
        bound = (row.profit_bound or row.bound) if name == "profit" else row.bound
        amount = bounded(getattr(row, name), bound)
        if amount:
            said.append(f"{names[name]} {amount}")
    if row.jobs is not None:
        said.append(_("就业 %(n)d 人") % {"n": row.jobs})
    return _("；").join(said)


def measure_names() -> dict[str, str]:
    """The words of the measures, in the reader's language."""
    return {"revenue": _("销售收入"), "profit": _("利润"), "tax": _("税收")}


def compare_table(rows: Sequence[Benefit]) -> dict[str, Any] | None:
    """Year by year: forecast, actual and difference of every measure that a row speaks of."""
    lines = queries.compared(rows)
    told = [[name for name in MEASURES if _is_told(line.cells[name])] for line in lines]
    if not any(told):
        return None
    names = measure_names()
    head = [_("年份"), _("指标"), _("预计"), _("实际"), _("实际比预计")]
    table = []
    for line, measures in zip(lines, told, strict=True):
        year = _("%(year)s年") % {"year": line.year} if line.year else _("年均")
        for at, name in enumerate(measures):
            first = {"value": year, "header": True} if at == 0 else {"value": "", "header": True}
            table.append({"cells": [first, {"value": names[name], "label": head[1]}, *_cells(line.cells[name], head)]})
    columns = [{"label": label, "numeric": place > 1} for place, label in enumerate(head)]
    return {"columns": columns, "rows": table, "label": _("预计和实际收益")}


def _is_told(cell: Cell) -> bool:
    return cell.forecast is not None or cell.actual is not None


def _cells(cell: Cell, head: Sequence[str]) -> list[dict[str, Any]]:
    forecast = {"value": bounded(cell.forecast, cell.bound), "note": _("年均预计") if cell.of_average else ""}
    difference = ""
    if cell.difference is not None:
        difference = signed(figures.amount(abs(cell.difference)), cell.difference)
    rest = [{"value": bounded(cell.actual, "")}, {"value": difference}]
    return [{**one, "numeric": True, "label": label} for label, one in zip(head[2:], [forecast, *rest], strict=True)]
