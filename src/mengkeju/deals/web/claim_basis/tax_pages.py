"""可能适用的税收优惠, on the page of a deal: hints with their sources, never an official finding."""

from typing import Any

from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.tax_hints import DISCLAIMER, Hint
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import claim_basis
from mengkeju.deals.web.claim_basis.pages import source_shown
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.words import gettext as said


def panel(_actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """For those inside a signed deal that has a type; nothing while no rule is known."""
    if not shown["inside"] or not claim_basis.claimable(deal):
        return None
    found = queries.tax_hints_of(deal, clock.today())
    if not found.hints:
        return None
    return {"d": deal, "hints": [_hint(one, found) for one in found.hints], "disclaimer": said(DISCLAIMER)}


def _hint(hint: Hint, found: queries.TaxFound) -> dict[str, Any]:
    names = {"vat": _("增值税"), "income_tax": _("企业所得税"), "deduction": _("研发费用加计扣除")}
    who = {"seller": _("卖方"), "buyer": _("买方"), "each": _("各方")}
    states = {
        "likely": {"kind": "done", "label": _("可能适用")},
        "lacking": {"kind": "wait", "label": _("还缺条件")},
        "no": {"kind": "calm", "label": _("不适用")},
    }
    rows = [claim_basis.figure_kept(one) for one in found.sources.get(hint.source, [])]
    amount = ""
    if hint.amount is not None and hint.key == "deduction":
        amount = _("今年已付的技术费用，加计扣除的基数为 %(sum)s") % {"sum": figures.amount(hint.amount)}
    return {
        "name": names[hint.key],
        "who": who[hint.who],
        "state": states[hint.state],
        "message": hint.message,
        "amount": amount,
        "lacks": hint.lacks,
        "sources": [source_shown(row) for row in rows],
    }
