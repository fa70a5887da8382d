"""What tax relief a contract may bring, with the figures of the policy in force and the facts of the record."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from mengkeju.deals.engine import application, tax_hints
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.tax_hints import DeductionRule, Facts, Hint, IncomeRule, VatRule
from mengkeju.deals.models import Deal, DealParty, PaymentRecord, Registration
from mengkeju.deals.queries.registration import live_registration
from mengkeju.deals.queries.statistics import counted
from mengkeju.policy import queries as policy
from mengkeju.policy.engine.document import Amount

DOCUMENT = "technology-taxes"
ADVICE = ("consulting", "service")
SOLD = {"ownership": "transfer", "exclusive_licence": "licence", "licence": "licence"}
"""Key of the document's ways → contract type."""


@dataclass(frozen=True)
class Found:
    """Hints with the figures they rest on, by the key that `Hint.source` names."""

    hints: tuple[Hint, ...]
    sources: dict[str, list[Amount]]


def tax_hints_of(deal: Deal, today: date) -> Found:
    """The hints for a deal, as the policy stands today; empty while its type is not known. Four queries at most."""
    registration = live_registration(deal)
    contract_type = (registration.contract_type if registration is not None else "") or deal.contract_type
    if not contract_type or deal.state not in SIGNED_STATES:
        return Found((), {})
    facts = _facts(deal, registration, contract_type, today)
    told = {key: policy.amount(f"{DOCUMENT}.{key}", today) for key in KEYS}
    hints = tax_hints.hints(
        facts,
        vat_rule=_vat(told),
        income_rule=_income(told),
        deduction_rule=_deduction(told, abroad=facts.seller_abroad),
    )
    needed = told["registration_needed"]
    abroad = ["rnd_commissioned_abroad"] if facts.seller_abroad else ["rnd_commissioned"]
    sources = {
        "vat_exempt": [told["vat_exempt"], needed],
        "income_exempt": [
            told[key] for key in ("income_exempt", "income_above", "income_ways", "income_objects", "licence_years")
        ]
        + [told["income_registrars"], needed],
        "rnd_commissioned": [told[key] for key in [*abroad, "rnd_deduction"]] + [needed],
    }
    shown = tuple(_careful(hint, facts) for hint in hints)
    return Found(shown, {key: [one for one in rows if one.value is not None] for key, rows in sources.items()})


KEYS = (
    "registration_needed",
    "vat_exempt",
    "income_exempt",
    "income_above",
    "income_ways",
    "income_objects",
    "income_registrars",
    "licence_years",
    "rnd_commissioned",
    "rnd_commissioned_abroad",
    "rnd_deduction",
)


def _facts(deal: Deal, registration: Registration | None, contract_type: str, today: date) -> Facts:
    parties = list(deal.parties.filter(archived_at=None).select_related("organisation"))
    sellers = [party for party in parties if party.side == "seller"]
    said = application.read(registration.particulars) if registration is not None else application.Particulars()
    papers = (
        registration.documents.filter(archived_at=None, key="project_consent") if registration is not None else None
    )
    subtype = (registration.contract_subtype if registration is not None else "") or deal.contract_subtype
    return Facts(
        type=contract_type,
        subtype=subtype,
        registered=counted().filter(deal=deal).exists(),
        invoice=said.invoice,
        related=_belongs(deal),
        ip_kind=deal.ip_kind,
        licence_years=_years(deal) if contract_type == "licence" else None,
        plan_funded=deal.plan_source not in ("", "none"),
        plan_approved=papers is not None and papers.exists(),
        seller_kind="individual" if sellers and all(party.individual for party in sellers) else "organisation",
        seller_abroad=registration is not None and registration.is_import,
        fee=paid_for_research(deal, sellers, today.year),
    )


def _belongs(deal: Deal) -> bool:
    """Advice or service that hangs on a transfer or a development: its parent is one."""
    return deal.parent is not None and deal.parent.contract_type in ("transfer", "development")


def _years(deal: Deal) -> int | None:
    """Full years of the term, the last day included; None while the term is not written."""
    if deal.effective_from is None or deal.effective_until is None:
        return None
    return full_years(deal.effective_from, deal.effective_until)


def full_years(first: date, last: date) -> int:
    """Both days included: from 2026-03-01 to 2031-02-28 are five."""
    after = last + timedelta(days=1)
    return after.year - first.year - ((after.month, after.day) < (first.month, first.day))


def paid_for_research(deal: Deal, sellers: list[DealParty], year: int) -> Decimal | None:
    """The technical part of what these sellers got in a year; None when a payment does not say its part."""
    rows = PaymentRecord.objects.filter(deal=deal, archived_at=None, paid_on__year=year, payee__in=sellers)
    parts = list(rows.values_list("technical_amount", flat=True))
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(parts) else None


def _vat(told: dict[str, Amount]) -> VatRule | None:
    items = told["vat_exempt"].items
    if items is None:
        return None
    keys = {item.key for item in items}
    # The source says 技术转让 and leaves open whether a licence is one: `_careful` says so.
    types = keys - {"related"} | ({"licence"} if "transfer" in keys else set())
    return VatRule("vat_exempt", types, ADVICE if "related" in keys else ())


def _careful(hint: Hint, facts: Facts) -> Hint:
    if hint.key == "vat" and facts.type == "licence" and hint.state != "no":
        doubt = _("来源只写“技术转让”，没有写明许可是否包括在内")
        return replace(hint, state="lacking", lacks=(*hint.lacks, doubt))
    return hint


def _income(told: dict[str, Amount]) -> IncomeRule | None:
    exempt, above, years = (told[key] for key in ("income_exempt", "income_above", "licence_years"))
    ways, objects = told["income_ways"].items, told["income_objects"].items
    if exempt.number is None or above.number is None or years.whole is None or ways is None or objects is None:
        return None
    types = {SOLD[item.key] for item in ways if item.key in SOLD}
    return IncomeRule("income_exempt", exempt.number, above.number, types, {item.key for item in objects}, years.whole)


def _deduction(told: dict[str, Amount], *, abroad: bool) -> DeductionRule | None:
    share = told["rnd_commissioned_abroad" if abroad else "rnd_commissioned"].number
    return DeductionRule("rnd_commissioned", share) if share is not None else None
