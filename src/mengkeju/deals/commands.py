"""`mengkeju stats`: the figures of registered contracts on the terminal. Imported after Django is ready."""

import json
from datetime import date
from typing import Any

import click

from mengkeju.deals import queries
from mengkeju.deals.engine.growth import whole
from mengkeju.deals.engine.statistics import CUTS, Figures
from mengkeju.directory import queries as directory
from mengkeju.kernel import figures

MIN_YEAR, MAX_YEAR = 1985, 9998


@click.group()
def stats() -> None:
    """统计：由登记记录汇总，每个数都能追到合同。"""


def _number(found: Figures) -> dict[str, Any]:
    """Amounts as whole 元 where they are whole, else with their cents as text."""

    def plain(value: Any) -> int | str:
        return int(value) if value == value.to_integral_value() else f"{value:.2f}"

    return {
        "count": found.count,
        "contract_value": plain(found.contract_value),
        "technology_value": plain(found.technology_value),
        "unstated": found.unstated,
    }


def told(found: queries.ContractStatistics) -> dict[str, Any]:
    """What `--json` prints; the API answers the same."""
    return {
        "from": found.asked.first_on.isoformat(),
        "until": found.asked.last_on.isoformat(),
        "area": found.asked.area or None,
        **_number(found.figures),
        "before": _number(found.before),
        "growth_pct": whole(found.growth_pct),
        "growth_pct_exact": None if found.growth_pct is None else str(found.growth_pct),
        "inflow": _number(found.inflow),
        "cuts": {cut: [{"code": part.code, **_number(part.figures)} for part in found.cuts[cut]] for cut in CUTS},
    }


@stats.command()
@click.option("--year", type=click.IntRange(MIN_YEAR, MAX_YEAR), required=True, help="登记年份。")
@click.option("--area", default="", metavar="CODE", help="行政区划或功能区代码，例如 150100；不写是全部。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def contracts(year: int, area: str, *, as_json: bool) -> None:
    """技术合同认定登记：项数、成交额、技术交易额、同比，按各种口径。"""
    if area and area not in directory.area_names([area]):
        raise click.ClickException(f"没有代码为 {area} 的地区")
    found = queries.statistics(queries.of_year(year, area))
    if as_json:
        click.echo(json.dumps(told(found), ensure_ascii=False, indent=1))
        return
    click.echo(_sentence(found, date(year, 1, 1)))
    for cut, label in CUTS.items():
        click.echo(f"\n{label}")
        names = queries.names_of_cut(cut, [part.code for part in found.cuts[cut]])
        for part in found.cuts[cut]:
            amount, named = figures.amount(part.figures.contract_value), names.get(part.code) or part.code or "未载"
            click.echo(f"  {named}\t{part.figures.count} 项\t{amount}")


def _sentence(found: queries.ContractStatistics, day: date) -> str:
    rise = whole(found.growth_pct)
    grown = "" if rise is None else f"，同比{'增长' if rise >= 0 else '下降'} {abs(rise)}%"
    parts = [
        f"{day.year} 年认定登记技术合同 {found.figures.count} 项",
        f"成交额 {figures.amount(found.figures.contract_value)}",
        f"技术交易额 {figures.amount(found.figures.technology_value)}",
    ]
    unstated = f"；其中 {found.figures.unstated} 项金额未载" if found.figures.unstated else ""
    return "，".join(parts) + grown + unstated
