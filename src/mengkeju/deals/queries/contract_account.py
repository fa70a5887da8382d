"""成果转化与合同台账 of an organisation: every figure from the records, each with the contracts behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.deals.access import ClaimBasisPerm
from mengkeju.deals.engine import contract_account
from mengkeju.deals.engine.contract_account import Item, Proof
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.statistics import Figures
from mengkeju.deals.models import Deal, DealParty, Landing, PaymentRecord, Registration
from mengkeju.deals.queries.statistics import counted, figures_of
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, may
from mengkeju.policy import queries as policy
from mengkeju.policy.engine import formulas
from mengkeju.policy.engine.document import Amount
from mengkeju.policy.engine.document import Step as PointStep

GAOQI, POINTS, TAXES = "gaoqi-conversion", "innovation-score", "technology-taxes"
SIDES = {"sold": "seller", "bought": "buyer"}
"""Measure of item 7 → the side the organisation stands on."""
MEAN_OF = 3  # years that may be asked for at most when the document says none
ZERO = Decimal(0)


def account_holder(actor: Actor, uid: UUID) -> Organisation | None:
    """The organisation, if the actor may read its contract account."""
    found = directory.organisations(actor).filter(uid=uid).first()
    return found if found is not None and may(actor, ClaimBasisPerm.ACCOUNT, found) else None


def _deals_of(organisation: Organisation, side: str = "") -> QuerySet[DealParty]:
    rows = DealParty.objects.filter(organisation=organisation, archived_at=None)
    return rows.filter(side=side) if side else rows


def registered_in(organisation: Organisation, first: int, last: int, side: str = "") -> QuerySet[Registration]:
    """Registered contracts of the organisation in these calendar years; `side` seller, buyer or “” for both."""
    rows = counted().filter(registered_on__year__range=(first, last))
    rows = rows.filter(deal__in=_deals_of(organisation, side).values("deal"))
    return rows.select_related("deal").order_by("-registered_on", "-pk")


def landings_in(organisation: Organisation, first: int, last: int) -> QuerySet[Landing]:
    """Landings at the organisation's own sites that began to produce in these years."""
    rows = Landing.objects.filter(party__organisation=organisation, archived_at=None, deal__archived_at=None)
    return rows.filter(produced_on__year__range=(first, last)).select_related("deal").order_by("produced_on", "pk")


@dataclass(frozen=True)
class Conversions:
    """高企: conversion items of `years` years up to and with `last`. `points` None where the document says nothing."""

    items: list[Item]
    first: int
    last: int
    years: int
    mean: Decimal
    points: PointStep | None
    figures: tuple[Amount, ...]


def mean_years(day: date) -> int:
    """Over how many years the mean is taken."""
    return policy.amount(f"{GAOQI}.years", day).whole or MEAN_OF


def conversion_items(organisation: Organisation, last: int, years: int, day: date) -> Conversions:
    """The items by result, their yearly mean and the band of points on a day. Four queries."""
    first = last - years + 1
    found = contract_account.items(_proofs(organisation, first, last))
    mean = contract_account.yearly_mean(found, years)
    steps = policy.amount(f"{GAOQI}.points", day)
    points = formulas.between(steps=steps.steps, number=mean) if steps.steps else None
    told = policy.amount(f"{GAOQI}.years", day)
    return Conversions(found, first, last, years, mean, points, (told, steps))


def _proofs(organisation: Organisation, first: int, last: int) -> Iterable[Proof]:
    rows = list(registered_in(organisation, first, last))
    sides = dict(_deals_of(organisation).filter(deal__in=[row.deal_id for row in rows]).values_list("deal", "side"))
    for row in rows:
        way = contract_account.way_of(sides[row.deal_id], row.contract_type, row.contract_subtype)
        if row.registered_on is not None:
            yield Proof(_result(row.deal), row.registered_on, way, row)
    for landing in landings_in(organisation, first, last):
        if landing.produced_on is not None:
            yield Proof(_result(landing.deal), landing.produced_on, "own", landing)


def _result(deal: Deal) -> str:
    """What was converted: the achievement where the deal names one, else the deal itself."""
    return f"achievement-{deal.achievement_id}" if deal.achievement_id is not None else f"deal-{deal.pk}"


def contract_sums(organisation: Organisation, year: int) -> dict[str, Figures]:
    """创新积分 item 7: registered contracts of a year, as `sold` and as `bought`; the source leaves the side open."""
    return {
        measure: figures_of(registered_in(organisation, year, year, side).order_by()) for measure, side in SIDES.items()
    }


@dataclass(frozen=True)
class ResearchRow:
    """One development contract in the 研发支出辅助账 of a year.

    `party` is the organisation's own. `paid`, `technical`: what the organisation paid (as a seller: was paid) in the
    year, and the technical part of it as far as it is written; `unsaid`: how many payments do not say theirs. `base`:
    what counts for the extra deduction by this record, None where it does not follow from it.
    """

    deal: Deal
    party: DealParty
    parties: tuple[DealParty, ...]
    registration: Registration | None
    subtype: str
    paid: Decimal
    technical: Decimal
    unsaid: int
    base: Decimal | None


def research(organisation: Organisation, year: int, day: date) -> list[ResearchRow]:
    """Commissioned and joint developments that were signed, in force or paid in a year. Five queries."""
    mine = {row.deal_id: row for row in _deals_of(organisation)}
    deals = _developments(mine, year)
    keys = [deal.pk for deal in deals]
    standing = {row.deal_id: row for row in counted().filter(deal__in=keys).order_by("pk")}
    parties: dict[int, list[DealParty]] = {key: [] for key in keys}
    for party in DealParty.objects.filter(deal__in=keys, archived_at=None).select_related("organisation"):
        parties[party.deal_id].append(party)
    paid: dict[int, list[PaymentRecord]] = {key: [] for key in keys}
    for row in PaymentRecord.objects.filter(deal__in=keys, archived_at=None, paid_on__year=year):
        paid[row.deal_id].append(row)
    share = policy.amount(f"{TAXES}.rnd_commissioned", day).number
    return [
        _row(
            deal,
            party=mine[deal.pk],
            parties=parties[deal.pk],
            registration=standing.get(deal.pk),
            payments=paid[deal.pk],
            share=share,
        )
        for deal in deals
    ]


def _developments(mine: dict[int, DealParty], year: int) -> list[Deal]:
    by_record = counted().filter(deal__in=list(mine), contract_type="development").values("deal")
    rows = Deal.objects.filter(pk__in=list(mine), state__in=SIGNED_STATES, archived_at=None)
    rows = rows.filter(Q(contract_type="development") | Q(pk__in=by_record))
    paid = PaymentRecord.objects.filter(archived_at=None, paid_on__year=year).values("deal")
    in_force = Q(effective_from__year__lte=year, effective_until__year__gte=year)
    return list(rows.filter(Q(signed_on__year=year) | Q(pk__in=paid) | in_force).order_by("signed_on", "pk"))


def _row(
    deal: Deal,
    *,
    party: DealParty,
    parties: list[DealParty],
    registration: Registration | None,
    payments: list[PaymentRecord],
    share: Decimal | None,
) -> ResearchRow:
    own = [row for row in payments if party.pk in (row.payer_id, row.payee_id)]
    parts = [row.technical_amount for row in own if row.technical_amount is not None]
    technical = sum(parts, ZERO)
    subtype = (registration.contract_subtype if registration is not None else "") or deal.contract_subtype
    # Abroad another limit holds that no contract tells.
    at_home = registration is None or not registration.is_import
    commissions = subtype == "commissioned" and party.side == "buyer" and at_home and len(parts) == len(own)
    return ResearchRow(
        deal=deal,
        party=party,
        parties=tuple(parties),
        registration=registration,
        subtype=subtype,
        paid=sum((row.amount for row in own), ZERO),
        technical=technical,
        unsaid=len(own) - len(parts),
        base=technical * share if commissions and share is not None else None,
    )


def account_sources(day: date) -> list[Amount]:
    """The figures that this page rests on, those that have a value and those that were not found."""
    keys = (f"{GAOQI}.years", f"{GAOQI}.points", f"{POINTS}.item_7", f"{TAXES}.rnd_commissioned")
    return [policy.amount(key, day) for key in (*keys, f"{TAXES}.registration_needed")]
