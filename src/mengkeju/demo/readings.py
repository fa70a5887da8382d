"""What each published text says of a contract, from facts.yaml: where the texts differ, and how they spell things."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from mengkeju.deals.actions import (
    Reading,
    record_benefit_from_source,
    record_production_plan_from_source,
    record_readings_from_source,
)
from mengkeju.deals.models import Deal
from mengkeju.demo.files import read
from mengkeju.directory.models import Organisation, Person

TEXT = "公开报道 "


class Told:
    """The rows of facts.yaml that speak of one contract; organisations and people by their ids of the file."""

    def __init__(
        self, row: dict[str, Any], organisations: Mapping[str, Organisation], people: Mapping[str, Person]
    ) -> None:
        """`row` of `deals`; what belongs to it besides is in mapping.yaml."""
        self.row, self.organisations, self.people = row, organisations, people
        self.words = read("mapping")["deals"][row["id"]]
        self.disagreements = {one["id"]: one for one in read("facts")["disagreements"]}

    def record(self, deal: Deal, now: datetime) -> None:
        """The readings, the plan and what is expected; a second time changes nothing."""
        record_readings_from_source(deal, list(self.readings()), now=now)
        self._plan(deal, now)
        self._expect(deal, now)

    def readings(self) -> Iterator[Reading]:
        """How the sides met and where it was signed, the people, spellings, and how the texts judge it."""
        yield from self._channel()
        yield from self._people()
        for key in self.words.get("spellings", []):
            yield from self._spelling(self.disagreements[key])
        for mark in self.row.get("marks", []):
            yield Reading("mark", "marks", "报道怎么评价", mark, _texts(self.row))

    def _channel(self) -> Iterator[Reading]:
        """A text that names the channel as signed tells of the signing, the others of the intention."""
        known = self.disagreements.get(self.row.get("disagreement", ""))
        if known is None:
            return
        via = {one["source"]: one["value"] for one in self.row["via_variants"]}
        for one in known["readings"]:
            kind = "channel" if via[one["source"]] == self.row["via"] else "origin"
            yield Reading(kind, known["id"], known["about"], one["value"], TEXT + one["source"], note=_handled(known))

    def _people(self) -> Iterator[Reading]:
        rows = {one["id"]: one for one in read("facts")["people"]}
        for key in self.row.get("people", []):
            one = rows[key]
            yield Reading(
                *("person", key, "点到的人", one["name"], _texts(one)),
                note=one["role"],
                person=self.people[key],
                organisation=self.organisations.get(one["org_id"]),
            )

    def _spelling(self, known: dict[str, Any]) -> Iterator[Reading]:
        whose = next((p["id"] for p in read("facts")["people"] if p.get("disagreement") == known["id"]), "")
        for one in known["readings"]:
            yield Reading(
                *("spelling", known["id"], known["about"], one["value"], TEXT + one["source"]),
                note=_handled(known),
                person=self.people.get(whose),
            )

    def _plan(self, deal: Deal, now: datetime) -> None:
        plan = self.row.get("production_basis")
        if plan is None:
            return
        record_production_plan_from_source(
            deal,
            name=f"处理气化渣，用作{plan['use']}",
            product=plan["use"],
            capacity=Decimal(plan["value"]),
            unit=plan["unit"].removesuffix("/年"),
            source=_texts({"source": self.row["source"]}),
            now=now,
        )

    def _expect(self, deal: Deal, now: datetime) -> None:
        revenue, profit = self.row.get("expected_annual_revenue_cny"), self.row.get("expected_annual_profit_cny")
        if revenue is None:
            return
        plan = self.row["production_basis"]
        record_benefit_from_source(
            deal,
            revenue=Decimal(revenue),
            profit=Decimal(profit) if profit is not None else None,
            profit_bound=self.row.get("expected_annual_profit_bound", ""),
            basis=f"按 {plan['value']} {plan['unit']}、用作{plan['use']}测算",
            source=_texts({"source": self.row["source"]}),
            now=now,
        )


def _texts(row: dict[str, Any]) -> str:
    return TEXT + "、".join([row["source"], *row.get("also", [])])


def _handled(known: dict[str, Any]) -> str:
    return f"{known['likely']}；{known['handle']}"
