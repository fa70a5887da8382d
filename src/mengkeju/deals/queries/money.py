"""Reads of prices and payments. All amounts are Decimal in 元."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine import price
from mengkeju.deals.engine.deal_workflow import OVER_STATES, SIGNED_STATES
from mengkeju.deals.engine.price import Line, Payment, TechnicalIncome
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, Instalment, PaymentRecord, PriceLine
from mengkeju.deals.queries.deal import own_sides, writable
from mengkeju.kernel.access import Actor, may, visible_q
from mengkeju.kernel.models import Attachment


def price_lines(deal: Deal) -> list[PriceLine]:
    """The lines of the price that stand, in their order. One query."""
    return list(deal.price_lines.filter(archived_at=None))


def instalments(deal: Deal) -> list[Instalment]:
    """The instalments that stand, in their order. One query."""
    return list(deal.instalments.filter(archived_at=None))


def known_part(lines: Sequence[PriceLine]) -> tuple[Decimal, Decimal]:
    """Contract and technology value of the lines whose amount is known."""
    return price.known_part(_lines(lines))


def _lines(rows: Sequence[PriceLine]) -> list[Line]:
    return [Line(row.kind, row.amount, row.label) for row in rows]


def payments(actor: Actor, deal: Deal) -> QuerySet[PaymentRecord]:
    """Every payment of a deal the actor may read, the withdrawn ones too, with the parties; the newest first."""
    rows = PaymentRecord.objects.filter(deal=deal)
    rows = rows.select_related("deal", "payer", "payee", "said_for", "confirmed_for")
    return rows.filter(visible_q(actor, DealPerm.READ_PART)).order_by("-paid_on", "-pk")


def find_payment(actor: Actor, deal: Deal, uid: UUID) -> PaymentRecord | None:
    """One payment of a deal, if the actor may read it; also a withdrawn one."""
    return payments(actor, deal).filter(uid=uid).first()


def vouchers_of(rows: Sequence[PaymentRecord]) -> dict[UUID, list[dict[str, Any]]]:
    """The files of payments (uid, name, size) by the payment's uid. One query."""
    found: dict[UUID, list[dict[str, Any]]] = {row.uid: [] for row in rows}
    kept = Attachment.objects.filter(subject_type="deal_payment", subject_uid__in=list(found), file__archived_at=None)
    for one in kept.select_related("file").order_by("pk"):
        found[one.subject_uid].append({"uid": one.file.uid, "name": one.file.name, "size": one.file.size})
    return found


@dataclass(frozen=True)
class Paid:
    """What was paid of a price. `left`: None where there is no upper end; `confirmed`: by both sides."""

    paid: Decimal
    confirmed: Decimal
    left: Decimal | None
    income: TechnicalIncome


def paid_of(deal: Deal, lines: Sequence[PriceLine], rows: Sequence[PaymentRecord]) -> Paid:
    """What these payments come to, without the withdrawn ones, and their technical income. No query."""
    # Estimates are rounded in a row: from the first payment to the last.
    standing = sorted((row for row in rows if row.archived_at is None), key=lambda row: (row.paid_on, row.pk))
    paid = sum((row.amount for row in standing), Decimal(0))
    bound = deal.price_mode not in price.UNBOUND and deal.contract_value is not None
    received = [Payment(str(row.uid), row.amount, row.technical_amount) for row in standing]
    return Paid(
        paid,
        sum((row.amount for row in standing if row.confirmed_at is not None), Decimal(0)),
        deal.contract_value - paid if bound and deal.contract_value is not None else None,
        price.technical_income(received, _lines(lines)),
    )


def technical_income_of(deal: Deal) -> TechnicalIncome:
    """技术性收入 of a deal, from the payments that stand. Two queries."""
    return paid_of(deal, price_lines(deal), list(deal.payments.filter(archived_at=None))).income


def priced(deal: Deal) -> bool:
    """Whether deals of its kind have a price."""
    return deal.kind_spec.has(Step.PRICE)


def may_pay(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may record a payment now."""
    return (
        priced(deal)
        and not deal.from_source
        and deal.state in SIGNED_STATES
        and deal.state not in OVER_STATES
        and may(actor, DealPerm.PAY, deal)
    )


def may_price(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may write the price, or correct it."""
    return priced(deal) and writable(actor, deal)


def price_confirmed(deal: Deal) -> bool:
    """Whether somebody has confirmed the newest text: its price cannot be rewritten then. Two queries at most."""
    text = deal.texts.filter(role="main", archived_at=None).order_by("-version").first()
    return text is not None and text.confirmations.filter(archived_at=None).exists()


def writer_sides(payment: PaymentRecord, parties: Sequence[DealParty]) -> set[str]:
    """The sides for which a payment was written, of the deal's parties (with their persons)."""
    if payment.said_for_id is not None:
        return {party.side for party in parties if party.organisation_id == payment.said_for_id}
    return {
        party.side for party in parties if party.person is not None and party.person.account_id == payment.created_by_id
    }


def waiting_for(actor: Actor, payments: Sequence[PaymentRecord]) -> set[int]:
    """The keys of those, all of one deal, that wait for the actor's confirmation. Three queries at most."""
    open_ = [row for row in payments if row.archived_at is None and row.confirmed_at is None]
    if not open_ or not may(actor, DealPerm.PAYMENT_CONFIRM, open_[0]):
        return set()
    deal = open_[0].deal
    parties = list(deal.parties.filter(archived_at=None).select_related("person"))
    mine = {party.side for party in own_sides(actor, deal)}
    return {
        row.pk
        for row in open_
        if row.created_by_id != actor.account_id
        and mine & ({row.payer.side, row.payee.side} - writer_sides(row, parties))
    }


def other_side_of(actor: Actor, payment: PaymentRecord) -> DealParty | None:
    """The party in whose name the actor may speak on a payment that the other side wrote; None when there is none.

    Nobody confirms what he wrote himself, whatever organisations he belongs to.
    """
    if payment.created_by_id == actor.account_id:
        return None
    parties = list(payment.deal.parties.filter(archived_at=None).select_related("person"))
    open_to = {payment.payer.side, payment.payee.side} - writer_sides(payment, parties)
    return next((party for party in own_sides(actor, payment.deal) if party.side in open_to), None)
