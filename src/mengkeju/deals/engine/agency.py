"""The year of a technology-transfer body: sums over the contracts it helped with, in whole and by its share.

What the yearly return of such a body asks for: 技术转移机构年度申报表 (secondary source: the public code of a form).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Help:
    """One contract with what the body had in it.

    `value` and `technology` in 元, None where nobody said. `share` (%) of the commission as the parties wrote it, None
    where they did not. `alone`: nobody else has been confirmed as having helped.
    """

    value: Decimal | None
    technology: Decimal | None
    share: Decimal | None
    alone: bool

    @property
    def counted_share(self) -> Decimal | None:
        """The share amounts are counted by: as written; all of it for the only helper; else unknown."""
        if self.share is not None:
            return self.share
        return HUNDRED if self.alone else None


def part_of(amount: Decimal | None, share: Decimal | None) -> Decimal | None:
    """The part of an amount by a share (%), to the cent, half up; None when either is unknown."""
    if amount is None or share is None:
        return None
    return (amount * share / HUNDRED).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Sums:
    """How many contracts; amounts in whole and by share (元).

    `together`: with others who helped, so that their whole amounts stand on several sheets. `unstated`: without amount.
    `unshared`: with others and without a written share: in the whole, not in the sums by share.
    """

    count: int = 0
    value: Decimal = ZERO
    value_by_share: Decimal = ZERO
    technology: Decimal = ZERO
    technology_by_share: Decimal = ZERO
    together: int = 0
    unstated: int = 0
    unshared: int = 0


def sums_of(rows: Iterable[Help]) -> Sums:
    """The sums over contracts; each part is rounded to the cent by itself, as the list shows it."""
    kept = list(rows)
    return Sums(
        count=len(kept),
        value=_total(row.value for row in kept),
        value_by_share=_total(part_of(row.value, row.counted_share) for row in kept),
        technology=_total(row.technology for row in kept),
        technology_by_share=_total(part_of(row.technology, row.counted_share) for row in kept),
        together=sum(not row.alone for row in kept),
        unstated=sum(row.value is None for row in kept),
        unshared=sum(row.counted_share is None for row in kept),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)


def percentage(part: int | None, whole: int | None) -> Decimal | None:
    """Per cent with one decimal, half up; None where a figure is missing or the whole is nothing."""
    if part is None or not whole:
        return None
    return (Decimal(part) * HUNDRED / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
