"""What is worked out from figures. Nothing is rounded here: `kernel.money.cents` does that where money is shown."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from mengkeju.policy.engine.document import Band, Item, Step, Window


def _not_negative(**numbers: Decimal) -> None:
    for name, number in numbers.items():
        if not number.is_finite() or number < 0:
            msg = f"{name} must be a finite number of at least 0, not {number}"
            raise ValueError(msg)


def progressive(*, bands: Sequence[Band], amount: Decimal, cap: Decimal | None = None) -> Decimal:
    """The sum over the bands of rate × the part of `amount` that lies in each, at most `cap`. ValueError below 0."""
    _not_negative(amount=amount)
    total, below = Decimal(0), Decimal(0)
    for band in bands:
        top = amount if band.up_to is None else min(amount, band.up_to)
        total += max(Decimal(0), top - below) * band.rate
        below = band.up_to if band.up_to is not None else below
    return total if cap is None else capped(amount=total, cap=cap)


def capped(*, amount: Decimal, cap: Decimal) -> Decimal:
    """The smaller of the two."""
    _not_negative(amount=amount, cap=cap)
    return min(amount, cap)


def between(*, steps: Sequence[Step], number: Decimal) -> Step | None:
    """The highest step that `number` reaches; None where it reaches none, or lies above what that step holds for."""
    _not_negative(number=number)
    reached = [step for step in steps if number >= step.at_least]
    if not reached or (reached[-1].up_to is not None and number > reached[-1].up_to):
        return None
    return reached[-1]


def share(*, rate: Decimal, amount: Decimal) -> Decimal:
    """`rate` of `amount`."""
    _not_negative(rate=rate, amount=amount)
    return rate * amount


def taxed(*, income: Decimal, exempt: Decimal, above: Decimal) -> Decimal:
    """What of `income` is taxed: nothing up to `exempt`, of the rest the share `above`."""
    _not_negative(income=income, exempt=exempt, above=above)
    return max(Decimal(0), income - exempt) * above


def entitled(*, needed: bool, registered: bool) -> bool:
    """Whether a relief that may need registration can be had."""
    return registered or not needed


def period(*, window: Window, day: date) -> tuple[date, date] | None:
    """First and last day of the period `day` lies in; None between two periods."""
    for year in (day.year, day.year - 1):
        first = date(year, *window.first)
        last = date(year + (window.last < window.first), *window.last)
        if first <= day <= last:
            return first, last
    return None


def asked(*, items: Sequence[Item], flags: Collection[str]) -> tuple[Item, ...]:
    """The entries that are asked in these circumstances: those without any, and those one of which is given."""
    return tuple(item for item in items if not item.asked_when or set(item.asked_when) & set(flags))
