"""Price, instalments and payments of a deal through the API: as the pages show and take them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Status

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import Part
from mengkeju.deals.api.deals import load_deal, plain
from mengkeju.deals.api.money_schemas import DealPriceIn, DealPriceOut, PaymentIn, PaymentOut, PaymentWithdrawIn
from mengkeju.deals.api.reads import routes
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, DealParty, PaymentRecord
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.models import File


def load_for(request: ApiRequest, uid: UUID, needs: str) -> Deal:
    """The deal, or 404; RefusedError before anything that hangs on it is looked for."""
    deal = load_deal(request, uid)
    require(request.actor, needs, deal)
    return deal


def _price(request: ApiRequest, deal: Deal) -> dict[str, Any]:
    """`DealPriceOut` with the ETag of the deal."""
    revision.note(request, deal.revision)
    lines = queries.price_lines(deal)
    paid = queries.paid_of(deal, lines, list(deal.payments.filter(archived_at=None)))
    return {
        "mode": deal.price_mode,
        "terms": deal.price_terms,
        "royalty_rate": plain(deal.royalty_rate),
        "lines": [{"kind": row.kind, "label": row.label, "amount": plain(row.amount)} for row in lines],
        "instalments": [
            {"amount": plain(row.amount), "due_on": row.due_on, "condition": row.condition}
            for row in queries.instalments(deal)
        ],
        "contract_value": plain(deal.contract_value),
        "technology_value": plain(deal.technology_value),
        "paid_value": plain(deal.paid_value),
        "confirmed_value": f"{paid.confirmed:.2f}",
        "left": plain(paid.left),
        "revision": deal.revision,
    }


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/price",
    title=Title("读取价款", "Read the price"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=DealPriceOut,
)
def get_price(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With the deal's ETag; for those inside."""
    return _price(request, load_for(request, uid, DealPerm.READ_INSIDE))


@routes.operation(
    "PUT",
    "/deals/{uuid:uid}/price",
    title=Title("写明或更正价款", "Write or correct the price"),
    permission=DealPerm.WRITE,
    scope=Scope.DEALS_WRITE,
    revises=True,
    response=DealPriceOut,
)
def put_price(request: ApiRequest, uid: UUID, given: DealPriceIn) -> dict[str, Any]:
    """The whole price; once signed a correction with its reason. 422 says what is wrong in which line."""
    deal, read = load_for(request, uid, DealPerm.WRITE), revision.expected(request)
    said = given.dict(exclude={"lines", "instalments", "reason"})
    said |= {
        "lines": [Line(line.kind, line.amount, line.label) for line in given.lines],
        "instalments": [Part(part.amount, part.due_on, part.condition) for part in given.instalments],
    }
    who: dict[str, Any] = {"by": request.actor, "now": clock.now(), "revision": read}
    if deal.state == "talking":
        actions.set_price(deal, **said, **who)
    else:
        actions.correct_price(deal, given.reason, **said, **who)
    return _price(request, load_deal(request, uid))


def payments(found: Sequence[PaymentRecord], actor: Actor) -> list[dict[str, Any]]:
    """`PaymentOut` of each, all of one deal. A constant number of queries."""
    vouchers, waiting = queries.vouchers_of(found), queries.waiting_for(actor, found)
    same = ("uid", "paid_on", "voucher_number", "note", "confirmed_at")
    return [
        {
            **{name: getattr(row, name) for name in same},
            "payer": row.payer.uid,
            "payer_name": row.payer.name,
            "payee": row.payee.uid,
            "payee_name": row.payee.name,
            "amount": plain(row.amount),
            "technical_amount": plain(row.technical_amount),
            "vouchers": [one["uid"] for one in vouchers[row.uid]],
            "said_for": row.said_for.name if row.said_for is not None else "",
            "confirmed_for": row.confirmed_for.name if row.confirmed_for is not None else "",
            "withdrawn_at": row.archived_at,
            "withdrawn_reason": row.archived_reason,
            "may_confirm": row.pk in waiting,
        }
        for row in found
    ]


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/payments",
    title=Title("列出付款记录", "List payments"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=Page[PaymentOut],
)
def list_payments(request: ApiRequest, uid: UUID, page: Query[PageQuery]) -> dict[str, Any]:
    """In order of creation, the withdrawn ones too; for those inside."""
    deal = load_for(request, uid, DealPerm.READ_INSIDE)
    rows = queries.payments(request.actor, deal)
    return paginate(request, rows, page, show=lambda found: payments(found, request.actor))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/payments",
    title=Title("登记付款", "Record a payment"),
    permission=DealPerm.PAY,
    scope=Scope.DEALS_WRITE,
    creates=True,
    response={201: PaymentOut},
)
def record_payment(request: ApiRequest, uid: UUID, given: PaymentIn) -> Status[dict[str, Any]]:
    """By either side, once signed; the other side may confirm it."""
    deal = load_for(request, uid, DealPerm.PAY)
    said = given.dict(exclude={"payer", "payee", "vouchers"})
    said |= {name: party_named(deal, getattr(given, name), name) for name in ("payer", "payee")}
    kept = own_files(request, given.vouchers, "vouchers")

    def record() -> PaymentRecord:
        return actions.record_payment(deal, **said, vouchers=kept, by=request.actor, now=clock.now())

    made = once.created(request, record)
    return Status(201, _shown(request, deal, made.uid))


def party_named(deal: Deal, uid: UUID, name: str) -> DealParty:
    """A party of the deal. ProblemError invalid at the member for what is none."""
    found = deal.parties.filter(uid=uid, archived_at=None).select_related("organisation", "person").first()
    if found is None:
        raise ProblemError("invalid", "", [Wrong(f"#/{name}", _("请选择合同的一方"))])
    return found


def own_files(request: ApiRequest, uids: list[UUID], name: str) -> list[File]:
    """The files I uploaded, in the order named. ProblemError invalid at the member for others."""
    found = files.own(request.actor, uids)
    wrong = [Wrong(f"#/{name}/{at}", _("不是您上传的文件")) for at, uid in enumerate(uids) if uid not in found]
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return [found[uid] for uid in dict.fromkeys(uids)]


def _load_payment(request: ApiRequest, deal: Deal, uid: UUID) -> PaymentRecord:
    found = queries.find_payment(request.actor, deal, uid)
    if found is None:
        raise Http404
    return found


def _shown(request: ApiRequest, deal: Deal, uid: UUID) -> dict[str, Any]:
    return payments([_load_payment(request, deal, uid)], request.actor)[0]


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/payments/{uuid:payment_uid}/confirm",
    title=Title("确认付款", "Confirm a payment"),
    permission=DealPerm.PAYMENT_CONFIRM,
    scope=Scope.DEALS_WRITE,
    response=PaymentOut,
)
def confirm_payment(request: ApiRequest, uid: UUID, payment_uid: UUID) -> dict[str, Any]:
    """By the side that did not write it; a second time changes nothing."""
    deal = load_for(request, uid, DealPerm.PAY)
    actions.confirm_payment(_load_payment(request, deal, payment_uid), by=request.actor, now=clock.now())
    return _shown(request, deal, payment_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/payments/{uuid:payment_uid}/withdraw",
    title=Title("撤回付款记录", "Withdraw a payment"),
    permission=DealPerm.PAY,
    scope=Scope.DEALS_WRITE,
    response=PaymentOut,
)
def withdraw_payment(request: ApiRequest, uid: UUID, payment_uid: UUID, given: PaymentWithdrawIn) -> dict[str, Any]:
    """With the reason; once confirmed, only by the side that confirmed it."""
    deal = load_for(request, uid, DealPerm.PAY)
    payment = _load_payment(request, deal, payment_uid)
    actions.withdraw_payment(payment, given.reason, by=request.actor, now=clock.now())
    return _shown(request, deal, payment_uid)
