"""The price of a deal in lines and instalments. All amounts are Decimal in 元."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.engine import price
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.price import Line
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, Instalment, PriceLine
from mengkeju.kernel import audit, figures
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.money import CENT
from mengkeju.kernel.workflow import TransitionRefusedError

MOST_ROWS = 20
"""Lines, and instalments, of one price."""
LONGEST = 200  # characters of a line's or an instalment's words
LONGEST_TERMS = 1000
ZERO = Decimal(0)
FIELDS = {"royalty_terms": "terms"}  # what the engine calls it → what the act calls it


@dataclass(frozen=True)
class Part:
    """One instalment: how much, when or upon what."""

    amount: Decimal
    due_on: date | None = None
    condition: str = ""


@dataclass(frozen=True)
class _Price:
    """A price as it is written, before it is kept."""

    mode: str
    lines: Sequence[Line]
    instalments: Sequence[Part]
    terms: str
    royalty_rate: Decimal | None

    def as_record(self) -> dict[str, Any]:
        """Plain values for the event."""
        return {
            "mode": self.mode,
            "terms": self.terms,
            "royalty_rate": plain(self.royalty_rate),
            "lines": [[line.kind, line.label, plain(line.amount)] for line in self.lines],
            "instalments": [
                [part.due_on.isoformat() if part.due_on else "", part.condition, plain(part.amount)]
                for part in self.instalments
            ],
            "contract_value": plain(price.contract_value(self.lines)),
            "technology_value": plain(price.technology_value(self.lines)),
        }


def plain(value: Decimal | None) -> str:
    """An amount as the record keeps it: “1500.00”, “” for none."""
    return "" if value is None else f"{value.quantize(CENT):f}"


@transaction.atomic
def set_price(
    deal: Deal,
    *,
    mode: str,
    lines: Sequence[Line],
    by: Actor,
    now: datetime,
    instalments: Sequence[Part] = (),
    terms: str = "",
    royalty_rate: Decimal | None = None,
    said_total: Decimal | None = None,
    revision: int | None = None,
) -> Deal:
    """Write the price while it is talked about; it takes the place of the one before, whose rows are archived.

    A line without amount is open. `royalty_rate` in percent. `said_total`: what the text names as its total; only
    compared. ValidationError by path (`lines.2.amount`, counted from 0), TransitionRefusedError after signing and once
    somebody has confirmed the newest text, StaleRevisionError.
    """
    require(by, DealPerm.WRITE, deal)
    fresh = priced(deal, revision)
    if fresh.state != "talking":
        raise TransitionRefusedError(_("签约以后，价款只能写明理由更正"), "wrong_state")
    if queries.price_confirmed(fresh):
        raise TransitionRefusedError(_("最新一版文本已有人确认，改价款要先传新一版文本"), "confirmed")
    given = _checked(fresh, _Price(mode, lines, instalments, terms, royalty_rate), said_total)
    _keep(fresh, given, "deal.price_set", by=by, now=now)
    return fresh


@transaction.atomic
def correct_price(
    deal: Deal,
    reason: str,
    *,
    mode: str,
    lines: Sequence[Line],
    by: Actor,
    now: datetime,
    instalments: Sequence[Part] = (),
    terms: str = "",
    royalty_rate: Decimal | None = None,
    said_total: Decimal | None = None,
    revision: int | None = None,
) -> Deal:
    """Correct the price of a signed deal (补正): an amount that has become known, a slip. Otherwise as `set_price`.

    The other side is told; the event says what stood before and after. ValidationError also without a reason, when
    nothing changes, and when more has been paid than the price would be.
    """
    require(by, DealPerm.WRITE, deal)
    fresh = priced(deal, revision)
    if fresh.state not in SIGNED_STATES:
        raise TransitionRefusedError(_("签约以前，价款直接改，不用更正"), "wrong_state")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明更正的理由")})
    given = _checked(fresh, _Price(mode, lines, instalments, terms, royalty_rate), said_total)
    if not _keep(fresh, given, "deal.price_corrected", reason=reason.strip(), by=by, now=now):
        raise ValidationError({"lines": _("价款没有变化，不用更正")})
    return fresh


def priced(deal: Deal, revision: int | None = None) -> Deal:
    """The deal's row, locked and read afresh. TransitionRefusedError when its kind has no price or it is over."""
    fresh = lock(deal, revision)
    refuse_over(fresh)
    if not fresh.kind_spec.has(Step.PRICE):
        raise TransitionRefusedError(_("这一类合作项目没有价款"), "no_price")
    return fresh


def _checked(deal: Deal, given: _Price, said_total: Decimal | None) -> _Price:
    """The price as it can be kept. ValidationError naming every row that is wrong."""
    royalty = given.royalty_rate if given.mode == "royalty" else None
    lines = [Line(line.kind, line.amount, line.label.strip()) for line in given.lines]
    parts = [Part(part.amount, part.due_on, part.condition.strip()) for part in given.instalments]
    kept = _Price(given.mode, lines, parts, given.terms.strip(), royalty)
    wrong: dict[str, list[str]] = {}
    amounts = [part.amount for part in parts]
    for found in price.check_lines(
        kept.mode, lines, amounts, said_total, royalty_rate=royalty, royalty_terms=kept.terms
    ):
        wrong.setdefault(FIELDS.get(found.field, found.field), []).append(found.message)
    for field, message in _too_long(kept):
        wrong.setdefault(field, []).append(message)
    if not wrong and deal.paid_value:
        said = price.paid_check(kept.mode, price.contract_value(lines), deal.paid_value)
        said = said or technical_excess(kept.mode, price.technology_value(lines), paid_sums(deal)[1])
        wrong |= {"lines": [said]} if said else {}
    if wrong:
        raise ValidationError(wrong)
    return kept


def _too_long(given: _Price) -> list[tuple[str, str]]:
    longest = _("最多 %(most)s 个字")
    found = [
        (f"lines.{n}.label", longest % {"most": LONGEST})
        for n, line in enumerate(given.lines)
        if len(line.label) > LONGEST
    ]
    found += [
        (f"instalments.{n}.condition", longest % {"most": LONGEST})
        for n, part in enumerate(given.instalments)
        if len(part.condition) > LONGEST
    ]
    for field, rows in (("lines", given.lines), ("instalments", given.instalments)):
        if len(rows) > MOST_ROWS:
            found.append((field, _("最多 %(most)s 行") % {"most": MOST_ROWS}))
    if len(given.terms) > LONGEST_TERMS:
        found.append(("terms", longest % {"most": LONGEST_TERMS}))
    if given.royalty_rate is not None and given.royalty_rate.is_finite():
        rate = given.royalty_rate
        if rate != rate.quantize(CENT):
            found.append(("royalty_rate", _("提成比例最多写两位小数")))
    return found


def _standing(deal: Deal) -> _Price:
    lines = [Line(row.kind, row.amount, row.label) for row in deal.price_lines.filter(archived_at=None)]
    parts = [Part(row.amount, row.due_on, row.condition) for row in deal.instalments.filter(archived_at=None)]
    return _Price(deal.price_mode, lines, parts, deal.price_terms, deal.royalty_rate)


def _keep(deal: Deal, given: _Price, event: str, *, by: Actor, now: datetime, reason: str = "") -> bool:
    """Archive the rows that stand and write the new ones with their sums; False when nothing is different."""
    before, after = _standing(deal).as_record(), given.as_record()
    if before == after:
        return False
    gone = {"archived_at": now, "archived_by": by.account_id, "archived_reason": (reason or _("换成新写的价款"))[:200]}
    for rows in (deal.price_lines, deal.instalments):
        rows.filter(archived_at=None).update(**gone)
    made = {"deal": deal, "area": deal.area, "created_at": now, "created_by_id": by.account_id}
    PriceLine.objects.bulk_create(
        PriceLine(kind=line.kind, label=line.label, amount=line.amount, order=n, **made)
        for n, line in enumerate(given.lines)
    )
    Instalment.objects.bulk_create(
        Instalment(due_on=part.due_on, condition=part.condition, amount=part.amount, order=n, **made)
        for n, part in enumerate(given.instalments)
    )
    deal.price_mode, deal.price_terms, deal.royalty_rate = given.mode, given.terms, given.royalty_rate
    deal.contract_value, deal.technology_value = price.contract_value(given.lines), price.technology_value(given.lines)
    deal.revision += 1
    written = ["price_mode", "price_terms", "royalty_rate", "contract_value", "technology_value", "revision"]
    deal.save(update_fields=written)
    audit.record(event, deal, by=by, now=now, payload={"note": reason, "before": before, "after": after})
    said = gettext_lazy("合作项目 {number} 的价款已更正") if reason else gettext_lazy("合作项目 {number} 的价款已写明")
    tell_others(deal, by, format_lazy(said, number=deal.number), now)
    return True


def paid_sums(deal: Deal) -> tuple[Decimal, Decimal]:
    """The sum of the payments that stand, and of what they say is for technology. Ask under the deal's lock."""
    sums = deal.payments.filter(archived_at=None).aggregate(all=Sum("amount"), technical=Sum("technical_amount"))
    return sums["all"] or ZERO, sums["technical"] or ZERO


def technical_excess(mode: str, technology: Decimal | None, known: Decimal) -> str:
    """Why so much cannot have been paid for technology, or “”."""
    if mode in price.UNBOUND or technology is None or known <= technology:
        return ""
    said = _("各笔写明的技术部分合计 %(known)s，超过技术交易额 %(value)s")
    return said % {"known": figures.amount(known), "value": figures.amount(technology)}
