"""Vague needs at each turn of a broker's diagnosis, and a need that was closed with its outcome."""

from datetime import datetime
from functools import partial
from typing import Any

from mengkeju.demo.scene import Scene, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import grant_role, join_organisation
from mengkeju.kernel.access import SYSTEM
from mengkeju.listings import actions
from mengkeju.listings.actions import Findings, OutcomeInput, Wording
from mengkeju.listings.models import Diagnosis, NeedOutcome


class Refining(Scene):
    """After the needs are handed in, which the fiction does."""

    def plan(self, timeline: Timeline) -> None:
        """Claim and conclude; close."""
        for row in rows("brokers"):
            timeline.thread(row["username"]).ago(row["days_ago"], partial(self.second_broker, row))
        for row in rows("refining"):
            thread = timeline.thread(row["key"] + "diagnosis")
            for act in row["acts"]:
                thread.ago(act["days_ago"], partial(self.act, row["key"], act), afternoon=True)
        for row in rows("endings"):
            timeline.thread(row["need"] + "end").ago(row["days_ago"], partial(self.close, row), afternoon=True)

    def second_broker(self, row: dict[str, Any], now: datetime) -> None:
        """Somebody who diagnosed first, so that the second round is open to the broker who signs in."""
        person = self.cast.enter(row["username"], row["name"], now)
        grant_role(person, "broker", scope="area", area=row["area"], by=SYSTEM, now=now)
        join_organisation(person, self.organisation(row["organisation"]), manager=False, by=SYSTEM, now=now)
        self.cast.forget(row["username"])

    def act(self, key: str, act: dict[str, Any], now: datetime) -> None:
        """One act of a broker on the first round; nothing where it has gone on."""
        need = self.listing(key)
        found = Diagnosis.objects.select_related("listing", "broker").filter(listing=need, round=1).first()
        if found is None or need.state != "refining":
            return
        by = self.by(act["by"])
        if act["do"] == "claim":
            if found.state == "open":
                actions.claim_diagnosis(found, by=by, now=now)
        elif found.state == "claimed" and found.broker_id == by.account_id:
            wording = Wording(act.get("title", ""), act.get("summary", ""), act.get("keywords", ""))
            actions.conclude_diagnosis(found, act["do"], Findings(act["findings"], wording), by=by, now=now)

    def close(self, row: dict[str, Any], now: datetime) -> None:
        """Its owner closes it and says what solved it."""
        need = self.listing(row["need"])
        if need.state != "published" or NeedOutcome.objects.filter(listing=need).exists():
            return
        solution = self.listing(row["solution"])
        given = OutcomeInput(
            row["outcome"],
            row["evidence"],
            satisfaction=row["satisfaction"],
            solver=solution.owner,
            solution=solution,
        )
        actions.close_need(need, given, by=self.by(self.fiction.owners[row["need"]]), now=now)
