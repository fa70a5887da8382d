"""`mengkeju stats`: the figures of registered contracts on the terminal. Imported after Django is ready."""

import json
from datetime import date

import click

from mengkeju.deals import queries
from mengkeju.deals.engine.growth import whole
from mengkeju.deals.engine.statistics import CUTS
from mengkeju.deals.queries.statistics_told import as_json as as_json_of
from mengkeju.directory import queries as directory
from mengkeju.kernel import figures

MIN_YEAR, MAX_YEAR = 1985, 9998


@click.group()
def stats() -> None:
    """统计：由登记记录汇总，每个数都能追到合同。"""


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
        click.echo(json.dumps(as_json_of(found), ensure_ascii=False, indent=1))
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
