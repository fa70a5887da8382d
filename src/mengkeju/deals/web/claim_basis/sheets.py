"""Claim bases as files: the list of them, and one with every line of its calculation."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.engine import registration_number
from mengkeju.deals.models import ClaimBasis, PaymentRecord
from mengkeju.deals.web.claim_basis.pages import parts, span, worked_of_basis
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute


def _columns() -> list[Column]:
    return [
        Column("applicant", _("申报单位"), width=32),
        Column("deal", _("合作项目编号"), width=18),
        Column("title", _("合同名称"), width=40),
        Column("number", _("合同登记编号"), width=22),
        Column("begins", _("期间起"), Kind.DATE),
        Column("until", _("期间止"), Kind.DATE),
        Column("base", _("计入的技术费用"), Kind.MONEY),
        Column("before", _("以前各期已经计入"), Kind.MONEY),
        Column("computed", _("本期计算"), Kind.MONEY),
        Column("amount", _("可以申报"), Kind.MONEY),
        Column("drawn_at", _("出具时间"), Kind.DATETIME),
        Column("withdrawn", _("撤回理由"), width=32),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[ClaimBasis]) -> Iterable[Row]:
    for one in portion:
        yield {
            "applicant": one.applicant.name,
            "deal": one.deal.number,
            "title": one.deal.title,
            "number": registration_number.show(one.number),
            "begins": one.window_begins,
            "until": one.window_until,
            "base": one.base,
            "before": one.before,
            "computed": one.computed,
            "amount": one.amount,
            "drawn_at": one.created_at,
            "withdrawn": one.archived_reason,
            "url": absolute(one.get_absolute_url()),
        }


def lines(basis: ClaimBasis) -> list[Row]:
    """Every line of one basis: what it is of, payments counted and left out, the steps, the sources."""
    return list(_lines(basis))


def _lines(basis: ClaimBasis) -> Iterator[Row]:
    worked = worked_of_basis(basis)
    about = [(_("申报单位"), basis.applicant.name), (_("合同"), f"{basis.deal.number} {basis.deal.title}")]
    about += [(_("合同登记编号"), registration_number.show(basis.number))]
    about += [(_("申报期间"), span(basis.window_begins, basis.window_until))]
    for label, value in about:
        yield {"part": _("申报依据"), "item": label, "note": value}
    for one in worked.counted:
        files = _("、").join(file["name"] for file in worked.vouchers.get(one.payment.uid, []))
        same = {**_payment(one.payment), "amount": one.amount, "technical": one.technical}
        yield {"part": _("计入的付款"), **same, "note": f"{one.payment.voucher_number} {files}".strip()}
    for left, reason in worked.left_out:
        yield {"part": _("没有计入的付款"), **_payment(left), "note": reason}
    for step in worked.steps:
        yield {"part": _("计算"), "item": step.label, "amount": Decimal(step.amount)}
    for source in parts(worked)["sources"]:
        yield {"part": _("出处"), "item": source["label"], "note": _said(source)}


def _payment(row: PaymentRecord) -> Row:
    said = f"{row.payer.name} → {row.payee.name}"
    return {"item": said, "day": row.paid_on, "amount": row.amount, "technical": row.technical_amount}


def _said(source: dict[str, Any]) -> str:
    said = [source["document"], source["state"]["label"], source["source"], source["url"], source["note"]]
    return _("；").join(one for one in said if one)


def _line_columns() -> list[Column]:
    return [
        Column("part", _("部分"), width=16),
        Column("item", _("项目"), width=40),
        Column("day", _("付款日期"), Kind.DATE),
        Column("amount", _("金额"), Kind.MONEY, width=18),
        Column("technical", _("其中技术费用"), Kind.MONEY, width=18),
        Column("note", _("说明"), width=60),
    ]


def _same(_actor: Actor, portion: Sequence[Row]) -> Iterable[Row]:
    return portion


BASES = register(Sheet("deals.claim_bases", gettext_lazy("申报依据"), _columns, _rows))
BASIS = register(Sheet("deals.claim_basis", gettext_lazy("技术交易后补助申报依据"), _line_columns, _same))
