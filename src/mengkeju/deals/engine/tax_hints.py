"""What tax relief a contract may bring, and what still stands in its way: hints, never an official finding.

Thresholds, shares, eligible types and rights are handed in from the policy in force, each with the key of its source;
nothing of the kind stands here. Whoever shows a hint shows DISCLAIMER beside it. Amounts are Decimal in 元.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mengkeju.kernel.figures import amount as words_of
from mengkeju.kernel.money import cents
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark

DISCLAIMER = mark("非官方结论，仅供参考，以税务机关的认定为准")
ZERO = Decimal(0)
State = Literal["likely", "lacking", "no"]
"""The facts fit; they fit but something is lacking (`lacks`); they do not fit."""


@dataclass(frozen=True)
class VatRule:
    """Exemption from value-added tax. `related`: types exempt only beside a transfer or development they belong to."""

    source: str
    types: Collection[str]
    related: Collection[str]


@dataclass(frozen=True)
class IncomeRule:
    """Relief on income from transfers in a year: nothing up to `threshold`, `taxed_share` of what lies above.

    `types`: transfer and licence; `rights`: kinds of rights that count; `licence_years`: least term of a licence.
    """

    source: str
    threshold: Decimal
    taxed_share: Decimal
    types: Collection[str]
    rights: Collection[str]
    licence_years: int


@dataclass(frozen=True)
class DeductionRule:
    """Extra deduction of research: the share of the fee a commissioning buyer counts."""

    source: str
    share: Decimal


@dataclass(frozen=True)
class Facts:
    """The contract. `fee`: what the buyer really paid for research in the year; `licence_years` None: no licence.

    `related`: advice or service that belongs to a transfer or development between the same parties.
    """

    type: str
    subtype: str = ""
    registered: bool = False
    invoice: str = ""
    related: bool = False
    ip_kind: str = ""
    licence_years: int | None = None
    plan_funded: bool = False
    plan_approved: bool = False
    seller_kind: Literal["organisation", "individual"] = "organisation"
    seller_abroad: bool = False
    fee: Decimal | None = None


@dataclass(frozen=True)
class Hint:
    """One hint: for whom, how it stands, the sentence, an amount where one follows, what is lacking, its source."""

    key: str
    who: Literal["seller", "buyer", "each"]
    state: State
    message: str
    amount: Decimal | None = None
    lacks: tuple[str, ...] = ()
    source: str = ""

    @property
    def disclaimer(self) -> str:
        """What stands beside every hint."""
        return _(DISCLAIMER)


def _hint(
    key: str,
    who: Literal["seller", "buyer", "each"],
    message: str,
    source: str,
    *,
    lacks: Iterable[str] = (),
    amount: Decimal | None = None,
) -> Hint:
    found = tuple(one for one in lacks if one)
    return Hint(key, who, "lacking" if found else "likely", message, amount, found, source)


def _unregistered(facts: Facts) -> str:
    return "" if facts.registered else _("合同还没有认定登记")


def vat(facts: Facts, rule: VatRule) -> Hint:
    """增值税: the seller's exemption."""
    if facts.type not in rule.types and facts.type not in rule.related:
        return Hint("vat", "seller", "no", _("这一类合同不属于免征增值税的范围"), source=rule.source)
    lacks = [_unregistered(facts)]
    if facts.type not in rule.types and not facts.related:
        lacks.append(_("咨询、服务要与同一受让方、委托方的技术转让或者开发相关"))
    if facts.invoice != "ordinary":
        lacks.append(_("免税的部分只能开普通发票"))
    return _hint("vat", "seller", _("可以申请免征增值税"), rule.source, lacks=lacks)


@dataclass(frozen=True)
class Income:
    """One transfer of the year: 技术转让所得 = 收入 − 成本 − 相关税费."""

    key: str
    income: Decimal
    cost: Decimal = ZERO
    taxes: Decimal = ZERO

    @property
    def gain(self) -> Decimal:
        """What is left; below zero for a loss."""
        return self.income - self.cost - self.taxes


@dataclass(frozen=True)
class YearOfTransfers:
    """The sum of a year: `exempt` + `halved` = `gain`; `taxable` is what of it is taxed."""

    gain: Decimal
    exempt: Decimal
    halved: Decimal
    taxable: Decimal


def year_of_transfers(rows: Sequence[Income], rule: IncomeRule) -> YearOfTransfers:
    """Relief on the transfers of one seller in one year, all that count taken together. A loss is taken as nothing."""
    gain = max(sum((row.gain for row in rows), ZERO), ZERO)
    exempt = min(gain, rule.threshold)
    return YearOfTransfers(gain, exempt, gain - exempt, cents((gain - exempt) * rule.taxed_share))


def income_tax(facts: Facts, rule: IncomeRule, year: Sequence[Income] = ()) -> Hint:
    """企业所得税: relief on the seller's income from transfers; `year`: all of them in the year, this one too."""
    refusal = _no_income_relief(facts, rule)
    if refusal:
        return Hint("income_tax", "seller", "no", refusal, source=rule.source)
    lacks = [_unregistered(facts)]
    if facts.type == "licence" and facts.licence_years is None:
        lacks.append(_("没有写明许可的年限"))
    if facts.plan_funded and not facts.plan_approved:
        lacks.append(_("由财政资金支持的项目，要有审批文件"))
    if not year:
        return _hint("income_tax", "seller", _("可以申请技术转让所得减免，按全年合计计算"), rule.source, lacks=lacks)
    found = year_of_transfers(year, rule)
    said = _("全年技术转让所得 %(gain)s：免征 %(exempt)s，减半 %(halved)s，计税 %(taxable)s")
    said %= {key: words_of(getattr(found, key)) for key in ("gain", "exempt", "halved", "taxable")}
    return _hint("income_tax", "seller", said, rule.source, lacks=lacks, amount=found.taxable)


def _no_income_relief(facts: Facts, rule: IncomeRule) -> str:
    if facts.type not in rule.types:
        return _("这一类合同不属于技术转让所得减免的范围")
    if facts.seller_kind == "individual":
        return _("卖方是个人，不适用企业所得税")
    if facts.ip_kind not in rule.rights:
        return _("这一种知识产权不在减免的范围内")
    if facts.type == "licence" and facts.licence_years is not None and facts.licence_years < rule.licence_years:
        said = _("许可不满 %(years)s 年，不在减免的范围内")
        return said % {"years": rule.licence_years}
    return ""


def deduction(facts: Facts, rule: DeductionRule) -> Hint | None:
    """研发费用加计扣除: who counts what. None when the contract is no development."""
    if facts.type != "development":
        return None
    lacks = [_unregistered(facts)]
    if facts.subtype == "joint":
        said = _("合作开发：各方按自己实际承担的研发费用分别加计扣除")
        return _hint("deduction", "each", said, rule.source, lacks=lacks)
    if facts.subtype != "commissioned":
        lacks.append(_("没有写明是委托开发还是合作开发"))
    if facts.seller_abroad and facts.seller_kind == "individual":
        return Hint("deduction", "buyer", "no", _("委托境外个人的研发费用不能加计扣除"), source=rule.source)
    share = {"share": f"{(rule.share * 100).normalize():f}"}
    said = _("委托开发：由委托方按实际支付费用的 %(share)s%% 作为加计扣除的基数，受托方不再加计扣除") % share
    if facts.seller_abroad:
        # How much counts depends on the buyer's research at home, which no contract says.
        lacks.append(_("委托境外的另有上限，要看境内的研发费用，这里不计算"))
        return _hint("deduction", "buyer", said, rule.source, lacks=lacks)
    amount = None if facts.fee is None or lacks[1:] else cents(facts.fee * rule.share)
    return _hint("deduction", "buyer", said, rule.source, lacks=lacks, amount=amount)


def hints(
    facts: Facts,
    *,
    vat_rule: VatRule | None = None,
    income_rule: IncomeRule | None = None,
    deduction_rule: DeductionRule | None = None,
    year: Sequence[Income] = (),
) -> tuple[Hint, ...]:
    """Every hint whose rule is known; a rule that is None was not found in the policy in force and says nothing."""
    found = (
        vat(facts, vat_rule) if vat_rule else None,
        income_tax(facts, income_rule, year) if income_rule else None,
        deduction(facts, deduction_rule) if deduction_rule else None,
    )
    return tuple(hint for hint in found if hint is not None)
