"""Expected and realised benefit, side by side and never added together. Plain Python.

A row that speaks of the deal as a whole counts before the rows of its landings; otherwise those of a year are added.
A forecast without a year is a yearly average: it stands on a line of its own, enters no sum of years, and a year
without a forecast of its own is compared with it, which the line says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

MEASURES = ("revenue", "profit", "tax")
FORECAST, ACTUAL = "forecast", "actual"


@dataclass(frozen=True)
class Said:
    """What a row says, in 元, None for nothing. `landing` None: of the deal as a whole; `year` None: average."""

    kind: str
    year: int | None
    landing: int | None
    amounts: dict[str, Decimal | None]
    bounds: dict[str, str]


@dataclass(frozen=True)
class Cell:
    """One measure of one year. `bound` of the forecast; `difference`: actual less forecast where both are known.

    `of_average`: the forecast is the yearly average, because none was made for this year.
    """

    forecast: Decimal | None
    actual: Decimal | None
    bound: str
    difference: Decimal | None
    of_average: bool = False


@dataclass(frozen=True)
class YearOfBenefit:
    """One line of the comparison; `year` None: the yearly average that was forecast."""

    year: int | None
    cells: dict[str, Cell]


def compared(rows: Sequence[Said]) -> list[YearOfBenefit]:
    """The average line first, where there is one, then every year that a row speaks of."""
    average = _sums(_whole(rows, FORECAST, None))
    years = sorted({row.year for row in rows if row.year is not None})
    lines = []
    if any(value is not None for value, _bound in average.values()):
        cells = {key: Cell(value, None, bound, None) for key, (value, bound) in average.items()}
        lines.append(YearOfBenefit(None, cells))
    for year in years:
        forecast, actual = (_sums(_whole(rows, kind, year)) for kind in (FORECAST, ACTUAL))
        lines.append(YearOfBenefit(year, {key: _cell(forecast[key], average[key], actual[key][0]) for key in MEASURES}))
    return lines


def _cell(own: tuple[Decimal | None, str], average: tuple[Decimal | None, str], actual: Decimal | None) -> Cell:
    of_average = own[0] is None and average[0] is not None and actual is not None
    forecast, bound = average if of_average else own
    difference = actual - forecast if actual is not None and forecast is not None else None
    return Cell(forecast, actual, bound, difference, of_average)


def _whole(rows: Iterable[Said], kind: str, year: int | None) -> list[Said]:
    mine = [row for row in rows if row.kind == kind and row.year == year]
    return [row for row in mine if row.landing is None] or mine


def _sums(rows: Sequence[Said]) -> dict[str, tuple[Decimal | None, str]]:
    """Sum and bound by measure; a bound is kept only where every row of the sum has the same."""
    found: dict[str, tuple[Decimal | None, str]] = {}
    for key in MEASURES:
        known = [(row.amounts[key], row.bounds.get(key, "")) for row in rows if row.amounts.get(key) is not None]
        bounds = {bound for _amount, bound in known}
        total = sum((amount for amount, _bound in known if amount is not None), Decimal(0)) if known else None
        found[key] = (total, bounds.pop() if len(bounds) == 1 else "")
    return found
