"""Registered contracts with payments, for what follows from them: claim bases, tax hints, the contract account."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.models import ClaimBasis, Deal, PaymentRecord, Registration
from mengkeju.kernel import clock
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import money_samples as m
from tests.deals import samples as s

NOW = s.NOW
TODAY = clock.today(NOW)
BEGINS = date(2026, 11, 1)
UNTIL = date(2027, 10, 31)
NEXT = date(2027, 11, 1)
NUMBER = "YS262611010000"


def wan(amount: int | str | Decimal) -> Decimal:
    """元 from 万元."""
    return Decimal(amount) * 10_000


def register(of: Deal, *, contract_type: str = "transfer", serial: int = 1, **columns: Any) -> Registration:
    """The deal's registration as the national system gave it."""
    given: dict[str, Any] = {
        "number": f"{NUMBER}{serial:02d}",
        "registered_on": TODAY,
        "contract_type": contract_type,
        "certified_value": of.contract_value,
        "certified_technology": of.technology_value,
    }
    return deal_rows.registration(of, state="registered", **(given | columns))


def registered(pair: s.Pair, *, price: dict[str, Any] | None = None, serial: int = 1, **columns: Any) -> Deal:
    """A contract of 1000万元, 800万元 of it for technology, signed and registered on NOW's day."""
    deal = m.signed(m.priced(pair, **(price or {})))
    register(deal, serial=serial, **columns)
    return deal


def second(pair: s.Pair, *, technical: int = 800, serial: int = 2, **columns: Any) -> Deal:
    """Another registered contract of the same pair, begun by hand."""
    deal = d.by_hand(pair, title=f"演示：第{serial}份合同")
    deal = actions.set_price(deal, mode="fixed", lines=m.lines(technical, 0), by=pair.of_firm, now=NOW)
    deal = m.signed(deal)
    register(deal, serial=serial, **columns)
    return deal


def paid(
    deal: Deal,
    pair: s.Pair,
    amount: int,
    technical: int | None = None,
    *,
    on: date = TODAY,
    voucher: bool = True,
    **given: Any,
) -> PaymentRecord:
    """The firm paid so many 万元 on a day; all of it for technology unless it is said otherwise."""
    part = wan(amount if technical is None else technical)
    said: dict[str, Any] = {"technical_amount": part, "vouchers": [m.voucher()] if voucher else []} | given
    return m.paid(deal, pair, amount, paid_on=on, now=at(on), **said)


def at(day: date) -> Any:
    """A moment a month after a day."""
    return NOW + (day - TODAY) + timedelta(days=30)


def drawn(deal: Deal, pair: s.Pair, *, begins: date = BEGINS, now: Any = None) -> ClaimBasis:
    """The firm's basis of a window."""
    return actions.draw_claim_basis(deal, m.party(deal, "buyer"), begins, by=pair.of_firm, now=now or m.LATER)
