"""What cooperations compute: whether the shares of the rights are settled, how long a term still runs, what is due.

Plain data in, plain data out. Days are dates of the place, money is Decimal in 元.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mengkeju.kernel.words import gettext as _

HUNDRED = Decimal(100)
ZERO = Decimal(0)


def share_hindrance(shares: Sequence[Decimal | None], terms: str) -> str:
    """Why these shares (%) of the rights are not settled; empty when they are.

    Settled: they sum to 100, or all are open and `terms` says why.
    """
    known = [share for share in shares if share is not None]
    if not known:
        return "" if terms.strip() else _("请写明各方的知识产权份额；暂不约定的，在“知识产权归属与成果分享”里写明理由")
    if len(known) < len(shares):
        return _("知识产权份额要么各方都写，要么都不写")
    total = sum(known, ZERO)
    if total == HUNDRED:
        return ""
    return _("各方知识产权份额合计 %(total)s%%，要等于 100%%") % {"total": f"{total.normalize():f}"}


@dataclass(frozen=True)
class Budget:
    """Packages against funding (元). `open_packages`: packages of which nobody said the budget."""

    planned: Decimal
    open_packages: int
    public: Decimal
    own: Decimal
    other: Decimal

    @property
    def funded(self) -> Decimal:
        """All lines of funding."""
        return self.public + self.own + self.other

    @property
    def beyond(self) -> Decimal:
        """By how much the packages go beyond the funding; nothing while no funding is written."""
        return max(self.planned - self.funded, ZERO) if self.funded else ZERO


def budget_of(budgets: Iterable[Decimal | None], lines: Iterable[tuple[str, Decimal]], public: Iterable[str]) -> Budget:
    """`budgets` of the packages, `lines` as (source, amount); `public`: the sources that are public money."""
    known = list(budgets)
    sums: dict[str, Decimal] = {}
    for source, amount in lines:
        sums[source] = sums.get(source, ZERO) + amount
    state = sum((sums.pop(source, ZERO) for source in public), ZERO)
    own = sums.pop("own", ZERO)
    planned = sum((budget for budget in known if budget is not None), ZERO)
    return Budget(planned, known.count(None), state, own, sum(sums.values(), ZERO))


def years_due(signed_on: date | None, reported: Iterable[int], today: date) -> list[int]:
    """The years that have ended since the signing and that nobody has reported yet, the oldest first.

    Nothing for a day of signing that is unknown: nobody can say which years to ask for.
    """
    if signed_on is None:
        return []
    done = set(reported)
    return [year for year in range(signed_on.year, today.year) if year not in done]
