"""What a contract gives to claim a subsidy on (技术交易后补助), window by window.

The base of a window is the technical part of what was really paid in it; bands are cumulative per contract, so a
window earns rate(all so far) − rate(before). No rate, window, cap or eligible type stands here: they are handed in
from the policy in force. Many claims per contract; a payment counts once. Amounts are Decimal in 元.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mengkeju.kernel.figures import full_date
from mengkeju.kernel.money import cents
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark

Rate = Callable[[Decimal], Decimal]
"""The subsidy on a cumulative base; rate(0) = 0, and it never falls."""
ZERO = Decimal(0)
WHY = {
    "claimed": mark("以前已经申报过"),
    "other_party": mark("不是申报单位付出或者收到的"),
    "early": mark("付款早于本期"),
    "late": mark("付款晚于本期"),
    "no_voucher": mark("没有附付款凭证"),
    "no_technical": mark("没有写明其中的技术部分"),
}
"""Why a payment does not count."""
STEPS = {
    "base": mark("本期计入的付款的技术部分"),
    "before": mark("以前各期已经计入"),
    "after": mark("累计计入"),
    "limit": mark("以登记核定的技术交易额为限"),
    "rate_after": mark("按累计数计算"),
    "rate_before": mark("减：以前各期已经计算"),
    "computed": mark("本期计算"),
    "cap": mark("申报单位本年度的上限"),
    "granted": mark("减：本年度其他合同已经占用"),
    "room": mark("上限以内还可以申报"),
    "amount": mark("本期可以申报"),
}
"""The lines of a calculation."""


@dataclass(frozen=True)
class Paid:
    """A payment. `technical` None: its technical part is not known, so it cannot count.

    `barred`: a key of WHY that has nothing to do with the window, such as no voucher; “” for none.
    """

    key: str
    paid_on: date
    amount: Decimal
    technical: Decimal | None
    barred: str = ""


@dataclass(frozen=True)
class Window:
    """The days of one call, both included."""

    begins: date
    until: date


@dataclass(frozen=True)
class Contract:
    """What the call asks of the contract itself. `registered_on` None: not registered."""

    type: str
    registered_on: date | None


@dataclass(frozen=True)
class Earlier:
    """A claim made before on the same contract: the payments it counted and their technical sum."""

    payments: frozenset[str]
    base: Decimal


@dataclass(frozen=True)
class LeftOut:
    """A payment that does not count in this window; `why`: a key of WHY."""

    key: str
    why: str

    @property
    def reason(self) -> str:
        """Why, in the reader's words."""
        return _(WHY[self.why])


@dataclass(frozen=True)
class Step:
    """One line of the calculation; `key` of STEPS."""

    key: str
    amount: Decimal

    @property
    def label(self) -> str:
        """What it is, in the reader's words."""
        return _(STEPS[self.key])


@dataclass(frozen=True)
class Claim:
    """A window's result.

    `hindrance`: why nothing can be claimed at all, or “”; base and steps are then empty. `counted`: keys of payments.
    `computed`: rate(after) − rate(before); `amount`: what the cap leaves of it.
    """

    window: Window
    hindrance: str
    counted: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    base: Decimal = ZERO
    before: Decimal = ZERO
    after: Decimal = ZERO
    computed: Decimal = ZERO
    amount: Decimal = ZERO
    steps: tuple[Step, ...] = ()

    @property
    def is_capped(self) -> bool:
        """Whether the cap took something away."""
        return self.amount < self.computed

    def as_earlier(self) -> Earlier:
        """This claim, seen from the next window. A base whose subsidy was capped is used up all the same."""
        return Earlier(frozenset(self.counted), self.base)


def claim(
    payments: Sequence[Paid],
    contract: Contract,
    window: Window,
    *,
    rate: Rate,
    types: Collection[str] | None = None,
    earlier: Sequence[Earlier] = (),
    limit: Decimal | None = None,
    cap: Decimal | None = None,
    granted_in_year: Decimal = ZERO,
) -> Claim:
    """What can be claimed in a window.

    `types`: contract types the call supports, None = all. `limit`: the cumulative base counts up to it, None = without
    end. `cap`: for all contracts of the applicant in the year, None
    = none; `granted_in_year`: what it has already on other contracts. ValueError for a payment given twice or claimed
    twice, and for a rate that falls.
    """
    used = _used(payments, earlier)
    hindrance = _hindrance(contract, window, types)
    if hindrance:
        return Claim(window, hindrance, (), ())
    reasons = {paid.key: _reason(paid, window, used) for paid in payments}
    counted = [paid for paid in payments if not reasons[paid.key]]
    left_out = tuple(LeftOut(key, reason) for key, reason in reasons.items() if reason)
    base = sum((paid.technical for paid in counted if paid.technical is not None), ZERO)
    before = sum((one.base for one in earlier), ZERO)
    after = before + base
    whole, had = (cents(rate(within(base_so_far, limit))) for base_so_far in (after, before))
    if whole < had and base >= 0:
        raise ValueError("the rate falls as the base rises")
    computed = max(whole - had, ZERO)
    room = None if cap is None else max(cap - granted_in_year, ZERO)
    amount = computed if room is None else min(computed, room)
    steps = [
        Step("base", base),
        Step("before", before),
        Step("after", after),
        *([Step("limit", limit)] if limit is not None and limit < after else []),
        Step("rate_after", whole),
        Step("rate_before", had),
        Step("computed", computed),
    ]
    if cap is not None and room is not None:
        steps += [Step("cap", cap), Step("granted", granted_in_year), Step("room", room)]
    steps.append(Step("amount", amount))
    keys = tuple(paid.key for paid in counted)
    return Claim(window, "", keys, left_out, base, before, after, computed, amount, tuple(steps))


def within(base: Decimal, limit: Decimal | None) -> Decimal:
    """What of a cumulative base counts: not below zero, not beyond the limit."""
    return max(base if limit is None else min(base, limit), ZERO)


def _used(payments: Sequence[Paid], earlier: Sequence[Earlier]) -> frozenset[str]:
    """Payments that earlier claims have counted."""
    keys = [paid.key for paid in payments]
    claimed = [key for one in earlier for key in one.payments]
    if len(set(keys)) != len(keys) or len(set(claimed)) != len(claimed):
        raise ValueError("a payment stands once and is claimed once")
    return frozenset(claimed)


def _hindrance(contract: Contract, window: Window, types: Collection[str] | None) -> str:
    if types is not None and contract.type not in types:
        return _("这一类合同不在本次补助的范围内")
    if contract.registered_on is None:
        return _("合同还没有认定登记，不能申报")
    if contract.registered_on > window.until:
        said = _("合同 %(day)s 才登记，晚于本期截止日 %(until)s")
        return said % {"day": full_date(contract.registered_on), "until": full_date(window.until)}
    return ""


def _reason(paid: Paid, window: Window, used: frozenset[str]) -> str:
    """A key of WHY, or “”."""
    if paid.key in used:
        return "claimed"
    if paid.paid_on < window.begins:
        return "early"
    if paid.paid_on > window.until:
        return "late"
    if paid.barred:
        return paid.barred
    return "no_technical" if paid.technical is None else ""


def in_windows(
    payments: Sequence[Paid],
    contract: Contract,
    windows: Sequence[Window],
    *,
    rate: Rate,
    types: Collection[str] | None = None,
    cap: Decimal | None = None,
) -> list[Claim]:
    """One claim per window, in order, each after those before it; every window is a year of its own for the cap."""
    made: list[Claim] = []
    for window in windows:
        earlier = [one.as_earlier() for one in made]
        made.append(claim(payments, contract, window, rate=rate, types=types, earlier=earlier, cap=cap))
    return made
