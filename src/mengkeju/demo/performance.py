"""What follows the signing of an invented contract (演示): milestones, and what is expected of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mengkeju.deals.actions import (
    Expected,
    Planned,
    accept_milestone,
    plan_milestones,
    record_benefit,
    report_milestone,
)
from mengkeju.deals.models import Deal, Milestone
from mengkeju.demo.files import read
from mengkeju.demo.registrations import deal_of
from mengkeju.demo.scene import Scene
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock

Row = dict[str, Any]


class Performance(Scene):
    """Planned by the seller, who reports; accepted by the buyer, who says what he expects."""

    def plan(self, timeline: Timeline) -> None:
        """Of every case that says how it went on, after its signing on the same thread of time."""
        self.today = timeline.today
        for row in (row for row in read("registrations")["cases"] if "after" in row):
            thread, after = timeline.thread(row["key"] + "after"), row["after"]
            thread.ago(after["planned_days_ago"], partial(self.milestones, row))
            thread.ago(after["forecast"]["days_ago"], partial(self.expect, row))
            acts = [
                (one[when], partial(act, row, one))
                for one in after["milestones"]
                for when, act in (("reported_days_ago", self.report), ("accepted_days_ago", self.accept))
                if when in one
            ]
            for days, act in sorted(acts, key=lambda entry: -entry[0]):
                thread.ago(days, act, afternoon=True)

    def _deal(self, row: Row) -> Deal | None:
        return deal_of(row, self.organisation(row["seller"]))

    def _milestone(self, row: Row, one: Row, state: str) -> Milestone | None:
        return Milestone.objects.filter(deal=self._deal(row), title=one["title"], state=state).first()

    def milestones(self, row: Row, now: datetime) -> None:
        """What is to be there by when; the seller owes it."""
        deal = self._deal(row)
        if deal is None or deal.milestones.exists():
            return
        seller = deal.parties.get(side="seller", role="lead", archived_at=None)
        rows = [
            Planned(one["title"], self.today + timedelta(days=one["due_in"]), seller, one["criteria"])
            for one in row["after"]["milestones"]
        ]
        plan_milestones(deal, rows, by=self.by(row["seller"]), now=now)

    def report(self, row: Row, one: Row, now: datetime) -> None:
        """The seller's word."""
        found = self._milestone(row, one, "planned")
        if found is not None:
            report_milestone(found, one["report"], reached_on=clock.today(now), by=self.by(row["seller"]), now=now)

    def accept(self, row: Row, one: Row, now: datetime) -> None:
        """The buyer's."""
        found = self._milestone(row, one, "reported")
        if found is not None:
            accept_milestone(found, by=self.by(row["buyer"]), now=now)

    def expect(self, row: Row, now: datetime) -> None:
        """A yearly average, as a forecast."""
        deal, said = self._deal(row), row["after"]["forecast"]
        if deal is not None and not deal.benefits.exists():
            given = Expected(
                "forecast", None, said["basis"], revenue=Decimal(said["revenue"]), profit=Decimal(said["profit"])
            )
            record_benefit(deal, given, by=self.by(row["buyer"]), now=now)
