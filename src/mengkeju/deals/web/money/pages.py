"""What the pages and panels of prices and payments show. Nothing here writes."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.price import KINDS, MODES, UNBOUND
from mengkeju.deals.models import Deal, Instalment, PaymentRecord, PriceLine
from mengkeju.deals.queries import Paid
from mengkeju.deals.web.deal.pages import form_context
from mengkeju.deals.web.money.forms import PaymentForm, PriceForm, sum_in_words
from mengkeju.kernel import figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word

NEWEST = 10
"""Payments on the page of the deal; the rest stands on a page of its own."""
Cells = list[dict[str, Any]]


def price_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """价款: the sums with their definitions, the lines, the instalments. Of a source's record what the source says."""
    if not queries.priced(deal) or not (shown["inside"] or deal.from_source):
        return None
    lines = queries.price_lines(deal) if shown["inside"] else []
    parts = queries.instalments(deal) if shown["inside"] else []
    signed = deal.state in SIGNED_STATES
    rows = list(queries.payments(actor, deal)) if signed and shown["inside"] else []
    paid = queries.paid_of(deal, lines, rows)
    written = bool(lines) or deal.contract_value is not None or deal.price_mode in UNBOUND
    return {
        "d": deal,
        "written": written or deal.from_source,
        "sums": _sums(deal, lines, paid, received=bool(rows)),
        "mode": "" if deal.from_source else _mode(deal),
        "lines": _line_table(lines),
        "parts": _part_table(parts),
        "may_price": shown["writable"] and queries.may_price(actor, deal),
        "signed": signed,
    }


def _mode(deal: Deal) -> str:
    said = word(MODES[deal.price_mode])
    if deal.royalty_rate is None:
        return said
    return _("%(mode)s，%(rate)s%%") % {"mode": said, "rate": f"{deal.royalty_rate.normalize():f}"}


def _sums(deal: Deal, lines: Sequence[PriceLine], paid: Paid, *, received: bool) -> list[dict[str, str]]:
    """Label, amount in words and definition of the three sums."""
    untold = _("资料未写明") if deal.from_source else _("待定")
    whole, technical = deal.contract_value, deal.technology_value
    if whole is None and any(line.amount is not None for line in lines):
        known = queries.known_part(lines)
        said = _("待定；已写明 %(sum)s")
        values = [said % {"sum": figures.amount(part)} for part in known]
    else:
        values = [sum_in_words(value) or untold for value in (whole, technical)]
    rows = [
        {"label": _("成交额"), "value": values[0], "means": _("价款各行合计")},
        {"label": _("技术交易额"), "value": values[1], "means": _("其中归“技术”的各行合计")},
    ]
    if received:
        rows.append({"label": _("技术性收入"), "value": figures.amount(paid.income.amount), "means": _income(paid)})
    return rows


def _income(paid: Paid) -> str:
    said = [_("实际收到的款项中归技术的部分，税收减免和奖酬金以它为基数")]
    if paid.income.is_estimate:
        said.append(_("没有写明技术部分的付款，按价款中技术的比例估算"))
    if paid.income.unknown:
        said.append(_("有 %(sum)s 说不清用途，没有算进去") % {"sum": figures.amount(paid.income.unknown)})
    return _("；").join(said)


def _line_table(lines: Sequence[PriceLine]) -> dict[str, Any] | None:
    if not lines:
        return None
    columns = [{"label": _("归哪一类")}, {"label": _("金额"), "numeric": True}]
    rows = [
        {
            "cells": [
                {"value": word(KINDS[line.kind]), "header": True, "note": line.label},
                {"value": sum_in_words(line.amount) or _("待定"), "numeric": True, "label": _("金额")},
            ]
        }
        for line in lines
    ]
    return {"columns": columns, "rows": rows}


def _part_table(parts: Sequence[Instalment]) -> dict[str, Any] | None:
    if not parts:
        return None
    columns = [{"label": _("期次")}, {"label": _("金额"), "numeric": True}]
    rows = [
        {
            "cells": [
                {"value": _("第 %(n)s 期") % {"n": n}, "header": True, "note": _agreed(part)},
                {"value": figures.amount(part.amount), "numeric": True, "label": _("金额")},
            ]
        }
        for n, part in enumerate(parts, 1)
    ]
    return {"columns": columns, "rows": rows}


def _agreed(part: Instalment) -> str:
    said = [figures.full_date(part.due_on)] if part.due_on else []
    return _("，").join([*said, part.condition] if part.condition else said)


def payments_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """收付款: what was paid, what is left, the newest payments with their vouchers; once the deal is signed."""
    if not shown["inside"] or deal.from_source or not queries.priced(deal):
        return None
    rows = list(queries.payments(actor, deal))
    may_pay = shown["writable"] and queries.may_pay(actor, deal)
    if not rows and deal.state not in SIGNED_STATES:
        return None
    standing = [row for row in rows if row.archived_at is None]
    return {
        "d": deal,
        "rows": _payment_rows(actor, deal, standing[:NEWEST], acting=may_pay),
        "more": len(rows) > len(standing[:NEWEST]),
        "total": _total(deal, queries.paid_of(deal, [], standing)) if standing else "",
        "may_pay": may_pay,
        "no_price": may_pay and deal.contract_value is None and deal.price_mode not in UNBOUND,
    }


def _total(deal: Deal, paid: Paid) -> str:
    said = [_("已付 %(sum)s") % {"sum": figures.amount(paid.paid)}]
    if 0 < paid.confirmed < paid.paid:
        said.append(_("其中双方确认 %(sum)s") % {"sum": figures.amount(paid.confirmed)})
    if paid.left is not None and deal.contract_value is not None:
        said.append(_("价款 %(sum)s") % {"sum": figures.amount(deal.contract_value)})
        said.append(_("还剩 %(sum)s") % {"sum": figures.amount(paid.left)} if paid.left else _("已付清"))
    return _("，").join(said)


def payment_badge(row: PaymentRecord, *, awaited: bool = True) -> dict[str, str]:
    """Kind and word of where a payment stands. `awaited`: there is somebody on the platform to confirm it."""
    if row.archived_at is not None:
        return {"kind": "calm", "label": _("已撤回")}
    if row.confirmed_at is not None:
        return {"kind": "done", "label": _("双方已确认")}
    return {"kind": "wait", "label": _("等另一方确认")} if awaited else {"kind": "calm", "label": _("只有一方登记")}


def _payment_rows(actor: Actor, deal: Deal, rows: Sequence[PaymentRecord], *, acting: bool) -> list[dict[str, Any]]:
    """Payments with files and what the reader may do. One query, and two for each that he may act upon."""
    found = queries.vouchers_of(rows)
    on_platform = {side for side, parties in queries.sides_of_deal(deal) if any(_reachable(p) for p in parties)}
    shown = []
    for row in rows:
        opposite = acting and queries.other_side_of(actor, row) is not None
        standing = row.archived_at is None
        shown.append(
            {
                "p": row,
                "amount": figures.amount(row.amount),
                "technical": sum_in_words(row.technical_amount),
                "state": payment_badge(row, awaited={row.payer.side, row.payee.side} <= on_platform),
                "files": [_file(file, withdrawn=not standing) for file in found[row.uid]],
                "confirmable": standing and opposite and row.confirmed_at is None,
                "withdrawable": standing and acting and (row.confirmed_at is None or opposite),
            }
        )
    return shown


def _file(file: dict[str, Any], *, withdrawn: bool) -> dict[str, Any]:
    """For mk/attachments.html; the file view does not open what hangs on an archived row."""
    if withdrawn:
        return {**file, "hidden_note": _("记录已撤回，凭证不再打开")}
    return {**file, "url": reverse("file", args=[file["uid"]])}


def _reachable(party: Any) -> bool:
    return party.organisation_id is not None or (party.person is not None and party.person.account_id is not None)


def payments_context(request: Request, deal: Deal) -> dict[str, Any]:
    """The page of all payments, withdrawn ones among them."""
    page = Paginator(queries.payments(request.actor, deal), 30).get_page(request.GET.get("page"))
    acting = queries.may_pay(request.actor, deal)
    heading = _("全部收付款记录")
    return {
        "d": deal,
        "page": page,
        "rows": _payment_rows(request.actor, deal, list(page), acting=acting),
        "heading": heading,
        "may_pay": acting,
        "nav_key": "deals",
        "crumbs": [(_("合作项目"), reverse("deals")), (deal.number, deal.get_absolute_url()), (heading, "")],
    }


def price_context(deal: Deal, form: PriceForm) -> dict[str, Any]:
    """The page of the price form; `blocked` says why nobody can save it now."""
    talking = deal.state == "talking"
    written = deal.contract_value is not None or bool(queries.price_lines(deal))
    heading = _("更正价款") if not talking else _("修改价款") if written else _("填写价款")
    blocked = talking and queries.price_confirmed(deal)
    return {**form_context(deal, form, heading), "blocked": blocked, "talking": talking}


def payment_form_context(deal: Deal, form: PaymentForm) -> dict[str, Any]:
    """The page of one payment; says what is left."""
    context = form_context(deal, form, _("登记付款"), multipart=True)
    standing = list(deal.payments.filter(archived_at=None))
    return {**context, "total": _total(deal, queries.paid_of(deal, [], standing))}
