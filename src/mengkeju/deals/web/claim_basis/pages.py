"""What the pages of claim bases show: the calculation step by step, each payment, each source. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.engine import claim_basis, claim_rates, registration_number
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.engine.price import UNBOUND
from mengkeju.deals.models import ClaimBasis, Deal, DealParty, PaymentRecord
from mengkeju.deals.queries import claim_basis as claim_basis_queries
from mengkeju.deals.web.deal.pages import form_context
from mengkeju.deals.web.money.forms import sum_in_words
from mengkeju.deals.web.money.pages import payment_badge
from mengkeju.kernel import clock, figures, idempotency
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.money import cents
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import chosen, word
from mengkeju.policy.engine.words import STATUSES

TONES = {"verified": "done", "secondary": "calm", "draft": "wait"}
STRONG = ("computed", "amount")
Cells = dict[str, Any]


@dataclass(frozen=True)
class Counted:
    """A payment that counts, with the amounts as they were counted."""

    payment: PaymentRecord
    amount: Decimal
    technical: Decimal


@dataclass(frozen=True)
class Worked:
    """A calculation to be shown, of a draft or of a basis: `kept` as `ClaimBasis.worked`."""

    deal: Deal
    kept: Mapping[str, Any]
    counted: Sequence[Counted]
    left_out: Sequence[tuple[PaymentRecord, str]]
    vouchers: Mapping[Any, list[dict[str, Any]]]

    @property
    def steps(self) -> list[claim_basis.Step]:
        """The lines of the calculation."""
        return [claim_basis.Step(key, Decimal(amount)) for key, amount in self.kept["steps"]]

    def step(self, key: str) -> Decimal:
        """One line's amount."""
        return next((one.amount for one in self.steps if one.key == key), Decimal(0))


def worked_of_draft(draft: claim_basis_queries.Draft) -> Worked | None:
    """The calculation of a draft; None where nothing could be worked out."""
    if draft.claim is None or not draft.claim.steps:
        return None
    rows = {str(row.uid): row for row in draft.payments}
    counted = [
        Counted(row, row.amount, row.technical_amount)
        for key in draft.claim.counted
        if (row := rows[key]).technical_amount is not None
    ]
    left_out = [(rows[one.key], one.reason) for one in draft.claim.left_out]
    return Worked(draft.deal, claim_basis_queries.worked(draft, draft.claim), counted, left_out, draft.vouchers)


def worked_of_basis(basis: ClaimBasis) -> Worked:
    """The calculation as a basis keeps it. Three queries."""
    counted = [Counted(row.payment, row.amount, row.technical) for row in claim_basis_queries.claimed_payments(basis)]
    told = {key: claim_basis.LeftOut(key, why).reason for key, why in basis.worked["left_out"]}
    others = basis.deal.payments.filter(uid__in=list(told)).select_related("payer", "payee")
    left_out = [(row, told[str(row.uid)]) for row in others]
    vouchers = queries.vouchers_of([one.payment for one in counted])
    return Worked(basis.deal, basis.worked, counted, left_out, vouchers)


# ---- Parts of the calculation ----------------------------------------------------------------------------


def parts(worked: Worked) -> dict[str, Any]:
    """Tables of a calculation: payments counted and left out, bands, steps, sources."""
    limit = next((one.amount for one in worked.steps if one.key == "limit"), None)
    after, before = (claim_basis.within(worked.step(key), limit) for key in ("after", "before"))
    return {
        "counted": _counted(worked),
        "left_out": _left_out(worked),
        "bands": _bands(worked, after, _("按累计数分档计算")),
        "bands_before": _bands(worked, before, _("以前各期按累计数已经计算的部分")),
        "steps": _steps(worked),
        "sources": [source_shown(one) for one in worked.kept["figures"]],
    }


def payment_url(deal: Deal, payment: PaymentRecord) -> str:
    """Where a payment stands among all of its deal."""
    return f"{reverse('deal-payments', args=[deal.uid])}#payment-{payment.uid}"


def columns(*labels: str, numeric: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Heads of a table; `numeric`: places of those that hold numbers."""
    return [{"label": label, "numeric": place in numeric} for place, label in enumerate(labels)]


def _payment_cells(worked: Worked, row: PaymentRecord) -> list[Cells]:
    said = [f"{row.payer.name} → {row.payee.name}"]
    if row.voucher_number:
        said.append(_("凭证号 %(number)s") % {"number": row.voucher_number})
    day = figures.full_date(row.paid_on)
    return [{"value": day, "url": payment_url(worked.deal, row), "header": True, "note": " · ".join(said)}]


def _counted(worked: Worked) -> dict[str, Any]:
    labels = (_("付款"), _("付款金额"), _("其中技术费用"), _("付款凭证"), _("状态"))
    rows = []
    for one in worked.counted:
        files = [file["name"] for file in worked.vouchers.get(one.payment.uid, [])]
        cells = _payment_cells(worked, one.payment)
        cells += [
            {"value": figures.amount(one.amount), "numeric": True, "label": labels[1]},
            {"value": figures.amount(one.technical), "numeric": True, "label": labels[2]},
            {"value": _("、").join(files), "label": labels[3]},
            {"state": payment_badge(one.payment), "label": labels[4]},
        ]
        rows.append({"cells": cells})
    technical = sum((one.technical for one in worked.counted), Decimal(0))
    foot = [
        {"value": _("合计"), "header": True},
        {
            "value": figures.amount(sum((one.amount for one in worked.counted), Decimal(0))),
            "numeric": True,
            "label": labels[1],
        },
        {"value": figures.amount(technical), "numeric": True, "label": labels[2]},
        {"value": ""},
        {"value": ""},
    ]
    return {"columns": columns(*labels, numeric=(1, 2)), "rows": rows, "foot": foot}


def _left_out(worked: Worked) -> dict[str, Any] | None:
    if not worked.left_out:
        return None
    labels = (_("付款"), _("付款金额"), _("为什么不计入"))
    rows = [
        {
            "cells": [
                *_payment_cells(worked, row),
                {"value": figures.amount(row.amount), "numeric": True, "label": labels[1]},
                {"value": reason, "label": labels[2]},
            ]
        }
        for row, reason in worked.left_out
    ]
    return {"columns": columns(*labels, numeric=(1,)), "rows": rows}


def _bands(worked: Worked, amount: Decimal, title: str) -> dict[str, Any] | None:
    found = claim_rates.parts(claim_rates.read(worked.kept["bands"]), amount)
    if not found:
        return None
    labels = (_("分档"), _("落在这一档的"), _("比例"), _("补助"))
    rows = [
        {
            "cells": [
                {"value": band_in_words(part), "header": True},
                {"value": figures.amount(part.base), "numeric": True, "label": labels[1]},
                {"value": f"{(part.rate * 100).normalize():f}%", "numeric": True, "label": labels[2]},
                {"value": figures.amount(cents(part.amount)), "numeric": True, "label": labels[3]},
            ]
        }
        for part in found
    ]
    whole = sum((part.amount for part in found), Decimal(0))
    foot = [
        {"value": _("合计"), "header": True},
        {"value": figures.amount(amount), "numeric": True, "label": labels[1]},
        {"value": ""},
        {"value": figures.amount(cents(whole)), "numeric": True, "label": labels[3]},
    ]
    return {"title": title, "columns": columns(*labels, numeric=(1, 2, 3)), "rows": rows, "foot": foot}


def band_in_words(part: claim_rates.BandPart) -> str:
    """“100万元以内”, “100万元至500万元”, “超过500万元”."""
    if part.high is None:
        return _("超过%(low)s") % {"low": figures.amount(part.low)} if part.low else _("全部")
    if not part.low:
        return _("%(high)s以内") % {"high": figures.amount(part.high)}
    return _("%(low)s至%(high)s") % {"low": figures.amount(part.low), "high": figures.amount(part.high)}


def _steps(worked: Worked) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"value": step.label, "header": True},
                {"value": figures.amount(step.amount), "numeric": True, "label": _("金额")},
            ],
            "changed": step.key in STRONG,
        }
        for step in worked.steps
    ]
    return {"columns": columns(_("步骤"), _("金额"), numeric=(1,)), "rows": rows}


def source_shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Where a figure came from, in the reader's language."""
    document = chosen(kept["document"], kept["document_en"])
    return {
        "label": chosen(kept["label"], kept["label_en"]),
        "document": f"{document} {kept['number']}".strip(),
        "source": chosen(kept["source"], kept["source_en"]),
        "url": kept["url"],
        "state": {"kind": TONES[kept["status"]], "label": word(STATUSES[kept["status"]])},
        "note": chosen(kept["note"], kept["note_en"]) if kept["note"] else "",
        "checked_on": kept["checked_on"],
        "missing": not kept["known"],
    }


# ---- Pages -----------------------------------------------------------------------------------------------


def span(first: Any, last: Any) -> str:
    """“2026年11月1日至2027年10月31日”."""
    return _("%(first)s至%(last)s") % {"first": figures.full_date(first), "last": figures.full_date(last)}


def basis_context(request: Request, basis: ClaimBasis) -> dict[str, Any]:
    """The page of one basis, also on paper."""
    worked = worked_of_basis(basis)
    title = _("申报依据")
    return {
        "basis": basis,
        "d": basis.deal,
        "span": span(basis.window_begins, basis.window_until),
        "facts": _facts(basis),
        "total": figures.amount(basis.amount),
        "capped": basis.amount < basis.computed,
        "changes": claim_basis_queries.changed_after(basis, claim_basis_queries.claimed_payments(basis)),
        "withdrawn": basis.archived_at is not None,
        "withdrawable": basis.archived_at is None and may(request.actor, ClaimBasisPerm.WITHDRAW, basis),
        "running": basis.archived_at is None and clock.today() <= basis.window_until,
        "timeline": timeline(basis, inside=True),
        "nav_key": "claim-bases",
        "crumbs": [(title, reverse("claim-bases")), (basis.deal.number, "")],
        "at": clock.now(),
        **parts(worked),
    }


def _facts(basis: ClaimBasis) -> list[dict[str, Any]]:
    kind = TYPES.get(basis.contract_type)
    side = basis.deal.kind_spec.sides.get(basis.side)
    open_sum = _("提成或待定，没有总价") if basis.deal.price_mode in UNBOUND else _("没有写明")
    return [
        {"label": _("申报单位"), "value": basis.applicant.name, "url": basis.applicant.get_absolute_url()},
        {"label": _("申报单位在合同中是"), "value": word(side) if side else basis.side},
        {"label": _("合同"), "value": f"{basis.deal.number} {basis.deal.title}", "url": basis.deal.get_absolute_url()},
        {"label": _("合同登记编号"), "value": registration_number.show(basis.number) or _("登记时没有编号")},
        {"label": _("登记日期"), "value": figures.full_date(basis.registered_on) if basis.registered_on else ""},
        {"label": _("合同类型"), "value": word(kind) if kind else basis.contract_type},
        {"label": _("成交额"), "value": sum_in_words(basis.contract_value) or open_sum},
        {"label": _("技术交易额"), "value": sum_in_words(basis.technology_value) or open_sum},
        {"label": _("申报期间"), "value": span(basis.window_begins, basis.window_until)},
        {"label": _("出具时间"), "value": figures.full_date(clock.today(basis.created_at))},
    ]


def list_context(request: Request) -> dict[str, Any]:
    """All bases of the reader's organisations, and what each year's come to beside the cap."""
    page = Paginator(claim_basis_queries.claim_bases(request.actor), 30).get_page(request.GET.get("page"))
    labels = (_("合同"), _("申报单位"), _("申报期间"), _("计入"), _("可以申报"))
    rows = [
        {
            "cells": [
                {
                    "value": one.deal.title,
                    "url": one.get_absolute_url(),
                    "header": True,
                    "demo": one.fictional,
                    "note": one.deal.number if one.archived_at is None else _("已撤回：%(why)s") % _why(one),
                },
                {"value": one.applicant.name, "label": labels[1]},
                {"value": span(one.window_begins, one.window_until), "label": labels[2]},
                {"value": figures.amount(one.base), "numeric": True, "label": labels[3]},
                {"value": figures.amount(one.amount), "numeric": True, "label": labels[4]},
            ]
        }
        for one in page
    ]
    return {
        "page": page,
        "columns": columns(*labels, numeric=(3, 4)),
        "rows": rows,
        "years": _years(request.actor),
        "nav_key": "claim-bases",
    }


def _why(basis: ClaimBasis) -> dict[str, str]:
    return {"why": basis.archived_reason}


def _years(actor: Actor) -> dict[str, Any] | None:
    found = claim_basis_queries.year_sums(actor)
    if not found:
        return None
    labels = (_("申报单位"), _("申报期间"), _("份数"), _("合计"), _("年度上限"))
    rows = [
        {
            "cells": [
                {"value": year["applicant"].name, "header": True},
                {"value": span(year["begins"], year["until"]), "label": labels[1]},
                {"value": year["count"], "numeric": True, "label": labels[2]},
                {"value": figures.amount(year["amount"]), "numeric": True, "label": labels[3]},
                {"value": sum_in_words(year["cap"]) or _("没有查到"), "numeric": True, "label": labels[4]},
            ]
        }
        for year in found
    ]
    return {"columns": columns(*labels, numeric=(2, 3, 4)), "rows": rows}


def draft_context(deal: Deal, form: Any, draft: claim_basis_queries.Draft | None) -> dict[str, Any]:
    """The page before a basis is drawn: the window, the calculation, what is lacking."""
    # What a window gives beyond its own basis says nothing.
    open_yet = draft if draft is not None and draft.standing is None else None
    worked = worked_of_draft(open_yet) if open_yet is not None else None
    return {
        **form_context(deal, form, _("申报依据草算")),
        "draft": draft,
        "span": span(draft.window.begins, draft.window.until) if draft is not None and draft.window else "",
        "total": figures.amount(open_yet.claim.amount) if open_yet is not None and open_yet.claim is not None else "",
        "lacks": lacks(open_yet) if open_yet is not None else [],
        "one_time_key": idempotency.new_key(),
        **(parts(worked) if worked is not None else {}),
    }


def lacks(draft: claim_basis_queries.Draft) -> list[str]:
    """What stands in the way of a higher claim, or of any; sentences."""
    found = [draft.hindrance] if draft.hindrance else []
    left = [one.why for one in draft.claim.left_out] if draft.claim is not None else []
    for why, said in (
        ("no_voucher", _("本期有 %(n)s 笔付款没有附凭证，不能计入")),
        ("no_technical", _("本期有 %(n)s 笔付款没有写明技术部分，不能计入")),
    ):
        if count := left.count(why):
            found.append(said % {"n": count})
    keys = set(draft.claim.counted) if draft.claim is not None else set()
    alone = sum(1 for row in draft.payments if str(row.uid) in keys and row.confirmed_at is None)
    if alone:
        found.append(_("有 %(n)s 笔付款另一方还没有确认") % {"n": alone})
    found.append(_("纳税地也要在自治区，平台没有这一项，请自行核对"))
    return found


def panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal: what each organisation of the reader could claim in the present window, and what it has drawn up."""
    parties = claim_basis_queries.applicants(actor, deal) if shown["inside"] else []
    bases = list(claim_basis_queries.claim_bases(actor).filter(deal=deal, archived_at=None)) if shown["inside"] else []
    if not parties and not bases:
        return None
    today = clock.today()
    drafts = [_drafted(claim_basis_queries.draft_claim(deal, party, today)) for party in parties]
    return {
        "d": deal,
        "drafts": drafts,
        "bases": [
            {"basis": one, "span": span(one.window_begins, one.window_until), "amount": figures.amount(one.amount)}
            for one in bases
        ],
    }


def _drafted(draft: claim_basis_queries.Draft) -> dict[str, Any]:
    party: DealParty = draft.party
    found = draft.claim if draft.standing is None else None
    return {
        "party": party,
        "span": span(draft.window.begins, draft.window.until) if draft.window else "",
        "base": figures.amount(found.base) if found else "",
        "amount": figures.amount(found.amount) if found and found.steps else "",
        "lacks": lacks(draft) if draft.standing is None else [],
        "standing": draft.standing,
        "ready": draft.ready,
    }
