"""The price of a contract in lines, what of it is for technology, and what was paid for technology.

Amounts are Decimal in 元. Rule: contract value (合同成交额) = all lines; technology value (技术交易额) = the technical
ones; technology income (技术性收入) = what was really received for technology, the base of tax relief and rewards. The
definitions of 2026 were not seen; these are the old ones (国科发政字〔2001〕253号, articles 51 and 52).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from mengkeju.deals.engine.choices import choices, read_file
from mengkeju.kernel.figures import amount as words_of
from mengkeju.kernel.money import CENT, cents
from mengkeju.kernel.words import gettext as _

_DATA = read_file(Path(__file__).parent / "price.yaml")
KINDS = choices(_DATA["kinds"])
"""What a line is for: technical, equipment, material, other."""
MODES = choices(_DATA["modes"])
"""How the price is paid: fixed, instalments, royalty, open."""
UNBOUND = ("royalty", "open")
"""Modes in which the amount, or a part of it, is known only later."""
LARGEST = Decimal("99999999999999.99")
"""What numeric(16, 2) holds."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One line of the price; `amount` None while it is not known."""

    kind: str
    amount: Decimal | None = None
    label: str = ""


@dataclass(frozen=True)
class Trouble:
    """What is wrong and where: `field` is a path such as `lines.2.amount`, counted from 0."""

    field: str
    message: str


def _sum(lines: Sequence[Line], kinds: Sequence[str]) -> Decimal | None:
    if not lines or any(line.amount is None for line in lines):
        return None
    return sum((line.amount for line in lines if line.amount is not None and line.kind in kinds), ZERO)


def contract_value(lines: Sequence[Line]) -> Decimal | None:
    """合同成交额: the sum of all lines; None while there is no line, or one is open."""
    return _sum(lines, tuple(KINDS))


def technology_value(lines: Sequence[Line]) -> Decimal | None:
    """技术交易额: the sum of the technical lines; None exactly when the contract value is."""
    return _sum(lines, ("technical",))


def known_part(lines: Sequence[Line]) -> tuple[Decimal, Decimal]:
    """Contract and technology value of what is known so far: a royalty's first fee, lines beside an open one."""
    known = [line for line in lines if line.amount is not None]
    return contract_value(known) or ZERO, technology_value(known) or ZERO


def check_lines(
    mode: str,
    lines: Sequence[Line],
    instalments: Sequence[Decimal] = (),
    said_total: Decimal | None = None,
    *,
    royalty_rate: Decimal | None = None,
    royalty_terms: str = "",
) -> list[Trouble]:
    """Everything wrong with a price; empty when 0 ≤ technology ≤ total and all sums agree.

    `said_total`: the total the contract names in words or on its cover. `royalty_rate`: percent.
    """
    if mode not in MODES:
        return [Trouble("mode", _("请选择价款的支付方式"))]
    found = [Trouble(f"lines.{n}.kind", _("请选择这一行归哪一类")) for n, x in enumerate(lines) if x.kind not in KINDS]
    named = {f"lines.{n}.amount": line.amount for n, line in enumerate(lines)}
    named |= {f"instalments.{n}.amount": part for n, part in enumerate(instalments)}
    named["said_total"] = said_total
    found += [Trouble(field, said) for field, value in named.items() if (said := amount_trouble(value))]
    if found:
        return found  # sums of wrong amounts would only repeat it
    found += _mode_troubles(mode, lines, royalty_rate, royalty_terms)
    return found + _sum_troubles(mode, lines, instalments, said_total)


def amount_trouble(value: Decimal | None) -> str:
    """What is wrong with one amount, or “”."""
    if value is None:
        return ""
    if not value.is_finite():
        return _("这不是金额")
    if value < 0:
        return _("金额不能小于零")
    if value > LARGEST:
        return _("金额太大，请核对单位是不是元")
    return "" if value == value.quantize(CENT) else _("金额最多写到分")


def _mode_troubles(mode: str, lines: Sequence[Line], rate: Decimal | None, terms: str) -> list[Trouble]:
    if mode == "royalty":
        if rate is None and not terms.strip():
            return [Trouble("royalty_terms", _("提成支付要写明提成比例，或者写明怎样提成"))]
        if rate is not None and not (rate.is_finite() and 0 < rate <= 100):
            return [Trouble("royalty_rate", _("提成比例应大于零，不超过百分之百"))]
        return []
    if mode == "open":
        if contract_value(lines) is not None:
            return [Trouble("mode", _("各行金额都已写明，请改选一次支付或者分期支付"))]
        return []
    if not lines:
        return [Trouble("lines", _("请逐行写明价款，并分清技术和非技术"))]
    asked = _("请写明这一行的金额；定不下来的，支付方式选“暂未确定”")
    return [Trouble(f"lines.{n}.amount", asked) for n, line in enumerate(lines) if line.amount is None]


def _sum_troubles(
    mode: str, lines: Sequence[Line], instalments: Sequence[Decimal], said_total: Decimal | None
) -> list[Trouble]:
    total, found = contract_value(lines), []
    if total is not None and total > LARGEST:
        return [Trouble("lines", _("各行合计太大，请核对单位是不是元"))]
    if total is not None and said_total is not None and total != said_total:
        said = _("各行合计 %(sum)s，合同总价写的是 %(said)s，相差 %(difference)s")
        found.append(Trouble("said_total", said % _figures(total, said_total)))
    known = known_part(lines)[0]
    if total is None and said_total is not None and known > said_total:
        said = _("已写明的各行合计 %(sum)s，比合同总价 %(said)s 多 %(difference)s")
        found.append(Trouble("said_total", said % _figures(known, said_total)))
    if mode == "instalments" and not instalments:
        found.append(Trouble("instalments", _("请写明分几期、每期多少")))
    price = said_total if total is None else total
    # Beside a royalty, and while the price is open, what is due is what is known of it.
    if instalments and price is not None and (parts := sum(instalments, ZERO)) != price:
        said = _("各期合计 %(sum)s，价款是 %(said)s，相差 %(difference)s")
        found.append(Trouble("instalments", said % _figures(parts, price)))
    return found


def _figures(found: Decimal, said: Decimal) -> dict[str, str]:
    return {"sum": words_of(found), "said": words_of(said), "difference": words_of(abs(found - said))}


def paid_check(mode: str, price: Decimal | None, paid: Decimal) -> str:
    """Why so much cannot have been paid in all, or “”. Royalties and open prices have no upper end."""
    wrong = amount_trouble(paid)
    if wrong or mode in UNBOUND:
        return wrong
    if price is None:
        return _("价款还没有写明，不能登记付款")
    if paid <= price:
        return ""
    said = _("已付合计 %(paid)s，超过价款 %(price)s，多出 %(excess)s")
    return said % {"paid": words_of(paid), "price": words_of(price), "excess": words_of(paid - price)}


@dataclass(frozen=True)
class Payment:
    """Money received; `technical` is the part for technology where the record says so."""

    key: str
    amount: Decimal
    technical: Decimal | None = None


@dataclass(frozen=True)
class Received:
    """One payment with its technical part: as recorded, shared by ratio, or None when nothing says."""

    key: str
    amount: Decimal
    technical: Decimal | None
    is_estimate: bool


@dataclass(frozen=True)
class TechnicalIncome:
    """技术性收入. `ratio`: technology value over contract value, 1 when all lines are technical, None when open."""

    amount: Decimal
    ratio: Decimal | None
    rows: tuple[Received, ...]

    @property
    def is_estimate(self) -> bool:
        """Whether any part of it was shared by ratio."""
        return any(row.is_estimate for row in self.rows)

    @property
    def unknown(self) -> Decimal:
        """Money received of which nothing says what it was for; not in `amount`."""
        return sum((row.amount for row in self.rows if row.technical is None), ZERO)


def _share(lines: Sequence[Line]) -> tuple[Decimal, Decimal] | None:
    """Technology and whole, to share by; one in one when every line is technical, even an open one."""
    if lines and all(line.kind == "technical" for line in lines):
        return Decimal(1), Decimal(1)
    total, technical = contract_value(lines), technology_value(lines)
    return (technical, total) if total and technical is not None else None


def technical_income(payments: Sequence[Payment], lines: Sequence[Line]) -> TechnicalIncome:
    """What was received for technology, payment by payment.

    Rule: 技术性收入 is the technical part of money really received (《技术性收入核定表》). A
    payment that does not say its part is shared by the ratio of the price: an estimate, and marked as one. Estimates
    are rounded in a row, so that together they are the share of the sum. ValueError for a part beyond its payment.
    """
    share, rows, shared, given = _share(lines), [], ZERO, ZERO
    for paid in payments:
        part = paid.technical
        if part is not None and not 0 <= part <= paid.amount:
            raise ValueError(_("付款中的技术部分不能小于零，也不能大于付款"))
        estimated = part is None and share is not None
        if part is None and share is not None:
            shared += paid.amount
            part = cents(shared * share[0] / share[1]) - given
            given += part
        rows.append(Received(paid.key, paid.amount, part, estimated))
    amount = sum((row.technical for row in rows if row.technical is not None), ZERO)
    return TechnicalIncome(amount, share[0] / share[1] if share else None, tuple(rows))
