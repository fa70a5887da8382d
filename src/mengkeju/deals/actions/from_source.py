"""What a published source expects of a deal it tells of; no act of the real parties is invented."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from mengkeju.deals.actions import under_way
from mengkeju.deals.models import Benefit, Deal, Landing
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import begin


def _published(deal: Deal, source: str) -> None:
    if not deal.from_source or not source.strip():
        msg = f"{deal}: only of a deal that a source tells of, and with the source"
        raise ValueError(msg)


@transaction.atomic
def record_benefit_from_source(
    deal: Deal,
    *,
    revenue: Decimal | None,
    profit: Decimal | None,
    profit_bound: str,
    basis: str,
    source: str,
    now: datetime,
) -> Benefit:
    """The yearly average that a source expects (元 a year); never twice. `profit_bound`: a key of BOUNDS.

    It is a forecast and nothing else. ValueError for a deal of real parties or without a source.
    """
    _published(deal, source)
    known = deal.benefits.filter(archived_at=None, kind="forecast", year=None, landing=None).first()
    if known is not None:
        return known
    row = Benefit.objects.create(
        deal=deal,
        kind="forecast",
        revenue=revenue,
        profit=profit,
        profit_bound=profit_bound,
        basis=basis,
        source=source,
        area=under_way.place_of_use(deal),
        created_at=now,
    )
    payload = {"benefit": str(row.uid), "kind": row.kind, "year": None, "source": source}
    audit.record("deal.benefit_recorded", deal, by=SYSTEM, now=now, payload=payload)
    return row


@transaction.atomic
def record_production_plan_from_source(
    deal: Deal, *, name: str, product: str, capacity: Decimal, unit: str, source: str, now: datetime
) -> Landing:
    """What a source says is to be made with the result: `capacity` in `unit` a year, at the buyer's; never twice.

    The landing stays planned. ValueError for a deal of real parties, without a source or without a buyer.
    """
    _published(deal, source)
    known = deal.landings.filter(archived_at=None, source=source, name=name).first()
    if known is not None:
        return known
    buyer = deal.parties.filter(side="buyer", role="lead", archived_at=None).first()
    if buyer is None:
        msg = f"{deal}: no buyer"
        raise ValueError(msg)
    landing = Landing(
        deal=deal,
        party=buyer,
        name=name,
        product=product,
        capacity=capacity,
        unit=unit,
        source=source,
        area=buyer.area or deal.area,
        fictional=deal.fictional,
    )
    begin(landing, by=SYSTEM, now=now, payload={"deal": str(deal.uid), "source": source})
    audit.record("deal.landing_recorded", deal, by=SYSTEM, now=now, payload={"landing": str(landing.uid), "note": name})
    return landing
