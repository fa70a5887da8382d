"""How far production keeps to its plan, year by year: from rows of a year or of its months. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HUNDRED, MONTHS = Decimal(100), 12


@dataclass(frozen=True)
class Volume:
    """What a row says. `kind`: plan or actual; `month` None: the whole year."""

    kind: str
    year: int
    month: int | None
    volume: Decimal


@dataclass(frozen=True)
class YearOfProduction:
    """One year of a landing.

    `plan`, `actual`: None where nobody said; `months`: of how many months the actual volume is known, 0 where it was
    given for the year as a whole. `deviation`: actual less plan, `percent` of the plan (one decimal).
    """

    year: int
    plan: Decimal | None
    actual: Decimal | None
    months: int
    deviation: Decimal | None
    percent: Decimal | None


def by_year(rows: Sequence[Volume]) -> list[YearOfProduction]:
    """Every year that a row speaks of, the earliest first. A row of the year counts before the sum of its months.

    While only months are known of the actual volume, it is set against the plan of the same months, if they have one;
    else there is no deviation yet, unless all twelve are known.
    """
    return [_year(year, rows) for year in sorted({row.year for row in rows})]


def _year(year: int, rows: Sequence[Volume]) -> YearOfProduction:
    plan, planned = _of("plan", year, rows)
    actual, made = _of("actual", year, rows)
    against = plan
    if actual is not None and made and len(made) < MONTHS:
        same = [planned[month] for month in made if month in planned]
        against = sum(same, Decimal(0)) if len(same) == len(made) else None
    deviation = actual - against if actual is not None and against is not None else None
    percent = (deviation * HUNDRED / against).quantize(Decimal("0.1")) if deviation is not None and against else None
    return YearOfProduction(year, plan, actual, len(made), deviation, percent)


def _of(kind: str, year: int, rows: Sequence[Volume]) -> tuple[Decimal | None, dict[int, Decimal]]:
    """The volume of a year and, where no row speaks of the whole, its months."""
    mine = [row for row in rows if row.kind == kind and row.year == year]
    whole = next((row.volume for row in mine if row.month is None), None)
    months = {row.month: row.volume for row in mine if row.month is not None}
    if whole is not None:
        # A plan in months stands beside the plan of the year: what is known of some months is set against it.
        return whole, months if kind == "plan" else {}
    return (sum(months.values(), Decimal(0)) if months else None), months
