"""Registered contracts of 2022 and 2023: generated, 演示, so that the published totals of Hohhot come out as sums.

Published are 832 contracts worth 1,506,000,000 元 for 2023 and a growth of 16 %; everything else here is invented:
parties, titles, single amounts, types and months. Numbers begin with YS. None lies in Baotou.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from random import Random

from mengkeju.deals.actions import LedgerEntry, record_registrations
from mengkeju.deals.models import Deal
from mengkeju.demo.files import read
from mengkeju.demo.scene import Scene
from mengkeju.demo.sources import SOURCE
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM

LIBRARY = "deal-library"
CENTS = Decimal("0.01")


class Contracts(Scene):
    """One act: all generated records at once, and the one contract a published text says was registered."""

    def plan(self, timeline: Timeline) -> None:
        """On the day before the region opens; the records themselves carry their own dates."""
        timeline.at(datetime.combine(timeline.ago(2), time(18, 40), tzinfo=clock.ZONE), self.record)

    def record(self, now: datetime) -> None:
        """Every year of the file, then the contract of the library, whose amount no text gives."""
        for year in read("contracts")["years"]:
            record_registrations(list(entries(year)), by=SYSTEM, now=now, fictional=True)
        deal = Deal.objects.filter(source=SOURCE, external_id=LIBRARY).first()
        if deal is not None:
            record_registrations([library(deal)], by=SYSTEM, now=now, fictional=False)


def library(deal: Deal) -> LedgerEntry:
    """The registration of `deal-library`: the month is published, neither day nor amount nor number is."""
    facts = next(row for row in read("facts")["deals"] if row["id"] == LIBRARY)
    year, month = (int(part) for part in facts["date"].split("-"))
    names = {party.side: party.name for party in deal.parties.all()}
    return LedgerEntry(
        key=f"{SOURCE}:{LIBRARY}",
        title=deal.title,
        seller=names.get("seller", ""),
        buyer=names.get("buyer", ""),
        registered_on=date(year, month, 1),
        day_known=False,
        contract_type="development",
        area=deal.area,
        buyer_area=deal.area,
        body_name=facts["registered"],
        deal=deal,
    )


def entries(year: dict[str, object]) -> Iterator[LedgerEntry]:
    """The records of a year: as many as its `count`, with amounts that add up to its `contract_value` to the 元."""
    plan = read("contracts")
    draw = Random(f"contracts {year['year']}")  # noqa: S311  # invented data that must come out the same every time
    count, total = int(str(year["count"])), Decimal(str(year["contract_value"]))
    for place, amount in enumerate(_amounts(draw, count, total), 1):
        kind = draw.choices(list(plan["types"]), list(plan["types"].values()))[0]
        least = plan["technical_share"][kind]
        technical = (amount * Decimal(draw.randint(least, 100)) / 100).quantize(Decimal(1))
        month = draw.choices(range(1, 13), plan["months"])[0]
        day = date(int(str(year["year"])), month, draw.randint(1, monthrange(int(str(year["year"])), month)[1]))
        yield LedgerEntry(
            key=f"演示:{day.year}:{place:04d}",
            title=f"{draw.choice(plan['topics'])}（演示合同 {day.year}-{place:04d}）",
            seller=f"演示{draw.choice(plan['sellers'])}{draw.randint(1, 40):02d}（演示）",
            buyer=f"演示企业{draw.randint(101, 360)}（演示）",
            registered_on=day,
            signed_on=date(day.year, max(1, month - 1), 1),
            contract_type=kind,
            contract_value=amount,
            technology_value=technical,
            number=f"YS{day.year}0000{place:06d}",
            area=draw.choices(list(plan["areas"]), list(plan["areas"].values()))[0],
            buyer_area=draw.choices(list(plan["areas"]), list(plan["areas"].values()))[0],
            zone=draw.choices(["", *plan["zones"]], [6, *[1] * len(plan["zones"])])[0],
            seller_kind=draw.choices(list(plan["seller_kinds"]), list(plan["seller_kinds"].values()))[0],
            field=draw.choice(plan["fields"]),
            ip_kind=draw.choices(list(plan["ip_kinds"]), list(plan["ip_kinds"].values()))[0],
            plan_source=draw.choices(list(plan["plan_sources"]), list(plan["plan_sources"].values()))[0],
            body_name="演示登记机构（演示）",
        )


def _amounts(draw: Random, count: int, total: Decimal) -> list[Decimal]:
    """Many small and few large amounts in whole 元 that add up to the total."""
    weights = [Decimal(str(round(draw.lognormvariate(0, 1.3), 6))) for _place in range(count)]
    whole = sum(weights)
    made = [max(Decimal(1000), (total * weight / whole).quantize(Decimal(100))) for weight in weights]
    largest = made.index(max(made))
    made[largest] += total - sum(made)
    return made
