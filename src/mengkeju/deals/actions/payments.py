"""What was paid of the price: said by one side, confirmed by the other, withdrawn with a reason."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.actions.money import paid_sums, plain, priced, technical_excess
from mengkeju.deals.engine import price
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.models import Deal, DealParty, PaymentRecord
from mengkeju.kernel import audit, clock, figures, files
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.models import File
from mengkeju.kernel.workflow import TransitionRefusedError

MOST_VOUCHERS = 5
ZERO = Decimal(0)


@transaction.atomic
def record_payment(
    deal: Deal,
    *,
    payer: DealParty,
    payee: DealParty,
    paid_on: date,
    amount: Decimal,
    by: Actor,
    now: datetime,
    technical_amount: Decimal | None = None,
    voucher_number: str = "",
    note: str = "",
    vouchers: "Sequence[files.Upload | File]" = (),
) -> PaymentRecord:
    """Say that one side has paid the other; the other side may confirm it.

    What has been paid does not go beyond the price, unless this is a royalty or open. `technical_amount`: the part for
    technology where the parties know it. ValidationError by field, FileRefusedError, TransitionRefusedError before
    signing.
    """
    require(by, DealPerm.PAY, deal)
    fresh = priced(deal)
    if fresh.state not in SIGNED_STATES:
        raise TransitionRefusedError(_("签约以后才能登记付款"), "wrong_state")
    row = PaymentRecord(
        deal=fresh,
        payer=payer,
        payee=payee,
        paid_on=paid_on,
        amount=amount,
        technical_amount=technical_amount,
        voucher_number=voucher_number.strip(),
        note=note.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    wrong = _payment_troubles(fresh, row, today=clock.today(now))
    mine = [party for party in queries.own_sides(by, fresh) if party.side in {payer.side, payee.side}]
    if not mine and not wrong:
        wrong = {"payer": _("付款方和收款方里要有一方是本方")}
    if len(vouchers) > MOST_VOUCHERS:
        wrong["vouchers"] = _("一次最多附 %(most)s 个文件") % {"most": MOST_VOUCHERS}
    if wrong:
        raise ValidationError(wrong)
    # Whoever paid or was paid speaks for himself before another of his side does.
    speaker = min(mine, key=lambda party: party.pk not in {payer.pk, payee.pk})
    row.said_for = speaker.organisation
    row.save(force_insert=True)
    for upload in vouchers:
        owner = row.said_for.uid if row.said_for else None
        # A stored file was uploaded before, by whoever writes this.
        kept = upload if isinstance(upload, File) else files.store(upload, by=by, now=now, owner=owner, area=fresh.area)
        files.attach(kept, row, role="voucher")
    _told(row, "deal.payment_recorded", gettext_lazy("合作项目 {number} 登记了一笔付款"), by=by, now=now)
    return row


def _payment_troubles(deal: Deal, row: PaymentRecord, *, today: date) -> dict[str, str]:
    wrong = _party_troubles(deal, row)
    if row.paid_on > today:
        wrong["paid_on"] = _("付款日期不能晚于今天")
    elif deal.signed_on is not None and row.paid_on < deal.signed_on:
        said = _("付款日期不能早于签订日期 %(day)s，请先核对签订日期")
        wrong["paid_on"] = said % {"day": figures.full_date(deal.signed_on)}
    for field, most in (("voucher_number", 80), ("note", 300)):
        if len(getattr(row, field)) > most:
            wrong[field] = _("最多 %(most)s 个字") % {"most": most}
    return wrong | (_amount_trouble(deal, row) or _technical_trouble(deal, row))


def _party_troubles(deal: Deal, row: PaymentRecord) -> dict[str, str]:
    standing = set(deal.parties.filter(archived_at=None).values_list("pk", flat=True))
    wrong = {field: _("请选择合同的一方") for field in ("payer", "payee") if getattr(row, field).pk not in standing}
    if wrong:
        return wrong
    if row.payer.side == row.payee.side:
        return {"payee": _("付款方和收款方要各在一边")}
    if "seller" in deal.kind_spec.sides and row.payee.side != "seller":
        return {"payee": _("收款方应在卖方一侧；退款请撤回原来的记录并写明理由")}
    return {}


def _amount_trouble(deal: Deal, row: PaymentRecord) -> dict[str, str]:
    said = price.amount_trouble(row.amount) or ("" if row.amount > 0 else _("金额要大于零"))
    if said:
        return {"amount": said}
    paid = paid_sums(deal)[0]
    said = price.paid_check(deal.price_mode, deal.contract_value, paid + row.amount)
    if said and deal.contract_value is not None:
        left = deal.contract_value - paid
        names = {"price": deal.contract_value, "paid": paid, "left": left, "excess": row.amount - left}
        said = _("价款 %(price)s，已登记付款 %(paid)s，还剩 %(left)s；这一笔多出 %(excess)s") % {
            key: figures.amount(value) for key, value in names.items()
        }
    if said:
        return {"amount": said}
    twice = deal.payments.filter(
        archived_at=None, voucher_number=row.voucher_number, paid_on=row.paid_on, amount=row.amount
    )
    if row.voucher_number and twice.exists():
        return {"voucher_number": _("同一天、同一金额、同一凭证号的付款已经登记过")}
    return {}


def _technical_trouble(deal: Deal, row: PaymentRecord) -> dict[str, str]:
    if row.technical_amount is None:
        return {}
    said = price.amount_trouble(row.technical_amount)
    if not said and row.technical_amount > row.amount:
        said = _("技术部分不能大于这一笔付款")
    known = paid_sums(deal)[1] + row.technical_amount if not said else ZERO
    said = said or technical_excess(deal.price_mode, deal.technology_value, known)
    return {"technical_amount": said} if said else {}


@transaction.atomic
def confirm_payment(payment: PaymentRecord, *, by: Actor, now: datetime) -> PaymentRecord:
    """The other side's word that this was paid; the time stays. A second time changes nothing.

    RefusedError; TransitionRefusedError for who wrote it, for his side, and for one that was withdrawn.
    """
    require(by, DealPerm.PAYMENT_CONFIRM, payment)
    row = _locked(payment)
    if row.confirmed_at is not None:
        return row
    party = queries.other_side_of(by, row)
    if party is None:
        raise TransitionRefusedError(_("这一笔是本方登记的，要由另一方确认"), "own")
    row.confirmed_at, row.confirmed_for = now, party.organisation
    row.save(update_fields=["confirmed_at", "confirmed_for"])
    _told(row, "deal.payment_confirmed", gettext_lazy("合作项目 {number} 的一笔付款已由另一方确认"), by=by, now=now)
    return row


@transaction.atomic
def withdraw_payment(payment: PaymentRecord, reason: str, *, by: Actor, now: datetime) -> PaymentRecord:
    """Take a wrong record back, with its reason; it stays in the archive and no longer counts.

    Either side may, until it is confirmed; then only the side that confirmed it. ValidationError without a reason,
    RefusedError, TransitionRefusedError.
    """
    require(by, DealPerm.PAY, payment.deal)
    row = _locked(payment)
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤回的理由")})
    if row.confirmed_at is not None and queries.other_side_of(by, row) is None:
        raise TransitionRefusedError(_("另一方已经确认，要由确认的一方撤回"), "confirmed")
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    said = gettext_lazy("合作项目 {number} 的一笔付款记录已撤回")
    _told(row, "deal.payment_withdrawn", said, by=by, now=now, note=reason.strip())
    return row


def _locked(payment: PaymentRecord) -> PaymentRecord:
    """The payment afresh, behind the lock of its deal."""
    deal = priced(payment.deal)
    row = deal.payments.select_related("payer", "payee", "said_for").get(pk=payment.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一笔付款记录已经撤回"), "archived")
    row.deal = deal
    return row


def _told(row: PaymentRecord, event: str, said: Any, *, by: Actor, now: datetime, note: str = "") -> None:
    """Sum up what is paid, record the act, tell the other side."""
    deal = row.deal
    deal.paid_value = paid_sums(deal)[0]
    deal.save(update_fields=["paid_value"])
    payload = {
        "payment": str(row.uid),
        "amount": plain(row.amount),
        "paid_on": row.paid_on.isoformat(),
        "paid": plain(deal.paid_value),
        "note": note,
    }
    audit.record(event, deal, by=by, now=now, payload=payload)
    tell_others(deal, by, format_lazy(said, number=deal.number), now)
