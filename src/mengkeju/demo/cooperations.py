"""Invented cooperations (演示): an agreement near its end, a project below it, a joint centre, a list of signings."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from mengkeju.deals import actions
from mengkeju.deals.actions import PartyInput, Planned, Signing
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.models import Deal, DealParty, Milestone
from mengkeju.demo.files import read
from mengkeju.demo.registrations import Row, deal_of, paper
from mengkeju.demo.scene import Scene
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock

NIGHT = time(2, 40)
PARTICULARS = ("summary", "field", "ip_kind", "plan_source", "ip_terms")


class Cooperations(Scene):
    """Each is opened by its firm, written by its university, confirmed and signed by all, and reported on."""

    def plan(self, timeline: Timeline) -> None:
        """One thread each, in calendar days; at the end the night in which duties of terms and years open."""
        self.today = timeline.today
        for row in read("cooperations")["cases"]:
            thread = timeline.thread(row["key"])
            thread.back(row["opened"], partial(self.begin, row))
            thread.back(row["signed"], partial(self.conclude, row))
            for days, act in sorted(self._later(row), key=lambda entry: -entry[0]):
                thread.back(days, act, afternoon=True)
        signings = read("cooperations")["signings"]
        held = timeline.calendar_ago(signings["held"])
        timeline.thread("signings").back(signings["recorded"], partial(self.record, signings, held))
        timeline.at(datetime.combine(timeline.ago(1), NIGHT, clock.ZONE), self.night)

    def _later(self, row: Row) -> Iterator[tuple[int, Any]]:
        """What the file says of the time after signing, with its days."""
        if "milestones" in row:
            yield row["signed"] - 4, partial(self.plan_work, row)
        for one in row.get("milestones", []):
            for when, act in (("reported", self.report), ("accepted", self.accept)):
                if when in one:
                    yield one[when], partial(act, row, one)
        for place, one in enumerate(row.get("results", [])):
            yield one["ago"], partial(self.say_year, row, place)
        if "carries" in row:
            yield 3, partial(self.carry, row)

    def deal(self, row: Row) -> Deal | None:
        """The cooperation, once it is there."""
        return deal_of(row, self.organisation(row["seller"]))

    def _signed(self, row: Row) -> Deal | None:
        found = self.deal(row)
        return found if found is not None and found.state in SIGNED_STATES else None

    def _in(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def begin(self, row: Row, now: datetime) -> None:
        """Opened by the firm: by itself, or below the one that carries it; further parties join."""
        if self.deal(row) is not None:
            return
        by = self.by(row["buyer"])
        above = self.deal(case(row["below"])) if "below" in row else None
        if above is not None:
            parties = above.parties.filter(archived_at=None).values_list("uid", flat=True)
            deal = actions.open_part(above, row["kind"], row["title"], parties=list(parties), by=by, now=now)
        else:
            own, other = (PartyInput(side, self.organisation(row[side])) for side in ("buyer", "seller"))
            deal = actions.start_deal(
                row["title"], own=own, other=other, origin="roadshow", kind=row["kind"], by=by, now=now
            )
        for key, side in row.get("members", {}).items():
            actions.add_party(deal, PartyInput(side, self.organisation(key)), by=by, now=now)

    def conclude(self, row: Row, now: datetime) -> None:
        """Particulars, shares, packages and funding by the university; the text confirmed by every party; signed."""
        deal = self.deal(row)
        if deal is None or deal.state != "talking" or deal.texts.exists():
            return
        by, today = self.by(row["seller"]), clock.today(now)
        given = {name: row[name] for name in PARTICULARS if name in row}
        until = self._in(row["until"]) if "until" in row else date(today.year + 2, 12, 31)
        deal = actions.edit_deal(deal, {**given, "effective_from": today, "effective_until": until}, by=by, now=now)
        parties = self._parties(deal)
        for key, share in row.get("shares", {}).items():
            actions.edit_party(parties[key], ip_share=Decimal(share), deducts="", by=by, now=now)
        self._work(deal, row, parties, now)
        lines = (row["title"], "演示文本，虚构。", *(party.name for party in parties.values()))
        name = f"{deal.kind_spec.paper}（演示）.pdf"
        text = actions.upload_text(deal, paper(name, lines), role="main", by=by, now=now)
        for key, party in parties.items():
            actions.confirm_text(text, party=party, sm3=text.sm3, by=self.by(key), now=now)
        actions.sign_deal(deal, signed_on=today, by=self.by(row["buyer"]), now=now)

    def _parties(self, deal: Deal) -> dict[str, DealParty]:
        """The parties by the keys of their organisations."""
        keys = {organisation.pk: key for key, organisation in self.fiction.organisations.items()}
        rows = deal.parties.filter(archived_at=None, organisation__isnull=False)
        return {keys[party.organisation_id]: party for party in rows if party.organisation_id is not None}

    def _work(self, deal: Deal, row: Row, parties: dict[str, DealParty], now: datetime) -> None:
        by = self.by(row["seller"])
        for one in row.get("packages", []):
            package = {
                "lead": parties[one["lead"]],
                "title": one["title"],
                "content": one["content"],
                "begins_on": self._in(one["begins"]),
                "ends_on": self._in(one["ends"]),
                "budget": Decimal(one["budget"]),
            }
            actions.write_package(deal, package, by=by, now=now)
        for one in row.get("funding", []):
            line = {
                "source": one["source"],
                "party": parties.get(one.get("party", "")),
                "giver": one.get("giver", ""),
                "year": clock.today(now).year,
                "amount": Decimal(one["share"]),
                "said_by_plan": one["plan"],
            }
            actions.write_funding(deal, line, by=by, now=now)

    def plan_work(self, row: Row, now: datetime) -> None:
        """The milestones of the packages, each owed by the party that leads there."""
        deal = self._signed(row)
        if deal is None or deal.milestones.exists():
            return
        parties = self._parties(deal)
        packages = {package.title: package for package in deal.packages.filter(archived_at=None)}
        rows = [
            Planned(
                one["title"],
                self._in(one["due_in"]),
                parties[one["reporter"]],
                one["criteria"],
                package=packages.get(one["package"]),
            )
            for one in row["milestones"]
        ]
        actions.plan_milestones(deal, rows, by=self.by(row["seller"]), now=now)

    def _milestone(self, row: Row, one: Row, state: str) -> Milestone | None:
        return Milestone.objects.filter(deal=self._signed(row), title=one["title"], state=state).first()

    def report(self, row: Row, one: Row, now: datetime) -> None:
        """Whoever owes it says that it is reached."""
        found = self._milestone(row, one, "planned")
        if found is not None:
            by = self.by(one["reporter"])
            actions.report_milestone(found, one["report"], reached_on=clock.today(now), by=by, now=now)

    def accept(self, row: Row, one: Row, now: datetime) -> None:
        """The lead of the other side agrees."""
        found = self._milestone(row, one, "reported")
        if found is not None:
            other = "buyer" if found.reporter.side == "seller" else "seller"
            actions.accept_milestone(found, by=self.by(row[other]), now=now)

    def say_year(self, row: Row, place: int, now: datetime) -> None:
        """The result of a year that is over, counted from the year of signing; the last text serves all later ones."""
        deal = self._signed(row)
        if deal is None or deal.signed_on is None:
            return
        first, last = deal.signed_on.year + place, clock.today(now).year
        for year in range(first, last if place + 1 == len(row["results"]) else min(first + 1, last)):
            if not deal.year_results.filter(year=year).exists():
                given = _result(row["results"][place])
                actions.report_year(deal, year, given, by=self.by(row["seller"]), now=now)

    def carry(self, row: Row, now: datetime) -> None:
        """A contract is hung below the project it belongs to."""
        deal = self._signed(row)
        story = next(one for one in read("landed")["cases"] if one["key"] == row["carries"])
        part = deal_of(story, self.organisation(story["seller"]))
        if deal is not None and part is not None and part.parent_id is None and part.state in SIGNED_STATES:
            actions.set_parent(part, deal, by=self.by(row["buyer"]), now=now)

    def record(self, row: Row, held: date, now: datetime) -> None:
        """The officer records what was signed at an event; who was recorded before is passed over."""
        if Deal.objects.filter(origin="signing", channel=row["event"], fictional=True).exists():
            return
        signings = [
            Signing(
                one["title"],
                one["kind"],
                (PartyInput("seller", self.organisation(one["seller"])),),
                (PartyInput("buyer", self.organisation(one["buyer"])),),
                Decimal(one["amount"]),
            )
            for one in row["rows"]
        ]
        actions.record_signings(row["event"], held, signings, by=self.by(row["by"]), now=now)

    def night(self, now: datetime) -> None:
        """What the nightly task does: duties of terms about to end and of years nobody reported."""
        actions.tend_terms(now=now)


def case(key: str) -> Row:
    """A cooperation of the file."""
    return next(row for row in read("cooperations")["cases"] if row["key"] == key)


def _result(one: Row) -> dict[str, Any]:
    return {
        "summary": one["summary"],
        "projects": one["projects"],
        "patents": one["patents"],
        "people_trained": one["people"],
        "spent": Decimal(one["spent"]),
        "next_year": one["next"],
    }
