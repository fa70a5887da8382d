"""Deals with a price and with payments, made through the actions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, DealParty, PaymentRecord
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import deal_samples
from tests.deals import samples as s

NOW = s.NOW
LATER = NOW + timedelta(days=60)
MILLION = Decimal(1_000_000)


def lines(technical: int = 800, equipment: int = 200) -> list[Line]:
    """A price in 万元: technology and equipment."""
    made = [Line("technical", Decimal(technical) * 10_000, "工艺包（演示）")]
    return [*made, Line("equipment", Decimal(equipment) * 10_000, "试验装置（演示）")] if equipment else made


def priced(pair: s.Pair, **given: Any) -> Deal:
    """A deal that is talked about, with 1000万元 of which 800万元 for technology."""
    said = {"mode": "fixed", "lines": lines()} | given
    return actions.set_price(deal_samples.deal(pair), **said, by=pair.of_firm, now=NOW)


def signed(deal: Deal) -> Deal:
    """The same deal, its text confirmed by both and signed on NOW's day."""
    firm = party(deal, "buyer").organisation
    assert firm is not None
    signed_on = deal_samples.SIGNED_ON
    return actions.sign_deal(deal_samples.confirmed(deal), signed_on=signed_on, by=f.actor(f.manager(firm)), now=NOW)


def party(deal: Deal, side: str) -> DealParty:
    """The lead of a side."""
    return deal.parties.get(side=side, role="lead", archived_at=None)


def voucher(name: str = "回单.pdf", content: bytes = s.PDF) -> SimpleUploadedFile:
    """A file of a bank."""
    return SimpleUploadedFile(name, content, "application/pdf")


def paid(deal: Deal, pair: s.Pair, wan: int | Decimal = 300, *, now: datetime = LATER, **given: Any) -> PaymentRecord:
    """The firm says that it paid so many 万元 on NOW's day."""
    said: dict[str, Any] = {
        "payer": party(deal, "buyer"),
        "payee": party(deal, "seller"),
        "paid_on": clock.today(NOW),
        "amount": Decimal(wan) * 10_000,
        "by": pair.of_firm,
        "now": now,
    }
    return actions.record_payment(deal, **(said | given))
