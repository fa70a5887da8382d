"""Payments of a deal as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.models import PaymentRecord
from mengkeju.deals.web.money.pages import payment_badge
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register


def _columns() -> list[Column]:
    return [
        Column("number", _("合作项目编号"), width=18),
        Column("paid_on", _("付款日期"), Kind.DATE),
        Column("payer", _("付款方"), width=32),
        Column("payee", _("收款方"), width=32),
        Column("amount", _("金额"), Kind.MONEY),
        Column("technical", _("其中技术费用"), Kind.MONEY),
        Column("voucher_number", _("凭证号"), width=24),
        Column("vouchers", _("付款凭证"), Kind.LIST, width=32),
        Column("note", _("说明"), width=32),
        Column("state", _("状态"), width=14),
        Column("said_for", _("登记的单位"), width=32),
        Column("confirmed_at", _("确认时间"), Kind.DATETIME),
        Column("withdrawn", _("撤回理由"), width=32),
    ]


def _rows(_actor: Actor, portion: Sequence[PaymentRecord]) -> Iterable[Row]:
    found = queries.vouchers_of(portion)
    for row in portion:
        yield {
            "number": row.deal.number,
            "paid_on": row.paid_on,
            "payer": row.payer.name,
            "payee": row.payee.name,
            "amount": row.amount,
            "technical": row.technical_amount,
            "voucher_number": row.voucher_number,
            "vouchers": [file["name"] for file in found[row.uid]],
            "note": row.note,
            "state": payment_badge(row)["label"],
            "said_for": row.said_for.name if row.said_for else "",
            "confirmed_at": row.confirmed_at,
            "withdrawn": row.archived_reason,
        }


PAYMENTS = register(Sheet("deals.payments", gettext_lazy("收付款记录"), _columns, _rows))
