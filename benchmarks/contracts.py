"""The contract statistics over many registrations: one page's queries beside summing every row in Python.

    python -m benchmarks.contracts DIR --rows 100000 [--server postgresql|sqlite]

Makes a site in DIR with that many invented registrations (演示) over five years, half of them in the year asked for,
then times `queries.statistics` and a naive reading of the same rows, five times each; both must say the same.
"""

import statistics as numbers
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import click

from benchmarks import site

PORTION, RUNS, YEAR, YEARS = 5000, 5, 2023, (2021, 2022, 2023, 2023, 2023, 2024)
AREAS = ("150102", "150103", "150104", "150105", "150203", "150202", "110000")
KINDS = ("development", "transfer", "licence", "consulting", "service")
FIELDS = ("electronic_information", "new_materials", "new_energy", "agriculture", "environment", "biomedicine")


def entries(rows: int) -> Any:
    """Invented ledger rows, the same every time."""
    from mengkeju.deals.actions import LedgerEntry

    draw = Random("contracts")  # noqa: S311 - sample data
    for place in range(rows):
        value = Decimal(draw.randint(10_000, 20_000_000))
        yield LedgerEntry(
            key=f"bench:{place}",
            title=f"演示合同 {place}",
            seller=f"演示卖方{place % 900}（演示）",
            buyer=f"演示买方{place % 1700}（演示）",
            registered_on=date(draw.choice(YEARS), 1, 1) + timedelta(days=draw.randint(0, 364)),
            contract_type=draw.choice(KINDS),
            contract_value=value,
            technology_value=value * draw.randint(50, 100) / 100,
            number=f"YS{place:014d}",
            area=draw.choice(AREAS[:6]),
            buyer_area=draw.choice(AREAS),
            zone=draw.choice(("", "", "150172")),
            seller_kind=draw.choice(("enterprise", "institute", "university")),
            field=draw.choice(FIELDS),
            ip_kind=draw.choice(("none", "patent", "software")),
            plan_source=draw.choice(("none", "regional", "city")),
        )


def fill(rows: int) -> None:
    """Record what is missing, portion by portion."""
    from mengkeju.deals.actions import record_registrations
    from mengkeju.deals.models import Registration
    from mengkeju.directory.actions import load_reference_data
    from mengkeju.kernel import clock
    from mengkeju.kernel.access import SYSTEM

    load_reference_data()
    made = list(entries(rows))
    for begin in range(Registration.objects.count() // PORTION * PORTION, rows, PORTION):
        record_registrations(made[begin : begin + PORTION], by=SYSTEM, now=clock.now(), fictional=True)


def naive() -> tuple[int, Decimal, dict[str, int]]:
    """Count, sum and contracts by type of the year, every row read into Python."""
    from mengkeju.deals.models import Registration

    kinds: dict[str, int] = {}
    count, value = 0, Decimal(0)
    for row in Registration.objects.filter(registered_on__year=YEAR, state__in=("registered", "changed")):
        count, value = count + 1, value + (row.certified_value or 0)
        kinds[row.contract_type] = kinds.get(row.contract_type, 0) + 1
    return count, value, kinds


def grouped() -> tuple[int, Decimal, dict[str, int]]:
    """The same from the statistics, which also cut by seven more."""
    from mengkeju.deals import queries

    found = queries.statistics(queries.of_year(YEAR))
    kinds = {part.code: part.figures.count for part in found.cuts["type"]}
    return found.figures.count, found.figures.contract_value, kinds


def timed(act: Callable[[], Any]) -> tuple[float, float, float]:
    """Minimum, median and maximum of five runs, in seconds."""
    found = []
    for _run in range(RUNS):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return min(found), numbers.median(found), max(found)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--rows", default=100_000, show_default=True)
@click.option("--server", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True)
def main(folder: Path, rows: int, server: str) -> None:
    """Fill, check that both say the same, time both."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        given = {}
        if server == "postgresql":
            from mengkeju.kernel.testing.postgres import private_cluster

            given["DATABASE_URL"] = stack.enter_context(private_cluster()).url()
        site.become(folder, **given)
        began = time.perf_counter()
        fill(rows)
        click.echo(f"{site.machine()}\n{server}, {rows} registrations, recorded in {time.perf_counter() - began:.0f} s")
        if naive() != grouped():
            raise click.ClickException("the two do not say the same")
        for name, act in (("statistics, all cuts", grouped), ("naive, one cut", naive)):
            least, middle, most = timed(act)
            click.echo(f"{name}: {middle * 1000:.0f} ms ({least * 1000:.0f}–{most * 1000:.0f})")


if __name__ == "__main__":
    main()
