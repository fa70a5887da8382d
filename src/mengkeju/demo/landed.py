"""Invented contracts (演示) on their way to production: registered, paid, accepted, landed, and what they made."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial

from mengkeju.deals import actions
from mengkeju.deals.actions import Came, Expected, Made, Site
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.models import Deal, DealParty, Landing
from mengkeju.deals.queries.claim_basis import windows
from mengkeju.demo.files import read
from mengkeju.demo.registrations import Act, Registrations, Row
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock


class Landed(Registrations):
    """Each story begins with talks about an achievement and goes as far as the file says."""

    def plan(self, timeline: Timeline) -> None:
        """One thread a story, in calendar days."""
        self.today = timeline.today
        acts = self.acts()
        for row in read("landed")["cases"]:
            thread = timeline.thread(row["key"])
            thread.back(row["opened"], partial(self.begin, row))
            thread.back(row["signed"], partial(self.conclude, row))
            for act in row["acts"]:
                thread.back(act["ago"], partial(acts[act["do"]], row, act), afternoon=True)

    def acts(self) -> dict[str, Act]:
        """Those of the desk, and what follows."""
        return {
            **super().acts(),
            "expect": self.expect,
            "accept_work": self.accept_work,
            "land": self.land,
            "produce": self.produce,
            "made": self.made,
            "report_years": self.report_years,
            "came": self.came,
            "claim": self.claim,
        }

    def _signed(self, row: Row) -> Deal | None:
        found = self.deal(row)
        return found if found is not None and found.state in SIGNED_STATES else None

    def _landing(self, row: Row) -> Landing | None:
        return Landing.objects.filter(deal=self._signed(row), archived_at=None).order_by("pk").first()

    def expect(self, row: Row, act: Row, now: datetime) -> None:
        """The buyer's forecast, as a yearly average."""
        deal = self._signed(row)
        if deal is not None and not deal.benefits.filter(kind="forecast").exists():
            said = Expected(
                "forecast", None, act["basis"], revenue=Decimal(act["revenue"]), profit=Decimal(act["profit"])
            )
            actions.record_benefit(deal, said, by=self.by(row["buyer"]), now=now)

    def accept_work(self, row: Row, act: Row, now: datetime) -> None:
        """The buyer's verdict: passed."""
        deal = self._signed(row)
        if deal is not None and not deal.acceptances.exists():
            actions.record_acceptance(
                deal,
                held_on=clock.today(now),
                verdict="passed",
                opinion=act["opinion"],
                experts=act["experts"],
                by=self.by(row["buyer"]),
                now=now,
            )

    def land(self, row: Row, act: Row, now: datetime) -> None:
        """Building begins at the buyer's, with what is to be made this year and in the years after."""
        deal = self._signed(row)
        if deal is None or deal.landings.exists():
            return
        site = Site(
            act["name"],
            buyer_of(deal),
            investment=Decimal(act["investment"]),
            product=act["product"],
            capacity=Decimal(act["capacity"]),
            unit=act["unit"],
            jobs_planned=act["jobs"],
            began_on=clock.today(now),
        )
        by = self.by(row["buyer"])
        landing = actions.record_landing(deal, site, by=by, now=now)
        first, then = act["plan"]
        began = clock.today(now).year
        plan = [
            Made("plan", year, Decimal(first if year == began else then)) for year in range(began, self.today.year + 2)
        ]
        actions.record_production(landing, plan, by=by, now=now)

    def produce(self, row: Row, _act: Row, now: datetime) -> None:
        """Production begins."""
        landing = self._landing(row)
        if landing is not None and landing.state == "building":
            actions.move_landing(landing, "produce", on=clock.today(now), by=self.by(row["buyer"]), now=now)

    def made(self, row: Row, act: Row, now: datetime) -> None:
        """What was planned for and made in each month since."""
        landing = self._landing(row)
        if landing is None or landing.produced_on is None or landing.production.filter(month__isnull=False).exists():
            return
        volumes = [
            Made(kind, year, Decimal(act[kind]), month)
            for year, month in months(landing.produced_on, clock.today(now))
            for kind in ("plan", "actual")
        ]
        actions.record_production(landing, volumes, by=self.by(row["buyer"]), now=now)

    def report_years(self, row: Row, act: Row, now: datetime) -> None:
        """What every year since brought that is over."""
        landing = self._landing(row)
        if landing is None or landing.produced_on is None:
            return
        told = set(landing.production.filter(kind="actual", month=None).values_list("year", flat=True))
        for year in range(landing.produced_on.year, clock.today(now).year):
            if year not in told:
                self._report(row, act, landing, year, now)

    def _report(self, row: Row, act: Row, landing: Landing, year: int, now: datetime) -> None:
        at = 0 if landing.produced_on is not None and year == landing.produced_on.year else 1
        said = Expected(
            "actual",
            year,
            act["basis"],
            landing=landing,
            revenue=Decimal(act["revenue"][at]),
            profit=Decimal(act["profit"][at]),
            tax=Decimal(act["tax"][at]),
            jobs=act["jobs"][at],
        )
        volume = Decimal(act["volume"][at])
        actions.report_landing_year(landing, said, volume=volume, by=self.by(row["buyer"]), now=now)

    def came(self, row: Row, act: Row, now: datetime) -> None:
        """People the buyer took on because of it, counted."""
        deal = self._signed(row)
        if deal is not None and not deal.arrivals.exists():
            people = Came(
                act["team"],
                act["heads"],
                clock.today(now),
                employer=buyer_of(deal),
                doctors=act["doctors"],
                seniors=act["seniors"],
                came_from=act["came_from"],
            )
            actions.record_arrival(deal, people, by=self.by(row["buyer"]), now=now)

    def claim(self, row: Row, _act: Row, now: datetime) -> None:
        """The buyer's claim basis for the window in which it first paid."""
        deal = self._signed(row)
        if deal is None or deal.claim_bases.exists():
            return
        paid_on: date | None = deal.payments.order_by("paid_on").values_list("paid_on", flat=True).first()
        for window in windows(deal, clock.today(now)):
            if paid_on is not None and window.begins <= paid_on <= window.until:
                actions.draw_claim_basis(deal, buyer_of(deal), window.begins, by=self.by(row["buyer"]), now=now)


def buyer_of(deal: Deal) -> DealParty:
    """The party that leads the buyer's side."""
    return deal.parties.get(side="buyer", role="lead", archived_at=None)


def months(first: date, last: date) -> list[tuple[int, int]]:
    """(year, month) of both days and of every month between them."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(count)]
