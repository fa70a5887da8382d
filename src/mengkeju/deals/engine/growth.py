"""Growth between two sums. Plain arithmetic, so that a page, the command line and the API say the same."""

from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """Per cent from `before` to `now`, one decimal, half up; None when there was nothing before."""
    if before <= 0:
        return None
    return ((now - before) * HUNDRED / before).quantize(Decimal("0.1"), ROUND_HALF_UP)


def whole(percent: Decimal | None) -> int | None:
    """The same as reports write it: without decimals, half up."""
    return None if percent is None else int(percent.quantize(Decimal(1), ROUND_HALF_UP))
