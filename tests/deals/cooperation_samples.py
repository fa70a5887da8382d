"""Projects, agreements and centres of the pair in `samples`, made through the actions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.actions.signing import Signing
from mengkeju.deals.models import ContractText, Deal, FundingLine, WorkPackage
from mengkeju.kernel import clock
from tests.deals import deal_samples as d
from tests.deals import samples as s

NOW = s.NOW
TODAY = clock.today(NOW)
YEAR = timedelta(days=365)
MILLION = Decimal(1_000_000)


def made(kind: str, pair: s.Pair | None = None, **given: Any) -> Deal:
    """A deal of a kind that the firm started with the institute; it is talked about."""
    return d.by_hand(pair or s.pair(), kind=kind, **({"title": f"演示：{kind}"} | given))


def shared(deal: Deal, pair: s.Pair, *shares: int) -> Deal:
    """The same project with these shares of the rights, in the order of its parties."""
    for party, share in zip(deal.parties.order_by("order"), shares, strict=True):
        actions.edit_party(party, ip_share=Decimal(share), deducts="", by=pair.of_firm, now=NOW)
    deal.refresh_from_db()
    return deal


def termed(deal: Deal, pair: s.Pair, until: date = TODAY + YEAR) -> Deal:
    """The same agreement with the end of its term."""
    return actions.edit_deal(deal, {"effective_until": until}, by=pair.of_firm, now=NOW)


def signed(kind: str, pair: s.Pair, *, until: date = TODAY + YEAR, signed_on: date = TODAY, **given: Any) -> Deal:
    """A signed deal of a kind, with what the kind asks for."""
    deal = made(kind, pair, **given)
    if kind == "joint_project":
        shared(deal, pair, 60, 40)
    if kind in {"agreement", "joint_centre"}:
        termed(deal, pair, until)
    return actions.sign_deal(d.confirmed(deal), signed_on=signed_on, by=pair.of_firm, now=NOW)


def addendum(deal: Deal, *, confirmed: bool = True) -> ContractText:
    """An addendum that every party has confirmed, or that still waits."""
    row = d.text(deal, role="addendum", version=deal.texts.filter(role="addendum").count() + 1)
    if confirmed:
        d.confirm(row)
        row.frozen_at = NOW
        row.save(update_fields=["frozen_at"])
    return row


def package(deal: Deal, pair: s.Pair, wan: int | None = 100, **given: Any) -> WorkPackage:
    """A package that the institute leads, with so many 万元."""
    said: dict[str, Any] = {
        "title": "演示任务",
        "lead": deal.parties.get(side="seller", role="lead", archived_at=None),
        "content": "",
        "begins_on": TODAY,
        "ends_on": TODAY + YEAR,
        "budget": None if wan is None else Decimal(wan) * 10_000,
    }
    return actions.write_package(deal, said | given, by=pair.of_firm, now=NOW)


def funding(deal: Deal, pair: s.Pair, wan: int = 100, **given: Any) -> FundingLine:
    """A line of funding of so many 万元, of the city if nothing else is said."""
    said: dict[str, Any] = {
        "source": "city",
        "party": None,
        "giver": "",
        "year": TODAY.year,
        "amount": Decimal(wan) * 10_000,
        "said_by_plan": "演示〔2026〕1号",
    }
    return actions.write_funding(deal, said | given, by=pair.of_firm, now=NOW)


def result(**given: Any) -> dict[str, Any]:
    """What `report_year` takes."""
    said = {"projects": 3, "patents": None, "people_trained": 2, "spent": MILLION, "next_year": ""}
    return {"summary": "做了三项联合试验（演示）", **said, **given}


def row(pair: s.Pair, **given: Any) -> Signing:
    """A row of an event's list: a project of the pair."""
    said: dict[str, Any] = {
        "title": "演示：活动上签的联合攻关",
        "kind": "joint_project",
        "sellers": (PartyInput("seller", pair.institute),),
        "buyers": (PartyInput("buyer", pair.firm),),
    }
    return Signing(**(said | given))
